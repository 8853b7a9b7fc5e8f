"""Publishing never waits, and a reader gets each event once, or is told that it missed some."""

import asyncio
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import InvalidEventError, TooManyStreamsError
from livereload_sse.sse.broadcaster import Broadcaster
from livereload_sse.sse.decoder import Decoder
from livereload_sse.sse.events import EventId
from livereload_sse.sse.history import ORIGIN_BITS, EncodedEvent, Gap
from livereload_sse.sse.subscription import Subscription


class Clock:
    """Milliseconds that move only when a test says so."""

    def __init__(self, now: int = 1000) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def decode(events: Iterable[EncodedEvent]) -> list[tuple[str, Any]]:
    decoder = Decoder()
    received = [event for encoded in events for event in decoder.feed(encoded.wire)]
    return [(event.name, json.loads(event.data)) for event in received]


def tell(subscription: Subscription) -> list[Any]:
    """Return the data of everything that is there to read."""
    return [data for _, data in decode(subscription.take())]


async def read(subscription: Subscription, count: int) -> list[Any]:
    events: list[EncodedEvent] = []
    async with asyncio.timeout(5):
        while len(events) < count:
            events.append(await anext(subscription))
    return [data for _, data in decode(events)]


async def drain(subscription: Subscription) -> list[Any]:
    return [data for _, data in decode([event async for event in subscription])]


def test_before_the_first_event_the_last_id_is_the_moment_of_the_start() -> None:
    assert Broadcaster(origin=0, clock=Clock(1234)).last_id == EventId(1234, 0)


def test_an_event_carries_its_name_its_data_as_compact_json_and_its_id() -> None:
    event = Broadcaster(origin=0, clock=Clock(5)).publish(
        "deploy", {"städte": [1, None]}, milliseconds=9
    )

    assert (event.name, event.id) == ("deploy", EventId(9, 0))
    assert event.data == '{"städte":[1,null]}'


def test_ids_grow_with_the_clock_and_by_the_sequence_within_a_millisecond() -> None:
    clock = Clock(1000)
    broadcaster = Broadcaster(origin=0, clock=clock)
    clock.now = 1001

    ids = [broadcaster.publish("x").id, broadcaster.publish("x").id]
    clock.now = 1002
    ids.append(broadcaster.publish("x").id)

    assert ids == [EventId(1001, 0), EventId(1001, 1), EventId(1002, 0)]
    assert broadcaster.last_id == EventId(1002, 0)


@given(st.lists(st.none() | st.integers(0, 2000)))
def test_ids_never_repeat_and_never_go_back_whatever_the_clock_does(
    moments: list[int | None],
) -> None:
    broadcaster = Broadcaster(origin=0, clock=Clock(1000))
    ids = [broadcaster.last_id]
    for moment in moments:
        broadcaster.publish("x", milliseconds=moment)
        ids.append(broadcaster.last_id)

    assert ids == sorted(set(ids))


def test_a_subscription_without_an_id_begins_with_what_comes_next() -> None:
    broadcaster = Broadcaster()
    broadcaster.publish("x", "before")
    subscription = broadcaster.subscribe()
    broadcaster.publish("x", "after")

    assert tell(subscription) == ["after"]
    assert subscription.gap is None


def test_a_subscription_replays_what_came_after_its_id_and_goes_on_live() -> None:
    broadcaster = Broadcaster()
    seen = broadcaster.publish("x", 1).id
    broadcaster.publish("x", 2)
    subscription = broadcaster.subscribe(after=seen)
    broadcaster.publish("x", 3)

    assert tell(subscription) == [2, 3]


def test_the_position_stays_behind_what_is_still_to_be_replayed() -> None:
    broadcaster = Broadcaster()
    seen = broadcaster.publish("x", 1).id
    broadcaster.publish("x", 2)
    subscription = broadcaster.subscribe(after=seen)
    at_first = subscription.position

    subscription.take()

    assert at_first == seen
    assert subscription.position == broadcaster.last_id


