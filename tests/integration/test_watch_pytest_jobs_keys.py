"""Keys while tests run in two processes, and between such runs: nothing is lost, run twice or left."""

import json
import os
import re
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.pytest_watched import MARK, Watched, begun
from tests.pytest_results import Run
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks runs")

ENTER, ESCAPE, CTRL_C = "\r", "\x1b", "\x03"

TESTS = {f"test_{name}.py::test_{what}" for name in "abcd" for what in ("first", "second")}

TEST_FILE = """\
import os, time
import cart

def test_first():
    time.sleep(0.3)
    with open({pids!r}, "a") as file: file.write(f"{{os.getpid()}}\\n")
    while os.path.exists({held!r}): time.sleep(0.01)

def test_second():
    assert cart.total([1, 2]) == {total}
"""


@dataclass
class Project:
    """Four test files, each of them a while long; each takes as long as the file `held` is there."""

    folder: Path

    @property
    def held(self) -> Path:
        return self.folder.parent / "held"

    @property
    def pids(self) -> Path:
        return self.folder.parent / "pids"

    def test_file(self, total: int = 3) -> str:
        return TEST_FILE.format(pids=str(self.pids), held=str(self.held), total=total)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:randomly\n")
    (folder / "cart.py").write_text("def total(prices): return sum(prices)\n")
    for name in "abcd":
        (folder / f"test_{name}.py").write_text(project.test_file())
    for file in folder.iterdir():  # nobody has saved them a moment ago
        os.utime(file, (time.time() - 60, time.time() - 60))
    return project


@dataclass
class Shared(Watched):
    """One whose runs are shared out."""

    project: Project = None  # type: ignore[assignment]  # after fields with defaults
    at_rest: int = 2
    """How many processes there are between runs: the one that watches, and the host."""

    def last(self) -> Run:
        return self.watching.results.runs()[-1]

    def count(self) -> int:
        """How many processes there are."""
        return len(self.watching.processes(MARK, self.folder))

    def begins(self) -> None:
        """Press `a`, and wait until two processes run tests that do not end."""
        self.project.held.touch()
        self.project.pids.unlink(missing_ok=True)
        self.press("a")
        wait_until(lambda: len(self.pids()) == 2, 15, f"two that run:\n{self.news}")

    def goes_on(self) -> None:
        self.project.held.unlink(missing_ok=True)

    def pids(self) -> set[str]:
        """Name the processes in which tests ran."""
        pids = self.project.pids
        return set(pids.read_text().split()) if pids.exists() else set()

    def comes_to_rest(self) -> None:
        """Wait until nothing runs, and nothing is left of what did."""
        wait_until(lambda: self.count() == self.at_rest, 10, f"{self.at_rest} processes")

    def ends(self) -> None:
        """Wait until nothing is left of it at all."""
        wait_until(lambda: self.screen.process.poll() is not None, 10, f"the end:\n{self.news}")
        self.at_rest = 0
        self.comes_to_rest()

    def has_run(self, tests: set[str]) -> None:
        """The last run ran these, each once."""
        results = self.last().results
        assert set(results) == tests
        assert all(len(phases) == 3 for phases in results.values()), results


@contextmanager
def shared(project: Project, *options: str, **environment: str) -> Iterator[Shared]:
    """Watch with two processes; all tests have run once."""
    with begun(project.folder, "--watch-jobs", "2", *options, **environment) as watched:
        one = Shared(watched.folder, watched.watching, project=project)
        try:
            yield one
            one.goes_on()
            one.comes_to_rest()
        finally:
            one.goes_on()


def test_a_runs_all_in_two_processes_each_test_once(project: Project) -> None:
    with shared(project) as watched:
        project.pids.unlink()
        watched.press("a")
        watched.waits()
        watched.sees("all tests", "8 passed")
        watched.has_run(TESTS)
        assert len(watched.pids()) == 2


