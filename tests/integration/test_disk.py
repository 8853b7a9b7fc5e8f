import os
from pathlib import Path

import pytest

from livereload_sse.watch.tree import signature_of
from livereload_sse.web import disk
from livereload_sse.web.disk import contained, open_file, read_file

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in Windows folders")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    (tmp_path / "site-two").mkdir()
    for place in (tmp_path, tmp_path / "site", tmp_path / "site-two"):
        (place / "a.txt").write_bytes(b"text")
    return tmp_path / "site"


def test_a_file_is_read_as_one_version(root: Path) -> None:
    reading = read_file(root / "a.txt", root=root, limit=4)

    assert (reading.raw, reading.size, reading.steady) == (b"text", 4, True)
    assert reading.signature == signature_of((root / "a.txt").stat())


def test_of_a_larger_file_only_the_beginning_is_read(root: Path) -> None:
    reading = read_file(root / "a.txt", root=root, limit=3)

    assert (reading.raw, reading.size, reading.beginning) == (None, 4, b"text")


@pytest.mark.parametrize("target", ["../a.txt", "../site-two/a.txt", "../nowhere", "link"])
def test_a_link_that_leads_out_of_the_root_is_no_file(root: Path, target: str) -> None:
    (root / "link").symlink_to(target)

    with pytest.raises(OSError, match="link"):
        open_file(root / "link", root=root)


@pytest.mark.parametrize("target", [".env", ".git/config"])
def test_a_link_does_not_make_a_denied_name_public(root: Path, target: str) -> None:
    (root / target).parent.mkdir(exist_ok=True)
    (root / target).write_bytes(b"secret")
    (root / "link").symlink_to(target)

    with pytest.raises(FileNotFoundError):
        open_file(root / "link", root=root)


def test_packages_that_are_linked_by_pnpm_can_be_read(root: Path) -> None:
    store = root / "node_modules" / ".pnpm" / "lit@3" / "lit"
    store.mkdir(parents=True)
    (store / "index.js").write_bytes(b"export {}")
    (root / "node_modules" / "lit").symlink_to(store)

    reading = read_file(root / "node_modules" / "lit" / "index.js", root=root, limit=99)

    assert reading.raw == b"export {}"


def test_a_root_below_a_hidden_folder_is_a_root_like_any_other(tmp_path: Path) -> None:
    root = tmp_path / ".cache" / "site"
    root.mkdir(parents=True)
    (root / "a.txt").write_bytes(b"text")

    assert read_file(root / "a.txt", root=root, limit=9).raw == b"text"


def test_the_root_may_be_a_link(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root)

    assert contained(link / "a.txt", root=link) == root / "a.txt"


def test_a_folder_is_no_file(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_file(root, root=root)


@needs_pipes
def test_a_pipe_is_refused_without_being_opened(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(root / "pipe")
    monkeypatch.delattr(os, "open")

    with pytest.raises(FileNotFoundError):
        open_file(root / "pipe", root=root)


@needs_pipes
def test_a_pipe_that_takes_a_files_place_is_refused_as_well(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(root / "pipe")
    free = next_descriptor()
    monkeypatch.setattr(disk, "contained", lambda path, *, root: Swapped(path, root / "a.txt"))

    with pytest.raises(FileNotFoundError):
        open_file(root / "pipe", root=root)
    assert next_descriptor() == free


def next_descriptor() -> int:
    """The number that the next opened file gets: the same again, unless one was left open."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


class Swapped:
    """A path that was a regular file when it was looked at, and is a pipe when it is opened."""

    def __init__(self, opened: Path, seen: Path) -> None:
        self._opened, self._seen = opened, seen

    def stat(self) -> os.stat_result:
        return self._seen.stat()

    def __fspath__(self) -> str:
        return str(self._opened)


def test_a_change_while_reading_is_noticed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "a.txt"
    read = os.read

    def write_and_read(descriptor: int, size: int) -> bytes:
        chunk = read(descriptor, size)
        with path.open("ab") as file:
            file.write(b"!")
        return chunk

    monkeypatch.setattr(os, "read", write_and_read)

    assert not read_file(path, root=root, limit=99).steady


def test_a_reading_that_is_shorter_than_the_file_is_noticed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks = [b"te", b""]
    monkeypatch.setattr(os, "read", lambda _descriptor, _size: chunks.pop(0))

    reading = read_file(root / "a.txt", root=root, limit=99)

    assert (reading.size, reading.steady) == (2, False)


def test_a_replacement_while_reading_is_noticed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "a.txt"
    close = os.close

    def close_and_replace(descriptor: int) -> None:
        close(descriptor)
        (root / "new").write_bytes(b"next")
        (root / "new").replace(path)

    monkeypatch.setattr(os, "close", close_and_replace)
    reading = read_file(path, root=root, limit=99)

    assert (reading.raw, reading.steady) == (b"text", False)