@pytest.mark.parametrize(
    ("after", "gap"),
    [
        (EventId(999, 0), Gap.BEFORE),
        (EventId(9999, 0), Gap.FUTURE),
        (EventId(1000, 0), Gap.TOO_OLD),
    ],
)
def test_with_a_gap_a_subscription_says_so_and_begins_at_the_end(after: EventId, gap: Gap) -> None:
    broadcaster = Broadcaster(origin=0, history=2, clock=Clock(1000))
    for number in range(3):
        broadcaster.publish("x", number)

    subscription = broadcaster.subscribe(after=after, tells_gap=False)
    broadcaster.publish("x", "live")

    assert subscription.gap is gap
    assert subscription.position == EventId(1000, 3)
    assert tell(subscription) == ["live"]


async def test_a_waiting_reader_is_woken_by_an_event() -> None:
    broadcaster = Broadcaster()
    async with broadcaster.subscribe() as subscription:
        reading = asyncio.create_task(read(subscription, 2))
        await asyncio.sleep(0)
        broadcaster.publish("x", 1)
        broadcaster.publish("x", 2)

        assert await reading == [1, 2]


async def test_every_reader_gets_the_same_bytes_object() -> None:
    broadcaster = Broadcaster()
    async with broadcaster.subscribe() as one, broadcaster.subscribe() as other:
        broadcaster.publish("x", 1)

        assert (await anext(one)).wire is (await anext(other)).wire


async def test_a_reader_gets_its_own_channels_only_and_is_woken_by_them_only() -> None:
    broadcaster = Broadcaster()
    async with broadcaster.subscribe("a", "b") as subscription:
        waiting = subscription.wait()
        broadcaster.publish("x", 1)
        broadcaster.publish("x", 2, channel="c")
        woken_by_others = asyncio.isfuture(waiting) and waiting.done()
        broadcaster.publish("x", 3, channel="a")
        broadcaster.publish("x", 4, channel="b")
        await asyncio.wait_for(waiting, 5)

        assert not woken_by_others
        assert tell(subscription) == [3, 4]


def test_a_reader_that_fell_out_of_the_history_gets_one_loss_event_and_then_what_is_new() -> None:
    broadcaster = Broadcaster(history=5, loss=("gone", {"reason": "slow"}))
    subscription = broadcaster.subscribe()
    for number in range(6):
        broadcaster.publish("x", number)

    lost = subscription.take()
    broadcaster.publish("x", "new")

    assert decode(lost) == [("gone", {"reason": "slow"})]
    assert lost[0].id == EventId.parse(str(subscription.position))
    assert decode(subscription.take()) == [("x", "new")]


def test_a_reader_that_is_just_within_the_history_loses_nothing() -> None:
    broadcaster = Broadcaster(history=5)
    subscription = broadcaster.subscribe()
    for number in range(5):
        broadcaster.publish("x", number)

    assert tell(subscription) == [0, 1, 2, 3, 4]


def test_the_default_loss_is_a_reload_with_a_reason() -> None:
    broadcaster = Broadcaster(history=1)
    subscription = broadcaster.subscribe()
    broadcaster.publish("x", 1)
    broadcaster.publish("x", 2)

    [(name, data)] = decode(subscription.take())

    assert name == "reload"
    assert data["reason"]


def test_a_slow_reader_loses_nothing_to_other_channels() -> None:
    broadcaster = Broadcaster(history=5)
    subscription = broadcaster.subscribe()
    for number in range(50):
        broadcaster.publish("x", number, channel="busy")
    broadcaster.publish("x", "mine")

    assert tell(subscription) == ["mine"]


def test_a_slow_reader_does_not_touch_its_peers() -> None:
    broadcaster = Broadcaster(history=5)
    slow, quick = broadcaster.subscribe(), broadcaster.subscribe()
    told = []
    for number in range(50):
        broadcaster.publish("x", number)
        told += tell(quick)

    assert told == list(range(50))
    assert decode(slow.take())[0][0] == "reload"


