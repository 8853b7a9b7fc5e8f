"""A stream as an ASGI server sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from livereload_sse.sse.broadcaster import Broadcaster
from livereload_sse.sse.decoder import Decoder
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.stream import Message, Stream

TIMEOUT = 5.0
ENDLESS = 3600.0


class Server:
    """An ASGI server made of two queues: what the stream sends, and what it is told."""

    def __init__(self, *, method: str = "GET") -> None:
        self.scope: Message = {"type": "http", "method": method}
        self.sent: list[Message] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self._changed = asyncio.Event()
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._told.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    async def receive(self) -> Message:
        return await self._told.get()

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        self.sent.append(message)
        self._changed.set()

    def disconnect(self) -> None:
        self._told.put_nowait({"type": "http.disconnect"})

    async def wait_for(self, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT):
            while not wanted():
                self._changed.clear()
                await self._changed.wait()

    async def wait_for_body(self, wanted: bytes) -> None:
        await self.wait_for(lambda: wanted in self.body)

    @asynccontextmanager
    async def carrying(self, stream: Stream) -> AsyncIterator["asyncio.Task[None]"]:
        """Run a stream until the context ends; by then it has to be over or is disconnected."""
        task = asyncio.create_task(stream(self.scope, self.receive, self.send))
        try:
            yield task
        finally:
            self.disconnect()
            async with asyncio.timeout(TIMEOUT):
                await asyncio.wait([task])


def decode(wire: bytes) -> list[tuple[str, str]]:
    return [(event.name, event.data) for event in Decoder().feed(wire)]


def left_over_tasks() -> list[str]:
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return [name for name in names if name.startswith("Stream")]


async def test_a_stream_opens_with_its_headers_and_nothing_else() -> None:
    broadcaster, server = Broadcaster(), Server()
    async with server.carrying(Stream(broadcaster.subscribe())):
        await server.wait_for_body(b"id: ")

    assert server.sent[0] == {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-type", b"text/event-stream"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"x-content-type-options", b"nosniff"),
        ],
    }


async def test_the_first_write_is_retry_a_comment_and_the_readers_place() -> None:
    broadcaster, server = Broadcaster(origin=0, clock=lambda: 1000), Server()
    broadcaster.publish("x")
    async with server.carrying(Stream(broadcaster.subscribe(), retry=0.25)):
        await server.wait_for_body(b"id: ")

    assert server.sent[1]["body"] == b"retry: 250\n\n: still here\n\nid: 1000-1\n\n"
    assert server.sent[1]["more_body"] is True


async def test_a_stream_that_is_ended_says_when_to_come_back() -> None:
    broadcaster, server = Broadcaster(origin=0, clock=lambda: 1000), Server()
    stream = Stream(broadcaster.subscribe(), return_delay=0.05)
    async with server.carrying(stream):
        await server.wait_for_body(b"id: ")
        broadcaster.publish("x", "last")
        broadcaster.close()
        await server.wait_for_body(b"retry: 50")

    assert server.body.endswith(b'data: "last"\n\nretry: 50\n\n')
    assert server.sent[-1]["more_body"] is False


async def test_what_was_missed_comes_in_the_first_write_behind_the_old_place() -> None:
    broadcaster, server = Broadcaster(origin=0, clock=lambda: 1000), Server()
    for number in range(1, 4):
        broadcaster.publish("x", number)
    async with server.carrying(Stream(broadcaster.subscribe(after=EventId(1000, 1)))):
        await server.wait_for_body(b"data: 3")

    opening = server.sent[1]["body"]
    assert opening.index(b"id: 1000-1\n\n") < opening.index(b"data: 2") < opening.index(b"data: 3")
    assert b"data: 1\n" not in opening


async def test_the_catch_up_stands_between_the_given_place_and_the_subscriptions_own() -> None:
    broadcaster, server = Broadcaster(origin=0, clock=lambda: 1000), Server()
    old = EventId(900, 0)
    first = [Event("change", "missed")]
    stream = Stream(broadcaster.subscribe(after=old, tells_gap=False), first=first, position=old)
    async with server.carrying(stream):
        await server.wait_for_body(b"id: 1000-0")

    assert server.body.endswith(b"id: 900-0\n\nevent: change\ndata: missed\n\nid: 1000-0\n\n")


async def test_without_a_given_place_none_is_told_before_the_catch_up() -> None:
    broadcaster, server = Broadcaster(origin=0, clock=lambda: 1000), Server()
    stream = Stream(broadcaster.subscribe(), first=[Event("reload", "{}")])
    async with server.carrying(stream):
        await server.wait_for_body(b"id: ")

    assert server.body.endswith(b": still here\n\nevent: reload\ndata: {}\n\nid: 1000-0\n\n")


async def test_a_given_place_without_a_catch_up_stands_alone() -> None:
    broadcaster, server = Broadcaster(origin=0, clock=lambda: 1000), Server()
    stream = Stream(broadcaster.subscribe(), position=EventId(900, 0))
    async with server.carrying(stream):
        await server.wait_for_body(b"id: ")

    assert server.body.count(b"id: ") == 1
    assert server.body.endswith(b"id: 900-0\n\n")


async def test_wherever_a_stream_is_cut_coming_back_completes_it() -> None:
    broadcaster, server = Broadcaster(origin=0, clock=lambda: 1000), Server()
    started = broadcaster.last_id
    for number in range(3):
        broadcaster.publish("x", number)
    async with server.carrying(Stream(broadcaster.subscribe(after=started))):
        broadcaster.publish("x", 3)
        await server.wait_for_body(b"data: 3\n\n")

    for cut in range(len(server.body) + 1):
        reader = Decoder(last_event_id=str(started))
        before = [event.data for event in reader.feed(server.body[:cut])]
        async with broadcaster.subscribe(after=EventId.parse(reader.last_event_id)) as again:
            missed = [data for event in again.take() for _, data in decode(event.wire)]

        assert before + missed == ["0", "1", "2", "3"]


async def test_live_events_arrive_and_those_that_come_together_share_one_write() -> None:
    broadcaster, server = Broadcaster(), Server()
    async with server.carrying(Stream(broadcaster.subscribe())):
        await server.wait_for_body(b"id: ")
        before = len(server.sent)
        for number in range(3):
            broadcaster.publish("x", number)
        await server.wait_for_body(b"data: 2")

        assert len(server.sent) == before + 1
        assert decode(server.body) == [("x", "0"), ("x", "1"), ("x", "2")]


async def test_head_is_answered_with_the_headers_and_ends() -> None:
    broadcaster, server = Broadcaster(), Server(method="HEAD")
    stream = Stream(broadcaster.subscribe())

    await asyncio.wait_for(stream(server.scope, server.receive, server.send), TIMEOUT)

    assert server.sent[0]["status"] == 200
    assert server.sent[1:] == [{"type": "http.response.body", "body": b"", "more_body": False}]
    assert broadcaster.subscriptions == 0


async def test_a_reader_that_leaves_ends_the_stream_without_a_last_word() -> None:
    broadcaster, server = Broadcaster(), Server()
    async with server.carrying(Stream(broadcaster.subscribe())) as stream:
        await server.wait_for_body(b"id: ")
        server.disconnect()
        await asyncio.wait_for(stream, TIMEOUT)

    assert server.sent[-1]["more_body"] is True
    assert broadcaster.subscriptions == 0
    assert left_over_tasks() == []


async def test_closing_the_broadcaster_ends_the_stream_after_what_was_published() -> None:
    broadcaster, server = Broadcaster(), Server()
    async with server.carrying(Stream(broadcaster.subscribe())) as stream:
        await server.wait_for_body(b"id: ")
        broadcaster.publish("x", "last words")
        broadcaster.close()
        await asyncio.wait_for(stream, TIMEOUT)

    assert decode(server.body) == [("x", '"last words"')]
    assert server.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert broadcaster.subscriptions == 0
    assert left_over_tasks() == []


async def test_a_quiet_stream_beats_once_in_every_interval() -> None:
    broadcaster, server = Broadcaster(), Server()
    stream = Stream(broadcaster.subscribe(), heartbeat=0.05)
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with server.carrying(stream):
        await server.wait_for(lambda: server.body.count(b": still here\n\n") >= 4)
    passed = loop.time() - started

    assert server.body.count(b": still here") - 1 <= passed / 0.05 + 0.1
    assert decode(server.body) == []


async def test_without_a_due_heartbeat_a_stream_is_quiet() -> None:
    broadcaster, server = Broadcaster(), Server()
    stream = Stream(broadcaster.subscribe(), heartbeat=ENDLESS, send_timeout=0.01)
    async with server.carrying(stream) as task:
        await asyncio.wait([task], timeout=0.1)

        assert not task.done()
        assert server.body.count(b": still here") == 1


async def test_a_reader_that_does_not_read_is_dropped_and_its_peer_does_not_notice() -> None:
    broadcaster, stuck, quick = Broadcaster(), Server(), Server()
    slow = Stream(broadcaster.subscribe(), send_timeout=0.05, heartbeat=ENDLESS)
    async with (
        stuck.carrying(slow) as dropped,
        quick.carrying(Stream(broadcaster.subscribe())),
    ):
        await stuck.wait_for_body(b"id: ")
        stuck.reads.clear()
        broadcaster.publish("x", 1)
        await quick.wait_for_body(b"data: 1")
        still_there = broadcaster.subscriptions
        await asyncio.wait_for(dropped, TIMEOUT)

        assert still_there == 2
        assert broadcaster.subscriptions == 1
        assert decode(stuck.body) == []


@pytest.mark.parametrize("heartbeat", [0.01, ENDLESS])
async def test_the_send_timeout_is_kept_with_and_without_heartbeats(
    heartbeat: float,
) -> None:
    broadcaster, server = Broadcaster(), Server()
    server.reads.clear()
    stream = Stream(broadcaster.subscribe(), send_timeout=0.2, heartbeat=heartbeat)
    loop = asyncio.get_running_loop()
    started = loop.time()

    await asyncio.wait_for(stream(server.scope, server.receive, server.send), TIMEOUT)

    assert loop.time() - started >= 0.19
    assert server.sent == []
    assert broadcaster.subscriptions == 0


async def test_a_reader_that_was_stuck_too_long_gets_one_loss_and_then_what_is_new() -> None:
    broadcaster, server = Broadcaster(history=5), Server()
    async with server.carrying(Stream(broadcaster.subscribe())):
        await server.wait_for_body(b"id: ")
        server.reads.clear()
        broadcaster.publish("x", "in flight")
        await asyncio.sleep(0)
        for number in range(20):
            broadcaster.publish("x", number)
        server.reads.set()
        await server.wait_for_body(b"event: reload")
        broadcaster.publish("x", "new")
        await server.wait_for_body(b"new")

    names = [name for name, data in decode(server.body) if data != '"in flight"']
    assert names == ["reload", "x"]


async def test_a_send_that_says_the_peer_is_gone_ends_the_stream_quietly() -> None:
    broadcaster, server = Broadcaster(), Server()

    async def send(_: Message) -> None:
        raise BrokenPipeError

    await Stream(broadcaster.subscribe())(server.scope, server.receive, send)

    assert broadcaster.subscriptions == 0
    assert left_over_tasks() == []


async def test_a_failing_receive_is_seen_and_not_taken_for_a_disconnect() -> None:
    broadcaster, server = Broadcaster(), Server()

    async def receive() -> Message:
        raise LookupError("a server's bug")

    with pytest.raises(LookupError, match="bug"):
        await Stream(broadcaster.subscribe())(server.scope, receive, server.send)

    assert broadcaster.subscriptions == 0


async def test_a_cancelled_stream_leaves_nothing_behind() -> None:
    broadcaster, server = Broadcaster(), Server()
    async with server.carrying(Stream(broadcaster.subscribe())) as stream:
        await server.wait_for_body(b"id: ")
        stream.cancel()
        await asyncio.wait([stream], timeout=TIMEOUT)

    assert stream.cancelled()
    assert broadcaster.subscriptions == 0
    assert left_over_tasks() == []
