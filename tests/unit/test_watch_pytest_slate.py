"""What is put down is found once, whoever has put it down; what cannot be is told."""

import os
import sys
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.messages import Message, Remark, Wrote
from livereload_sse.pytest_watch.slate import Slate, choose_slate, putting_down

A, B = Wrote(("/p/a",)), Wrote(("/p/b", "/p/ü\n"))


def refuse(message: Message) -> None:
    raise AssertionError(f"told: {message}")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "slate")


def test_what_is_about_to_be_written_is_put_down_and_all_else_told(path: str) -> None:
    told: list[Message] = []
    tell = putting_down(path, told.append)
    for message in (A, Remark("and"), B):
        tell(message)
    assert told == [Remark("and")]
    assert Slate(path).read() == {path, "/p/a", "/p/b", "/p/ü\n"}


def test_each_is_found_once(path: str) -> None:
    slate, put_down = Slate(path), putting_down(path, refuse)
    assert slate.read() == set()
    put_down(A)
    assert slate.read() == {path, "/p/a"}
    put_down(B)
    assert slate.read() == {path, "/p/b", "/p/ü\n"}
    assert slate.read() == set()


def test_two_processes_put_down_side_by_side(path: str) -> None:
    one, other = putting_down(path, refuse), putting_down(path, refuse)
    for number in range(50):
        one(Wrote((f"/p/one-{number}",)))
        other(Wrote((f"/p/other-{number}",)))
    assert len(Slate(path).read()) == 101


def test_half_a_line_is_read_when_it_is_whole(path: str) -> None:
    slate = Slate(path)
    Path(path).write_text('["/p/a"]\n["/p')
    assert slate.read() == {path, "/p/a"}
    with Path(path).open("a") as file:
        file.write('/b"]\n')
    assert slate.read() == {path, "/p/b"}


def test_what_a_full_disk_has_cut_off_harms_no_other(path: str) -> None:
    Path(path).write_text('["/p/c"]\n["/p')
    putting_down(path, refuse)(A)
    assert Slate(path).read() == {path, "/p/a", "/p/c"}


def test_where_nothing_can_be_put_down_it_is_told(tmp_path: Path) -> None:
    told: list[Message] = []
    putting_down(str(tmp_path / "nowhere" / "slate"), told.append)(A)
    putting_down("", told.append)(B)
    assert told == [A, B]


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_on_a_full_disk_it_is_told() -> None:
    told: list[Message] = []
    putting_down("/dev/full", told.append)(A)
    assert told == [A]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_it_is_nobody_elses_and_nothing_is_left_of_it(path: str) -> None:
    putting_down(path, refuse)(A)
    assert Path(path).stat().st_mode & 0o777 == 0o600
    for _ in range(2):
        Slate(path).remove()
        assert not Path(path).exists()


def test_no_two_have_the_same() -> None:
    assert choose_slate() != choose_slate()
