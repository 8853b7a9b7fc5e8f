"""Which URL is which file: what was served has the bytes of a watched file."""

import asyncio
import gzip
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.digest import digest
from livereload_sse.web import provenance as module
from livereload_sse.web.decoded import find_decoding
from livereload_sse.web.provenance import (
    LARGEST,
    MOST_CLAIMS,
    MOST_FILES,
    MOST_READ,
    Provenance,
    Recording,
    candidate_names,
)
from tests.serving import wait_until

RED = b"body { color: red }"
BLUE = b"body { color: blue }"


def write(path: Path, content: bytes = RED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def found_below(root: Path) -> Callable[[str], Sequence[Path]]:
    """Look up watched files as a watcher of `root` would."""
    return lambda name: sorted(path for path in root.rglob("*") if path.name == name)


@pytest.fixture
def learning(tmp_path: Path) -> Provenance:
    return Provenance(find=found_below(tmp_path))


async def learned(learning: Provenance, url: str, content: bytes = RED) -> None:
    learning.learn(url, digest(content), size=len(content))
    await learning.prove()


async def test_a_file_with_the_bytes_that_were_served_is_known_by_its_url(
    tmp_path: Path, learning: Provenance
) -> None:
    sheet = write(tmp_path / "app/assets/main.css")

    await learned(learning, "/static/main.css")

    assert learning.urls(sheet) == ("/static/main.css",)


async def test_a_file_of_the_same_name_with_other_bytes_is_not(
    tmp_path: Path, learning: Provenance
) -> None:
    same_size = write(tmp_path / "main.css", RED.replace(b"red", b"tan"))

    await learned(learning, "/static/main.css")

    assert learning.urls(same_size) == ()


async def test_nothing_is_known_before_it_is_proven(tmp_path: Path, learning: Provenance) -> None:
    sheet = write(tmp_path / "main.css")

    learning.learn("/main.css", digest(RED))

    assert learning.urls(sheet) == ()


async def test_a_file_that_is_served_twice_has_both_urls(
    tmp_path: Path, learning: Provenance
) -> None:
    sheet = write(tmp_path / "main.css")

    await learned(learning, "/a/main.css")
    await learned(learning, "/b/main.css")

    assert learning.urls(sheet) == ("/a/main.css", "/b/main.css")


async def test_of_two_alike_the_one_that_lies_as_the_url_says(
    tmp_path: Path, learning: Provenance
) -> None:
    served = write(tmp_path / "shop/static/css/main.css")
    other = write(tmp_path / "aa/css/main.css")

    await learned(learning, "/static/css/main.css")

    assert learning.urls(served) == ("/static/css/main.css",)
    assert learning.urls(other) == ()


async def test_a_file_that_lies_worse_is_taken_where_the_better_one_has_other_bytes(
    tmp_path: Path, learning: Provenance
) -> None:
    write(tmp_path / "static/css/main.css", BLUE)
    served = write(tmp_path / "build/main.css")

    await learned(learning, "/static/css/main.css")

    assert learning.urls(served) == ("/static/css/main.css",)


async def test_two_that_lie_alike_are_both(tmp_path: Path, learning: Provenance) -> None:
    source = write(tmp_path / "src/main.css")
    copy = write(tmp_path / "dist/main.css")

    await learned(learning, "/main.css")

    assert learning.urls(source) == learning.urls(copy) == ("/main.css",)


async def test_what_has_changed_since_is_still_known(tmp_path: Path, learning: Provenance) -> None:
    sheet = write(tmp_path / "main.css")
    await learned(learning, "/main.css")

    write(sheet, BLUE)
    await learned(learning, "/main.css", RED + RED)

    assert learning.urls(sheet) == ("/main.css",)


async def test_a_url_that_shows_another_file_now_is_known_for_both(
    tmp_path: Path, learning: Provenance
) -> None:
    before = write(tmp_path / "one/main.css", RED)
    after = write(tmp_path / "two/main.css", BLUE)

    await learned(learning, "/main.css", RED)
    await learned(learning, "/main.css", BLUE)

    assert learning.urls(before) == learning.urls(after) == ("/main.css",)


async def test_a_url_keeps_only_its_last_files(tmp_path: Path, learning: Provenance) -> None:
    contents = [RED + bytes([48 + number]) for number in range(MOST_FILES + 1)]
    paths = [write(tmp_path / digest(one) / "main.css", one) for one in contents]

    for content in contents:
        await learned(learning, "/main.css", content)

    assert learning.urls(paths[0]) == ()
    assert all(learning.urls(path) == ("/main.css",) for path in paths[1:])


async def test_what_could_not_be_proven_is_tried_again_when_it_is_served_again(
    tmp_path: Path, learning: Provenance
) -> None:
    await learned(learning, "/main.css")
    sheet = write(tmp_path / "main.css")
    await learned(learning, "/main.css")

    assert learning.urls(sheet) == ("/main.css",)


async def test_what_is_proven_is_not_read_again(tmp_path: Path) -> None:
    asked: list[str] = []
    sheet = write(tmp_path / "main.css")

    def find(name: str) -> list[Path]:
        asked.append(name)
        return [sheet]

    learning = Provenance(find=find)
    await learned(learning, "/main.css")
    await learned(learning, "/main.css")

    assert asked == ["main.css"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/s/main.55e7cbb9ba48.css", "main.css"),
        ("/s/main-3f2a9c1b.css", "main.css"),
        ("/s/index-B_x-12ab.css", "index.css"),
        ("/s/main.3f2a9c1b.min.css", "main.min.css"),
        ("/s/3f2a9c1b-main.css", "main.css"),
        ("/s/my-own-sheet_ABCDEFGH.css", "my-own-sheet.css"),
        ("/s/caf%C3%A9.css", "café.css"),
    ],
)
async def test_a_name_with_a_mark_is_proven_by_the_bytes(
    url: str, name: str, tmp_path: Path, learning: Provenance
) -> None:
    sheet = write(tmp_path / name)

    await learned(learning, url)

    assert learning.urls(sheet) == (url,)


