"""The tests of one run in several processes: the same results, in less time."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks runs")

DRIVER = """
import json, os, sys
import pytest
from livereload_sse.pytest_watch.jobs.jobs import Jobs
from livereload_sse.pytest_watch.jobs.values import Outlet
from livereload_sse.pytest_watch.messages import TestStarted

told = []
outlet = Outlet(told.append)
durations = json.loads(sys.argv[2])

class Here:
    is_told_elsewhere = True
    def __init__(self): self.outcomes = []
    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.failed:
            self.outcomes.append([report.nodeid, report.outcome])

here = Here()
jobs = Jobs(int(sys.argv[1]), durations=durations,
            gather=lambda session: [TestStarted(f"from {os.getpid()}")], outlet=outlet)
code = pytest.main(sys.argv[3:], plugins=[here, jobs])
print("TOLD", json.dumps({"code": code, "outcomes": here.outcomes, "processes": len(told)}))
"""


class Result:
    """What a run printed, and what it told."""

    def __init__(self, output: str) -> None:
        self.output, _, told = output.rpartition("TOLD ")
        said = json.loads(told)
        self.code: int = said["code"]
        self.outcomes: list[tuple[str, str]] = [(name, how) for name, how in said["outcomes"]]
        self.processes: int = said["processes"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name in "abcd":
        (tmp_path / f"test_{name}.py").write_text(
            "import os, time, pytest\n"
            "@pytest.mark.parametrize('n', range(3))\n"
            "def test_pass(n): time.sleep(0.02)\n"
            f"def test_{name}_fails(): assert {name!r} != 'c'\n"
        )
    return tmp_path


def run(project: Path, *args: str, jobs: int = 2, durations: str = "{}") -> Result:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            DRIVER,
            str(jobs),
            durations,
            *args,
            "-p",
            "no:sse-reload",
            "-p",
            "no:cacheprovider",
        ],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "TOLD " in done.stdout, done.stdout + done.stderr
    return Result(done.stdout)


def test_the_results_are_those_of_one_process(project: Path) -> None:
    one, two = run(project, jobs=1), run(project)
    assert sorted(two.outcomes) == sorted(one.outcomes)
    assert (one.code, two.code) == (1, 1)
    assert (one.processes, two.processes) == (0, 2)


def test_each_file_is_reported_in_one_piece(project: Path) -> None:
    shown = re.findall(r"^(test_\w\.py) (\S+) ", run(project).output, re.MULTILINE)
    assert sorted(shown) == [
        ("test_a.py", "...."),
        ("test_b.py", "...."),
        ("test_c.py", "...F"),
        ("test_d.py", "...."),
    ]


def test_the_longest_file_begins_first(project: Path) -> None:
    """Its own process begins it at once; whichever of the two is heard first is shown first."""
    durations = {
        str(project / f"test_{n}.py"): s for n, s in zip("abcd", (1, 2, 9, 3), strict=True)
    }
    shown = re.findall(
        r"^(test_\w)\.py", run(project, durations=json.dumps(durations)).output, re.MULTILINE
    )
    assert set(shown[:2]) == {"test_c", "test_d"}


def test_what_a_session_sets_up_is_kept_from_one_file_to_the_next(project: Path) -> None:
    (project / "conftest.py").write_text(
        "import os, pytest\n"
        "@pytest.fixture(scope='session', autouse=True)\n"
        "def once():\n"
        "    with open('setups', 'a') as file: file.write(f'up {os.getpid()}\\n')\n"
        "    yield\n"
        "    with open('setups', 'a') as file: file.write(f'down {os.getpid()}\\n')\n"
    )
    run(project)
    lines = (project / "setups").read_text().split("\n")[:-1]
    ups = [line.removeprefix("up ") for line in lines if line.startswith("up")]
    downs = [line.removeprefix("down ") for line in lines if line.startswith("down")]
    assert len(ups) == 2
    assert sorted(ups) == sorted(downs)


def test_after_x_nothing_more_is_begun(project: Path) -> None:
    durations = json.dumps({str(project / f"test_{n}.py"): 9 if n == "c" else 1 for n in "abcd"})
    for name in "abd":
        (project / f"test_{name}.py").write_text(
            "import time\ndef test_long(): time.sleep(30)\ndef test_more(): pass\n"
        )
    result = run(project, "-x", durations=durations)
    assert "stopping after 1 failures" in result.output
    assert not any("test_more" in name for name, _ in result.outcomes)


@pytest.mark.parametrize(
    ("death", "how"),
    [
        ("os._exit(3)", "ended with exit code 3"),
        ("os.kill(os.getpid(), 11)", f"was killed by {signal.Signals(11).name}"),
        ("os.kill(os.getpid(), 9)", "was killed by SIGKILL in the middle of it, as a system does"),
        ("os.kill(os.getpid(), 40)", "was killed by signal 40"),
    ],
)
def test_a_test_that_kills_its_process_fails_and_the_others_run(
    project: Path, death: str, how: str
) -> None:
    (project / "test_b.py").write_text(
        f"import os\ndef test_before(): pass\ndef test_dies(): {death}\ndef test_after(): pass\n"
    )
    result = run(project)
    outcomes = dict(result.outcomes)
    assert outcomes["test_b.py::test_dies"] == "failed"
    assert how in result.output
    assert outcomes["test_b.py::test_after"] == "passed"
    assert len(outcomes) == 4 * 3 + 3


def test_one_file_is_run_where_it_was_collected(project: Path) -> None:
    assert run(project, "test_a.py").processes == 0


@pytest.mark.parametrize("words", [("--pdb",), ("--collect-only",), ("-n", "2")])
def test_what_needs_one_process_gets_it(project: Path, words: tuple[str, ...]) -> None:
    assert run(project, *words, "--pdbcls", "tests.no:Pdb").processes == 0


def test_a_thread_that_runs_already_forbids_to_fork(project: Path) -> None:
    (project / "conftest.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    result = run(project)
    assert result.processes == 0
    assert len(result.outcomes) == 16


def test_a_collection_error_stops_the_run_as_ever(project: Path) -> None:
    (project / "test_b.py").write_text("import no_such_module\n")
    result = run(project)
    assert (result.code, result.processes) == (2, 0)


def test_reports_of_every_kind_come_through(project: Path) -> None:
    (project / "test_a.py").write_text(
        "import pytest\n"
        "def test_skips(): pytest.skip('why not')\n"
        "@pytest.mark.xfail\n"
        "def test_xfails(): assert False\n"
        "@pytest.mark.xfail\n"
        "def test_xpasses(): pass\n"
        "@pytest.fixture\n"
        "def broken(): raise RuntimeError('no')\n"
        "def test_errors(broken): pass\n"
        "def test_prints(record_property):\n"
        "    record_property('thing', object())\n"
        "    print('said this')\n"
        "    assert False\n"
    )
    output = run(project, "-rs").output
    assert "test_a.py sxXEF" in output
    assert "why not" in output
    assert "said this" in output


def test_each_hook_hears_of_a_test_once(project: Path) -> None:
    (project / "conftest.py").write_text(
        "def note(what):\n"
        "    with open('heard', 'a') as file: file.write(f'{what}\\n')\n"
        "def pytest_runtest_logstart(nodeid): note(f'start {nodeid}')\n"
        "def pytest_runtest_logreport(report): note(f'{report.when} {report.nodeid}')\n"
        "def pytest_runtest_logfinish(nodeid): note(f'finish {nodeid}')\n"
    )
    run(project)
    heard = (project / "heard").read_text().splitlines()
    assert len(heard) == len(set(heard)) == 16 * 5


def test_warnings_are_in_the_summary(project: Path) -> None:
    for name in "ab":
        (project / f"test_{name}.py").write_text(
            "import warnings, pytest\n"
            "warnings.warn('collected', stacklevel=1)\n"
            f"def test_warns_{name}(): warnings.warn('mind the {name}', stacklevel=1)\n"
        )
    one, two = run(project, jobs=1).output, run(project).output
    assert _warnings(two) == _warnings(one)
    assert "test_b.py:3: UserWarning: mind the b" in two


def _warnings(output: str) -> list[str]:
    """Cut out what pytest says of warnings, and how many it counts. They come as the tests end."""
    count = str(re.findall(r"\d+ warnings", output)[-1])
    summary: str = output.partition("warnings summary")[2].partition("-- Docs")[0]
    return sorted([*summary.splitlines(), count])