def test_what_a_test_writes_triggers_nothing_however_late_its_process_is_heard(
    project: Project,
) -> None:
    (project.folder / "conftest.py").write_text(
        "import time\ndef pytest_runtest_logreport(): time.sleep(0.1)\n"
    )
    (project.folder / "test_notes.py").write_text(
        "import pathlib, time\n"
        "FILE = pathlib.Path(__file__).with_name('notes.txt')\n"
        "def test_notes():\n"
        "    FILE.write_text(str(time.time()))\n"
        "    assert FILE.read_text()\n"
    )
    with shared(project) as watched:
        watched.press("a")
        watched.waits()
        watched.sees("9 passed")
        watched.has_run(TESTS | {"test_notes.py::test_notes"})
        assert "notes.txt" not in watched.everything


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("a", "all tests"),
        ("l", "once more"),
        (ENTER, "once more"),
        ("C", "all tests, from a cold start"),
    ],
)
def test_a_key_that_asks_for_a_run_during_one_makes_it_anew(
    project: Project, key: str, said: str
) -> None:
    with shared(project) as watched:
        watched.begins()
        watched.press(key)
        watched.sees(said)
        watched.goes_on()
        watched.sees("8 passed", "waiting for changes")
        watched.has_run(TESTS)


@pytest.mark.parametrize("key", ["f", "o", "u", "y", "?", "c", "d"])
def test_a_key_that_asks_for_nothing_leaves_the_run_alone(project: Project, key: str) -> None:
    with shared(project) as watched:
        watched.begins()
        run = watched.last()
        watched.press(key)
        watched.goes_on()
        watched.sees("8 passed", "waiting for changes")
        assert watched.last().pid == run.pid
        watched.has_run(TESTS)


def test_a_filter_that_is_typed_during_a_run_holds_all_its_processes(project: Project) -> None:
    with shared(project) as watched:
        watched.begins()
        watched.press("t")
        watched.sees("tests:")
        watched.goes_on()
        states = {Path(f"/proc/{pid}/stat").read_text().split()[2] for pid in watched.pids()}
        assert states == {"T"}
        watched.press(ESCAPE)
        watched.sees("8 passed", "waiting for changes")
        watched.has_run(TESTS)


@pytest.mark.parametrize(("key", "typed"), [("t", "first"), ("p", "test_a")])
def test_a_filter_that_is_typed_during_a_run_makes_another(
    project: Project, key: str, typed: str
) -> None:
    wanted = {test for test in TESTS if typed in test}
    with shared(project) as watched:
        watched.begins()
        watched.press(key)
        watched.press(f"{typed}{ENTER}")
        watched.goes_on()
        watched.sees(f"{len(wanted)} passed", "waiting for changes")
        watched.has_run(wanted)
        watched.press("c")
        watched.sees("waiting for changes")
        watched.press("a")
        watched.sees("8 passed", "waiting for changes")


def test_failed_only_runs_the_failed_tests_of_two_files(project: Project) -> None:
    with shared(project) as watched:
        watched.write("cart.py", "def total(prices): return 7\n")
        watched.waits()
        watched.sees("4 failed, 4 passed")
        watched.has_run(TESTS)
        watched.press("f")
        watched.waits()
        watched.has_run({test for test in TESTS if "second" in test})
        watched.press("o")
        watched.sees("waiting for changes")


def test_stop_at_the_first_failure_stops_both_processes(project: Project) -> None:
    with shared(project) as watched:
        watched.press("x")
        watched.write("test_a.py", project.test_file(total=4))
        watched.waits()
        watched.begins()
        watched.goes_on()
        watched.sees("1 failed", "stopping after 1 failures", "waiting for changes")
        watched.comes_to_rest()
        watched.press("x")
        watched.press("a")
        watched.sees("1 failed, 7 passed")


def test_the_debugger_has_one_process(project: Project) -> None:
    with shared(project) as watched:
        watched.write("test_a.py", project.test_file(total=4))
        watched.sees("1 failed", "waiting for changes")
        watched.press("d")
        watched.sees("(Pdb)")
        watched.press(f"prices = 5{ENTER}")
        watched.press(f"q{ENTER}")
        watched.sees("waiting for changes")


