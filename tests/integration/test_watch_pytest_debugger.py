"""The debugger under `pytest --live-watch`: the terminal is its own while it has the prompt."""

import time
from pathlib import Path
from textwrap import dedent

import pytest

from tests.integration.terminals import Terminal
from tests.integration.watch_runs import watching
from tests.processes import written

TEST = """
    import pathlib
    def test():
        value = 6 * 7
        {stop}
        after = value + 1
        pathlib.Path("went-on").write_text(str(after))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def write(project: Path, text: str) -> None:
    (project / "test_a.py").write_text(dedent(text))


def leave(screen: Terminal) -> None:
    """Wait until keys are read again, and leave."""
    screen.wait_for("waiting for changes")
    screen.press("q")
    screen.wait_for("ended with")
    assert "Exception in callback" not in screen.text


def test_a_breakpoint_has_the_terminal(project: Path) -> None:
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project) as screen:
        screen.wait_for("(Pdb)")
        screen.press("p 'value is', value\n")
        screen.wait_for("('value is', 42)")
        screen.press("c\n")
        screen.wait_for("1 passed")
        leave(screen)
    assert (project / "went-on").read_text() == "43"


def test_a_warm_run_has_it_too_again_and_again(project: Path) -> None:
    write(project, TEST.format(stop="pass"))
    with watching(project) as screen:
        screen.wait_for("waiting for changes")
        for number in range(2):
            write(project, TEST.format(stop=f"{number}; import pdb; pdb.set_trace()"))
            shown = len(screen.text)
            screen.wait_for_more("(Pdb)", shown)
            screen.press("p value * 1000\n")
            screen.wait_for_more("42000", shown)
            screen.press("c\n")
            screen.wait_for_more("waiting for changes", shown)
        leave(screen)


def test_a_breakpoint_that_is_set_at_the_prompt_has_it(project: Path) -> None:
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project) as screen:
        screen.wait_for("(Pdb)")
        screen.press("b 7\n")
        screen.wait_for("Breakpoint 1")
        screen.press("c\n")
        screen.wait_for("-> pathlib")
        screen.press("p after * 1000, __import__('os').isatty(0)\n")
        screen.wait_for("(43000, True)")
        screen.press("c\n")
        leave(screen)


@pytest.mark.parametrize(("way_out", "said"), [("q\n", "Quitting debugger"), ("\x04", "BdbQuit")])
def test_leaving_the_debugger_leaves_the_run_and_not_the_watch(
    project: Path, way_out: str, said: str
) -> None:
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project) as screen:
        screen.wait_for("(Pdb)")
        screen.press(way_out)
        screen.wait_for(said)
        screen.wait_for("waiting for changes")
        write(project, TEST.format(stop="pass"))
        screen.wait_for("1 passed")
        leave(screen)


@pytest.mark.parametrize(("way_out", "next_file"), [("q\n", "teardown"), ("\x04", "test_b")])
def test_after_a_debugger_that_was_left_keys_are_the_watchs_again(
    project: Path, way_out: str, next_file: str
) -> None:
    write(
        project,
        """
        import pathlib, pytest, time
        def stay(name):
            pathlib.Path(name).write_text("\\n")
            time.sleep(60)
        @pytest.fixture(scope="session", autouse=True)
        def thing():
            yield
            stay("teardown")
        def test_a(): breakpoint(); assert 0
        def test_b(): stay("test_b")
        """,
    )
    with watching(project) as screen:
        screen.wait_for("(Pdb)")
        screen.press(way_out)
        written(project / next_file)
        screen.press("q")
        screen.wait_for("ended with")


@pytest.mark.parametrize("way_out", ["c\n", "q\n", "\x04"])
def test_a_post_mortem_has_the_terminal(project: Path, way_out: str) -> None:
    write(project, TEST.format(stop="assert value == 'x'"))
    with watching(project, "--pdb") as screen:
        screen.wait_for("(Pdb)")
        screen.press("p value * 1000\n")
        screen.wait_for("42000")
        screen.press(way_out)
        screen.wait_for("1 failed")
        leave(screen)


def test_ctrl_c_inside_the_debugger_is_the_debuggers(project: Path) -> None:
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project) as screen:
        screen.wait_for("(Pdb)")
        screen.press("\x03")
        screen.wait_for("--KeyboardInterrupt--")
        screen.press("p value * 1000\n")
        screen.wait_for("42000")
        screen.press("c\n")
        screen.wait_for("1 passed")
        leave(screen)


def test_ctrl_z_inside_the_debugger_stops_nothing(project: Path) -> None:
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project) as screen:
        screen.wait_for("(Pdb)")
        screen.press("\x1a")
        screen.press("p value * 1000\n")
        screen.wait_for("42000")
        screen.press("c\n")
        leave(screen)


def test_a_change_waits_for_the_debugger(project: Path) -> None:
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project) as screen:
        screen.wait_for("(Pdb)")
        write(project, "def test_other(): print('other')\ndef test_more(): pass\n")
        screen.press("p value * 1000\n")
        screen.wait_for("42000")
        screen.press("c\n")
        began = time.monotonic()
        screen.wait_for("2 passed")
        # pdb wants to come back at Ctrl-C after `c`, which is how a run is cancelled.
        assert time.monotonic() - began < 4
        leave(screen)


def test_a_debugger_of_the_users_own_has_the_terminal(project: Path) -> None:
    (project / "own.py").write_text(
        "def stop():\n    import builtins\n    print('heard:', builtins.input('own> '))\n"
    )
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project, "-s", PYTHONBREAKPOINT="own.stop", PYTHONPATH=str(project)) as screen:
        screen.wait_for("own>")
        screen.press("hello\n")
        screen.wait_for("heard: hello")
        screen.wait_for("1 passed")
        leave(screen)


def test_a_test_that_is_not_captured_may_ask(project: Path) -> None:
    write(project, TEST.format(stop="print('answer:', input('question? ').upper())"))
    with watching(project, "-s") as screen:
        screen.wait_for("question?")
        screen.press("yes\n")
        screen.wait_for("answer: YES")
        screen.wait_for("1 passed")
        leave(screen)


def test_a_run_that_dies_in_the_debugger_leaves_the_terminal_to_the_watch(project: Path) -> None:
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project) as screen:
        screen.wait_for("(Pdb)")
        screen.press("import os; os._exit(9)\n")
        leave(screen)


def test_without_a_terminal_the_debugger_finds_no_input(project: Path) -> None:
    write(project, TEST.format(stop="breakpoint()"))
    with watching(project, "< /dev/null") as screen:
        screen.wait_for("BdbQuit")
