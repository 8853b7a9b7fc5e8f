"""One reader's place: what it is told first, when it ends, and what if it is too slow."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from unittest import mock

import pytest

from livereload_sse.errors import InvalidEventError
from livereload_sse.sse import Broadcaster, Decoder, Event, EventId, Gap, Limits, Overflow
from livereload_sse.sse.history import EncodedEvent
from livereload_sse.sse.subscription import Subscription

LOSS = ("lost", None)
BEFORE = EventId(1, 0)
"""An id from before any broadcaster of these tests began."""


def new(**words: Any) -> Broadcaster:
    """A broadcaster whose ids are easy to read: the event n has the id 1000+n."""
    moments = count(1000)
    return Broadcaster(**{"origin": 0, "clock": lambda: next(moments), "loss": LOSS, **words})


def publish(broadcaster: Broadcaster, *data: Any, channel: str = "") -> EventId:
    for each in data:
        broadcaster.publish("x", each, channel=channel)
    return broadcaster.last_id


def said(events: Iterable[EncodedEvent]) -> list[Any]:
    """The data of events; "lost" for a loss."""
    return ["lost" if event.name == "lost" else event.json() for event in events]


def take(subscription: Subscription) -> list[Any]:
    """Everything that is there to read."""
    events: list[EncodedEvent] = []
    while taken := subscription.take():
        events += taken
    return said(events)


def cut(subscription: Subscription) -> list[tuple[int, str]]:
    """After each number of events that a browser may have heard: the id it comes back with."""
    decoder = Decoder(last_event_id="none")
    heard = [(0, decoder.last_event_id)]
    while taken := subscription.take(max_bytes=1):
        decoder.feed(taken[0].wire)
        heard.append((len(heard), decoder.last_event_id))
    return heard


# What it is told first


def test_a_new_reader_hears_what_comes_and_goes_on_from_there() -> None:
    broadcaster = new()
    last_id = publish(broadcaster, 1, 2)
    subscription = broadcaster.subscribe()
    publish(broadcaster, 3)

    assert subscription.position == last_id
    assert take(subscription) == [3]


@pytest.mark.parametrize(("number", "told"), [(0, []), (2, [2, 3]), (9, [1, 2, 3])], ids=str)
def test_a_number_on_connect_is_that_of_the_last_events(number: int, told: list[int]) -> None:
    broadcaster = new()
    publish(broadcaster, 1, 2, 3)
    subscription = broadcaster.subscribe(on_connect=number)
    publish(broadcaster, 4)

    assert take(subscription) == [*told, 4]


def test_the_last_events_are_those_of_each_channel_in_the_order_of_all() -> None:
    broadcaster = new()
    publish(broadcaster, "a1", "a2", channel="a")
    publish(broadcaster, "b1", "b2", channel="b")
    publish(broadcaster, "a3", channel="a")

    assert take(broadcaster.subscribe("b", "a", on_connect=2)) == ["a2", "b1", "b2", "a3"]


def test_of_the_last_events_it_has_no_place_before_the_first_was_heard() -> None:
    broadcaster = new()
    publish(broadcaster, 1, 2, 3)
    subscription = broadcaster.subscribe(on_connect=2)

    assert subscription.position is None
    assert [event_id for _, event_id in cut(subscription)] == ["none", "1002-0", "1003-0"]
    assert subscription.position == EventId(1003, 0)


def test_where_nothing_was_held_of_the_last_events_its_place_is_the_present() -> None:
    broadcaster = new()
    last_id = publish(broadcaster, 1, channel="other")

    assert broadcaster.subscribe(on_connect=5).position == last_id


def test_a_state_is_told_whole_and_goes_on_live_behind_it() -> None:
    broadcaster = new()
    publish(broadcaster, "before")
    subscription = broadcaster.subscribe(
        on_connect=lambda: [("cpu", 0.5), Event("", '"text"'), ("mem", [1])]
    )
    publish(broadcaster, "after")

    told = subscription.take()
    assert [(event.name, event.json()) for event in told] == [
        ("cpu", 0.5),
        ("message", "text"),
        ("mem", [1]),
    ]
    assert take(subscription) == ["after"]


def test_of_a_state_the_last_event_alone_has_an_id_so_that_a_cut_one_is_told_again() -> None:
    broadcaster = new()
    last_id = publish(broadcaster, 1)
    subscription = broadcaster.subscribe(on_connect=lambda: [("a", 1), ("b", 2), ("c", 3)])

    assert subscription.position is None
    assert [event_id for _, event_id in cut(subscription)] == ["none"] * 3 + [str(last_id)]
    assert subscription.position == last_id


def test_ids_of_a_states_own_are_nobodys_place() -> None:
    """The latest of each measure, say: the first one's id would hide the second one's event."""
    broadcaster = new()
    mem, cpu = broadcaster.publish("mem", 1), broadcaster.publish("cpu", 2)
    subscription = broadcaster.subscribe(on_connect=lambda: [cpu, mem])

    assert [event_id for _, event_id in cut(subscription)] == ["none", "none", str(cpu.id)]


def test_an_empty_state_is_complete_at_once() -> None:
    broadcaster = new()
    last_id = publish(broadcaster, 1)
    subscription = broadcaster.subscribe(on_connect=list)

    assert (subscription.position, take(subscription)) == (last_id, [])


def test_a_state_is_asked_for_at_once_and_not_for_a_reader_that_resumes() -> None:
    broadcaster, asked = new(), []
    seen = publish(broadcaster, 1)
    publish(broadcaster, 2)

    def ask() -> list[tuple[str, Any]]:
        asked.append(1)
        return [("state", "all")]

    assert take(broadcaster.subscribe(after=seen, on_connect=ask)) == [2]
    assert asked == []
    broadcaster.subscribe(on_connect=ask)
    assert asked == [1]


def test_a_number_on_connect_is_not_for_a_reader_that_resumes_either() -> None:
    broadcaster = new()
    seen = publish(broadcaster, 1, 2)
    publish(broadcaster, 3)

    assert take(broadcaster.subscribe(after=seen, on_connect=5)) == [3]


def test_what_is_published_while_the_state_is_asked_for_comes_behind_it() -> None:
    broadcaster = new()

    def ask() -> list[tuple[str, Any]]:
        # In another thread, which would wait for ever if anything were locked.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(broadcaster.publish, "x", "meanwhile").result(5)
        return [("state", "all")]

    subscription = broadcaster.subscribe(on_connect=ask)

    assert take(subscription) == ["all", "meanwhile"]


def test_a_state_that_fails_is_the_callers_error_and_leaves_no_place_taken() -> None:
    broadcaster = new()

    with pytest.raises(ZeroDivisionError):
        broadcaster.subscribe(on_connect=lambda: [("x", 1 / 0)])
    with pytest.raises(InvalidEventError):
        broadcaster.subscribe(on_connect=lambda: [("x", object())])

    assert broadcaster.subscriptions == 0


def test_a_state_is_encoded_as_the_events_are() -> None:
    broadcaster = new(encode=lambda name, data: f"{name}={data}")
    subscription = broadcaster.subscribe(on_connect=lambda: [("cpu", 7)])

    assert [event.data for event in subscription.take()] == ["cpu=7"]


# Gaps


@pytest.mark.parametrize("after", ["end", "undefined", "1 - 0", "\ufffd", "9" * 50])
def test_an_id_that_is_none_of_ours_is_a_gap(after: str) -> None:
    subscription = new().subscribe(after=after)

    assert subscription.gap is Gap.UNREADABLE
    assert take(subscription) == ["lost"]


def test_an_empty_id_is_none() -> None:
    subscription = new().subscribe(after="")

    assert (subscription.gap, take(subscription)) == (None, [])


def test_a_text_is_an_id_as_well() -> None:
    broadcaster = new()
    seen = publish(broadcaster, 1)
    publish(broadcaster, 2)

    assert take(broadcaster.subscribe(after=str(seen))) == [2]


@pytest.mark.parametrize("on_connect", [None, 0])
def test_a_gap_is_one_loss_whose_id_is_the_place_behind_it(on_connect: int | None) -> None:
    broadcaster = new()
    last_id = publish(broadcaster, 1, 2)
    subscription = broadcaster.subscribe(after=BEFORE, on_connect=on_connect)
    publish(broadcaster, 3)

    assert subscription.position == BEFORE  # until the loss was heard: else a cut would hide it
    assert cut(subscription) == [(0, "none"), (1, str(last_id)), (2, "1003-0")]


def test_a_gap_with_a_number_is_a_loss_without_a_place_and_then_the_last_events() -> None:
    broadcaster = new()
    publish(broadcaster, 1, 2, 3)
    subscription = broadcaster.subscribe(after=BEFORE, on_connect=2)

    assert subscription.position == BEFORE
    first = subscription.take(max_bytes=1)
    assert said(first) == ["lost"]
    assert b"id:" not in first[0].wire
    assert subscription.position == BEFORE
    assert take(subscription) == [2, 3]


def test_a_gap_with_a_state_is_the_state_and_no_loss() -> None:
    broadcaster = new()
    publish(broadcaster, 1)
    subscription = broadcaster.subscribe(after=BEFORE, on_connect=lambda: [("state", "all")])

    assert (subscription.position, take(subscription)) == (BEFORE, ["all"])


def test_a_gap_with_the_oldest_is_all_that_is_held_and_no_word_of_it() -> None:
    broadcaster = new(history=2)
    publish(broadcaster, 1, 2, 3)
    subscription = broadcaster.subscribe(after=BEFORE, overflow=Overflow.OLDEST)

    assert (subscription.gap, take(subscription)) == (Gap.BEFORE, [2, 3])


def test_the_oldest_are_not_told_twice_in_a_channel_of_which_nothing_was_lost() -> None:
    broadcaster = new(channels={"busy": Limits(history=2)})
    seen = publish(broadcaster, "quiet")
    publish(broadcaster, 1, 2, 3, channel="busy")
    publish(broadcaster, "new")

    subscription = broadcaster.subscribe("", "busy", after=seen, overflow=Overflow.OLDEST)

    assert (subscription.gap, take(subscription)) == (Gap.TOO_OLD, [2, 3, "new"])


def test_who_says_it_himself_is_told_nothing_of_a_gap_and_stands_at_the_end() -> None:
    broadcaster = new()
    last_id = publish(broadcaster, 1)
    subscription = broadcaster.subscribe(after=BEFORE, tells_gap=False)

    assert (subscription.gap, subscription.position) == (Gap.BEFORE, last_id)
    assert take(subscription) == []


# Too slow


def slow(broadcaster: Broadcaster, number: int = 6, **words: Any) -> Subscription:
    """A reader that reads nothing while 0, 1, … are published."""
    subscription = broadcaster.subscribe(**words)
    publish(broadcaster, *range(number))
    return subscription


def test_drop_to_latest_tells_the_loss_once_and_goes_on_live() -> None:
    broadcaster = new(history=5)
    subscription = slow(broadcaster)

    assert cut(subscription) == [(0, "none"), (1, str(broadcaster.last_id))]
    publish(broadcaster, "live")
    assert take(subscription) == ["live"]


def test_drop_to_latest_with_a_state_tells_the_state_of_then() -> None:
    broadcaster, states = new(history=5), iter("ABC")
    subscription = slow(broadcaster, on_connect=lambda: [("state", next(states))])
    at_first = take(subscription)
    publish(broadcaster, *range(6))
    later = take(subscription)
    publish(broadcaster, "live")

    # Telling the first state takes no time here: the six events came before it was heard.
    assert (at_first, later, take(subscription)) == (["A", "B"], ["C"], ["live"])


def test_a_state_that_fails_later_ends_the_reader_instead_of_leaving_a_hole() -> None:
    broadcaster, states = new(history=5), iter("A")
    subscription = broadcaster.subscribe(on_connect=lambda: [("state", next(states))])
    take(subscription)
    publish(broadcaster, *range(6))

    with pytest.raises(StopIteration):
        subscription.take()
    assert subscription.ended
    assert broadcaster.subscriptions == 0


def test_drop_oldest_goes_on_with_what_is_held_and_says_nothing() -> None:
    assert take(slow(new(history=5), 8, overflow=Overflow.OLDEST)) == [3, 4, 5, 6, 7]


def test_disconnecting_ends_it_and_it_comes_back_with_its_id() -> None:
    broadcaster = new(history=5)
    subscription = slow(broadcaster, overflow=Overflow.DISCONNECT)

    assert take(subscription) == []
    assert subscription.ended
    assert broadcaster.subscriptions == 0
    again = broadcaster.subscribe(after=subscription.position, overflow=Overflow.DISCONNECT)
    assert take(again) == ["lost"]


@pytest.mark.parametrize(
    ("overflow", "within", "beyond"),
    [
        (Overflow.LATEST, [0, 1], ["lost"]),
        (Overflow.OLDEST, [0, 1], [1, 2]),
        (Overflow.DISCONNECT, [0, 1], []),
    ],
    ids=str,
)
def test_it_may_be_so_many_events_behind_and_no_more(
    overflow: Overflow, within: list[Any], beyond: list[Any]
) -> None:
    assert take(slow(new(), 2, max_lag=2, overflow=overflow)) == within
    assert take(slow(new(), 3, max_lag=2, overflow=overflow)) == beyond


def test_who_was_disconnected_within_the_history_gets_all_of_it_and_may_read_it() -> None:
    broadcaster = new()
    subscription = slow(broadcaster, max_lag=2, overflow=Overflow.DISCONNECT)
    take(subscription)
    again = broadcaster.subscribe(
        after=subscription.position, max_lag=2, overflow=Overflow.DISCONNECT
    )

    assert take(again) == [0, 1, 2, 3, 4, 5]


def test_what_is_told_of_the_time_before_it_came_is_no_lag() -> None:
    broadcaster = new()
    publish(broadcaster, *range(5))
    subscription = broadcaster.subscribe(on_connect=5, max_lag=2)
    publish(broadcaster, 5, 6)

    assert take(subscription) == [0, 1, 2, 3, 4, 5, 6]


def test_lag_in_one_channel_drops_the_oldest_in_that_one_alone() -> None:
    broadcaster = new()
    publish(broadcaster, *range(5))
    subscription = broadcaster.subscribe(
        "", "busy", on_connect=5, max_lag=2, overflow=Overflow.OLDEST
    )
    publish(broadcaster, "a", "b", "c", channel="busy")

    assert take(subscription) == [0, 1, 2, 3, 4, "b", "c"]


def test_lag_in_one_channel_is_one_loss_over_all() -> None:
    broadcaster = new(history=2)
    subscription = broadcaster.subscribe("", "busy")
    publish(broadcaster, "quiet")
    publish(broadcaster, "a", "b", "c", channel="busy")

    assert take(subscription) == ["lost"]


class Interfering:
    """A lock behind which, whenever it is let go, another thread does something at once."""

    def __init__(self, lock: Any, meanwhile: Callable[[], object]) -> None:
        self._lock = lock
        self._meanwhile = meanwhile
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        self._lock.release()
        if self._depth == 0:
            self._meanwhile()


@pytest.mark.parametrize("on_connect", [None, lambda: [("state", "all")]])
def test_whatever_comes_while_it_looks_there_is_no_hole_that_nobody_tells(on_connect: Any) -> None:
    broadcaster = new(history=3)
    subscription = broadcaster.subscribe(on_connect=on_connect)
    take(subscription)
    numbers, bursts, fanout = count(), iter([1, 0, 5, 0, 4, 1, 6]), broadcaster._fanout
    lock: Any = fanout.lock

    def meanwhile() -> None:
        fanout.lock, interfering = lock, fanout.lock
        publish(broadcaster, *(next(numbers) for _ in range(next(bursts, 0))))
        fanout.lock = interfering

    fanout.lock = Interfering(lock, meanwhile)  # type: ignore[assignment]  # it is only entered
    heard = [event for _ in range(20) for event in subscription.take(max_bytes=1)]

    assert next(numbers) == 17
    expected: int | None = 0
    for each in said(heard):
        assert expected in (each, None) or each in ("lost", "all")
        expected = each + 1 if isinstance(each, int) else None
    places = [event.id for event in heard]
    assert places == sorted(set(places))


# The end


def test_the_end_of_a_channel_ends_its_readers_behind_it() -> None:
    broadcaster = new()
    subscription = broadcaster.subscribe()
    publish(broadcaster, 1)
    broadcaster.end(data={"code": 0})
    before = subscription.ended
    events = subscription.take()

    assert [(event.name, event.json()) for event in events] == [("x", 1), ("end", {"code": 0})]
    assert (before, subscription.ended, subscription.is_over) == (False, True, False)


def test_who_comes_back_having_read_the_end_has_had_everything() -> None:
    broadcaster = new()
    seen = publish(broadcaster, 1)
    end = broadcaster.end(name="done").id
    having, before = broadcaster.subscribe(after=end), broadcaster.subscribe(after=seen)

    assert (having.is_over, having.ended) == (True, True)
    assert (before.is_over, before.ended, take(before)) == (False, False, [None])


def test_nor_has_one_without_an_id_anything_to_wait_for_that_wants_nothing_old() -> None:
    broadcaster = new()
    publish(broadcaster, 1)
    broadcaster.end()

    assert broadcaster.subscribe().is_over
    assert not broadcaster.subscribe(on_connect=2).is_over
    assert take(broadcaster.subscribe(on_connect=2)) == [1, None]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"after": BEFORE}, ["lost"]),
        ({"after": BEFORE, "on_connect": 1}, ["lost", None]),
        ({"on_connect": lambda: [("state", "all")]}, ["all", None]),
        ({"on_connect": list}, [None]),
    ],
)
def test_of_an_ended_channel_a_state_and_a_loss_are_told_first(
    words: dict[str, Any], told: list[Any]
) -> None:
    broadcaster = new()
    end = broadcaster.end().id
    subscription = broadcaster.subscribe(**words)
    before = subscription.is_over, subscription.ended

    assert take(subscription) == told
    assert (before, subscription.ended) == ((False, False), True)
    assert subscription.position == end


def test_a_state_is_told_once_also_where_the_end_is_not_held_any_more() -> None:
    broadcaster = new(max_bytes=100)
    broadcaster.end(channel="job")
    publish(broadcaster, "x" * 200)
    subscription = broadcaster.subscribe("job", on_connect=lambda: [("state", "all")])

    assert said(subscription.take()) == ["all"]
    assert (subscription.take(), subscription.ended) == ([], True)


def test_a_channel_that_begins_anew_takes_readers_again() -> None:
    broadcaster = new()
    end = broadcaster.end().id
    publish(broadcaster, "again")
    subscription = broadcaster.subscribe(after=end)

    assert not subscription.is_over
    assert take(subscription) == ["again"]
    assert not subscription.ended


def test_a_reader_of_several_channels_goes_on_until_each_has_ended() -> None:
    broadcaster = new()
    subscription = broadcaster.subscribe("a", "b")
    ended = []
    for channel in "aba":
        broadcaster.end(channel=channel)
        take(subscription)
        ended.append(subscription.ended)

    assert ended == [False, True, True]


def test_an_end_that_is_not_held_any_more_is_still_the_end() -> None:
    broadcaster = new(max_bytes=100)
    end = broadcaster.end(channel="job").id
    publish(broadcaster, "x" * 200)

    assert broadcaster.subscribe("job", after=end).is_over


def test_one_that_is_let_go_ends_with_what_was_published_before() -> None:
    broadcaster = new()
    subscription = broadcaster.subscribe()
    publish(broadcaster, 1)
    subscription.let_go()
    before = subscription.ended

    assert (before, take(subscription), subscription.ended) == (False, [1], True)


def test_a_closed_one_tells_nothing_more_not_even_that_it_was_too_slow() -> None:
    broadcaster, asked = new(history=2), list[int]()

    def ask() -> list[tuple[str, Any]]:
        asked.append(1)
        return []

    subscriptions = [broadcaster.subscribe(on_connect=each) for each in (None, 1, ask)]
    subscriptions.append(broadcaster.subscribe(after=BEFORE))
    for subscription in subscriptions:
        subscription.close()
    publish(broadcaster, 1, 2, 3)

    assert [take(subscription) for subscription in subscriptions] == [[], [], [], []]
    assert asked == [1]


def test_closing_one_twice_takes_nothing_from_its_successor() -> None:
    broadcaster = new()
    first = broadcaster.subscribe("a")
    first.close()
    second = broadcaster.subscribe("a")
    first.close()
    publish(broadcaster, "heard", channel="a")

    assert take(second) == ["heard"]


# Reading


def test_channels_are_read_in_the_order_of_ids_whatever_their_sizes() -> None:
    broadcaster = new()
    subscription = broadcaster.subscribe("a", "b", "c")
    told = [(number, "abc"[number * 7 % 3], "x" * (number * 37 % 90)) for number in range(40)]
    for number, channel, text in told:
        publish(broadcaster, [number, text], channel=channel)

    pieces = []
    while taken := subscription.take(max_bytes=200):
        pieces.append(said(taken))
        assert subscription.position == taken[-1].id

    assert [number for piece in pieces for number, _ in piece] == list(range(40))
    assert len(pieces) > 5


def test_it_holds_no_events() -> None:
    broadcaster = new(history=1)
    subscription = broadcaster.subscribe()
    publish(broadcaster, *range(100))

    kept = [getattr(subscription, name) for name in Subscription.__slots__]
    assert not any(isinstance(each, list) and len(each) > 1 for each in kept)


async def test_who_has_not_read_everything_need_not_wait() -> None:
    broadcaster = new()
    seen = publish(broadcaster, 0)
    publish(broadcaster, 1, 2)
    for words in ({"after": seen}, {"on_connect": 2}, {"after": BEFORE}):
        subscription = broadcaster.subscribe(**words)
        await asyncio.wait_for(subscription.wait(), 5)
    subscription = broadcaster.subscribe(after=seen)
    subscription.take(max_bytes=1)
    await asyncio.wait_for(subscription.wait(), 5)

    assert said(subscription.take()) == [2]


async def test_who_has_read_everything_waits() -> None:
    broadcaster = new()
    subscription = broadcaster.subscribe(on_connect=5)
    publish(broadcaster, 1)
    take(subscription)
    waiting = asyncio.ensure_future(subscription.wait())
    await asyncio.sleep(0)
    was_waiting = not waiting.done()
    publish(broadcaster, 2)

    await asyncio.wait_for(waiting, 5)
    assert was_waiting


@pytest.mark.parametrize("end", ["close", "let_go"])
async def test_its_end_wakes_it_from_any_thread(end: str) -> None:
    subscription = new().subscribe()
    subscription.take()
    waiting = subscription.wait()
    await asyncio.to_thread(getattr(subscription, end))

    await asyncio.wait_for(waiting, 5)
    assert subscription.ended


async def test_a_thread_wakes_it_although_its_loop_has_nothing_else_to_do() -> None:
    broadcaster, loop = new(), asyncio.get_running_loop()
    subscription = broadcaster.subscribe()
    waiting, began = subscription.wait(), loop.time()
    thread = threading.Timer(0.02, publish, (broadcaster, 1))
    thread.start()
    await asyncio.wait_for(waiting, 10)
    thread.join()

    assert loop.time() - began < 5  # and not only when the loop looks again, at the time-out
    assert take(subscription) == [1]


async def test_a_thread_that_publishes_much_asks_the_loop_to_look_once() -> None:
    broadcaster, loop = new(), asyncio.get_running_loop()
    subscription = broadcaster.subscribe()
    waiting = subscription.wait()
    with (
        mock.patch.object(loop, "call_soon_threadsafe", wraps=loop.call_soon_threadsafe) as asked,
        ThreadPoolExecutor(1) as pool,
    ):
        pool.submit(publish, broadcaster, *range(50)).result(5)
    await asyncio.wait_for(waiting, 5)

    assert asked.call_count == 1
    assert take(subscription) == list(range(50))


async def test_it_gives_events_with_their_channel_name_and_id() -> None:
    broadcaster = new()
    async with broadcaster.subscribe("a", "b") as subscription:
        published = broadcaster.publish("step", {"n": 1}, channel="b")
        event = await anext(subscription)

    assert (event.name, event.json(), event.channel, event.id) == (
        "step",
        {"n": 1},
        "b",
        published.id,
    )


def test_a_reader_whose_loop_is_gone_harms_nobody() -> None:
    broadcaster = new()
    subscription = broadcaster.subscribe()

    async def wait_a_little() -> None:
        waiting = subscription.wait()
        assert not asyncio.isfuture(waiting) or not waiting.done()

    thread = threading.Thread(target=lambda: asyncio.run(wait_a_little()))
    thread.start()
    thread.join(5)
    publish(broadcaster, 1)

    assert take(subscription) == [1]