def test_taking_is_bounded_in_bytes_and_loses_nothing() -> None:
    broadcaster = Broadcaster()
    subscription = broadcaster.subscribe()
    for number in range(10):
        broadcaster.publish("x", [number, "x" * 1000])

    taken = [subscription.take(max_bytes=2500) for _ in range(5)]

    assert [len(each) for each in taken] == [3, 3, 3, 1, 0]


async def test_closing_ends_a_reader_after_what_was_published_before() -> None:
    broadcaster = Broadcaster()
    async with broadcaster.subscribe() as subscription:
        broadcaster.publish("x", "last words")
        broadcaster.close()
        broadcaster.publish("x", "too late")

        told = await drain(subscription)

    assert told == ["last words"]
    assert broadcaster.closed


def test_a_reader_has_not_ended_while_there_is_something_left_to_take() -> None:
    broadcaster = Broadcaster()
    subscription = broadcaster.subscribe()
    broadcaster.publish("x", 1)
    broadcaster.close()
    before = subscription.ended

    subscription.take()

    assert (before, subscription.ended) == (False, True)


async def test_closing_ends_a_reader_that_waits() -> None:
    broadcaster = Broadcaster()
    async with broadcaster.subscribe() as subscription:
        reading = asyncio.create_task(drain(subscription))
        await asyncio.sleep(0)
        broadcaster.close()

        assert await asyncio.wait_for(reading, 5) == []


async def test_subscribing_to_a_closed_broadcaster_replays_and_ends() -> None:
    broadcaster = Broadcaster()
    start = broadcaster.last_id
    broadcaster.publish("x", 1)
    broadcaster.close()

    async with broadcaster.subscribe(after=start) as subscription:
        assert await drain(subscription) == [1]


async def test_a_closed_subscription_ends_and_tells_nothing_more() -> None:
    broadcaster = Broadcaster()
    subscription = broadcaster.subscribe()
    broadcaster.publish("x", 1)
    subscription.close()
    subscription.close()

    assert subscription.ended
    assert await drain(subscription) == []


async def test_the_number_of_subscriptions_is_right_also_after_an_error() -> None:
    broadcaster = Broadcaster()
    opened = []

    async def fail() -> None:
        async with broadcaster.subscribe(), broadcaster.subscribe():
            opened.append(broadcaster.subscriptions)
            await asyncio.wait_for(asyncio.Event().wait(), 0)

    with pytest.raises(TimeoutError):
        await fail()

    assert opened == [2]
    assert broadcaster.subscriptions == 0


async def test_at_the_limit_a_subscription_is_refused_until_one_is_closed() -> None:
    broadcaster = Broadcaster(limit=2)
    first = broadcaster.subscribe()
    broadcaster.subscribe()

    with pytest.raises(TooManyStreamsError) as caught:
        broadcaster.subscribe()
    first.close()
    broadcaster.subscribe()

    assert "2" in str(caught.value)
    assert caught.value.hint


async def test_a_cancelled_reader_can_be_read_again_and_its_peers_do_not_notice() -> None:
    broadcaster = Broadcaster()
    async with broadcaster.subscribe() as one, broadcaster.subscribe() as other:
        readings = [asyncio.create_task(read(each, 1)) for each in (one, other)]
        await asyncio.sleep(0)
        readings[0].cancel()
        await asyncio.wait([readings[0]])
        broadcaster.publish("x", 1)

        assert await readings[1] == [1]
        assert await read(one, 1) == [1]


async def test_two_readers_of_one_subscription_are_a_mistake_that_is_named() -> None:
    async with Broadcaster().subscribe() as subscription:
        subscription.wait()

        with pytest.raises(RuntimeError, match="one reader"):
            subscription.wait()


@pytest.mark.parametrize("data", [object(), float("nan"), {"x": float("inf")}, {1, 2}, b"x"])
def test_data_that_json_cannot_say_is_refused_and_leaves_no_trace(data: object) -> None:
    broadcaster = Broadcaster(origin=0, clock=Clock(1000))

    with pytest.raises(InvalidEventError):
        broadcaster.publish("x", data)

    assert broadcaster.last_id == EventId(1000, 0)