def test_paused_during_a_run_that_comes_to_its_end(project: Project) -> None:
    with shared(project) as watched:
        watched.begins()
        watched.press("s")
        watched.write("cart.py", "def total(prices): return 7\n")
        watched.goes_on()
        watched.sees("paused", "8 passed")
        watched.press("s")
        watched.sees("8 tests", "4 failed, 4 passed", "waiting for changes")
        watched.has_run(TESTS)


def test_ctrl_c_ends_all_processes_of_a_run(project: Project) -> None:
    with shared(project) as watched:
        watched.begins()
        watched.press(CTRL_C)
        watched.sees("STOP", "waiting for changes")
        watched.comes_to_rest()
        watched.goes_on()
        watched.press("a")
        watched.sees("8 passed", "waiting for changes")
        watched.has_run(TESTS)


@pytest.mark.parametrize("end", [CTRL_C, "a", "q"])
def test_what_both_processes_have_set_up_is_torn_down(project: Project, end: str) -> None:
    diary = project.folder.parent / "diary"
    (project.folder / "conftest.py").write_text(
        "import os, pytest, time\n"
        "def note(what):\n"
        f"    with open({str(diary)!r}, 'a') as file: file.write(f'{{what}} {{os.getpid()}}\\n')\n"
        "@pytest.fixture(scope='session', autouse=True)\n"
        "def database():\n"
        "    note('up')\n"
        "    yield\n"
        "    time.sleep(0.3)\n"
        "    note('down')\n"
    )
    with shared(project) as watched:
        diary.unlink()
        watched.begins()
        pids = watched.pids()
        watched.press(end)
        wait_until(lambda: diary.read_text().count("down") >= 2, 5, diary.read_text())
        lines = set(diary.read_text().split("\n"))
        assert lines >= {f"{what} {pid}" for pid in pids for what in ("up", "down")}
        if end == "q":
            watched.ends()


def test_a_second_ctrl_c_ends_those_that_do_not_listen(project: Project) -> None:
    (project.folder / "conftest.py").write_text(
        "import signal\ndef pytest_runtest_setup(): signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    )
    with shared(project) as watched:
        watched.begins()
        watched.press(CTRL_C)
        watched.sees("Ctrl-C again ends it at once")
        watched.press(CTRL_C)
        watched.ends()


def test_a_save_during_a_run_ends_all_its_processes(project: Project) -> None:
    with shared(project) as watched:
        watched.begins()
        watched.goes_on()
        watched.write("cart.py", "def total(prices): return sum([*prices])\n")
        watched.sees("cart.py", "8 passed", "waiting for changes")
        watched.has_run(TESTS)


def test_q_during_a_run_leaves_nothing(project: Project) -> None:
    with shared(project) as watched:
        watched.begins()
        watched.press("q")
        watched.ends()


def test_the_page_shows_each_test_of_both_processes_once(project: Project) -> None:
    with shared(project, BROWSER="true") as watched:
        watched.press("w")
        watched.sees("results at http://")
        address = _address(watched)
        watched.begins()
        wait_until(lambda: _state(address)["run"]["running"], 5, "the page knows what runs")
        watched.goes_on()
        watched.sees("8 passed", "waiting for changes")
        state = _state(address)
        assert sorted(row[2] for row in state["tests"]) == ["test_first"] * 4 + ["test_second"] * 4
        assert {row[4] for row in state["tests"]} == {"passed"}
        assert sorted(state["run"]["done"]) == sorted(row[0] for row in state["tests"])


def _address(watched: Watched) -> str:
    found = re.search(r"results at (http://\S+)", watched.news)
    assert found
    return found[1]


def _state(address: str) -> Any:
    with urllib.request.urlopen(f"{address.rstrip('/')}/__sse-reload/tests", timeout=5) as answer:
        return json.load(answer)