async def test_the_whole_name_comes_before_one_without_a_mark(
    tmp_path: Path, learning: Provenance
) -> None:
    whole = write(tmp_path / "a/main-dark.css")
    other = write(tmp_path / "s/main.css")

    await learned(learning, "/s/main-dark.css")

    assert learning.urls(whole) == ("/s/main-dark.css",)
    assert learning.urls(other) == ()


@given(st.text("ab1.-_", max_size=40), st.sampled_from(["css", "png"]))
def test_few_names_are_tried_and_each_is_the_first_with_a_part_left_out(
    stem: str, suffix: str
) -> None:
    name = f"{stem}.{suffix}"
    first, *others = candidate_names(name)

    assert first == name
    assert len(others) <= 45
    for other in others:
        rest = other.removesuffix(f".{suffix}")
        assert rest
        assert any(
            stem == rest[:at] + stem[at : at + len(stem) - len(rest)] + rest[at:]
            for at in range(len(rest) + 1)
        )


async def test_only_so_many_files_are_read_for_one_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def has(path: Path, _claim: module.Claim) -> bool:
        read.append(path)
        return False

    many = [tmp_path / str(number) / "main.css" for number in range(MOST_READ + 1)]
    monkeypatch.setattr(module, "_has", has)

    await learned(Provenance(find=lambda _name: many), "/main.3f2a9c1b.css")

    assert len(read) == MOST_READ


async def test_what_is_no_file_proves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "main.css"
    folder.mkdir()
    gone = tmp_path / "gone/main.css"
    learning = Provenance(find=lambda _name: [folder, gone])

    await learned(learning, "/main.css")

    assert learning.urls(folder) == learning.urls(gone) == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
async def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "main.css"
    os.mkfifo(pipe)
    learning = Provenance(find=lambda _name: [pipe])
    learning.learn("/main.css", digest(RED))

    async with asyncio.timeout(5):  # whoever opens it waits for a writer
        await learning.prove()

    assert learning.urls(pipe) == ()


async def test_a_file_of_another_size_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    sizes = [write(tmp_path / str(size) / "main.css", b"x" * size) for size in (1, 2, 3)]

    def read_bytes(path: Path) -> bytes:
        read.append(path)
        return b""

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    learning = Provenance(find=lambda _name: sizes)
    learning.learn("/main.css", digest(b"xx"), size=2)
    await learning.prove()

    assert read == [sizes[1]]


async def test_the_url_served_longest_ago_is_let_go(tmp_path: Path) -> None:
    sheet = write(tmp_path / "main.css")
    learning = Provenance(find=lambda _name: [sheet], most_urls=2)

    await learned(learning, "/a/main.css")
    await learned(learning, "/b/main.css")
    await learned(learning, "/a/main.css")
    await learned(learning, "/c/main.css")

    assert learning.urls(sheet) == ("/a/main.css", "/c/main.css")


