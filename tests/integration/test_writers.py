"""What Linux says about who is writing. The programs that write are real processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from livereload_sse.web.writers import is_being_written
from tests.permissions import let_others_in

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be asked")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("text")
    return path


@contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def another_program(path: Path, mode: str) -> Iterator[None]:
    """A process that has the file open."""
    code = f"import sys; file = open({str(path)!r}, {mode!r}); print(flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.communicate()


@on_linux
def test_a_file_that_nobody_has_open_is_finished(path: Path) -> None:
    with opened(path) as descriptor:
        assert is_being_written(descriptor) is False


@on_linux
@pytest.mark.parametrize("mode", ["w", "a", "r+"])
def test_a_file_that_is_open_for_writing_is_unfinished(path: Path, mode: str) -> None:
    with another_program(path, mode), opened(path) as descriptor:
        during = is_being_written(descriptor)
    with opened(path) as descriptor:
        after = is_being_written(descriptor)

    assert (during, after) == (True, False)


@on_linux
def test_readers_do_not_count(path: Path) -> None:
    with another_program(path, "r"), opened(path) as descriptor:
        assert is_being_written(descriptor) is False


@on_linux
def test_asking_keeps_nobody_from_writing(path: Path) -> None:
    with opened(path) as descriptor:
        is_being_written(descriptor)
        with another_program(path, "a"):
            pass

        assert is_being_written(descriptor) is False


@on_linux
@pytest.mark.skipif(os.name == "posix" and os.getuid() != 0, reason="giving a file away takes root")
def test_a_file_of_another_user_tells_nothing(path: Path) -> None:
    os.chown(path, 65533, 65533)
    path.chmod(0o644)
    let_others_in(path.parent)
    os.seteuid(65534)
    try:
        with opened(path) as descriptor:
            answer = is_being_written(descriptor)
    finally:
        os.seteuid(0)

    assert answer is None


def test_a_pipe_tells_nothing() -> None:
    reading, writing = os.pipe()
    try:
        assert is_being_written(reading) is None
    finally:
        os.close(reading)
        os.close(writing)
