"""Parts of files, and files too large to be held in memory."""

import asyncio
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from livereload_sse.web.contents import FILE_LIMIT
from tests.asking import PAGE, World, ask

if TYPE_CHECKING:
    from starlette.types import Message

LARGE = bytes(range(256)) * (FILE_LIMIT // 256) + b"the end"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-3", 0, 4), ("bytes=100-", 100, None), ("bytes=-9", -9, None), ("bytes=5-5", 5, 6)],
)
@pytest.mark.parametrize("content", [bytes(range(200)), LARGE], ids=["small", "large"])
async def test_a_part_of_a_file_is_sent(
    world: World, content: bytes, asked: str, start: int, stop: int | None
) -> None:
    world.write("film.mp4", content)

    reply = await world.ask("/film.mp4", range=asked)

    part = content[start:stop]
    first = start % len(content)
    assert (reply.status, reply.body) == (206, part)
    assert reply.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(content)}"
    assert reply.headers["content-type"] == "video/mp4"


async def test_a_part_of_a_page_counts_the_tag(world: World) -> None:
    world.write("about.html")
    whole = (await world.ask("/about")).body

    reply = await world.ask("/about", range=f"bytes=10-{len(whole) - 5}")

    assert (reply.status, reply.body) == (206, whole[10:-4])


async def test_head_is_never_about_a_part(world: World) -> None:
    world.write("film.mp4", b"12345")

    reply = await world.ask("/film.mp4", method="HEAD", range="bytes=1-2")

    assert (reply.status, reply.headers["content-length"]) == (200, "5")


async def test_a_part_behind_the_end_cannot_be_sent(world: World) -> None:
    world.write("film.mp4", b"12345")

    reply = await world.ask("/film.mp4", range="bytes=5-")

    assert (reply.status, reply.headers["content-range"], reply.body) == (416, "bytes */5", b"")


async def test_many_ranges_get_the_whole_file(world: World) -> None:
    world.write("film.mp4", b"12345")

    reply = await world.ask("/film.mp4", range="bytes=" + ",".join(["0-"] * 1000))

    assert (reply.status, reply.body) == (200, b"12345")


async def test_a_download_is_resumed_only_on_the_same_version(world: World) -> None:
    world.write("film.mp4", b"12345")
    etag = (await world.ask("/film.mp4")).headers["etag"]

    same = await world.ask("/film.mp4", range="bytes=3-", if_range=etag)
    other = await world.ask("/film.mp4", range="bytes=3-", if_range='"other"')

    assert (same.status, same.body) == (206, b"45")
    assert (other.status, other.body) == (200, b"12345")


async def test_a_large_file_is_streamed(world: World) -> None:
    world.write("film.mp4", LARGE)
    sent: list[int] = []

    def note(message: "Message") -> None:
        sent.append(len(message.get("body", b"")))

    reply = await world.ask("/film.mp4", on_send=note)

    assert reply.body == LARGE
    assert max(sent) <= 256 * 1024
    assert reply.headers["etag"].startswith('W/"')
    assert world.reads == []


async def test_head_of_a_large_file_opens_nothing(world: World) -> None:
    world.write("film.mp4", LARGE)

    reply = await world.ask("/film.mp4", method="HEAD")

    assert (reply.status, reply.headers["content-length"]) == (200, str(len(LARGE)))


async def test_a_large_file_that_has_not_changed_is_confirmed(world: World) -> None:
    path = world.write("film.mp4", LARGE)
    etag = (await world.ask("/film.mp4", method="HEAD")).headers["etag"]

    same = await world.ask("/film.mp4", if_none_match=etag)
    path.write_bytes(LARGE + b"!")
    other = await world.ask("/film.mp4", method="HEAD", if_none_match=etag)

    assert (same.status, other.status) == (304, 200)


async def test_a_large_page_is_tagged_as_well(world: World) -> None:
    content = PAGE + b" " * FILE_LIMIT
    world.write("about.html", content)

    reply = await world.ask("/about")

    assert reply.body == content.replace(b"<head>", b"<head><tag page /about  1-0>")
    for first, last in ((0, 3), (2, 30), (20, 60), (30, 40), (30, 90), (70, 90)):
        part = await world.ask("/about", range=f"bytes={first}-{last}")
        assert part.body == reply.body[first : last + 1]


async def test_a_browser_that_goes_away_ends_the_reading(world: World) -> None:
    world.write("film.mp4", LARGE)
    gone = asyncio.Event()
    sent: list[int] = []

    def leave(message: "Message") -> None:
        sent.append(len(message.get("body", b"")))
        gone.set()

    await world.ask("/film.mp4", disconnected=gone, on_send=leave)

    assert sum(sent) < len(LARGE) / 2


async def test_a_file_that_is_cut_short_cuts_the_answer(world: World) -> None:
    path = world.write("film.mp4", LARGE)
    messages: list[Message] = []

    def cut(message: "Message") -> None:
        messages.append(message)
        if len(messages) == 2:
            path.write_bytes(LARGE[: 1024 * 1024])

    await world.ask("/film.mp4", on_send=cut)

    assert messages[-1]["more_body"] is True
    assert sum(len(message.get("body", b"")) for message in messages) <= 1024 * 1024


async def test_a_large_file_that_vanishes_before_it_is_opened_is_not_found(world: World) -> None:
    path = world.write("film.mp4", LARGE)
    answer = await world.app._site.read(PurePosixPath("film.mp4"), tagged=False)
    path.unlink()

    assert (await ask(answer, "/film.mp4")).status == 404
