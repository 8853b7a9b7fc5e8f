"""Iterators as sources: one item at a time, one task from the first to the clean-up."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from livereload_sse.errors import InvalidEventError
from livereload_sse.sse import Broadcaster, Event, pulled
from livereload_sse.sse.history import EncodedEvent
from livereload_sse.sse.pulled import Pulled

TIMEOUT = 10.0


async def pull_all(source: Pulled, most: int = 1000) -> list[EncodedEvent]:
    """Drive a source as a stream does, to its end or for so many events."""
    events: list[EncodedEvent] = []
    async with asyncio.timeout(TIMEOUT):
        while len(events) < most:
            taken = source.take()
            events += taken
            assert len(taken) <= 1
            if source.ended:
                break
            if not taken:
                await source.wait()
    return events


async def pull(source: Pulled) -> EncodedEvent:
    [event] = await pull_all(source, 1)
    return event


async def wait_until(wanted: Callable[[], object]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not wanted():  # noqa: ASYNC110 - a thread tells nobody here
            await asyncio.sleep(0.001)


def pulling_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name == "sse-items"]


class Numbers:
    """A generator of numbers, async or not, that says where it is."""

    def __init__(self) -> None:
        self.asked = 0
        self.closed_in: list[object] = []

    async def items(self) -> AsyncIterator[int]:
        try:
            while True:
                self.asked += 1
                yield self.asked
        finally:
            self.closed_in.append(asyncio.current_task())

    def plain_items(self) -> Iterator[int]:
        try:
            while True:
                self.asked += 1
                yield self.asked
        finally:
            self.closed_in.append(threading.current_thread())


async def agenerate(*items: Any) -> AsyncIterator[Any]:
    for item in items:
        yield item


# Items


@pytest.mark.parametrize("plain", [False, True])
async def test_each_kind_of_item_becomes_an_event(*, plain: bool) -> None:
    items = (
        Event("named", "text", "7"),
        "a text\nof two lines",
        ("step", {"n": 1}),
        {"n": 2},
        ("x", 1, 2),
        (1, 2),
        None,
        ["x", 1],
    )
    source = Pulled(iter(items) if plain else agenerate(*items))

    told = [(event.name, event.data) for event in await pull_all(source)]

    assert told == [
        ("named", "text"),
        ("message", '"a text\\nof two lines"'),
        ("step", '{"n":1}'),
        ("message", '{"n":2}'),
        ("message", '["x",1,2]'),
        ("message", "[1,2]"),
        ("message", "null"),
        ("message", '["x",1]'),
        ("end", ""),
    ]


async def test_an_events_own_id_is_written_and_others_have_none() -> None:
    [first, second, _] = await pull_all(Pulled(agenerate(Event("", "a", "row-7"), "b")))

    assert first.wire == b"id: row-7\ndata: a\n\n"
    assert second.wire == b'data: "b"\n\n'


async def test_what_a_subscription_gave_is_passed_on_with_its_id() -> None:
    broadcaster = Broadcaster(origin=0, clock=lambda: 1000)

    async def even() -> AsyncIterator[EncodedEvent]:
        async with broadcaster.subscribe(on_connect=9) as subscription:
            async for event in subscription:
                if event.name == "end" or event.json() % 2 == 0:
                    yield event

    for number in range(3):
        broadcaster.publish("x", number)
    broadcaster.end()
    wires = [event.wire for event in await pull_all(Pulled(even(), end=""))]

    assert wires == [
        b"event: x\nid: 1000-1\ndata: 0\n\n",
        b"event: x\nid: 1000-3\ndata: 2\n\n",
        b"event: end\nid: 1000-4\ndata: null\n\n",
    ]


async def test_payloads_are_encoded_as_wanted_and_events_are_texts_already() -> None:
    items = (("n", 1), 2, "text", Event("", "as it is"))
    source = Pulled(agenerate(*items), encode=lambda name, data: f"<{name}|{data}>")

    told = [event.data for event in await pull_all(source)]

    assert told == ["<n|1>", "<|2>", "<|text>", "as it is", ""]


async def test_the_end_has_a_name_and_an_id_or_is_not_told() -> None:
    [named] = await pull_all(Pulled(agenerate(), end="done"))
    silent = Pulled(agenerate(), end="")
    await silent.wait()

    assert named.wire == b"event: done\nid: end\ndata: \n\n"
    assert (silent.take(), silent.ended) == ([], True)


async def test_one_that_is_over_is_not_even_begun() -> None:
    numbers = Numbers()
    source = Pulled(numbers.items(), is_over=True)

    assert (source.is_over, source.ended, source.take(), numbers.asked) == (True, True, [], 0)
    await source.aclose()


@pytest.mark.parametrize("plain", [False, True])
async def test_the_next_item_is_asked_for_when_the_last_was_taken_and_not_before(
    *,
    plain: bool,
) -> None:
    numbers = Numbers()
    source = Pulled(numbers.plain_items() if plain else numbers.items())
    before = numbers.asked
    await source.wait()
    for _ in range(3):  # heartbeats, while nobody takes it
        await source.wait()
    await asyncio.sleep(0)
    there = numbers.asked
    await pull(source)
    await asyncio.sleep(0)
    taken = numbers.asked
    await source.wait()

    assert (before, there, taken, numbers.asked) == (0, 1, 1, 2)
    await source.aclose()


async def test_a_heartbeat_while_it_works_does_not_disturb_it() -> None:
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[str]:
        await go_on.wait()
        yield "a"

    source = Pulled(slow())
    for _ in range(3):
        waiting = source.wait()
        await asyncio.sleep(0)
        source.wake()
        await waiting
        assert source.take() == []
    go_on.set()

    assert [event.data for event in await pull_all(source)] == ['"a"', ""]


# Failures


@pytest.mark.parametrize("plain", [False, True])
async def test_what_it_raises_is_raised_behind_the_items_before_it(*, plain: bool) -> None:
    def failing() -> Iterator[str]:
        yield "a"
        raise LookupError("no more")

    async def afailing() -> AsyncIterator[str]:
        yield "a"
        raise LookupError("no more")

    source = Pulled(failing() if plain else afailing())
    first = await pull(source)
    with pytest.raises(LookupError, match="no more"):
        await pull(source)
    await source.aclose()

    assert (first.json(), source.ended) == ("a", True)


async def test_an_item_that_cannot_be_sent_is_the_generators_error() -> None:
    source = Pulled(agenerate(object()))

    with pytest.raises(InvalidEventError):
        await pull(source)
    await source.aclose()


# Clean-up


async def test_it_is_closed_where_it_stands_in_the_task_in_which_it_ran() -> None:
    tasks: list[object] = []

    async def items() -> AsyncIterator[str]:
        # All three have to be left in the task that has entered them.
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            tasks.append(asyncio.current_task())
            group.create_task(asyncio.sleep(0))
            try:
                yield "a"
                yield "b"
                await asyncio.sleep(60)
            finally:
                tasks.append(asyncio.current_task())

    for taken in range(3):
        source = Pulled(items())
        for _ in range(taken):
            await pull(source)
        waiting = asyncio.ensure_future(source.wait())
        await asyncio.sleep(0)
        await source.aclose()
        await waiting

        assert source.ended
    assert len(tasks) == 6
    assert all(tasks[index] is tasks[index + 1] for index in (0, 2, 4))


async def test_a_time_limit_of_its_own_is_its_own() -> None:
    async def items() -> AsyncIterator[str]:
        try:
            async with asyncio.timeout(0.01):
                yield "a"
                await asyncio.sleep(60)
        except TimeoutError:
            yield "too slow"

    told = [event.data for event in await pull_all(Pulled(items()))]

    assert told == ['"a"', '"too slow"', ""]


async def test_what_it_sets_in_its_context_stays_set() -> None:
    language: ContextVar[str] = ContextVar("language", default="none")

    async def items() -> AsyncIterator[str]:
        yield language.get()
        language.set("own")
        yield language.get()
        yield language.get()

    def plain_items() -> Iterator[str]:
        yield language.get()
        language.set("own")
        yield language.get()

    language.set("the request's")

    told = [event.data for event in await pull_all(Pulled(items()))]
    assert told == ['"the request\'s"', '"own"', '"own"', ""]
    told = [event.data for event in await pull_all(Pulled(plain_items()))]
    assert told == ['"the request\'s"', '"own"', ""]
    assert language.get() == "the request's"


async def test_one_that_goes_on_although_it_was_cancelled_is_closed_all_the_same() -> None:
    closed = []

    async def stubborn() -> AsyncIterator[str]:
        try:
            yield "a"
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                yield "b"
        finally:
            closed.append(1)

    source = Pulled(stubborn())
    await pull(source)
    source.wait()
    await asyncio.sleep(0)
    await asyncio.wait_for(source.aclose(), TIMEOUT)

    assert (closed, source.take()) == ([1], [])


async def test_any_iterator_that_can_be_closed_is() -> None:
    class Client:
        """What a client of a model gives: no generator, and something to close."""

        closed = 0

        def __aiter__(self) -> AsyncIterator[str]:
            return self

        async def __anext__(self) -> str:
            return "a"

        async def aclose(self) -> None:
            self.closed += 1

    client = Client()
    source = Pulled(client)
    await pull(source)
    await source.aclose()

    assert client.closed == 1


async def test_a_clean_up_that_fails_is_seen_although_nobody_listens() -> None:
    seen: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))

    async def items() -> AsyncIterator[str]:
        try:
            yield "a"
        finally:
            raise LookupError("while cleaning up")

    source = Pulled(items())
    await pull(source)
    await source.aclose()

    assert [type(context["exception"]) for context in seen] == [LookupError]


async def test_letting_go_ends_it_and_says_nothing_of_an_end() -> None:
    closed = []

    async def quiet() -> AsyncIterator[str]:
        try:
            yield "a"
            await asyncio.sleep(60)
        finally:
            closed.append(1)

    source = Pulled(quiet())
    await pull(source)
    waiting = source.wait()
    await asyncio.sleep(0)
    source.let_go()
    await asyncio.wait_for(waiting, TIMEOUT)

    assert (source.ended, source.is_over, source.take(), closed) == (True, False, [], [])
    await source.aclose()
    assert closed == [1]


# Threads


async def test_a_plain_one_runs_in_one_thread_of_its_own_and_is_closed_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulled, "_PATIENCE", TIMEOUT)
    threads = []

    def items() -> Iterator[str]:
        try:
            for _ in range(3):
                threads.append(threading.current_thread())
                yield "a"
        finally:
            threads.append(threading.current_thread())

    await pull_all(Pulled(items()))
    source = Pulled(items())
    await pull(source)
    await source.aclose()

    assert len(threads) == 6
    assert len(set(threads[:4])) == len(set(threads[4:])) == 1
    assert threading.current_thread() not in threads
    await wait_until(lambda: not pulling_threads())


async def test_one_that_waits_keeps_nobody_else_waiting() -> None:
    go_on = threading.Event()

    def slow() -> Iterator[str]:
        go_on.wait(TIMEOUT)
        yield "a"

    source, other = Pulled(slow()), Pulled(iter("b"))
    source.wait()

    assert [event.data for event in await pull_all(other)] == ['"b"', ""]
    go_on.set()
    assert [event.data for event in await pull_all(source)] == ['"a"', ""]


async def test_one_in_the_middle_of_something_is_closed_at_its_next_item(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulled, "_PATIENCE", 0.05)
    go_on, closed = threading.Event(), threading.Event()

    def slow() -> Iterator[str]:
        try:
            yield "a"
            go_on.wait(TIMEOUT)
            yield "b"
        finally:
            closed.set()

    source = Pulled(slow())
    await pull(source)
    source.wait()
    await asyncio.sleep(0.01)
    began = time.monotonic()
    await source.aclose()
    took, was_closed = time.monotonic() - began, closed.is_set()
    go_on.set()

    assert await asyncio.to_thread(closed.wait, TIMEOUT)
    assert not was_closed
    assert took < TIMEOUT / 2  # it is not waited for
    await wait_until(lambda: not pulling_threads())


def test_a_loop_that_is_gone_does_not_hinder_its_clean_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulled, "_PATIENCE", 0.05)
    numbers, go_on = Numbers(), threading.Event()

    def items() -> Iterator[int]:
        for item in numbers.plain_items():
            go_on.wait(TIMEOUT)
            yield item

    async def begin() -> None:
        Pulled(items()).wait()
        await asyncio.sleep(0.01)

    asyncio.run(begin())
    go_on.set()
    deadline = time.monotonic() + TIMEOUT
    while pulling_threads() and time.monotonic() < deadline:
        time.sleep(0.01)

    assert pulling_threads() == []
