import io
import time
from collections import Counter
from collections.abc import Callable

import pytest

from livereload_sse.build.news import Started
from livereload_sse.cli.console import Console
from livereload_sse.updates import Update

NOON = time.strptime("12:00:00", "%H:%M:%S")
RELOADED = Update(("index.html",), 1, Counter(reload=1), 0.05)


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def console(out: io.TextIOBase, *, verbose: bool = False, quiet: bool = False) -> Console:
    return Console(out=out, err=out, verbose=verbose, quiet=quiet, now=lambda: NOON)  # type: ignore[arg-type]


CLEARED = "\x1b[?25h"


def announced(out: io.StringIO, *, quiet: bool = False) -> Console:
    """Make a console that has printed its banner, which is then forgotten."""
    printing = console(out, quiet=quiet)
    printing.banner("site", "http://localhost:8000/", [], keys=False)
    out.seek(0)
    out.truncate()
    return printing


@pytest.fixture(autouse=True)
def colour_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_a_pipe_gets_plain_lines() -> None:
    out = io.StringIO()
    console(out).banner("site", "http://localhost:8000/", [], keys=False)
    console(out).update(RELOADED)

    assert out.getvalue() == (
        "Serving site at http://localhost:8000/\n12:00:00  index.html → reloaded 1 tab · 50 ms\n"
    )


def test_a_terminal_gets_colour() -> None:
    out = Terminal()
    console(out).update(RELOADED)

    assert "\x1b[1mindex.html\x1b[0m" in out.getvalue()


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    console(out).banner("site", "http://localhost:8000/", ["http://192.0.2.7:8000/"], keys=True)
    console(out).update(RELOADED)

    assert "\x1b" not in out.getvalue()


def test_a_terminal_is_told_about_the_keys() -> None:
    out = Terminal()
    console(out).banner("site", "http://localhost:8000/", ["http://192.0.2.7:8000/"], keys=True)

    assert "http://192.0.2.7:8000/" in out.getvalue()
    assert "h for help" in out.getvalue()


def test_a_line_that_a_narrow_terminal_would_cut_is_broken_at_the_arrow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    console(out).update(RELOADED)
    monkeypatch.setenv("COLUMNS", "60")
    console(out).update(RELOADED)

    assert out.getvalue() == (
        "12:00:00  index.html\n          → reloaded 1 tab · 50 ms\n"
        "12:00:00  index.html → reloaded 1 tab · 50 ms\n"
    )


def test_quiet_prints_only_the_address_and_what_goes_wrong() -> None:
    out = Terminal()
    quiet = console(out, quiet=True)
    quiet.banner("site", "http://localhost:8000/", [], keys=True, facts=["running make"])
    quiet.update(RELOADED)
    quiet.say("Paused")
    quiet.request("GET", "/", 200, 0.001)
    quiet.notice("No file events arrive")

    assert out.getvalue().count("\n") == 2
    assert "No file events arrive" in out.getvalue()


def test_requests_are_printed_only_when_asked_for() -> None:
    out = io.StringIO()
    console(out).request("GET", "/a", 200, 0.001)
    console(out, verbose=True).request("GET", "/b", 404, 0.002)

    assert out.getvalue() == "12:00:00  GET /b 404 2 ms\n"


def test_a_stream_that_cannot_show_an_arrow_gets_one_in_ascii() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    console(out).update(Update(("猫.html",), 0, Counter(), None))

    assert raw.getvalue() == b"12:00:00  \\u732b.html -> no tab is open\n"


def test_an_error_is_what_where_and_what_next() -> None:
    out = io.StringIO()
    console(out).error("No such folder: site\nGive the folder to serve")

    assert out.getvalue() == "Error: No such folder: site\nGive the folder to serve\n"


def test_a_wide_name_counts_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "45")
    out = Terminal()
    console(out).update(Update(("漢字漢字.css",), 1, Counter(reload=1), 0.05))

    assert len(out.getvalue().splitlines()) == 2


def test_what_an_app_prints_keeps_its_colours_on_a_terminal() -> None:
    out = Terminal()
    announced(out).app.output("\x1b[31mred\x1b[0m\n")

    assert out.getvalue() == "\x1b[2mapp │ \x1b[0m\x1b[31mred\x1b[0m\n"


def test_what_an_app_prints_has_no_colours_where_nobody_wants_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe, terminal = io.StringIO(), Terminal()
    announced(pipe).app.output("\x1b[31mred\x1b[0m\n")
    monkeypatch.setenv("NO_COLOR", "1")
    announced(terminal).app.output("\x1b[31mred\x1b[0m\n")

    assert pipe.getvalue() == terminal.getvalue() == "app │ red\n"


def test_a_stream_that_has_no_line_for_the_app_gets_one_in_ascii() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    printing = console(out)
    printing.banner("site", "http://localhost:8000/", [], keys=False)
    printing.app.output("→ · … 猫\n")

    assert raw.getvalue().endswith(b"\napp | -> - ... \\u732b\n")


@pytest.mark.parametrize(
    "speak",
    [
        lambda console: console.say("Going on."),
        lambda console: console.error("No such folder"),
        lambda console: console.give_way(),
    ],
)
def test_what_is_drawn_is_taken_away_before_anything_is_printed(
    speak: Callable[[Console], None],
) -> None:
    out = Terminal()
    printing = announced(out)
    printing.app.output("no end yet")
    printing.tick()
    drawn = out.getvalue()

    speak(printing)

    assert "no end yet" in drawn
    assert out.getvalue().removeprefix(drawn).partition(CLEARED)[0] == "\r\x1b[J"
    assert CLEARED in out.getvalue()


def test_builds_and_the_app_are_both_told_that_time_has_passed() -> None:
    now = 100.0
    out = io.StringIO()
    printing = Console(out=out, now=lambda: NOON, clock=lambda: now)
    printing.banner("site", "http://localhost:8000/", [], keys=False)
    printing.news(Started(1, "make", (), expected=None))
    printing.app.output("no end")
    now += 2.0

    printing.tick()

    assert out.getvalue().endswith("12:00:00  building … make\napp │ no end\n")


def test_quiet_draws_nothing() -> None:
    out = Terminal()
    quiet = announced(out, quiet=True)
    quiet.app.output("\r 10%")
    quiet.tick()

    assert out.getvalue() == ""


def test_what_an_app_says_before_the_banner_stands_below_it() -> None:
    out = io.StringIO()
    printing = console(out)
    printing.news(Started(1, "make", (), expected=None))
    printing.app.output("early\n")
    before = out.getvalue()
    for _ in range(2):
        printing.banner("site", "http://localhost:8000/", [], keys=False)

    serving = "Serving site at http://localhost:8000/\n"
    assert before == ""
    assert out.getvalue() == f"{serving}app │ early\n{serving}"


def test_there_is_more_to_follow_once_somebody_has_asked_for_it() -> None:
    plain, following = console(io.StringIO()), console(io.StringIO())
    following.app.output("no end")

    assert (plain.has_more, following.has_more) == (False, True)


def test_a_pipe_is_told_how_it_is_served() -> None:
    out = io.StringIO()
    console(out).banner("site", "http://localhost:8000/", [], keys=False, facts=["running make"])

    assert out.getvalue() == "Serving site at http://localhost:8000/\nrunning make\n"
