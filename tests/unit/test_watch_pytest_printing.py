import io

import pytest

from livereload_sse.pytest_watch.screen.printing import Printer
from livereload_sse.pytest_watch.screen.spans import Line, Span

LINE: Line = (Span("a → ", "quiet"), Span("漢 ok", "good"))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def colour_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_person_sees_colours() -> None:
    out = Terminal()

    Printer(out).print(LINE)

    assert out.getvalue() == "\x1b[2ma → \x1b[0m\x1b[32m漢 ok\x1b[0m\n"


def test_a_pipe_gets_none() -> None:
    out = io.StringIO()

    Printer(out).print(LINE)

    assert out.getvalue() == "a → 漢 ok\n"


def test_no_color_is_obeyed_unless_colours_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert not Printer(Terminal()).has_colours
    assert Printer(io.StringIO(), colour=True).has_colours


def test_colours_can_be_refused() -> None:
    assert not Printer(Terminal(), colour=False).has_colours


def test_what_the_encoding_cannot_carry_is_spelt() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")

    Printer(out).print(LINE)

    assert raw.getvalue() == b"a > ?? ok\n"


def test_colours_stay_in_their_places_when_a_letter_is_spelt_with_two() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")

    Printer(out, colour=True).print((Span("漢", "bad"), Span("ok", "good")))

    assert raw.getvalue() == b"\x1b[1;31m??\x1b[0m\x1b[32mok\x1b[0m\n"


def test_a_reader_that_has_gone_is_no_error() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    printer = Printer(Gone())

    printer.print(LINE)
    printer.print(LINE)

    printer._out.close()
