"""Files that are being written while they are read. The clocks are moved by hand, the disk is real."""

import asyncio
import os
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.digest import digest
from livereload_sse.web import contents
from livereload_sse.web.contents import Clocks, Content, Contents
from livereload_sse.web.disk import Reading, read_file
from livereload_sse.web.whole import (
    DOUBTFUL_QUIET,
    EMPTY_QUIET,
    LEAST_QUIET,
    LONGEST_WAIT,
    UNFINISHED_QUIET,
)

TICK = 0.001


class Clock:
    """A clock that moves by hand, and lets the reader look at the disk after each move."""

    def __init__(self) -> None:
        self.now = 0.0
        self.base = 0.0
        self.looks = 0

    def wall(self) -> float:
        self.looks += 1
        return self.base + self.now

    def touch(self, path: Path) -> None:
        """Say that the last write to this file is now."""
        status = path.stat()
        self.base = max(status.st_mtime, status.st_ctime) - self.now

    async def move(self, seconds: float) -> None:
        self.now += seconds
        await self.look()

    async def look(self) -> None:
        """Wait until the reader has looked twice, or is done."""
        until = self.looks + 2
        for _ in range(40):
            if self.looks >= until:
                return
            await asyncio.sleep(0.001)


class Reader:
    def __init__(self, root: Path, **limits: Any) -> None:
        self.root = root
        self.clock = Clock()
        self.told: list[tuple[str, str]] = []
        clocks = Clocks(wall=self.clock.wall, steady=lambda: self.clock.now)
        self.unfinished: bool | None = None  # as on a system that cannot tell
        self.contents = Contents(
            root,
            on_read=self._on_read,
            clocks=clocks,
            is_being_written=lambda _descriptor: self.unfinished,
            **limits,
        )

    def _on_read(self, path: Path, _signature: object, version: str) -> None:
        self.told.append((path.name, version))

    def write(self, name: str, content: bytes) -> Path:
        path = self.root / name
        path.write_bytes(content)
        self.clock.touch(path)
        return path

    def start(self, path: Path) -> "asyncio.Future[Content]":
        return asyncio.ensure_future(self.contents.read(path))

    async def served(self, path: Path) -> None:
        """Let a version become the known one."""
        self.clock.now += 10
        await self.contents.read(path)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


async def soon(answer: Awaitable[Content]) -> bytes | None:
    return (await asyncio.wait_for(answer, 5)).raw


async def test_a_file_untouched_for_long_is_read_at_once(reader: Reader) -> None:
    path = reader.write("a.txt", b"text")
    reader.clock.now += DOUBTFUL_QUIET + TICK

    content = await asyncio.wait_for(reader.contents.read(path), 5)

    assert (content.raw, content.size, content.digest) == (b"text", 4, digest(b"text"))
    assert reader.told == [("a.txt", digest(b"text"))]
    assert reader.clock.looks == 1


async def test_a_page_that_is_closed_rests_shortly(reader: Reader) -> None:
    path = reader.write("a.html", b"<p></html>")
    answer = reader.start(path)

    await reader.clock.move(LEAST_QUIET - TICK)
    assert not answer.done()
    await reader.clock.move(2 * TICK)

    assert await soon(answer) == b"<p></html>"


