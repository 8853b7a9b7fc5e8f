import io

import pyte
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.cli.live import LiveRegion, cut, width_of


class Terminal:
    """A terminal of a few rows, and a region that is drawn on it."""

    def __init__(self, columns: int = 20, rows: int = 8) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.screen.set_mode(pyte.modes.LNM)
        self._out = io.StringIO()
        self.region = LiveRegion(self._out, width=lambda: self.screen.columns)

    def draw(self, *lines: str) -> None:
        self.region.draw(lines, lambda _number, text: text)
        self._flush()

    def print(self, line: str) -> None:
        self.region.clear()
        self._out.write(f"{line}\n")
        self._flush()

    def clear(self) -> None:
        self.region.clear()
        self._flush()

    def _flush(self) -> None:
        self._stream.feed(self._out.getvalue())
        self._out.seek(0)
        self._out.truncate()

    @property
    def shown(self) -> list[str]:
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines


def test_what_is_drawn_anew_takes_the_place_of_what_was_there() -> None:
    terminal = Terminal()
    terminal.print("before")

    terminal.draw("building", "one", "two")
    terminal.draw("building 50%", "three")

    assert terminal.shown == ["before", "building 50%", "three"]


def test_what_is_printed_meanwhile_stands_above() -> None:
    terminal = Terminal()
    terminal.draw("building", "one")

    terminal.print("a notice")
    terminal.draw("building", "two")

    assert terminal.shown == ["a notice", "building", "two"]


def test_nothing_is_left_of_it() -> None:
    terminal = Terminal()
    terminal.print("before")
    terminal.draw("building", "one", "two")

    terminal.clear()
    terminal.print("built")

    assert terminal.shown == ["before", "built"]
    assert not terminal.region.is_drawn


def test_it_scrolls_with_the_terminal() -> None:
    terminal = Terminal(rows=4)
    for number in range(10):
        terminal.print(f"line {number}")

    terminal.draw("building", "one", "two")
    terminal.draw("building", "three")
    terminal.print("built")

    assert terminal.shown[-1] == "built"
    assert "one" not in terminal.shown


def test_a_long_line_is_cut_and_stays_one_line() -> None:
    terminal = Terminal(columns=12)

    terminal.draw("a line that is too long", "漢字漢字漢字漢字")
    terminal.draw("short")

    assert terminal.shown == ["short"]


def test_the_cursor_is_hidden_meanwhile_and_comes_back() -> None:
    terminal = Terminal()

    terminal.draw("building")
    hidden = terminal.screen.cursor.hidden
    terminal.clear()

    assert (hidden, terminal.screen.cursor.hidden) == (True, False)


def test_clearing_nothing_writes_nothing() -> None:
    out = io.StringIO()

    LiveRegion(out, width=lambda: 80).clear()

    assert out.getvalue() == ""


def test_letters_of_east_asia_take_two_columns_and_marks_none() -> None:
    assert width_of("漢字") == 4
    assert width_of("e\N{COMBINING ACUTE ACCENT}") == 1
    assert width_of("a\N{ZERO WIDTH JOINER}b") == 2


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("four", 4) == "four"
    assert cut("fours", 4) == "fou…"
    assert cut("漢字漢", 5) == "漢字…"


@given(st.text(alphabet="a漢e\u0301 ", max_size=40), st.integers(1, 30))
def test_a_cut_text_is_never_wider_than_it_may_be(text: str, width: int) -> None:
    assert width_of(cut(text, width)) <= width
