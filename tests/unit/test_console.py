import io
import time
from collections import Counter

import pytest

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


@pytest.fixture(autouse=True)
def colour_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


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
    quiet.banner("site", "http://localhost:8000/", [], keys=True)
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
