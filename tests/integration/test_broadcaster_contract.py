"""What every broadcaster keeps to, wherever its events live: the same tests in memory and on Redis."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from typing import Any, ClassVar, TypeAlias

import pytest

from livereload_sse.errors import InvalidEventError, TooManyStreamsError
from livereload_sse.sse import (
    Broadcaster,
    EncodedEvent,
    EventId,
    Gap,
    Limits,
    Overflow,
    Subscription,
)
from tests.integration.redis_serving import running_redis

Open: TypeAlias = Callable[..., AbstractAsyncContextManager[Broadcaster]]
_PREFIXES = count()


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with running_redis(on_socket=True) as server:
        yield server.url


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def opened(request: pytest.FixtureRequest) -> Open:
    """Open a broadcaster of either kind, empty."""
    url = "memory://"
    if request.param == "redis":
        url = f"{request.getfixturevalue('redis_url')}?prefix=contract-{next(_PREFIXES)}"

    @asynccontextmanager
    async def open_one(**words: Any) -> AsyncIterator[Broadcaster]:
        async with Broadcaster.from_url(url, **words) as broadcaster:
            yield broadcaster

    return open_one


async def read(subscription: Subscription, number: int) -> list[EncodedEvent]:
    async with asyncio.timeout(10):
        return [await anext(subscription) for _ in range(number)]


async def read_data(subscription: Subscription, number: int) -> list[Any]:
    return [event.json() for event in await read(subscription, number)]


async def rest(
    broadcaster: Broadcaster, subscription: Subscription, channel: str = ""
) -> list[Any]:
    """Everything that the reader gets before an event that is published now."""
    broadcaster.publish("last", "the last one", channel=channel)
    found: list[Any] = []
    async with asyncio.timeout(10):
        while (event := await anext(subscription)).name != "last":
            found.append(event.json())
    return found


async def tell(broadcaster: Broadcaster, *data: Any, channel: str = "") -> None:
    for one in data:
        broadcaster.publish("number", one, channel=channel)
    await broadcaster.flush()


class TestBroadcaster:
    async def test_an_event_reaches_every_reader_with_its_name_data_and_channel(
        self, opened: Open
    ) -> None:
        async with (
            opened() as broadcaster,
            broadcaster.subscribe() as first,
            broadcaster.subscribe() as second,
        ):
            broadcaster.publish("städte", {"a": [1, None, "ü"]})
            for reader in (first, second):
                (event,) = await read(reader, 1)
                assert (event.name, event.json()) == ("städte", {"a": [1, None, "ü"]})
                assert event.channel == ""
                assert f"id: {event.id}\n".encode() in event.wire

    async def test_a_new_reader_hears_only_what_comes(self, opened: Open) -> None:
        async with opened() as broadcaster:
            await tell(broadcaster, 1, 2)
            async with broadcaster.subscribe() as reader:
                await tell(broadcaster, 3)
                assert await rest(broadcaster, reader) == [3]
                assert reader.gap is None

    async def test_who_comes_back_gets_what_was_missed_once_and_in_order(
        self, opened: Open
    ) -> None:
        async with opened() as broadcaster:
            async with broadcaster.subscribe() as reader:
                await tell(broadcaster, 1)
                (heard,) = await read(reader, 1)
            await tell(broadcaster, 2, 3)
            async with broadcaster.subscribe(after=str(heard.id)) as reader:
                await tell(broadcaster, 4)
                assert await rest(broadcaster, reader) == [2, 3, 4]

    async def test_a_place_is_good_before_anything_was_heard(self, opened: Open) -> None:
        async with opened() as broadcaster:
            async with broadcaster.subscribe("quiet") as reader:
                place = reader.position
            await tell(broadcaster, 1, channel="quiet")
            async with broadcaster.subscribe("quiet", after=place) as reader:
                assert await rest(broadcaster, reader, "quiet") == [1]

    async def test_channels_are_apart(self, opened: Open) -> None:
        async with opened() as broadcaster, broadcaster.subscribe("a") as reader:
            await tell(broadcaster, 1, channel="b")
            await tell(broadcaster, 2, channel="a")
            await tell(broadcaster, 3)
            assert await rest(broadcaster, reader, "a") == [2]

    async def test_a_reader_of_several_channels_gets_them_in_the_order_of_ids(
        self, opened: Open
    ) -> None:
        async with opened() as broadcaster:
            async with broadcaster.subscribe("a", "b") as reader:
                for number in range(40):
                    broadcaster.publish("number", number, channel="ab"[number % 3 % 2])
                heard = await read(reader, 40)
                assert [event.json() for event in heard] == list(range(40))
                assert heard == sorted(heard, key=lambda event: event.id)
            async with broadcaster.subscribe("a", "b", after=heard[17].id) as reader:
                assert await read_data(reader, 22) == list(range(18, 40))

    async def test_who_fell_out_of_the_history_is_told_one_loss(self, opened: Open) -> None:
        async with opened(history=3, loss=("lost", "something")) as broadcaster:
            async with broadcaster.subscribe() as reader:
                await tell(broadcaster, 1)
                (heard,) = await read(reader, 1)
            await tell(broadcaster, 2, 3, 4, 5)
            async with broadcaster.subscribe(after=heard.id) as reader:
                assert reader.gap is Gap.TOO_OLD
                assert await rest(broadcaster, reader) == ["something"]

    async def test_the_gap_is_exact(self, opened: Open) -> None:
        async with opened(history=3) as broadcaster:
            async with broadcaster.subscribe() as reader:
                await tell(broadcaster, 1)
                (heard,) = await read(reader, 1)
            await tell(broadcaster, 2, 3, 4)
            async with broadcaster.subscribe(after=heard.id) as reader:
                assert reader.gap is None
                assert await read_data(reader, 3) == [2, 3, 4]

    async def test_the_loss_has_an_id_to_come_back_with(self, opened: Open) -> None:
        async with opened(history=1) as broadcaster:
            await tell(broadcaster, 1, 2, 3)
            async with broadcaster.subscribe(after="1-1") as reader:
                (loss,) = await read(reader, 1)
                assert loss.name == "reload"
            await tell(broadcaster, 4)
            async with broadcaster.subscribe(after=loss.id) as reader:
                assert await read_data(reader, 1) == [4]

    @pytest.mark.parametrize("after", ["garbage", "99999999999999-0", "1-1", "end"])
    async def test_an_id_that_is_not_known_is_one_loss(self, opened: Open, after: str) -> None:
        async with opened() as broadcaster:
            await tell(broadcaster, 1)
            async with broadcaster.subscribe(after=after) as reader:
                assert reader.gap is not None
                assert [event.name for event in await read(reader, 1)] == ["reload"]
                assert await rest(broadcaster, reader) == []

    async def test_an_id_of_after_all_events_is_a_gap(self, opened: Open) -> None:
        async with opened() as broadcaster:
            async with broadcaster.subscribe() as reader:
                await tell(broadcaster, 1)
                (heard,) = await read(reader, 1)
            later = EventId(heard.id.milliseconds + 10**6, heard.id.sequence)
            async with broadcaster.subscribe(after=later) as reader:
                assert reader.gap is Gap.FUTURE

    async def test_a_new_reader_may_have_the_last_events(self, opened: Open) -> None:
        async with opened() as broadcaster:
            await tell(broadcaster, 1, 2, 3)
            async with broadcaster.subscribe(on_connect=2) as reader:
                await tell(broadcaster, 4)
                assert await rest(broadcaster, reader) == [2, 3, 4]

    async def test_a_new_reader_may_have_the_state_and_who_resumes_has_none(
        self, opened: Open
    ) -> None:
        def state() -> Iterator[tuple[str, Any]]:
            yield "state", "all"

        async with opened() as broadcaster:
            await tell(broadcaster, 1)
            async with broadcaster.subscribe(on_connect=state) as reader:
                (told,) = await read(reader, 1)
                assert (told.name, told.json()) == ("state", "all")
                assert await rest(broadcaster, reader) == []
            await tell(broadcaster, 2)
            async with broadcaster.subscribe(after=told.id, on_connect=state) as reader:
                assert (await read_data(reader, 2))[-1] == 2

    async def test_the_end_of_a_channel_ends_its_readers_and_keeps_them_away(
        self, opened: Open
    ) -> None:
        async with opened() as broadcaster:
            async with broadcaster.subscribe("job") as reader:
                await tell(broadcaster, 1, channel="job")
                broadcaster.end(channel="job", name="done", data={"ok": True})
                async with asyncio.timeout(10):
                    heard = [event async for event in reader]
            assert [event.name for event in heard] == ["number", "done"]
            async with broadcaster.subscribe("job", after=heard[-1].id) as reader:
                assert reader.is_over
            async with broadcaster.subscribe("job", after=heard[0].id) as reader:
                assert not reader.is_over
                assert [event.name async for event in reader] == ["done"]

    async def test_a_channel_that_ended_may_begin_anew(self, opened: Open) -> None:
        async with opened() as broadcaster:
            async with broadcaster.subscribe("job") as reader:
                broadcaster.end(channel="job")
                (ended,) = await read(reader, 1)
            await tell(broadcaster, 1, channel="job")
            async with broadcaster.subscribe("job", after=ended.id) as reader:
                assert not reader.is_over
                assert await read_data(reader, 1) == [1]

    async def test_what_cannot_be_sent_is_an_error_where_it_is_published(
        self, opened: Open
    ) -> None:
        async with opened() as broadcaster:
            with pytest.raises(InvalidEventError):
                broadcaster.publish("x", object())
            with pytest.raises(InvalidEventError):
                broadcaster.publish("two\nlines", 1)
        async with opened(encode=lambda _, data: str(data)) as broadcaster:
            with pytest.raises(InvalidEventError, match="not valid Unicode"):
                broadcaster.publish("x", "\ud800")

    async def test_half_a_surrogate_pair_arrives(self, opened: Open) -> None:
        async with opened() as broadcaster, broadcaster.subscribe() as reader:
            broadcaster.publish("x", "\ud800")
            assert await read_data(reader, 1) == ["\ud800"]

    async def test_any_thread_may_publish(self, opened: Open) -> None:
        async with opened() as broadcaster, broadcaster.subscribe() as reader:
            for number in range(20):
                await asyncio.to_thread(broadcaster.publish, "number", number)
            assert await read_data(reader, 20) == list(range(20))

    async def test_a_reader_in_another_thread_hears_as_well(self, opened: Open) -> None:
        async with opened() as broadcaster:

            async def hear() -> list[Any]:
                async with broadcaster.subscribe(on_connect=10) as reader:
                    return await read_data(reader, 3)

            await tell(broadcaster, 1)
            hearing = asyncio.create_task(asyncio.to_thread(asyncio.run, hear()))
            await tell(broadcaster, 2, 3)
            assert await hearing == [1, 2, 3]

    async def test_closing_ends_readers_behind_what_was_published(self, opened: Open) -> None:
        async with opened() as broadcaster, broadcaster.subscribe() as reader:
            await tell(broadcaster, 1)
            assert await read_data(reader, 1) == [1]
            broadcaster.close()
            assert [event async for event in reader] == []
        assert broadcaster.subscriptions == 0

    async def test_hanging_up_ends_readers_and_others_may_come(self, opened: Open) -> None:
        async with opened() as broadcaster:
            async with broadcaster.subscribe() as reader:
                broadcaster.hang_up()
                assert [event async for event in reader] == []
            async with broadcaster.subscribe() as reader:
                await tell(broadcaster, 1)
                assert await read_data(reader, 1) == [1]

    async def test_readers_are_counted(self, opened: Open) -> None:
        async with opened(limit=2, channels={"few": Limits(readers=1)}) as broadcaster:
            async with broadcaster.subscribe("few"):
                with pytest.raises(TooManyStreamsError, match="channel 'few'"):
                    broadcaster.subscribe("few")
                async with broadcaster.subscribe():
                    with pytest.raises(TooManyStreamsError, match="all 2"):
                        broadcaster.subscribe()
            assert broadcaster.subscriptions == 0

    HELD: ClassVar = {
        Overflow.LATEST: ["reload"],
        Overflow.OLDEST: [6, 7, 8],
        Overflow.DISCONNECT: [],
    }

    @pytest.mark.parametrize("overflow", Overflow)
    async def test_a_reader_that_is_too_slow_gets_what_it_chose(
        self, opened: Open, overflow: Overflow
    ) -> None:
        async with (
            opened(history=3) as broadcaster,
            broadcaster.subscribe(overflow=overflow) as slow,
            broadcaster.subscribe() as quick,
        ):
            # One after the other, so that this process sees them all.
            for number in range(9):
                await tell(broadcaster, number)
                assert await read_data(quick, 1) == [number]
            heard = slow.take()
            names = [json.loads(one.data) if one.name == "number" else one.name for one in heard]
            assert names == self.HELD[overflow]
            assert slow.ended == (overflow is Overflow.DISCONNECT)

    async def test_channels_have_limits_of_their_own(self, opened: Open) -> None:
        async with opened(history=2, channels={"long-*": Limits(history=5)}) as broadcaster:
            await tell(broadcaster, *range(9))
            await tell(broadcaster, *range(9), channel="long-1")
            async with (
                broadcaster.subscribe(on_connect=100) as short,
                broadcaster.subscribe("long-1", on_connect=100) as long,
            ):
                assert await read_data(short, 2) == [7, 8]
                assert await read_data(long, 5) == [4, 5, 6, 7, 8]

    async def test_a_text_of_ones_own_encoding_arrives_as_it_is(self, opened: Open) -> None:
        def shout(_name: str, data: Any) -> str:
            return str(data).upper()

        async with opened(encode=shout) as broadcaster, broadcaster.subscribe() as reader:
            broadcaster.publish("x", "one\ntwo")
            (event,) = await read(reader, 1)
            assert event.data == "ONE\nTWO"

    async def test_a_moment_that_an_event_speaks_of_is_in_its_id(self, opened: Open) -> None:
        async with opened() as broadcaster, broadcaster.subscribe() as reader:
            broadcaster.publish("x", 1)
            (first,) = await read(reader, 1)
            moment = first.id.milliseconds + 5000
            broadcaster.publish("x", 2, milliseconds=moment)
            broadcaster.publish("x", 3, milliseconds=moment - 10_000)
            ids = [event.id for event in await read(reader, 2)]
            assert [one.milliseconds for one in ids] == [moment, moment]
            assert ids[0] < ids[1]