async def test_a_file_whose_last_url_is_let_go_takes_no_memory(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one.css"), write(tmp_path / "other.css")
    learning = Provenance(find=lambda name: [tmp_path / name], most_urls=1)

    await learned(learning, "/one.css")
    await learned(learning, "/other.css")

    assert learning.urls(one) == ()
    assert list(learning._urls) == [other]


async def test_answers_that_wait_are_bounded() -> None:
    asked: list[str] = []

    def find(name: str) -> list[Path]:
        asked.append(name)
        return []

    learning = Provenance(find=find)

    for number in range(MOST_CLAIMS + 3):
        learning.learn(f"/{number}.css", digest(RED))
    await learning.prove()

    assert asked[0] == "3.css"
    assert len(asked) == MOST_CLAIMS


async def test_a_task_proves_what_is_served_while_it_runs(
    tmp_path: Path, learning: Provenance
) -> None:
    sheet = write(tmp_path / "main.css")
    other = write(tmp_path / "logo.png", BLUE)
    proving = asyncio.create_task(learning.keep_proving())
    await asyncio.sleep(0)
    assert not learning._claimed.is_set()

    learning.learn("/main.css", digest(RED))
    await asyncio.to_thread(wait_until, lambda: learning.urls(sheet))
    learning.learn("/logo.png", digest(BLUE))
    await asyncio.to_thread(wait_until, lambda: learning.urls(other))
    assert not learning._claimed.is_set()  # it sleeps, and does not go round and round

    proving.cancel()
    await asyncio.gather(proving, return_exceptions=True)


def test_a_server_that_names_its_file_is_believed(tmp_path: Path, learning: Provenance) -> None:
    learning.take("/main.css", tmp_path / "main.css")

    assert learning.urls(tmp_path / "main.css") == ("/main.css",)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/main.css", "text/css; charset=utf-8"),
        ("/a/LOGO.PNG", "image/png"),
        ("/f.woff2", "font/woff2"),
        ("/f.eot", "application/vnd.ms-fontobject"),
        ("/f.woff", "application/octet-stream"),
        ("/icon.svg", ""),
    ],
)
def test_styles_images_and_fonts_are_wanted(
    path: str, content_type: str, learning: Provenance
) -> None:
    assert learning.wants(path, content_type, None)
    assert learning.wants(path, content_type, LARGEST)


@pytest.mark.parametrize(
    ("path", "content_type", "length"),
    [
        ("/", "text/html", 10),
        ("/css", "text/css", 10),
        ("/main.js", "text/javascript", 10),
        ("/main.css.map", "application/json", 10),
        ("/main.css", "text/html; charset=utf-8", 10),
        ("/main.css", "text/css", 0),
        ("/main.css", "text/css", LARGEST + 1),
    ],
)
def test_other_answers_are_not(
    path: str, content_type: str, length: int, learning: Provenance
) -> None:
    assert not learning.wants(path, content_type, length)


def test_a_url_is_new_once(tmp_path: Path) -> None:
    learning = Provenance(find=found_below(tmp_path), most_urls=2)

    assert [learning.is_new(url) for url in ("/a", "/a", "/b", "/a", "/c", "/a", "/b")] == [
        *(True, False),
        *(True, False),
        *(True, False),
        True,  # let go meanwhile
    ]


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_a_body_has_the_digest_of_its_content_however_it_is_cut(pieces: list[bytes]) -> None:
    recording = Recording()
    for piece in pieces:
        recording.feed(piece)
    content = b"".join(pieces)

    assert recording.finish() == (digest(content) if content else None)
    assert recording.size == len(content)


def test_a_compressed_body_has_the_digest_of_what_was_compressed() -> None:
    recording = Recording(find_decoding("gzip"))
    recording.feed(gzip.compress(RED))

    assert recording.finish() == digest(RED)
    assert recording.size == len(RED)


def test_a_damaged_or_cut_body_has_no_digest() -> None:
    damaged, cut = Recording(find_decoding("gzip")), Recording(find_decoding("gzip"))
    damaged.feed(gzip.compress(RED)[:12])
    damaged.feed(b"\xff" * 50)
    damaged.feed(b"more")
    cut.feed(gzip.compress(RED)[:-9])

    assert damaged.finish() is None
    assert cut.finish() is None


def test_a_body_that_is_too_large_has_no_digest() -> None:
    recording = Recording()
    recording.feed(b"x" * LARGEST)
    assert recording.finish() == digest(b"x" * LARGEST)

    recording.feed(b"x")
    recording.feed(b"x")

    assert recording.finish() is None
    assert recording.size == LARGEST + 1  # what came after was not looked at
