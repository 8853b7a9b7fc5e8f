import io

import pyte
import pytest

from livereload_sse.terminal.live import HOLD, RELEASE, LiveRegion


@pytest.fixture(autouse=True)
def colour_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


class Terminal:
    """A terminal of a few rows, and a region that is drawn on it."""

    def __init__(self, columns: int = 20, rows: int = 8) -> None:
        self.screen = pyte.HistoryScreen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.screen.set_mode(pyte.modes.LNM)
        self._out = io.StringIO()
        self.is_ours = True
        self.written = ""
        self.region = LiveRegion(
            self._out,
            width=lambda: self.screen.columns,
            height=lambda: self.screen.lines,
            is_ours=lambda _out: self.is_ours,
        )

    def draw(self, *lines: str) -> bool:
        drawn = self.region.draw(lines, lambda _number, text: f"\x1b[2m{text}\x1b[0m")
        self._flush()
        return drawn

    def print(self, line: str) -> None:
        self.region.clear()
        self._out.write(f"{line}\n")
        self._flush()

    def clear(self) -> None:
        self.region.clear()
        self._flush()

    def _flush(self) -> None:
        self.written = self._out.getvalue()
        self._stream.feed(self.written)
        self._out.seek(0)
        self._out.truncate()

    @property
    def scrolled_off(self) -> list[str]:
        rows = self.screen.history.top
        width = self.screen.columns
        return ["".join(row[column].data for column in range(width)).rstrip() for row in rows]

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


def test_on_a_low_terminal_the_first_line_stays_and_the_last_of_the_others() -> None:
    terminal = Terminal(rows=4)

    terminal.draw("building", "one", "two", "three", "four")

    assert terminal.shown == ["building", "three", "four"]


def test_on_a_low_terminal_no_drawing_is_left_where_nobody_can_take_it_away() -> None:
    terminal = Terminal(rows=4)
    for number in range(4):
        terminal.print(f"line {number}")
    for number in range(5):
        terminal.draw("building", "one", "two", f"three {number}", f"four {number}")

    terminal.print("built")

    assert [*terminal.scrolled_off, *terminal.shown] == [
        "line 0", "line 1", "line 2", "line 3", "built",
    ]  # fmt: skip


def test_on_a_terminal_of_one_row_only_the_first_line_is_drawn() -> None:
    terminal = Terminal(rows=1)

    terminal.draw("building", "one", "two")
    terminal.draw("building 50%", "one", "two")

    assert terminal.shown == ["building 50%"]
    assert terminal.scrolled_off == []


def test_a_terminal_that_became_narrower_has_wrapped_what_stands_there() -> None:
    terminal = Terminal(columns=20)
    terminal.draw("a line of 19 columns", "one")
    terminal.screen.resize(columns=10)

    terminal.draw("building")

    assert terminal.written.startswith(f"{HOLD}\r\x1b[2A\x1b[J")


def test_a_line_that_is_wider_than_its_table_says_is_not_wrapped() -> None:
    terminal = Terminal(columns=12)
    wide = "\N{WARNING SIGN}" * 11  # one column each by the table, two where it is an emoji

    terminal.draw("building", wide)

    assert terminal.written.index("\x1b[?7l") < terminal.written.index(wide)
    assert terminal.written.index(wide) < terminal.written.index("\x1b[?7h")
    assert pyte.modes.DECAWM in terminal.screen.mode


def test_a_drawing_appears_all_at_once() -> None:
    terminal = Terminal()

    terminal.draw("building", "one")

    assert terminal.written.startswith(HOLD)
    assert terminal.written.endswith(RELEASE)


def test_colour_is_left_out_where_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    terminal.draw("building")
    coloured = terminal.written
    monkeypatch.setenv("NO_COLOR", "1")

    terminal.draw("building", "one")

    assert "\x1b[2mbuilding\x1b[0m" in coloured
    assert "\x1b[2m" not in terminal.written
    assert terminal.shown == ["building", "one"]


def test_in_the_background_nothing_is_drawn_and_nothing_taken_away() -> None:
    terminal = Terminal()
    terminal.draw("building")
    terminal.is_ours = False

    is_drawn = terminal.draw("building 50%")
    on_draw = terminal.written
    terminal.clear()

    assert (is_drawn, on_draw, terminal.written) == (False, "", "")


def test_back_in_front_it_does_not_look_for_what_it_has_drawn_before() -> None:
    terminal = Terminal()
    terminal.draw("building", "one", "two")
    terminal.is_ours = False
    terminal.print("$ fg")
    terminal.is_ours = True

    assert terminal.draw("building 50%")

    assert "\x1b[2A" not in terminal.written


def test_a_dumb_terminal_is_not_drawn_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()

    assert not terminal.draw("building")
    assert terminal.written == ""


def test_what_the_terminal_cannot_spell_is_spelt_as_wide() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="latin-1")
    region = LiveRegion(out, width=lambda: 20, height=lambda: 4, is_ours=lambda _out: True)

    region.draw(["building · 漢字"], lambda _number, text: text)

    assert "building · ????".encode("latin-1") in raw.getvalue()
