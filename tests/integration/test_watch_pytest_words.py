"""What the terminal says of a watch that goes wrong, and how long it waits."""

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.integration.pytest_watched import begun, start, write_shop
from tests.integration.pytest_watching import PYTEST, without
from tests.integration.terminals import shell
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_shop(tmp_path)


@pytest.mark.parametrize("words", [("--no-such-option",), ("--maxfail=many",), ("--maxfail",)])
@pytest.mark.parametrize("kind", [(), ("--watch-standby",)])
def test_a_command_line_that_pytest_does_not_know_ends_the_watch(
    folder: Path, words: tuple[str, ...], kind: tuple[str, ...]
) -> None:
    with start(folder, *kind, *words) as watched:
        watched.exits(4)
        assert "error: " in watched.news
        assert "waiting for changes" not in watched.news


def test_a_setting_that_pytest_does_not_know_is_waited_for(folder: Path) -> None:
    settings = "[pytest]\naddopts = -p no:randomly"
    (folder / "pytest.ini").write_text(f"{settings} --no-such-option\n")
    with start(folder) as watched:
        watched.sees("unrecognized arguments: --no-such-option", "waiting for changes")
        watched.write("pytest.ini", f"{settings}\n")
        assert "4 passed" in watched.waits()


def test_a_conftest_that_shall_declare_the_option_is_waited_for(folder: Path) -> None:
    declared = 'def pytest_addoption(parser): parser.addoption("--shop")\n'
    (folder / "conftest.py").write_text(f"import missing\n{declared}")
    with start(folder, "--shop=1") as watched:
        watched.sees("No module named 'missing'", "waiting for changes")
        watched.write("conftest.py", declared)
        assert "4 passed" in watched.waits()
        watched.write("conftest.py", "")  # somebody is at it; what worked may work again
        assert "unrecognized arguments: --shop" in watched.waits()
        watched.write("conftest.py", declared)
        assert "4 passed" in watched.waits()


def test_a_path_that_does_not_exist_yet_is_waited_for(folder: Path) -> None:
    with start(folder, "test_new.py") as watched:
        watched.sees("file or directory not found: test_new.py", "waiting for changes")
        watched.write("test_new.py", "def test_new(): pass\n")
        assert "1 passed" in watched.waits()


def test_a_test_in_which_the_debugger_is_left_has_not_passed_and_nothing_went_wrong(
    folder: Path,
) -> None:
    with begun(folder) as watched:
        watched.write("test_other.py", "def test_other():\n    breakpoint()\n    assert 0\n")
        watched.sees("(Pdb)")
        watched.press("q\n")
        shown = watched.sees("stopped in the debugger", "waiting for changes")
        assert "FAIL" not in shown
        assert "1 passed" not in shown.partition("stopped in the debugger")[2]
        watched.press("o")  # it is still to be run
        watched.sees("test_other.py → 1 of 4 tests", "(Pdb)")
        watched.press("c\n")
        watched.sees("1 failed", "waiting for changes")


def test_a_test_that_ctrl_c_has_hit_has_not_passed(folder: Path) -> None:
    slow = "import time\ndef test_other():\n    open('begun', 'w').close()\n    time.sleep(30)\n"
    with begun(folder) as watched:
        watched.write("test_other.py", slow)
        wait_until((folder / "begun").exists, 15, "the test runs")
        watched.press("\x03")
        shown = watched.sees("waiting for changes")
        assert "passed" not in shown.partition("stopped")[2]
        watched.press("o")
        watched.sees("test_other.py → 1 of 4 tests")
        watched.press("\x03")


def test_while_something_cannot_be_collected_the_newest_saves_are_named(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("test_other.py", "def test_other() pass\n")
        assert "1 file could not be collected" in watched.waits()
        for name in ("cart", "page"):
            watched.write(f"{name}.py", (folder / f"{name}.py").read_text() + "more = 1\n")
            watched.waits()
        watched.write("new.py", "more = 1\n")
        shown = watched.waits()
        assert "new.py, page.py, cart.py and 1 more → all 4 tests" in shown
        assert "test_other (could not be collected)" in shown
        assert "never ran to its end" not in shown


def test_a_test_file_that_failed_to_be_collected_is_not_called_new(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("test_odd.py", "import\n")
        assert "test_odd.py → 1 new file" in watched.waits()
        watched.write("test_odd.py", "import this one\n")
        assert "test_odd.py → 1 file that could not be collected" in watched.waits()


def test_of_a_renamed_file_one_line_is_said_at_most(folder: Path) -> None:
    (folder / "loose.py").write_text("more = 1\n")
    with begun(folder) as watched:
        watched.look_away()
        (folder / "loose.py").rename(folder / "looser.py")
        watched.sees("no test uses looser.py", "waiting for changes")
        watched.look_away()
        (folder / "cart.py").rename(folder / "basket.py")
        assert "cart.py → 2 of 4 tests" in watched.waits()
        watched.look_away()
        (folder / "basket.py").rename(folder / "cart.py")
        assert "2 passed" in watched.waits()
        watched.write("notes.txt", "")  # what is said comes in its turn
        watched.sees("no test reads notes.txt")
        assert watched.everything.count("no test ") == 2


def test_a_failure_in_the_debugger_that_is_left_is_a_failure(folder: Path) -> None:
    (folder / "test_other.py").write_text("def test_other(): assert 0\n")
    with begun(folder) as watched:
        watched.press("d")
        watched.sees("(Pdb)")
        watched.press("q\n")
        shown = watched.sees("stopped in the debugger", "waiting for changes")
        assert " FAIL  stopped in the debugger after 1 of 1 tests · 1 failed" in shown


@pytest.mark.skipif(shutil.which("bash") is None, reason="brings jobs to the front silently")
def test_a_watch_that_was_started_in_the_background_has_keys_and_a_debugger_in_front(
    folder: Path,
) -> None:
    words = ["env", *without(), *PYTEST, "--live-watch"]
    with shell(
        f"cd {shlex.quote(str(folder))}; exec bash --norc --noprofile -i", PS1="<prompt>"
    ) as screen:
        screen.wait_for("<prompt>")
        screen.press(f"{shlex.join(words)} &\n")
        screen.wait_for("4 passed")
        before = len(screen.text)
        screen.press("fg\n")
        screen.wait_for_more("--live-watch", before)  # says bash, and leaves the terminal
        wait_until(screen.gives_keys, what="keys are read")
        screen.press("a")
        screen.wait_for_more("all tests", before)
        screen.wait_for_more("= 4 passed", before)
        screen.wait_for_more("waiting for changes", screen.text.index("all tests"))
        (folder / "test_other.py").write_text("def test_other(): breakpoint()\n")
        screen.wait_for_more("(Pdb)", before)
        screen.press("6 * 111\r")  # as Enter is sent; the shell reads its line in another mode
        screen.wait_for_more("(Pdb) 6 * 111\r\n666\r\n(Pdb)", before)
        screen.press("c\r")
        screen.wait_for_more("= 1 passed", before)
        screen.wait_for_more("waiting for changes", screen.text.index("(Pdb)"))
        screen.press("q")
        screen.wait_for_more("<prompt>", before)
        screen.press("exit\n")
        assert screen.process.wait(10) == 0
