import io

import click
import pytest

from livereload_sse.build.results import Ending, Finished
from livereload_sse.cli.app_console import AppConsole
from livereload_sse.terminal.live import LiveRegion


@pytest.fixture(autouse=True)
def a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.delenv("NO_COLOR", raising=False)


class Printed:
    """A console of an app, and what it prints, without colours."""

    def __init__(self, *, live: bool = False, quiet: bool = False) -> None:
        self.lines: list[str] = []
        self.now = 100.0
        self.drawn = io.StringIO()
        self.is_ours = True
        self.region = LiveRegion(self.drawn, is_ours=lambda _out: self.is_ours) if live else None
        self.console = AppConsole(
            self.region,
            stamped=lambda line: self._print(f"12:00 {line}"),
            plain=self._print,
            quiet=quiet,
            clock=lambda: self.now,
        )

    def _print(self, line: str) -> None:
        if self.region is not None:
            self.region.clear()
        self.lines.append(click.unstyle(line))

    def wait(self, duration: float) -> None:
        self.now += duration
        self.console.tick()


def test_the_life_of_an_app_is_one_line_for_each_turn() -> None:
    printed = Printed()
    printed.console.waiting("http://127.0.0.1:5000/")
    printed.console.output("Running\nno end")
    printed.console.back(1.5)
    printed.console.restarting(["app.py"])
    printed.console.back(0.5)
    printed.console.restarting([])
    printed.console.output("Traceback")
    printed.console.died(Finished(Ending.EXITED, 1, 2.0, ""))

    assert printed.lines == [
        "12:00 waiting for http://127.0.0.1:5000/ to answer",
        "app │ Running",
        "app │ no end",
        "12:00 app answers after 1.50 s",
        "12:00 app.py → restarting the app",
        "12:00 app answers again after 0.50 s",
        "12:00 restarting the app",
        "app │ Traceback",
        "12:00 app ended after 2.00 s (exit code 1) · saving a file starts it again",
    ]


def test_quiet_keeps_what_the_app_says_and_that_it_has_died() -> None:
    printed = Printed(quiet=True)
    printed.console.output("Running\nno end")
    printed.console.waiting("http://127.0.0.1:5000/")
    printed.console.restarting(["app.py"])
    printed.console.back(0.5)
    printed.console.died(Finished(Ending.EXITED, 1, 2.0, ""))

    assert printed.lines[:2] == ["app │ Running", "app │ no end"]
    assert printed.lines[2].startswith("12:00 app ended")
    assert len(printed.lines) == 3


def test_in_a_pipe_a_line_that_does_not_end_is_printed_after_a_moment() -> None:
    printed = Printed()
    printed.console.output("Continue? ")

    printed.wait(0.2)

    assert printed.lines == ["app │ Continue?"]


def test_on_a_terminal_a_line_that_does_not_end_is_drawn_and_printed_when_it_has() -> None:
    printed = Printed(live=True)
    printed.console.output("\r 10%")
    printed.wait(0.1)
    printed.console.output("\r 50%")
    printed.wait(5.0)
    drawn, before = printed.drawn.getvalue(), list(printed.lines)

    printed.console.output("\r100%\n")

    assert "10%" in drawn
    assert "50%" in drawn
    assert before == []
    assert printed.lines == ["app │ 100%"]
    assert printed.drawn.getvalue().endswith("\x1b[?25h")


def test_what_is_drawn_has_a_dim_name_too() -> None:
    printed = Printed(live=True)
    printed.console.output("\r 10%")
    printed.wait(0.1)

    assert "\x1b[2mapp │ \x1b[0m 10%" in printed.drawn.getvalue()


def test_a_bar_that_erases_itself_leaves_nothing() -> None:
    printed = Printed(live=True)
    printed.console.output("\r 10%")
    printed.wait(0.1)
    printed.console.output("\r\x1b[K")
    printed.wait(0.1)
    drawn = printed.drawn.getvalue()
    printed.wait(0.1)

    assert drawn.endswith("\x1b[?25h")
    assert printed.drawn.getvalue() == drawn
    assert printed.lines == []


def test_in_the_background_a_line_that_does_not_end_is_printed() -> None:
    printed = Printed(live=True)
    printed.is_ours = False
    printed.console.output("Continue?")
    printed.wait(0.2)

    assert printed.drawn.getvalue() == ""
    assert printed.lines == ["app │ Continue?"]


def test_when_the_app_is_gone_what_it_has_begun_is_printed() -> None:
    printed = Printed(live=True)
    printed.console.output("no end")
    printed.wait(0.1)

    printed.console.flush()

    assert printed.lines == ["app │ no end"]
