"""`--watch-functions`: only tests that call what has changed; where Python cannot tell, it says so.

Each Python runs the half of this that it can: calls are told from 3.12 on.
"""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.integration.pytest_watched import Watched, begun, start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")

HAS_MONITORING = hasattr(sys, "monitoring")

SHOP = """\
def price(count):
    return count * {price}


def tax(count):
    return count * {tax}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A module with two functions, and two test files that import it."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\naddopts = -p no:randomly\n")
    (project / "shop.py").write_text(SHOP.format(price=2, tax=3))
    (project / "test_price.py").write_text(
        "import shop\n"
        "def test_price(): assert shop.price(1) == 2\n"
        "def test_its_tax(): assert shop.tax(1) == 3\n"
    )
    (project / "test_tax.py").write_text("import shop\ndef test_tax(): assert shop.tax(2) == 6\n")
    long_ago(project)
    return project


def long_ago(folder: Path) -> None:
    """Nobody has saved these files a moment ago."""
    for file in folder.iterdir():
        os.utime(file, (time.time() - 60, time.time() - 60))


def ran(watched: Watched) -> set[str]:
    """Name the tests of the last run."""
    return set(watched.watching.runs()[-1].results)


class TestWhereCallsAreTold:
    """From Python 3.12 on."""

    __test__ = HAS_MONITORING

    def test_a_changed_function_runs_the_tests_that_call_it(self, folder: Path) -> None:
        with begun(folder, "--watch-functions") as watched:
            watched.write("shop.py", SHOP.format(price="3 - count", tax=3))
            watched.waits()
            assert ran(watched) == {"test_price.py::test_price"}
            watched.sees("shop.py → 1 of 3 tests", "1 passed", "2 others not run")

    def test_it_is_said_that_others_import_it_and_were_left_out(self, folder: Path) -> None:
        with begun(folder, "--watch-functions") as watched:
            watched.write("shop.py", SHOP.format(price="3 - count", tax=3))
            watched.waits()
            watched.sees("test_price (calls what has changed); others only import it")
            assert "test_tax (imports it)" not in watched.news

    def test_the_save_after_that_is_narrowed_as_well(self, folder: Path) -> None:
        with begun(folder, "--watch-functions") as watched:
            for price in ("3 - count", "4 - 2 * count", "5 - 3 * count"):
                watched.write("shop.py", SHOP.format(price=price, tax=3))
                watched.waits()
                assert ran(watched) == {"test_price.py::test_price"}
            watched.write("shop.py", SHOP.format(price="5 - 3 * count", tax="count + 2 * count"))
            watched.waits()
            assert ran(watched) == {"test_price.py::test_its_tax", "test_tax.py::test_tax"}

    def test_a_function_that_calls_another_now_is_followed(self, folder: Path) -> None:
        with begun(folder, "--watch-functions") as watched:
            text = SHOP.format(price="0 + tax(count) - count", tax=3)
            watched.write("shop.py", text)
            watched.waits()
            assert ran(watched) == {"test_price.py::test_price"}
            watched.write("shop.py", text.replace("count * 3", "count + count + count"))
            watched.waits()
            assert len(ran(watched)) == 3

    def test_what_failed_is_known_while_others_run(self, folder: Path) -> None:
        """A green of some tests is none while another is known to fail."""
        with begun(folder, "--watch-functions") as watched:
            watched.write("shop.py", SHOP.format(price=7, tax=3))
            watched.waits()
            watched.sees("1 failed")
            watched.write("shop.py", SHOP.format(price=7, tax="1 * 3"))
            watched.waits()
            assert ran(watched) == {"test_price.py::test_its_tax", "test_tax.py::test_tax"}
            watched.sees("FAIL", "2 passed", "1 failed before and was not run again")

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("RATE = 3\n\n\n" + SHOP.format(price=2, tax="RATE"), id="import"),
            pytest.param(SHOP.format(price=2, tax=3) + "\n\ndef more(): pass\n", id="new function"),
            pytest.param(SHOP.format(price=2, tax=3).replace("(count)", "(count=1)"), id="default"),
        ],
    )
    def test_a_change_of_more_than_bodies_runs_all_that_import_it(
        self, folder: Path, text: str
    ) -> None:
        with begun(folder, "--watch-functions") as watched:
            watched.write("shop.py", text)
            watched.waits()
            assert len(ran(watched)) == 3
            watched.sees("(import it)")

    def test_a_cancelled_run_loses_no_caller(self, folder: Path) -> None:
        nap = folder.parent / "nap"
        nap.write_text("0")
        (folder / "test_price.py").write_text(
            "import shop, time\n"
            f"def nap(): time.sleep(float(open({str(nap)!r}).read()))\n"
            "def test_price(): assert shop.price(1) == 2; nap()\n"
            "def test_its_tax(): assert shop.tax(1) == 3\n"
        )
        long_ago(folder)
        with begun(folder, "--watch-functions") as watched:
            nap.write_text("30")
            watched.write("shop.py", SHOP.format(price="3 - count", tax=3))
            watched.sees("1 of 3 tests", "1 selected")
            nap.write_text("0")
            watched.write("shop.py", SHOP.format(price="3 - count", tax="count + 2 * count"))
            watched.waits()
            assert len(ran(watched)) == 3

    def test_without_it_all_that_import_the_module_run(self, folder: Path) -> None:
        with begun(folder) as watched:
            watched.write("shop.py", SHOP.format(price="3 - count", tax=3))
            watched.waits()
            assert len(ran(watched)) == 3


class TestWhereCallsAreNotTold:
    """Before Python 3.12."""

    __test__ = not HAS_MONITORING

    def test_the_flag_says_what_it_needs(self, folder: Path) -> None:
        with start(folder, "--watch-functions") as watched:
            watched.sees("--watch-functions", "Python 3.12", "Leave it out")
            watched.exits(4)
            assert watched.watching.runs() == []

    def test_a_run_that_watches_nothing_is_no_matter(self, folder: Path) -> None:
        """Whoever has it in the settings that a team shares can run the tests with any Python."""
        with start(folder, "--watch-functions", CI="1") as watched:
            watched.sees("3 passed")
            watched.exits(0)