def test_a_file_name_that_is_not_utf8_travels_as_a_json_escape() -> None:
    broadcaster = Broadcaster()
    subscription = broadcaster.subscribe()
    broadcaster.publish("change", ["caf\udce9", "é"])

    assert tell(subscription) == [["caf\udce9", "é"]]


async def test_an_event_that_another_thread_publishes_wakes_the_reader_at_once() -> None:
    broadcaster = Broadcaster()
    async with broadcaster.subscribe() as subscription:
        reading = asyncio.create_task(read(subscription, 2))
        await asyncio.sleep(0)
        await asyncio.to_thread(broadcaster.publish, "x", 1)
        await asyncio.to_thread(broadcaster.publish, "x", 2)

        assert await reading == [1, 2]


async def test_a_reader_that_looks_before_it_waits_misses_nothing_of_another_thread() -> None:
    broadcaster = Broadcaster()
    async with broadcaster.subscribe() as subscription:
        before = subscription.take()
        await asyncio.to_thread(broadcaster.publish, "x", 1)
        await asyncio.wait_for(subscription.wait(), 5)

        assert before == []
        assert tell(subscription) == [1]


async def test_a_subscription_may_be_made_and_closed_in_another_thread() -> None:
    broadcaster = Broadcaster()
    subscription = await asyncio.to_thread(broadcaster.subscribe)
    reading = asyncio.create_task(drain(subscription))
    await asyncio.sleep(0)
    await asyncio.to_thread(subscription.close)

    assert await asyncio.wait_for(reading, 5) == []
    assert broadcaster.subscriptions == 0


def test_many_threads_publish_at_once_and_every_reader_gets_all_of_it_in_one_order() -> None:
    broadcaster = Broadcaster(history=10_000)
    readers = [broadcaster.subscribe("a", "b") for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        for number in range(2000):
            pool.submit(broadcaster.publish, "x", number, channel="ab"[number % 2])
    taken = [reader.take(max_bytes=10**9) for reader in readers]

    assert taken[0] == taken[1]
    assert sorted(event.json() for event in taken[0]) == list(range(2000))
    assert [event.id for event in taken[0]] == sorted(event.id for event in taken[0])


@given(st.lists(st.integers(0, 20)), st.integers(1, 12))
def test_what_a_reader_takes_is_everything_new_or_one_loss(bursts: list[int], history: int) -> None:
    broadcaster = Broadcaster(history=history, loss=("loss", "lost"))
    subscription = broadcaster.subscribe()
    for burst in bursts:
        for number in range(burst):
            broadcaster.publish("x", number)

        assert tell(subscription) == (list(range(burst)) if burst <= history else ["lost"])


def test_the_ids_of_one_process_say_where_they_are_from() -> None:
    moments = iter([5, 5, 5, 6])
    broadcaster = Broadcaster(clock=lambda: next(moments), origin=3)
    first = 3 << ORIGIN_BITS

    ids = [broadcaster.last_id, *(broadcaster.publish("a").id for _ in range(3))]

    assert ids == [
        EventId(5, first),
        EventId(5, first + 1),
        EventId(5, first + 2),
        EventId(6, first),
    ]


async def test_hanging_up_ends_each_reader_after_what_it_has_not_read_yet() -> None:
    broadcaster = Broadcaster()
    subscription = broadcaster.subscribe()
    broadcaster.publish("x", 1)

    broadcaster.hang_up()
    broadcaster.publish("x", 2)

    assert not subscription.ended
    assert [event.id async for event in subscription][:1] != []
    assert subscription.ended


async def test_hanging_up_wakes_readers_that_wait() -> None:
    broadcaster = Broadcaster()
    subscription = broadcaster.subscribe()
    waiting = subscription.wait()

    broadcaster.hang_up()
    await asyncio.wait_for(waiting, 5)

    assert subscription.ended


def test_after_hanging_up_others_may_come_and_are_told() -> None:
    broadcaster = Broadcaster()
    broadcaster.hang_up()
    subscription = broadcaster.subscribe()
    broadcaster.publish("x", 1)

    assert len(subscription.take()) == 1
    assert not subscription.ended