async def test_what_is_read_before_it_has_rested_is_read_again(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: list[float] = []

    def note_and_read(path: Path, **more: Any) -> Reading:
        moments.append(reader.clock.now)
        return read_file(path, **more)

    monkeypatch.setattr(contents, "read_file", note_and_read)
    answer = reader.start(reader.write("a.html", b"<p></html>"))

    for _ in range(4):
        await reader.clock.move(LEAST_QUIET / 3)

    assert await soon(answer) == b"<p></html>"
    assert moments[-1] >= LEAST_QUIET


async def test_what_nobody_writes_any_more_is_served_at_once(reader: Reader) -> None:
    reader.unfinished = False
    path = reader.write("a.css", b"a {}")

    assert await soon(reader.contents.read(path)) == b"a {}"
    assert reader.clock.looks == 1


async def test_what_was_served_at_once_is_not_held_before_it_has_rested(reader: Reader) -> None:
    reader.unfinished = False
    path = reader.write("a.css", b"a {}")
    await reader.contents.read(path)
    early, told_early = reader.contents.find(str(path)), list(reader.told)
    reader.clock.now += LEAST_QUIET
    await reader.contents.read(path)

    assert (early, told_early) == (None, [])
    assert reader.contents.find(str(path)) is not None
    assert reader.told == [("a.css", digest(b"a {}"))]


async def test_what_somebody_is_writing_is_awaited(reader: Reader) -> None:
    reader.unfinished = True
    path = reader.write("a.html", b"<p></html>")
    answer = reader.start(path)
    await reader.clock.move(UNFINISHED_QUIET - TICK)
    assert not answer.done()
    reader.unfinished = False
    await reader.clock.look()

    assert await soon(answer) == b"<p></html>"


async def test_what_is_kept_open_but_quiet_is_served(reader: Reader) -> None:
    reader.unfinished = True
    answer = reader.start(reader.write("a.log", b"line"))
    await reader.clock.move(UNFINISHED_QUIET + TICK)

    assert await soon(answer) == b"line"


async def test_what_changed_while_it_was_read_is_read_again(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = [b"new and o</html>"]

    def read_torn_first(path: Path, **more: Any) -> Reading:
        reading = read_file(path, **more)
        return replace(reading, raw=torn.pop(), steady=False) if torn else reading

    monkeypatch.setattr(contents, "read_file", read_torn_first)
    path = reader.write("a.html", b"<p>new</html>")
    reader.clock.now += 10

    assert await soon(reader.contents.read(path)) == b"<p>new</html>"
    assert reader.told == [("a.html", digest(b"<p>new</html>"))]


@pytest.mark.skipif(os.name == "nt", reason="the change time is the time of creation on Windows")
async def test_a_file_that_was_just_moved_here_with_its_old_times_is_new(reader: Reader) -> None:
    path = reader.write("a.html", b"<p>half")
    os.utime(path, (0, 0))
    reader.clock.touch(path)
    answer = reader.start(path)

    await reader.clock.move(LEAST_QUIET + TICK)
    assert not answer.done()
    await reader.clock.move(DOUBTFUL_QUIET)

    assert await soon(answer) == b"<p>half"


async def test_half_a_page_is_waited_for(reader: Reader) -> None:
    path = reader.write("a.html", b"<html><p>ha")
    answer = reader.start(path)
    await reader.clock.move(DOUBTFUL_QUIET - TICK)
    assert not answer.done()

    reader.write("a.html", b"<html><p>half</html>")
    await reader.clock.move(LEAST_QUIET + TICK)

    assert await soon(answer) == b"<html><p>half</html>"
    assert [version for _, version in reader.told] == [digest(b"<html><p>half</html>")]


async def test_a_fragment_that_stays_one_is_served_after_a_longer_rest(reader: Reader) -> None:
    path = reader.write("a.html", b"<p>fragment")
    answer = reader.start(path)

    await reader.clock.move(DOUBTFUL_QUIET + TICK)

    assert await soon(answer) == b"<p>fragment"


async def test_a_file_that_ends_like_its_last_version_rests_shortly(reader: Reader) -> None:
    path = reader.write("a.css", b"a {}\n" * 20)
    await reader.served(path)
    reader.write("a.css", b"b {}\n" + b"a {}\n" * 20)
    answer = reader.start(path)

    await reader.clock.move(LEAST_QUIET + TICK)

    assert await soon(answer) == b"b {}\n" + b"a {}\n" * 20


async def test_a_truncated_file_is_waited_for(reader: Reader) -> None:
    path = reader.write("a.txt", b"text")
    await reader.served(path)
    reader.write("a.txt", b"")
    answer = reader.start(path)
    await reader.clock.move(EMPTY_QUIET - TICK)
    assert not answer.done()

    reader.write("a.txt", b"text!")
    await reader.clock.move(DOUBTFUL_QUIET + TICK)

    assert await soon(answer) == b"text!"


async def test_a_file_that_is_empty_on_purpose_is_served_in_the_end(reader: Reader) -> None:
    path = reader.write("a.css", b"")
    answer = reader.start(path)

    await reader.clock.move(EMPTY_QUIET + TICK)

    assert await soon(answer) == b""


async def test_a_file_that_never_rests_is_served_as_it_is(reader: Reader) -> None:
    path = reader.write("log.txt", b"line\n")
    answer = reader.start(path)
    while reader.clock.now < 2 * LONGEST_WAIT and not answer.done():
        with path.open("ab") as file:
            file.write(b"line\n")
        reader.clock.touch(path)
        await reader.clock.move(LEAST_QUIET * 0.9)

    raw = await soon(answer)

    assert LONGEST_WAIT <= reader.clock.now < LONGEST_WAIT + 3 * LEAST_QUIET
    assert raw is not None
    assert raw.startswith(b"line\nline\n")
    assert reader.told == []  # nobody knows which version that was
    assert reader.contents.find(str(path)) is None


async def test_a_version_that_is_held_is_not_read_again(reader: Reader) -> None:
    path = reader.write("a.txt", b"text")
    await reader.served(path)

    assert reader.contents.find(str(path)) is await reader.contents.read(path)
    assert len(reader.told) == 1


async def test_an_edit_of_the_same_size_is_seen(reader: Reader) -> None:
    path = reader.write("a.txt", b"one")
    await reader.served(path)
    reader.write("a.txt", b"two")
    reader.clock.now += 10

    assert reader.contents.find(str(path)) is None
    assert (await reader.contents.read(path)).raw == b"two"


async def test_a_file_replaced_with_its_old_times_is_seen(reader: Reader) -> None:
    path = reader.write("a.txt", b"one")
    await reader.served(path)
    times = path.stat()
    other = reader.write("b.txt", b"two")
    other.replace(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert reader.contents.find(str(path)) is None


async def test_what_is_gone_is_told_as_an_error(reader: Reader) -> None:
    path = reader.write("a.txt", b"one")
    await reader.served(path)
    path.unlink()

    assert reader.contents.find(str(path)) is None
    with pytest.raises(FileNotFoundError):
        await reader.contents.read(path)
    assert reader.contents.has_served(str(path))
    reader.contents.forget(str(path))
    assert not reader.contents.has_served(str(path))


async def test_memory_is_bounded_and_the_least_used_goes_first(tmp_path: Path) -> None:
    reader = Reader(tmp_path, memory_limit=250)
    paths = [reader.write(name, b"x" * 100) for name in ("a.txt", "b.txt")]
    for path in paths:
        await reader.served(path)
    reader.contents.find(str(paths[0]))

    await reader.served(reader.write("c.txt", b"x" * 100))

    held = [name for name in ("a", "b", "c") if reader.contents.find(str(tmp_path / f"{name}.txt"))]
    assert held == ["a", "c"]
    assert reader.contents._held_size == 200


async def test_what_is_remembered_of_many_files_is_bounded(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_REMEMBERED", 2)
    paths = [reader.write(f"{number}.txt", b"x") for number in range(3)]
    for path in paths:
        await reader.served(path)

    assert [reader.contents.has_served(str(path)) for path in paths] == [False, True, True]


async def test_a_file_larger_than_the_limit_is_described_but_not_held(tmp_path: Path) -> None:
    reader = Reader(tmp_path, file_limit=50)
    path = reader.write("a.html", b"<head>" + b"x" * 45)
    reader.clock.now += 10

    content = await reader.contents.read(path)

    assert (content.raw, content.size, content.digest) == (None, 51, "")
    assert content.place is not None
    assert content.place.offset == 6
    assert reader.told == []


async def test_many_requests_for_one_file_agree(reader: Reader) -> None:
    path = reader.write("a.html", b"<p></html>")
    answers = [reader.start(path) for _ in range(5)]

    await reader.clock.move(LEAST_QUIET + TICK)
    read = await asyncio.wait_for(asyncio.gather(*answers), 5)

    assert {content.raw for content in read} == {b"<p></html>"}
