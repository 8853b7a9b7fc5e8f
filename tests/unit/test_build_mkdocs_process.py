"""What a worker prints, cut anywhere, without the marks that end each answer's part of it."""

import asyncio
import os
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.mkdocs.process import WorkerProcess
from livereload_sse.build.mkdocs.worker.wire import mark


class Heard:
    """A worker whose process is a pipe that nobody writes to."""

    def __init__(self) -> None:
        self.data = b""
        reading, writing = os.pipe()
        os.close(writing)
        self.worker = WorkerProcess(None, reading)  # type: ignore[arg-type]  # is not asked
        self.worker._heard = self._take

    def _take(self, data: bytes) -> None:
        self.data += data


@given(
    text=st.binary(max_size=60).map(lambda data: data.replace(b"\0", b"\n")),
    later=st.binary(max_size=20).map(lambda data: data.replace(b"\0", b"\n")),
    cuts=st.lists(st.integers(0, 90), max_size=6),
)
def test_the_output_before_a_mark_is_heard_whole_however_it_is_cut(
    text: bytes, later: bytes, cuts: list[int]
) -> None:
    async def hear() -> tuple[bytes, int]:
        heard = Heard()
        await heard.worker._read.wait()
        whole = text + mark(12).encode() + later
        places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
        for start, end in pairwise(places):
            heard.worker._feed(whole[start:end])
        return heard.data, heard.worker._marked

    assert asyncio.run(hear()) == (text, 12)


async def test_what_is_printed_without_a_mark_is_heard_at_once() -> None:
    heard = Heard()
    heard.worker._feed(b"building")
    assert heard.data == b"building"
    await heard.worker._read.wait()


async def test_a_nul_that_is_no_mark_is_heard_in_the_end() -> None:
    heard = Heard()
    heard.worker._feed(b"a\0b")
    heard.worker._feed(b"c" * 100)
    assert heard.data == b"a\0b" + b"c" * 100
    await heard.worker._read.wait()
