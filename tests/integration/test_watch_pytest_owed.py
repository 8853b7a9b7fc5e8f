"""What a run leaves over, from end to end: it is run, or it is said that it was not, and it is no green."""

import os
import re
import sys
import time
from pathlib import Path

import pytest

from tests.integration.pytest_watched import Watched, begun, start
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")

HANG = "def test_hang():\n    import time\n    open('begun', 'w').close()\n    time.sleep(60)\n"
AFTER = "def test_after(): pass\n"
SETTINGS = "[pytest]\naddopts = -p no:randomly --color=no --tb=no\n"


def write(folder: Path, **files: str) -> Path:
    """Write a project; nobody has saved its files a moment ago."""
    folder.mkdir()
    (folder / "pytest.ini").write_text(SETTINGS)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    for file in folder.iterdir():
        os.utime(file, (time.time() - 60, time.time() - 60))
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Two modules, of which one is broken, and a test of each."""
    return write(
        tmp_path / "project",
        cart="VALUE = 2\n",
        tax="VALUE = 1\n",
        test_cart="import cart\ndef test_cart(): assert cart.VALUE == 1\n",
        test_tax="import tax\ndef test_tax(): assert tax.VALUE == 1\n",
    )


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """A test that hangs, with others before and behind it."""
    return write(
        tmp_path / "project",
        test_cart="def test_cart(): pass\n",
        test_slow=HANG + AFTER,
        test_tax="def test_tax(): pass\n",
        test_zz="def test_zz(): assert 0\n",
    )


def footer(shown: str) -> str:
    """Give what stands below in the end, from its badge on."""
    places = [shown.rfind(f" {badge}  ") for badge in ("PASS", "FAIL", "STOP", "PART", "NONE")]
    return shown[max(places) :]


def has_begun(watched: Watched) -> None:
    wait_until((watched.folder / "begun").exists, 15, f"the test runs\n{watched.news}")


def test_what_a_mode_leaves_out_is_no_green_and_runs_when_it_is_switched_off(shop: Path) -> None:
    with begun(shop) as watched:
        watched.press("f")
        assert "1 failed" in footer(watched.waits())
        watched.write("tax.py", "VALUE = 2\n")
        shown = watched.waits()
        assert "tax.py → 1 of 2 tests" in shown
        assert "1 affected was not run" in footer(shown)
        watched.write("cart.py", "VALUE = 1\n")
        shown = watched.waits()
        assert "cart.py, tax.py → 1 of 2 tests" in shown
        assert "PART  1 passed" in footer(shown)
        assert "1 affected was not run" in footer(shown)
        assert "other" not in footer(shown)
        watched.press("f")
        shown = watched.waits()
        assert "tax.py → 1 of 2 tests" in shown
        assert "FAIL  1 failed" in footer(shown)


def test_a_save_for_which_a_mode_runs_nothing_is_owed(shop: Path) -> None:
    (shop / "cart.py").write_text("VALUE = 1\n")
    with begun(shop) as watched:
        watched.press("f")
        watched.sees("Nothing failed", "waiting for changes")
        watched.write("tax.py", "VALUE = 2\n")
        assert "PART  2 passed" in footer(watched.sees("1 affected was not run"))
        watched.press("f")
        assert "FAIL  1 failed" in footer(watched.waits())


def test_what_a_filter_leaves_out_is_no_green_either(shop: Path) -> None:
    (shop / "cart.py").write_text("VALUE = 1\n")
    with begun(shop) as watched:
        watched.press("t")
        watched.sees("tests:")
        watched.press("cart\r")
        assert "PASS  1 passed · 1 other not run" in footer(watched.waits())
        watched.write("tax.py", "VALUE = 2\n")
        assert "1 affected was not run" in footer(watched.waits())
        watched.press("c")
        assert "FAIL  1 failed" in footer(watched.waits())


def test_behind_a_test_that_hangs_all_others_run(hanging: Path) -> None:
    with begun(hanging, "--watch-timeout=2") as watched:
        shown = watched.everything
        assert "3 tests left behind test_slow.py::test_hang" in shown
        assert "FAIL  2 failed, 3 passed" in footer(shown)
        assert "test_slow.py::test_hang took longer than 2 s (--watch-timeout)" in footer(shown)
        assert "not run" not in footer(shown)
        watched.press("a")  # it is put last, and what stands behind it in its file still runs
        shown = watched.sees("1 test left behind test_slow.py::test_hang", "FAIL  2 failed")
        first = shown.partition("left behind")[0]
        assert first.index("test_zz.py") < first.index("test_slow.py")
        watched.write("test_slow.py", AFTER)
        shown = watched.waits()
        assert "1 passed" in footer(shown)
        assert "took longer" not in footer(shown)


def test_each_test_that_hangs_costs_one_time_limit(tmp_path: Path) -> None:
    hangs = "import time\n" + "".join(
        f"def test_{number}(): time.sleep({60 if number % 2 else 0})\n" for number in range(6)
    )
    folder = write(tmp_path / "project", test_a=hangs)
    with begun(folder, "--watch-timeout=1.5") as watched:
        shown = footer(watched.everything)
        assert "FAIL  3 failed, 3 passed" in shown or "3 failed, 3 passed" in shown
        assert "test_a.py::test_1 took longer than 1.5 s" in shown


def test_a_run_that_stops_at_the_first_failure_counts_what_it_has_not_run(hanging: Path) -> None:
    (hanging / "test_cart.py").write_text("def test_cart(): assert 0\n")
    with begun(hanging, "-x", "--watch-timeout=3") as watched:
        assert "FAIL  1 failed · 4 others not run" in footer(watched.everything)
        watched.write("test_cart.py", "def test_cart(): pass\n")
        shown = watched.waits()
        assert "left behind" not in shown, "a test that hangs is a failure"
        assert "3 others not run" in footer(shown)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "killed by SIGSEGV"),
        ("import os; os._exit(4)", "left with exit code 4"),
        ("import os; os._exit(0)", "left with exit code 0"),
    ],
)
def test_behind_a_test_that_ends_the_process_all_others_run(
    hanging: Path, body: str, said: str
) -> None:
    (hanging / "test_slow.py").write_text(f"def test_hang(): {body}\n{AFTER}")
    with begun(hanging) as watched:
        shown = watched.everything
        assert "FAIL  2 failed, 3 passed" in footer(shown)
        assert f"The run was {said} in test_slow.py::test_hang".replace("was left", "left") in shown
        assert "pytest could not begin" not in shown
        watched.press("q")
        watched.exits(1)


def test_a_run_ends_when_the_file_is_deleted_that_it_runs_and_the_others_follow(
    hanging: Path,
) -> None:
    (hanging / "test_slow.py").write_text(AFTER)
    (hanging / "test_zz.py").write_text("def test_zz(): pass\n")
    with begun(hanging) as watched:
        watched.write("test_slow.py", HANG + AFTER)
        has_begun(watched)
        watched.press("a")
        (hanging / "begun").unlink()
        has_begun(watched)
        watched.look_away()
        (hanging / "test_slow.py").unlink()
        shown = watched.sees("2 tests left without test_slow.py", "waiting for changes")
        assert "test_slow.py is gone" in shown
        assert "PASS  3 passed" in footer(shown)
        assert "not run" not in footer(shown)


def test_a_run_of_nothing_but_a_deleted_file_ends(hanging: Path) -> None:
    (hanging / "test_slow.py").write_text("def test_hang(): pass\n")
    (hanging / "test_zz.py").write_text("def test_zz(): pass\n")
    with begun(hanging) as watched:
        watched.write("test_slow.py", HANG)
        has_begun(watched)
        watched.look_away()
        (hanging / "test_slow.py").unlink()
        watched.sees("test_slow.py is gone", "waiting for changes")


def test_a_failure_whose_file_is_deleted_is_none_in_what_stands_below(shop: Path) -> None:
    with begun(shop) as watched:
        assert "FAIL  1 failed, 1 passed" in footer(watched.everything)
        watched.look_away()
        (shop / "test_cart.py").unlink()
        shown = watched.sees("test_cart.py is gone", "PASS  1 passed")
        assert "failed" not in footer(shown)
        watched.press("q")
        watched.exits(0)


@pytest.mark.parametrize("hook", ["sessionfinish(session)", "terminal_summary()"])
def test_a_hook_that_leaves_when_all_tests_are_over_breaks_nothing(shop: Path, hook: str) -> None:
    (shop / "cart.py").write_text("VALUE = 1\n")
    (shop / "conftest.py").write_text(
        f"import pytest\ndef pytest_{hook}: pytest.exit('enough', returncode=0)\n"
    )
    with begun(shop) as watched:
        shown = watched.everything
        assert "pytest.exit was called when the tests were over: enough" in shown
        assert "PASS  2 passed" in footer(shown)


def test_a_run_that_ends_at_once_is_as_long_as_it_was(hanging: Path) -> None:
    # It ends while the process that watches is still being made.
    (hanging / "test_cart.py").write_text("import os\ndef test_cart(): os._exit(4)\n")
    for name in ("slow", "tax", "zz"):
        (hanging / f"test_{name}.py").unlink()
    with begun(hanging) as watched:
        shown = footer(watched.everything)
        assert "left with exit code 4 in test_cart.py::test_cart" in shown
        milliseconds = re.findall(r"(\d+) ms", shown)
        assert all(int(number) >= 50 for number in milliseconds)


def test_somebody_who_leaves_in_a_hurry_has_interrupted_the_run(hanging: Path) -> None:
    (hanging / "test_cart.py").write_text(
        "import pytest, time\n"
        "@pytest.fixture\n"
        "def slow():\n    yield\n    time.sleep(60)\n"
        "def test_cart(slow):\n    open('begun', 'w').close()\n    time.sleep(60)\n"
    )
    with start(hanging) as watched:
        has_begun(watched)
        watched.press("\x03")
        time.sleep(0.15)  # as fast as somebody presses twice; two at once are one signal
        watched.press("\x03")
        watched.exits(2)


def test_what_no_test_uses_is_said_after_the_run_in_which_it_was_saved(hanging: Path) -> None:
    (hanging / "test_slow.py").write_text(HANG.replace("60", "1") + AFTER)
    (hanging / "test_zz.py").write_text("def test_zz(): pass\n")
    with begun(hanging) as watched:
        (hanging / "begun").unlink()
        watched.press("a")
        has_begun(watched)
        (hanging / "loose.py").write_text("more = 1\n")
        # The file that says that the test has begun was taken away by hand: it may be named, too.
        shown = watched.sees("5 passed", "loose.py", "waiting for changes")
        assert shown.index("5 passed") < shown.index("no test uses")
        assert shown.count("no test uses") == 1
