"""Looking at a site on the disk: what counts as a file of it, and which files are read again."""

import os
import sys
from pathlib import Path

import pytest

from livereload_sse.build import manifest
from livereload_sse.build.manifest import Entry, look, scan
from livereload_sse.digest import digest
from livereload_sse.watch.tree import coarse_milliseconds

LONG_AGO = 1_000_000_000_000_000_000


def fill(folder: Path, files: dict[str, str]) -> Path:
    """Write files that have been there for long."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return folder


def contents(entries: dict[str, Entry]) -> dict[str, str]:
    return {path: entry.digest for path, entry in entries.items()}


@pytest.fixture
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan long after the last file was written: change times cannot be set, so the clock is."""
    later = coarse_milliseconds() + 60_000
    monkeypatch.setattr(f"{manifest.__name__}.coarse_milliseconds", lambda: later)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose content is asked for."""
    names: list[str] = []
    real = manifest._read

    def noting(path: str) -> bytes | None:
        names.append(Path(path).name)
        return real(path)

    monkeypatch.setattr(manifest, "_read", noting)
    return names


def test_every_file_is_named_by_its_path_below_the_root(tmp_path: Path) -> None:
    fill(tmp_path, {"index.html": "home", "docs/a/index.html": "a", ".nojekyll": ""})

    assert contents(scan(tmp_path)) == {
        "index.html": digest(b"home"),
        "docs/a/index.html": digest(b"a"),
        ".nojekyll": digest(b""),
    }


def test_more_files_than_one_thread_gets_are_all_found(tmp_path: Path) -> None:
    names = {f"{number % 7}/{number}.html": str(number) for number in range(500)}

    assert contents(scan(fill(tmp_path, names))) == {
        path: digest(text.encode()) for path, text in names.items()
    }


@pytest.mark.usefixtures("rested")
def test_a_file_that_looks_as_it_did_is_not_read_again(tmp_path: Path, read: list[str]) -> None:
    fill(tmp_path, {"same.html": "same", "other.html": "before"})
    known = scan(tmp_path)
    read.clear()
    (tmp_path / "other.html").write_text("after")

    found = scan(tmp_path, known=known)

    assert read == ["other.html"]
    assert contents(found) == {"same.html": digest(b"same"), "other.html": digest(b"after")}


@pytest.mark.usefixtures("rested")
def test_a_file_of_the_same_size_and_time_is_read_when_it_was_written(tmp_path: Path) -> None:
    fill(tmp_path, {"index.html": "one"})
    known = scan(tmp_path)
    fill(tmp_path, {"new.html": "two"}).joinpath("new.html").replace(tmp_path / "index.html")

    assert contents(scan(tmp_path, known=known)) == {"index.html": digest(b"two")}


def test_a_file_written_in_the_very_moment_of_the_look_is_read_once_more(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its next version may bear the same times: they tell nothing until the clock has moved on."""
    fill(tmp_path, {"index.html": "one"})
    written = int((tmp_path / "index.html").stat().st_ctime * 1000)
    monkeypatch.setattr(f"{manifest.__name__}.coarse_milliseconds", lambda: written + 5)
    known = scan(tmp_path)
    monkeypatch.setattr(f"{manifest.__name__}.coarse_milliseconds", lambda: written + 60_000)
    known = scan(tmp_path, known=known)
    assert read == ["index.html", "index.html"]

    scan(tmp_path, known=known)

    assert read == ["index.html", "index.html"]


def test_what_is_gone_is_not_known_any_more(tmp_path: Path) -> None:
    fill(tmp_path, {"index.html": "", "old/a.html": ""})
    known = scan(tmp_path)
    (tmp_path / "old/a.html").unlink()

    assert set(scan(tmp_path, known=known)) == {"index.html"}


def test_a_link_to_a_file_of_the_site_counts_as_its_content(tmp_path: Path) -> None:
    fill(tmp_path, {"1.0/index.html": "one"})
    (tmp_path / "latest.html").symlink_to("1.0/index.html")

    assert contents(scan(tmp_path))["latest.html"] == digest(b"one")


def test_links_that_lead_out_of_the_site_do_not_count(tmp_path: Path) -> None:
    fill(tmp_path, {"secret": "s", "site-2/a.html": "near", "site/index.html": ""})
    (tmp_path / "site/leak").symlink_to(tmp_path / "secret")
    (tmp_path / "site/near.html").symlink_to(tmp_path / "site-2/a.html")

    assert set(scan(tmp_path / "site")) == {"index.html"}


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    fill(tmp_path, {"index.html": "", "1.0/index.html": ""})
    (tmp_path / "latest").symlink_to("1.0")
    (tmp_path / "1.0/round").symlink_to(tmp_path)

    assert set(scan(tmp_path)) == {"index.html", "1.0/index.html"}


def test_links_that_lead_nowhere_do_not_count(tmp_path: Path) -> None:
    fill(tmp_path, {"index.html": ""})
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "round").symlink_to("round")

    assert set(scan(tmp_path)) == {"index.html"}


@pytest.mark.skipif(os.name != "posix", reason="pipes with names are POSIX")
def test_a_pipe_is_no_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    fill(tmp_path, {"index.html": ""})
    os.mkfifo(tmp_path / "pipe")

    assert set(scan(tmp_path)) == {"index.html"}


@pytest.mark.skipif(sys.platform != "linux", reason="others refuse such names")
def test_a_name_that_is_no_text_is_a_name(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.html")).write_text("odd")

    assert contents(scan(tmp_path)) == {"\udcff.html": digest(b"odd")}


def test_a_file_that_vanishes_before_it_is_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, {"index.html": "", "gone.html": ""})
    real = manifest._read

    def read(path: str) -> bytes | None:
        (tmp_path / "gone.html").unlink(missing_ok=True)
        return real(path)

    monkeypatch.setattr(manifest, "_read", read)

    assert set(scan(tmp_path)) >= {"index.html"}
    assert set(scan(tmp_path)) == {"index.html"}


def test_a_folder_that_vanishes_before_it_is_entered_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, {"index.html": "", "gone/a.html": ""})
    real = os.scandir

    def scandir(path: str) -> "os._ScandirIterator[str]":
        if Path(path).name == "gone":
            raise FileNotFoundError(path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)

    assert set(scan(tmp_path)) == {"index.html"}


def test_a_folder_that_is_not_there_cannot_be_looked_at(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        look(tmp_path / "nowhere")
