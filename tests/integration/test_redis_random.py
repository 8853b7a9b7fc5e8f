"""Readers that are cut off anywhere, and come back to another process, have each event exactly once."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from livereload_sse.sse import Broadcaster
from livereload_sse.sse.redis import following
from tests.integration.redis_serving import RedisServer, running_redis

if TYPE_CHECKING:
    from livereload_sse.sse import Subscription

pytestmark = pytest.mark.redis

CHANNELS = ("", "a", "b", "c")


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with running_redis(on_socket=True) as running:
        yield running


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often whether Redis is still the same, and read it in small pieces."""
    monkeypatch.setattr(following, "_CHECK_INTERVAL", 0.1)
    monkeypatch.setattr(following, "_MOST", 7)


class Reader:
    """A reader of some channels that checks what it gets: numbers, one after the other in each."""

    def __init__(self, channels: tuple[str, ...]) -> None:
        self.channels = channels
        self.subscription: Subscription | None = None
        self.place: str | None = None
        self.last: dict[str, int] = {}
        self.losses = 0
        self.finished: set[str] = set()

    async def come(self, broadcaster: Broadcaster) -> None:
        self.subscription = broadcaster.subscribe(*self.channels, after=self.place)
        await self.subscription.ready()

    def cut(self) -> None:
        """Leave with what has been heard so far, as a browser does."""
        if self.subscription is not None:
            self.place = str(self.subscription.position)
            self.subscription.close()
            self.subscription = None

    def read(self, max_bytes: int) -> None:
        assert self.subscription is not None
        for event in self.subscription.take(max_bytes=max_bytes):
            if event.name == "reload":
                self.losses += 1
                self.last.clear()
            elif event.name == "over":
                self.finished.add(event.channel)
            else:
                self._check(event.channel, event.json()["number"])

    def _check(self, channel: str, number: int) -> None:
        before = self.last.get(channel)
        assert before is None or number == before + 1, (self.channels, channel, before, number)
        self.last[channel] = number


class Play:
    """Two broadcasters, many readers, and what may happen to them."""

    def __init__(self, seed: int, server: RedisServer, broadcasters: list[Broadcaster]) -> None:
        self.chance = random.Random(seed)
        self.server = server
        self.broadcasters = broadcasters
        self.numbers = dict.fromkeys(CHANNELS, 0)
        self.readers = [
            Reader(tuple(self.chance.sample(CHANNELS, self.chance.randint(1, 4)))) for _ in range(8)
        ]

    async def begin(self) -> None:
        for reader in self.readers:
            await reader.come(self.chance.choice(self.broadcasters))
            for channel in reader.channels:
                reader.last[channel] = 0

    async def step(self, *, flush: bool) -> None:
        for _ in range(self.chance.choice((0, 1, 1, 3, 12))):
            self.publish()
        if self.chance.random() < 0.3:
            self.server.ask("CLIENT", "KILL", "TYPE", "normal")
        if flush and self.chance.random() < 0.1:
            self.server.ask("FLUSHALL")
        await asyncio.sleep(self.chance.choice((0, 0, 0.001, 0.005)))
        for reader in self.chance.sample(self.readers, 4):
            if reader.subscription is None:
                await reader.come(self.chance.choice(self.broadcasters))
            reader.read(self.chance.choice((1, 100, 10_000)))
            if self.chance.random() < 0.3:
                reader.cut()

    def publish(self) -> None:
        # By one process: what two tell at the same time has no order that could be checked.
        channel = self.chance.choice(CHANNELS)
        self.numbers[channel] += 1
        text = "x" * self.chance.choice((0, 0, 0, 3000))
        data = {"number": self.numbers[channel], "text": text}
        self.broadcasters[0].publish("number", data, channel=channel)

    async def finish(self) -> None:
        """Have every reader hear the end of each of its channels."""
        await self.broadcasters[0].flush()
        for reader in self.readers:
            if reader.subscription is None:
                await reader.come(self.chance.choice(self.broadcasters))
        async with asyncio.timeout(20):
            for reader in self.readers:
                await self.hear_out(reader)

    async def hear_out(self, reader: Reader) -> None:
        """Read until the end of each channel; one that is among what was lost is told again."""
        assert reader.subscription is not None
        while reader.finished != set(reader.channels):
            losses = reader.losses
            for channel in reader.channels:
                self.broadcasters[0].publish("over", channel=channel)
            while reader.finished != set(reader.channels) and reader.losses == losses:
                await reader.subscription.wait()
                reader.read(10**6)
        for channel, number in reader.last.items():
            assert number == self.numbers[channel]
        reader.subscription.close()


@asynccontextmanager
async def playing(seed: int, server: RedisServer, **words: Any) -> AsyncIterator[Play]:
    words = {"prefix": f"random-{seed}", "away": "", **words}
    async with (
        Broadcaster.from_url(server.url, **words) as first,
        Broadcaster.from_url(server.url, **words) as second,
    ):
        play = Play(seed, server, [first, second])
        await play.begin()
        yield play
        await play.finish()


@pytest.mark.parametrize("seed", range(3))
async def test_with_enough_history_no_cut_costs_anything(server: RedisServer, seed: int) -> None:
    async with playing(seed, server, history=10_000) as play:
        for _ in range(80):
            await play.step(flush=False)
    assert [reader.losses for reader in play.readers] == [0] * 8
    assert sum(play.numbers.values()) > 100


@pytest.mark.parametrize("seed", range(6, 9))
async def test_where_something_is_lost_it_is_told(server: RedisServer, seed: int) -> None:
    async with playing(seed, server, history=5) as play:
        for _ in range(80):
            await play.step(flush=True)
    assert any(reader.losses for reader in play.readers)
