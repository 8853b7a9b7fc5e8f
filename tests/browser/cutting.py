"""A TCP proxy that cuts event streams in the middle, as bad networks do: at any byte, without a word.

Knows where a stream begins, and which byte is its last. Refuses to know events. Headers are whole: of
an answer that is cut amid its headers, Chromium believes what it has got.
"""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress

STREAM = b"content-type: text/event-stream"


class Cutting:
    """Passes on what a port says; the n-th stream is cut after `cuts[n]` bytes of its body.

    `port` is where it listens, `behind` what it stands in front of, which may be changed. `left` are
    the cuts that are still to come.
    """

    def __init__(self, behind: int, cuts: Sequence[int]) -> None:
        self.port = 0
        self.behind = behind
        self.left = list(cuts)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()
        self._passing: set[asyncio.Task[None]] = set()
        self.listens = threading.Event()

    async def serve(self) -> None:
        """Listen until `end`."""
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.listens.set()
        await self._end.wait()
        server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def end(self) -> None:
        """Stop; called in another thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._end.set)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._passing.add(task)
        async with AsyncExitStack() as ending:
            ending.push_async_callback(abort, writer)
            with suppress(OSError):
                theirs, ours = await asyncio.open_connection("127.0.0.1", self.behind)
                ending.push_async_callback(abort, ours)
                up = asyncio.create_task(self._copy(reader, ours))
                ending.callback(up.cancel)
                await self._copy_cut(theirs, writer)
        self._passing.discard(task)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
            writer.transport.abort()

    async def _copy_cut(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what the server says, up to the byte at which its stream is cut."""
        rest: int | None = None
        while data := await reader.read(65536):
            if rest is None and STREAM in data and self.left:
                begin = data.index(b"\r\n\r\n", data.index(STREAM)) + 4
                rest = begin + self.left.pop(0)
            writer.write(data if rest is None else data[:rest])
            await writer.drain()
            if rest is not None:
                rest -= len(data)
                if rest <= 0:
                    return


async def abort(writer: asyncio.StreamWriter) -> None:
    """Hang up, without waiting for what is still to be sent."""
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


@contextmanager
def cutting(behind: int, *cuts: int) -> Iterator[Cutting]:
    """Run one in a thread of its own."""
    proxy = Cutting(behind, cuts)
    thread = threading.Thread(target=lambda: asyncio.run(proxy.serve()), name="cutting")
    thread.start()
    try:
        assert proxy.listens.wait(10)
        yield proxy
    finally:
        proxy.end()
        thread.join(10)
