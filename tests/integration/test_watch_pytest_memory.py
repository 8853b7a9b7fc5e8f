"""A run that eats all memory: it is told of, and the next save is waited for."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.integration.pytest_watched import Watched, begun
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")

GREEDY = """\
import os, resource, signal

KEPT = []
PAGE = os.sysconf("SC_PAGE_SIZE")

def limit(more):
    size = int(open("/proc/self/statm").read().split()[0]) * PAGE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + more, hard))

def want_too_much():
    limit(50_000_000)
    bytearray(1_000_000_000)

def want_all_there_is():
    limit(0)
    while True:
        KEPT.append(list(range(1000)))

def be_killed():  # what a system does to whoever holds most, when nothing is left
    KEPT.append(bytearray(10_000_000))
    os.kill(os.getpid(), signal.SIGKILL)

def be_modest(): pass
"""

TEST_FILE = """\
import greedy
def test_before(): pass
def test_eats(): greedy.{how}()
def test_after(): pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project in which nothing is eaten yet."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\naddopts = -p no:randomly\n")
    (project / "greedy.py").write_text(GREEDY)
    (project / "test_memory.py").write_text(TEST_FILE.format(how="be_modest"))
    (project / "test_other.py").write_text("def test_other(): pass\n")
    for file in project.iterdir():  # nobody has saved them a moment ago
        os.utime(file, (time.time() - 60, time.time() - 60))
    return project


def eats(watched: Watched, how: str) -> str:
    """Save a test that eats; returns what is on the screen once that is over."""
    watched.write("test_memory.py", TEST_FILE.format(how=how))
    return watched.waits()


def recovers(watched: Watched) -> None:
    """The next save runs as ever."""
    eats(watched, "be_modest")
    watched.sees("PASS", "3 passed")


def test_a_test_that_wants_more_than_there_is_fails_and_the_others_run(folder: Path) -> None:
    with begun(folder) as watched:
        eats(watched, "want_too_much")
        watched.sees("MemoryError", "1 failed, 2 passed")
        recovers(watched)


def test_a_run_that_cannot_even_report_any_more_is_told_of(folder: Path) -> None:
    """Nothing can be allocated: neither by the tests nor by what tells of them."""
    with begun(folder) as watched:
        eats(watched, "want_all_there_is")
        watched.sees("FAIL", "MemoryError", "1 failed", "2 passed")
        recovers(watched)


def test_the_first_run_may_be_the_one_that_eats_all(folder: Path) -> None:
    (folder / "test_memory.py").write_text(TEST_FILE.format(how="want_all_there_is"))
    with begun(folder) as watched:
        watched.sees("FAIL", "MemoryError", "1 failed")
        recovers(watched)


def test_where_pytest_itself_has_none_left_that_is_said(folder: Path) -> None:
    """Which a plugin can bring about, when all tests have been reported."""
    with begun(folder) as watched:
        watched.write(
            "conftest.py",
            "import greedy\ndef pytest_sessionfinish(): greedy.want_all_there_is()\n",
        )
        watched.waits()
        watched.sees("FAIL", "4 passed", "out of memory")
        watched.write("conftest.py", "")
        watched.waits()
        watched.sees("PASS", "4 passed")


def test_nor_does_it_matter_in_the_first_run(folder: Path) -> None:
    (folder / "conftest.py").write_text(
        "import greedy\ndef pytest_sessionfinish(): greedy.want_all_there_is()\n"
    )
    with begun(folder) as watched:
        watched.sees("FAIL", "4 passed", "out of memory")
        watched.write("conftest.py", "")
        watched.waits()
        watched.sees("PASS", "4 passed")


@pytest.mark.parametrize("option", ["", "--watch-standby", "--watch-cold"])
def test_a_run_that_the_system_kills_is_told_of(folder: Path, option: str) -> None:
    with begun(folder, *filter(None, [option])) as watched:
        eats(watched, "be_killed")
        watched.sees(
            "FAIL",
            f"was killed by {signal.Signals.SIGKILL.name} in test_memory.py::test_eats",
            "memory runs out",
        )
        recovers(watched)


def test_with_jobs_what_is_killed_is_one_failure_and_the_others_run(folder: Path) -> None:
    slow = "import time\ndef test_long(): time.sleep(1.1)\n"
    (folder / "test_other.py").write_text(slow)
    with begun(folder, "--watch-jobs", "2") as watched:
        watched.write("test_memory.py", TEST_FILE.format(how="be_killed"))
        watched.waits()
        watched.press("a")
        watched.waits()
        watched.sees(
            "was killed by SIGKILL in the middle of it", "as a system does when memory runs out"
        )
        watched.sees("1 failed, 3 passed")
        wait_until(
            lambda: not watched.watching.is_running(), 5, "all processes of the run are gone"
        )
        recovers(watched)
