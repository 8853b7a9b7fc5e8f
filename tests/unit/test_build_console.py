import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from livereload_sse.build.news import Failed, Progressed, Started, Succeeded
from livereload_sse.build.report import make_report
from livereload_sse.build.results import Ending, Finished, Problem
from livereload_sse.cli.build_console import BuildConsole
from livereload_sse.terminal.live import LiveRegion
from livereload_sse.updates import Update

STARTED = Started(2, "make", ("a.md",), expected=2.0)
BUILT = Succeeded(build=2, duration=1.24, changed=3, pages=3, files=230, first=False)
UPDATE = Update(("a.md",), tabs=2, actions=Counter({"reload": 2}), duration=0.031, built=BUILT)


@pytest.fixture(autouse=True)
def a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.delenv("NO_COLOR", raising=False)


class Printed:
    """A console of builds, and what it prints, without colours."""

    def __init__(self, *, live: bool = False, verbose: bool = False, quiet: bool = False) -> None:
        self.lines: list[str] = []
        self.now = 100.0
        self.drawn = io.StringIO()
        self.is_ours = True
        self.console = BuildConsole(
            LiveRegion(self.drawn, is_ours=lambda _out: self.is_ours) if live else None,
            stamped=self._print,
            plain=self._print,
            verbose=verbose,
            quiet=quiet,
            clock=lambda: self.now,
        )

    def _print(self, line: str) -> None:
        import click  # noqa: PLC0415 - only to take the colours away

        self.lines.append(click.unstyle(line))


def failed(*, shown: bool = False) -> Failed:
    finished = Finished(Ending.EXITED, 2, 0.42, "one\ntwo\nError: this is wrong\n")
    report = make_report(finished, project=Path("/site"), read=lambda _path: None)
    return Failed(2, "make", Ending.EXITED, 2, 0.42, shown, report)


def test_a_build_that_changes_pages_is_one_line_when_the_tabs_have_answered() -> None:
    printed = Printed()
    printed.console.news(STARTED)
    printed.console.news(BUILT)
    before = list(printed.lines)

    printed.console.built(UPDATE, BUILT)

    assert before == []
    assert printed.lines == ["a.md → built in 1.24 s · 3 pages changed · reloaded 2 tabs · 31 ms"]


def test_a_build_that_changes_nothing_waits_for_nobody() -> None:
    printed = Printed()

    printed.console.news(replace(BUILT, changed=0, pages=0))

    assert printed.lines == ["built in 1.24 s · nothing changed"]


def test_the_first_build_is_said_once() -> None:
    printed = Printed()
    first = replace(BUILT, first=True)

    printed.console.news(first)
    printed.console.built(replace(UPDATE, built=first), first)

    assert printed.lines == ["built in 1.24 s · 230 files"]


def test_warnings_come_after_their_build() -> None:
    printed = Printed()
    odd = replace(BUILT, warnings=(Problem("warning", "odd"),))

    printed.console.news(odd)
    printed.console.built(replace(UPDATE, built=odd), odd)

    assert [line.split(" → ")[0] for line in printed.lines] == ["a.md", "  warning odd"]


def test_a_failed_build_says_everything_at_once() -> None:
    printed = Printed()

    printed.console.news(failed())

    assert printed.lines == [
        "build failed after 0.42 s (exit code 2)",
        "  this is wrong",
        "  one",
        "  two",
        "  Error: this is wrong",
        "  There is nothing to show yet; saving builds again.",
    ]


def test_after_a_good_build_the_last_site_stays() -> None:
    printed = Printed()
    printed.console.news(BUILT)

    printed.console.news(failed())

    assert printed.lines[-1] == "  The last good site is still shown; saving builds again."


def test_quiet_says_only_what_goes_wrong() -> None:
    printed = Printed(quiet=True)

    printed.console.news(replace(BUILT, first=True))
    printed.console.built(UPDATE, BUILT)
    nothing = list(printed.lines)
    printed.console.news(failed())

    assert nothing == []
    assert printed.lines[0] == "build failed after 0.42 s (exit code 2)"


def test_a_terminal_follows_a_build_that_takes_longer_than_a_moment() -> None:
    printed = Printed(live=True)
    printed.console.news(STARTED)
    printed.console.output("\x1b[31mreading\x1b[0m one\nreading two\n")
    printed.now += 0.2
    printed.console.tick()
    soon = printed.drawn.getvalue()

    printed.now += 0.8
    printed.console.tick()

    assert soon == ""
    assert "building 50% · 1.0 s\n" in printed.drawn.getvalue()
    assert "  reading two" in printed.drawn.getvalue()


def test_what_the_build_says_of_itself_counts_before_a_guess() -> None:
    printed = Printed(live=True)
    printed.console.news(STARTED)
    printed.now += 1.0
    printed.console.news(Progressed(2, 1.0, 0.1, "reading", "reading 10%"))

    printed.console.tick()

    assert "building 10% · 1.0 s · reading" in printed.drawn.getvalue()


def test_when_it_is_over_nothing_is_drawn_any_more() -> None:
    printed = Printed(live=True)
    printed.console.news(STARTED)
    printed.now += 1.0
    printed.console.tick()
    printed.console.news(BUILT)
    printed.drawn.truncate(0)

    printed.console.tick()

    assert printed.drawn.getvalue() == ""


def test_a_long_build_that_cannot_be_followed_is_said_once() -> None:
    printed = Printed()
    printed.console.news(STARTED)
    printed.now += 0.9
    printed.console.tick()
    soon = list(printed.lines)

    for _ in range(3):
        printed.now += 0.2
        printed.console.tick()

    assert soon == []
    assert printed.lines == ["building … make"]


def test_each_long_build_is_said() -> None:
    printed = Printed()
    for _ in range(2):
        printed.console.news(STARTED)
        printed.now += 2.0
        printed.console.tick()
        printed.console.news(replace(BUILT, changed=0))

    assert printed.lines.count("building … make") == 2


def test_a_build_in_the_background_is_said_and_not_drawn() -> None:
    printed = Printed(live=True)
    printed.is_ours = False
    printed.console.news(STARTED)
    printed.now += 2.0

    printed.console.tick()

    assert printed.drawn.getvalue() == ""
    assert printed.lines == ["building … make"]


def test_a_build_that_is_followed_is_not_said_as_well() -> None:
    printed = Printed(live=True)
    printed.console.news(STARTED)
    printed.now += 2.0

    printed.console.tick()

    assert printed.lines == []


def test_quiet_follows_nothing() -> None:
    printed = Printed(live=True, quiet=True)
    printed.console.news(STARTED)
    printed.now += 2.0

    printed.console.tick()

    assert (printed.drawn.getvalue(), printed.lines) == ("", [])


def test_a_pipe_gets_no_drawing_and_with_verbose_the_output() -> None:
    printed = Printed(verbose=True)
    printed.console.news(STARTED)
    printed.console.output("\x1b[31mreading\x1b[0m one\n")
    printed.now += 0.5

    printed.console.tick()

    assert printed.drawn.getvalue() == ""
    assert printed.lines == ["  reading one"]
