"""Options of pytest's, and what they do while somebody watches: what they do in a cold run."""

import os
from pathlib import Path

import pytest

from tests.integration.pytest_following import WAITING, Edit, follow, write
from tests.integration.pytest_watching import once, watching
from tests.pytest_results import Results

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")

MANY = {
    "pytest.ini": "[pytest]\nmarkers = slow\n",
    "shop.py": "def price(): return 3\n",
    "tests/conftest.py": "import sys, os\nsys.path.insert(0, os.getcwd())\n",
    "tests/test_cart.py": "import pytest, shop\n"
    "def test_price(): assert shop.price() == 3\n"
    "@pytest.mark.slow\ndef test_slow(): pass\n"
    "@pytest.mark.parametrize('n', [1, 2])\ndef test_many(n): assert n != 2\n"
    "@pytest.mark.xfail\ndef test_expected(): assert 0\n",
    "tests/test_other.py": "def test_other(): pass\ndef test_fails(): assert 0\n",
    "tests/sub/test_below.py": "import shop\ndef test_below(): assert shop.price() > 2\n",
}
CHEAPER = Edit("shop.py", "def price(): return 2\n")

OPTIONS = {
    "nothing": [],
    "names and marks": ["-k", "price or below or other or slow", "-m", "not slow"],
    "in another order": ["--ff", "--nf"],
    "less": ["--deselect", "tests/test_cart.py::test_slow", "--ignore", "tests/other"],
    "no cache": ["-p", "no:cacheprovider", "-qq"],
    "no terminal": ["-p", "no:terminal"],
    "loud": ["-vv", "-rA", "--durations=3", "-l", "-s", "--tb=short", "--color=yes"],
    "folders": ["tests/sub", "tests/test_cart.py"],
    "tests": ["tests/test_cart.py::test_price", "tests/test_other.py::test_fails"],
    "a root of its own": ["--rootdir", "tests", "-c", "pytest.ini"],
    "another way to import": ["--import-mode=importlib", "-W", "error"],
    "xdist": ["-n2"],
    "xdist by file": ["-n2", "--dist=loadfile"],
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_mean_what_they_mean_in_a_cold_run(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "project", MANY)
    followed = follow(folder, tmp_path / "results", *OPTIONS[name], edit=CHEAPER)
    followed.check()


@pytest.mark.parametrize("option", ["-x", "--maxfail=1"])
def test_a_run_that_stops_at_a_failure_leaves_the_rest_for_later(
    tmp_path: Path, option: str
) -> None:
    folder = write(tmp_path / "project", MANY)
    notes = Results.in_folder(tmp_path / "results")
    with watching(folder, notes, option) as watched:
        first = watched.wait_for_runs(1)
        assert "tests/test_other.py::test_other" not in first.results
        watched.screen.wait_for(WAITING)
        repaired = MANY["tests/test_cart.py"].replace("n != 2", "n")
        (folder / "tests/test_cart.py").write_text(repaired)
        second = watched.wait_for_runs(2)
        assert second.results["tests/test_cart.py::test_many[2]"][1] == "call passed"
        assert second.results["tests/test_other.py::test_other"][1] == "call passed"


def test_what_failed_last_is_what_runs_with_lf(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", MANY)
    notes = Results.in_folder(tmp_path / "results")
    once(folder, notes)
    with watching(folder, notes, "--lf") as watched:
        first = watched.wait_for_runs(2)
        failing = {"tests/test_cart.py::test_many[2]", "tests/test_other.py::test_fails"}
        assert first.results.keys() == failing
        watched.screen.wait_for(WAITING)
        (folder / "tests/test_other.py").write_text(MANY["tests/test_other.py"].replace("0", "1"))
        second = watched.wait_for_runs(3)
        assert second.results["tests/test_other.py::test_fails"][1] == "call passed"
        assert "tests/test_other.py::test_other" not in second.results


def test_each_run_writes_its_own_report(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", MANY)
    followed = follow(folder, tmp_path / "results", "--junitxml=report.xml", edit=CHEAPER)
    followed.check()
    assert 'name="test_below"' in (folder / "report.xml").read_text()
    assert "no test reads" not in followed.screen
