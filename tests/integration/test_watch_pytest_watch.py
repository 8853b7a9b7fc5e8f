"""`pytest --watch` as somebody uses it: in a terminal, with saves, keys and trouble."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.integration.pytest_watched import MARK, begun, start, write_shop
from tests.integration.pytest_watching import left_behind, once
from tests.pytest_results import Results
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_shop(tmp_path)


def test_the_first_run_is_of_all_tests_and_q_leaves_with_its_exit_code(folder: Path) -> None:
    with begun(folder) as watched:
        watched.sees("4 passed")
        watched.press("q")
        watched.exits(0)


def test_a_save_runs_what_it_affects_and_says_why(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("cart.py", "def total(prices): return 3\n")
        shown = watched.waits()
        assert "cart.py → 2 of 4 tests" in shown
        assert "test_cart (imports it)" in shown
        assert "test_empty" in shown
        assert "1 failed, 1 passed" in shown
        watched.press("q")
        watched.exits(1)


def test_a_template_counts_and_so_does_what_is_chosen_by_hand(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("home.html", "<h1>Closed</h1>")
        assert "test_page (reads home.html)" in watched.waits()
        watched.press("y")
        watched.sees("test_page.py → page.py → home.html")


def test_a_save_with_the_same_code_runs_nothing_and_says_so(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("cart.py", "def total( prices ):\n    return sum(prices)\n")
        watched.sees("cart.py: same code as before, nothing to run")


def test_a_file_that_no_test_uses_is_named(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("notes.txt", "buy milk")
        watched.sees("no test reads notes.txt")


def test_a_module_that_was_missing_and_appears_runs_what_has_asked_for_it(folder: Path) -> None:
    (folder / "cart.py").write_text(
        "try: from local import total\nexcept ImportError: total = lambda prices: sum(prices)\n"
    )
    with begun(folder) as watched:
        watched.write("local.py", "def total(prices): return 7\n")
        shown = watched.waits()
        assert "local.py → 2 of 4 tests" in shown
        assert "2 failed" in shown


def test_what_failed_before_is_never_a_green(folder: Path) -> None:
    (folder / "test_other.py").write_text("def test_other(): assert 0\n")
    with begun(folder) as watched:
        watched.write("cart.py", "def total(prices): return sum(prices) + 0\n")
        shown = watched.waits()
        assert "2 passed" in shown
        assert "1 failed before and was not run again" in shown
        assert "PASS" not in shown


def test_a_save_during_a_run_cancels_it_and_loses_nothing(folder: Path) -> None:
    (folder / "test_page.py").write_text(
        "import time, page, pytest\n"
        "@pytest.fixture\n"
        "def thing():\n"
        "    yield\n"
        "    open('torn-down.log', 'a').write('yes')\n"
        "def test_title(thing):\n"
        "    time.sleep(0 if 'quick' in page.render() else 30)\n"
    )
    with start(folder) as watched:
        watched.sees("test_page.py")
        watched.sees("test_other.py .")
        wait_until(watched.watching.is_running, 5, "a run")
        time.sleep(0.3)  # it is in the middle of the long test, which tells nothing
        watched.write("home.html", "quick")
        shown = watched.waits()
        assert "home.html → " in shown
        assert (folder / "torn-down.log").read_text() == "yesyes", "the cancelled run's, too"
        assert "failed" not in shown.rpartition("test session starts")[2]


def test_ctrl_c_stops_the_first_run_however_early_it_comes(folder: Path) -> None:
    (folder / "test_cart.py").write_text("import time\ndef test_it(): time.sleep(30)\n")
    with start(folder) as watched:
        watched.sees("test session starts")
        watched.press("\x03")
        watched.sees("waiting for changes")
        watched.write("test_cart.py", "def test_it(): pass\n")
        assert "3 passed" in watched.waits()


def test_a_run_that_makes_way_says_nothing_of_being_interrupted(folder: Path) -> None:
    (folder / "test_other.py").write_text("import time\ndef test_other(): time.sleep(30)\n")
    with start(folder) as watched:
        watched.sees("test_cart.py ..", "test_other.py")
        time.sleep(0.3)
        watched.write("test_other.py", "def test_other(): pass\n")
        assert "KeyboardInterrupt" not in watched.waits()


def test_a_run_that_will_not_stop_is_ended_by_the_second_ctrl_c(folder: Path) -> None:
    (folder / "test_other.py").write_text(
        "import time\n"
        "def test_other():\n"
        "    end = time.time() + 60\n"
        "    while time.time() < end:\n"
        "        try: time.sleep(1)\n"
        "        except KeyboardInterrupt: pass\n"
    )
    with start(folder) as watched:
        watched.sees("test_cart.py ..", "test_other.py")
        time.sleep(0.5)  # it is in the test, which tells nothing
        watched.press("\x03")
        watched.sees("Ctrl-C again ends it at once")
        began = time.monotonic()
        watched.press("\x03")
        wait_until(lambda: watched.screen.process.poll() is not None, 10, "the end")
        assert time.monotonic() - began < 3


def test_time_that_a_run_stands_still_is_not_counted_as_its_own(folder: Path) -> None:
    with begun(folder, "--watch-timeout=1.5") as watched:
        watched.write("test_other.py", "import time\ndef test_other(): time.sleep(0.8)\n")
        watched.sees("test_other.py")
        watched.press("t")
        watched.sees("tests:")
        time.sleep(2)
        watched.press("\x1b")
        assert "took longer" not in watched.sees("1 passed")


def test_what_failed_in_another_session_with_other_arguments_is_not_counted(folder: Path) -> None:
    (folder / "test_other.py").write_text("def test_other(): assert 0\n")
    with begun(folder) as watched:
        watched.sees("1 failed")
    with start(folder, "test_cart.py") as watched:
        shown = watched.sees("waiting for changes")
        assert "PASS" in shown
        assert "failed before" not in shown
        watched.write("home.html", "Closed")
        watched.sees("home.html")
        time.sleep(0.5)
        assert "collected 0" not in watched.news
    with begun(folder) as watched:
        watched.sees("2 failed")


def test_a_file_whose_existence_is_asked_for_counts(folder: Path) -> None:
    (folder / "test_other.py").write_text(
        "import os\ndef test_other(): assert not os.path.exists('local.json')\n"
    )
    with begun(folder) as watched:
        watched.write("local.json", "{}")
        shown = watched.waits()
        assert "test_other (names it)" in shown or "names local.json" in shown
        assert "1 failed" in shown


def test_a_thread_that_a_test_leaves_is_a_remark_and_no_failure(folder: Path) -> None:
    (folder / "test_other.py").write_text(
        "import threading, time\n"
        "def test_other(): threading.Thread(target=time.sleep, args=(5,)).start()\n"
    )
    with begun(folder) as watched:
        shown = watched.sees("a thread was still running")
        assert "PASS" in shown


def test_ctrl_c_stops_the_run_and_once_more_leaves(folder: Path) -> None:
    (folder / "test_other.py").write_text("import time\ndef test_other(): time.sleep(30)\n")
    with start(folder) as watched:
        watched.sees("test_cart.py ..", "test_other.py")
        watched.press("\x03")
        watched.sees("waiting for changes")
        watched.press("\x03")
        watched.exits(2)


def test_a_test_file_that_cannot_be_collected_is_a_failure_and_the_selection_is_kept(
    folder: Path,
) -> None:
    with begun(folder) as watched:
        watched.write("cart.py", "def total(prices) return 3\n")
        assert "SyntaxError" in watched.waits()
        watched.write("cart.py", "def total(prices): return 0 + sum(prices)\n")
        assert "2 passed" in watched.waits()
        watched.press("q")
        watched.exits(0)


def test_a_project_without_tests_is_waited_for(tmp_path: Path) -> None:
    project = tmp_path / "empty"
    project.mkdir()
    with begun(project) as watched:
        watched.write("test_new.py", "def test_new(): pass\n")
        assert "1 passed" in watched.waits()


def test_new_deleted_and_renamed_test_files_are_followed(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("test_new.py", "def test_new(): assert 0\n")
        assert "1 failed" in watched.waits()
        watched.look_away()
        (folder / "test_new.py").rename(folder / "test_newer.py")
        assert "test_newer.py" in watched.waits()
        watched.write("cart.py", "def total(prices): return 0 + sum(prices)\n")
        assert "1 failed before" in watched.waits()
        watched.look_away()
        (folder / "test_newer.py").unlink()
        watched.sees("waiting for changes")
        assert "failed before" not in watched.news, "nobody can run it again"


def test_a_conftest_and_a_setting_concern_everything_below(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("conftest.py", "collect_ignore = ['test_other.py']\n")
        assert "3 passed" in watched.waits()
        watched.write("pytest.ini", "[pytest]\naddopts = -k total\n")
        assert "1 passed, 2 deselected" in watched.waits()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import ctypes; ctypes.string_at(0)", "The run was killed by SIGSEGV in"),
        ("import os; os._exit(7)", "The run left with exit code 7 in"),
        ("import os; os.kill(os.getpid(), 9)", "The run was killed by SIGKILL in"),
    ],
)
def test_a_test_that_kills_the_process_is_named_and_the_watch_goes_on(
    folder: Path, body: str, said: str
) -> None:
    with begun(folder) as watched:
        watched.write("test_other.py", f"def test_other():\n    {body}\n")
        shown = watched.waits()
        assert said in shown
        assert "test_other.py::test_other" in shown
        watched.write("test_other.py", "def test_other(): pass\n")
        assert "1 passed" in watched.waits()


def test_a_test_that_hangs_is_ended_after_the_timeout(folder: Path) -> None:
    (folder / "test_other.py").write_text("import time\ndef test_other(): time.sleep(60)\n")
    with start(folder, "--watch-timeout=0.5") as watched:
        shown = watched.sees("waiting for changes")
        assert "test_other.py::test_other took longer than 0.5 s (--watch-timeout)" in shown


def test_a_test_that_hangs_whatever_it_is_told_is_killed(folder: Path) -> None:
    (folder / "test_other.py").write_text(
        "import signal, time\n"
        "def test_other():\n"
        "    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "    time.sleep(60)\n"
    )
    with start(folder, "--watch-timeout=0.5") as watched:
        assert "took longer than" in watched.sees("waiting for changes")


def test_an_internal_error_is_told_and_the_watch_goes_on(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write(
            "conftest.py",
            "def pytest_runtest_setup(item): pass\ndef pytest_itemcollected(item): 1/0\n",
        )
        assert "ZeroDivisionError" in watched.waits()
        watched.write("conftest.py", "")
        assert "4 passed" in watched.waits()


def test_a_run_starts_by_key(folder: Path) -> None:
    with begun(folder) as watched:
        watched.press("a")
        assert "4 passed" in watched.waits()
        watched.press("\r")
        assert "4 passed" in watched.waits()


def test_failed_only_stays_until_it_is_switched_off(folder: Path) -> None:
    (folder / "test_cart.py").write_text(
        "import cart\n"
        "def test_total(): assert cart.total([1, 2]) == 4\n"
        "def test_empty(): assert cart.total([]) == 0\n"
    )
    with begun(folder) as watched:
        watched.press("f")
        assert "1 failed" in watched.waits()
        watched.write("cart.py", "def total(prices): return sum(prices) + 0\n")
        shown = watched.waits()
        assert "1 failed" in shown
        assert "passed" not in shown.partition("short test summary")[2].partition("waiting")[0]
        watched.press("f")
        watched.sees("waiting for changes")


def test_filters_are_typed_and_stay_until_they_are_cleared(folder: Path) -> None:
    with begun(folder) as watched:
        watched.press("t")
        watched.sees("tests")
        watched.press("empty\r")
        assert "1 passed" in watched.waits()
        watched.write("cart.py", "def total(prices): return sum(prices) + 0\n")
        assert "1 passed" in watched.waits()
        watched.press("c")
        assert "2 passed" in watched.waits()
        watched.press("p")
        watched.press("other\r")
        assert "1 passed" in watched.waits()


def test_paused_it_runs_nothing_and_then_all_that_was_missed(folder: Path) -> None:
    with begun(folder) as watched:
        watched.press("s")
        watched.sees("paused")
        watched.write("cart.py", "def total(prices): return 3\n")
        watched.write("home.html", "Closed")
        time.sleep(0.5)
        assert "test session starts" not in watched.news
        watched.press("s")
        assert "2 failed" in watched.waits()


def test_stop_first_stops_at_the_first_failure(folder: Path) -> None:
    with begun(folder) as watched:
        watched.press("x")
        watched.sees("stops at the first failure")
        watched.write("cart.py", "def total(prices): return None\n")
        assert "stopping after 1 failures" in watched.waits()


def test_help_lists_the_keys(folder: Path) -> None:
    with begun(folder) as watched:
        watched.press("?")
        watched.sees("run all tests", "quit")


def test_keys_can_be_bound_otherwise(folder: Path) -> None:
    (folder / "pytest.ini").write_text("[pytest]\nlive_watch_keys =\n    all = Z\n")
    with begun(folder) as watched:
        watched.press("Z")
        assert "4 passed" in watched.waits()


def test_a_key_that_is_bound_wrongly_is_said_before_anything_runs(folder: Path) -> None:
    (folder / "pytest.ini").write_text("[pytest]\nlive_watch_keys =\n    al = Z\n")
    with start(folder) as watched:
        watched.sees("No action is called 'al'", "Did you mean `all`?")
        watched.exits(4)
        assert "Traceback" not in watched.screen.text


def test_files_that_the_run_itself_writes_trigger_nothing(folder: Path) -> None:
    (folder / "test_other.py").write_text(
        "import time\n"
        "from pathlib import Path\n"
        "def test_other():\n"
        "    path = Path('seen.txt')\n"
        "    path.read_text() if path.exists() else ''\n"
        "    path.write_text(str(time.time()))\n"
    )
    with begun(folder) as watched:
        time.sleep(0.7)
        assert len(watched.watching.runs()) == 1
        watched.press("a")
        watched.waits()
        time.sleep(0.7)
        assert len(watched.watching.runs()) == 2


def test_the_exit_code_is_the_last_runs(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("cart.py", "def total(prices): return 3\n")
        watched.waits()
        watched.write("cart.py", "def total(prices): return sum(prices)\n")
        assert "2 passed" in watched.waits()
        watched.press("q")
        watched.exits(0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_all_it_has_started(folder: Path, number: int) -> None:
    (folder / "test_other.py").write_text(
        "import subprocess, time\n"
        "def test_other():\n"
        "    subprocess.Popen(['sleep', '60'])\n"
        "    time.sleep(60)\n"
    )
    with start(folder) as watched:
        watched.sees("test_cart.py ..")
        wait_until(lambda: any("sleep" in one for one in left_behind(MARK, folder)), 10, "sleep")
        pid = watched.watching.processes(MARK, folder)[0]
        os.kill(pid, number)
        wait_until(lambda: not left_behind(MARK, folder), 10, f"{left_behind(MARK, folder)}")


def test_selected_results_are_those_of_a_cold_run(folder: Path) -> None:
    with begun(folder) as watched:
        watched.write("cart.py", "def total(prices): return 3\n")
        watched.waits()
        warm = watched.watching.runs()[-1]
        cold = once(folder, Results.in_folder(folder.parent / "cold"), "test_cart.py")
        assert warm.results == cold.results
