import io
import os
import re
import time

import pyte
import pytest

from livereload_sse.pytest_watch.screen.bindings import Bindings
from livereload_sse.pytest_watch.screen.screen import Screen
from livereload_sse.pytest_watch.screen.standing import Counts, Mode, Standing
from livereload_sse.pytest_watch.screen.typeahead import Typeahead

NOW = time.struct_time((2024, 5, 17, 14, 3, 22, 4, 138, 0))
GREEN = Standing(counts=Counts(passed=4), chosen=4)
RED = Standing(counts=Counts(passed=3, failed=1), chosen=4, exit_code=1)
PROMPT = " _   2 of 2"
WAITING = " waiting for changes · ? help  q quit"


@pytest.fixture(autouse=True)
def colour_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


class Out(io.StringIO):
    """What looks like a terminal to who writes."""

    def isatty(self) -> bool:
        return True


class Terminal:
    """A terminal of a few rows, the screen on it, and a run that prints there as well."""

    def __init__(
        self,
        columns: int = 60,
        rows: int = 12,
        *,
        clears: bool = False,
        bell: bool = False,
        name: str = "",
        bindings: Bindings | None = None,
    ) -> None:
        self.terminal = pyte.HistoryScreen(columns, rows)
        self._stream = pyte.Stream(self.terminal)
        self.terminal.set_mode(pyte.modes.LNM)
        self._out = Out()
        self.written = ""
        self.said_columns = 0
        self.screen = Screen(
            self._out,
            bindings=bindings,
            clears=clears,
            bell=bell,
            name=name,
            now=lambda: NOW,
            size=lambda: (self.said_columns or self.terminal.columns, self.terminal.lines),
        )

    def run_prints(self, text: str) -> None:
        self._flush()
        self._stream.feed(text)

    def run(
        self, *lines: str, standing: Standing = GREEN, header: str = "cart.py → 4 of 4 tests"
    ) -> None:
        """One whole run."""
        self.screen.begin_run(header)
        for line in lines:
            self.run_prints(f"{line}\n")
        self.screen.end_run()
        self.screen.waiting(standing)

    def _flush(self) -> None:
        self.written += self._out.getvalue()
        self._stream.feed(self._out.getvalue())
        self._out.seek(0)
        self._out.truncate()

    @property
    def shown(self) -> list[str]:
        self._flush()
        lines = [line.rstrip() for line in self.terminal.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    @property
    def scrolled_off(self) -> list[str]:
        self._flush()
        width = self.terminal.columns
        rows = self.terminal.history.top
        return ["".join(row[column].data for column in range(width)).rstrip() for row in rows]


def test_a_run_stands_between_its_header_and_the_state() -> None:
    terminal = Terminal()

    terminal.run("....", "4 passed")

    assert terminal.shown == [
        "14:03:22  cart.py → 4 of 4 tests",
        "....",
        "4 passed",
        "",
        " PASS  4 passed",
        WAITING,
    ]


def test_the_state_makes_way_for_the_next_run() -> None:
    terminal = Terminal()
    terminal.run("F...", standing=RED)

    terminal.run("....")

    assert terminal.shown == [
        "14:03:22  cart.py → 4 of 4 tests",
        "F...",
        "",
        "14:03:22  cart.py → 4 of 4 tests",
        "....",
        "",
        " PASS  4 passed",
        WAITING,
    ]


def test_a_terminal_that_is_wider_than_it_is_said_to_be_is_asked_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal(columns=100)
    monkeypatch.setattr(Out, "fileno", lambda _self: 1)
    monkeypatch.setattr("os.get_terminal_size", lambda _number: os.terminal_size((100, 12)))
    terminal.said_columns = 60  # by COLUMNS
    terminal.screen.begin_run("")
    terminal.run_prints("test_slow.py ..")

    terminal.screen.note("test_slow.py is gone")

    assert terminal.shown == ["test_slow.py ..", "14:03:22  test_slow.py is gone"]


def test_nothing_is_cleared_for_a_run_that_goes_on_with_the_last_one() -> None:
    terminal = Terminal(clears=True)
    terminal.run("..")

    terminal.screen.begin_run("1 test left behind test_slow", goes_on=True)

    assert terminal.shown[-2:] == ["", "14:03:22  1 test left behind test_slow"]
    assert terminal.shown[1] == ".."


def test_a_run_may_begin_without_a_word() -> None:
    terminal = Terminal()

    terminal.run("====", header="")

    assert terminal.shown == ["====", "", " PASS  4 passed", WAITING]


def test_a_run_that_ended_in_the_middle_of_a_line_does_not_share_it() -> None:
    terminal = Terminal()
    terminal.screen.begin_run("cart.py → 4 of 4 tests")
    terminal.run_prints("\x1b[31m..")

    terminal.screen.end_run()
    terminal.screen.waiting(GREEN)
    terminal.screen.redraw()

    assert terminal.shown == [
        "14:03:22  cart.py → 4 of 4 tests",
        "..",
        "",
        " PASS  4 passed",
        WAITING,
    ]


def test_a_note_while_a_run_prints_has_a_line_of_its_own() -> None:
    terminal = Terminal()
    terminal.screen.begin_run("cart.py → 4 of 4 tests")
    terminal.run_prints("\x1b[31m..")

    terminal.screen.note("stops at the first failure")
    terminal.run_prints("..\n")
    terminal.screen.note("paused: changes wait")

    assert terminal.shown == [
        "14:03:22  cart.py → 4 of 4 tests",
        "..",
        "14:03:22  stops at the first failure",
        "..",
        "14:03:22  paused: changes wait",
    ]
    assert terminal.terminal.buffer[2][11].fg == "default"


def test_a_note_while_we_wait_stands_above_the_state() -> None:
    terminal = Terminal()
    terminal.run("....")

    terminal.screen.note("notes.txt → no test reads it")

    assert terminal.shown[1:] == [
        "....",
        "14:03:22  notes.txt → no test reads it",
        "",
        " PASS  4 passed",
        WAITING,
    ]


def test_a_note_can_matter() -> None:
    terminal = Terminal()

    terminal.screen.note("the record was dropped", "careful")

    assert "\x1b[33mthe record was dropped" in terminal.written + terminal._out.getvalue()


def test_the_state_is_drawn_anew_for_a_new_size() -> None:
    terminal = Terminal(columns=60)
    terminal.screen.waiting(Standing(counts=Counts(passed=4), known_failures=3, others=300))
    terminal.shown  # noqa: B018 - it draws

    terminal.terminal.resize(columns=30)
    terminal.screen.tick()

    assert terminal.shown[-4:] == [
        "       3 failed before and",
        "       were not run again",
        " waiting for changes",
        " ? help  q quit",
    ]


def test_a_tick_without_a_reason_writes_nothing() -> None:
    terminal = Terminal()
    terminal.run("....")
    terminal.shown  # noqa: B018 - it draws
    before = terminal.written

    terminal.screen.tick()

    assert terminal.shown
    assert terminal.written == before


def test_while_a_run_prints_nothing_is_drawn() -> None:
    terminal = Terminal()
    terminal.run("....")
    terminal.screen.begin_run("b.py → 1 of 4 tests")
    terminal.run_prints("..")
    before = terminal.shown

    terminal.screen.redraw()
    terminal.screen.tick()

    assert terminal.shown == before


def test_on_a_low_terminal_the_verdict_and_what_is_waited_for_stay() -> None:
    terminal = Terminal(rows=4)

    terminal.screen.waiting(
        Standing(counts=Counts(passed=4), known_failures=1), Mode(stop_first=True, tests="a")
    )

    assert terminal.shown == [
        " FAIL  4 passed",
        "       tests like a · stops at the first failure",
        WAITING,
    ]


@pytest.mark.parametrize(("rows", "first"), [(4, ""), (3, " PASS  4 passed")])
def test_the_blank_line_goes_first_where_rows_are_few(rows: int, first: str) -> None:
    terminal = Terminal(rows=rows)

    terminal.screen.waiting(GREEN)

    assert terminal.shown[0] == first
    assert terminal.shown[-1] == WAITING


@pytest.mark.parametrize(("rows", "first"), [(6, ""), (5, PROMPT), (4, PROMPT), (3, PROMPT)])
def test_a_filter_being_typed_fits_few_rows(rows: int, first: str) -> None:
    terminal = Terminal(columns=80, rows=rows)

    terminal.screen.typing(Typeahead(["a", "b"]))

    assert terminal.shown[0] == first
    assert len(terminal.shown) == rows - 1
    assert terminal.scrolled_off == []


def test_lines_leave_the_last_column_free_and_use_the_one_before() -> None:
    for columns, lines in ((len(WAITING) + 1, 1), (len(WAITING), 2)):
        terminal = Terminal(columns=columns)
        terminal.screen.waiting(GREEN)

        assert len(terminal.shown) == 2 + lines


def test_a_block_fills_the_width() -> None:
    terminal = Terminal(columns=15)

    terminal.screen.block(["aaaa bbbbb", "aaaa bbbbbb"])

    assert terminal.shown == ["", "  aaaa bbbbb", "  aaaa", "    bbbbbb"]


def test_the_help_lists_the_keys_above_the_state() -> None:
    terminal = Terminal(rows=30)
    terminal.run("....")

    terminal.screen.help(Mode(stop_first=True), without=["snapshots"])

    shown = terminal.shown
    assert shown[:4] == ["14:03:22  cart.py → 4 of 4 tests", "....", "", "  Enter  run now"]
    assert "  x      stop at the first failure (on)" in shown
    assert not any("snapshots" in line for line in shown)
    assert shown[-4:] == ["  q      quit", "", " PASS  4 passed", WAITING]


def test_a_block_is_indented_and_folds_further_in() -> None:
    terminal = Terminal(columns=30)

    terminal.screen.block(["test_page.py → page.py → templates/home.html", "  b"])

    assert terminal.shown == [
        "",
        "  test_page.py → page.py →",
        "    templates/home.html",
        "    b",
    ]


def test_an_error_says_what_and_then_what_to_do() -> None:
    terminal = Terminal()

    terminal.screen.error("No such key: live_watch_keys\nGive it one sign.")

    assert terminal.shown == ["Error: No such key: live_watch_keys", "Give it one sign."]


def test_the_opening_says_what_is_watched_and_how_one_leaves() -> None:
    named, keyless = Terminal(name="shop"), Terminal()
    keyless.screen.keys = False

    named.screen.opening()
    keyless.screen.opening()

    assert named.shown == ["sse-reload watches shop · ? help  q quit"]
    assert keyless.shown == ["sse-reload watches the tests · Ctrl-C quits"]


def test_a_filter_is_typed_in_the_place_of_the_state_which_comes_back() -> None:
    terminal = Terminal()
    terminal.run("....")
    typeahead = Typeahead(["test_add", "test_empty"], title="tests")

    terminal.screen.typing(typeahead)
    typeahead.feed("e")
    typeahead.feed("m")
    terminal.screen.typing(typeahead)

    assert terminal.shown[2:5] == ["", " tests: em_   1 of 2", "   test_empty"]
    assert " PASS  4 passed" not in terminal.shown
    terminal.screen.typing(None)
    assert terminal.shown[1:] == ["....", "", " PASS  4 passed", WAITING]


def test_a_filter_can_be_typed_while_a_run_is_held_which_then_goes_on() -> None:
    terminal = Terminal()
    terminal.screen.begin_run("cart.py → 4 of 4 tests")
    terminal.run_prints("..")
    typeahead = Typeahead(["test_add"])

    terminal.screen.typing(typeahead)
    terminal.screen.tick()
    terminal.screen.note("b.py → waits")
    assert terminal.shown[1:5] == ["..", "14:03:22  b.py → waits", "", " _   1 of 1"]
    terminal.screen.typing(None)
    terminal.shown  # noqa: B018 - it draws
    terminal.run_prints("..\n")

    assert terminal.shown == [
        "14:03:22  cart.py → 4 of 4 tests",
        "..",
        "14:03:22  b.py → waits",
        "..",
    ]


def test_a_run_that_begins_ends_what_was_being_typed() -> None:
    terminal = Terminal()
    terminal.screen.typing(Typeahead(["test_add"]))

    terminal.screen.begin_run("cart.py → 4 of 4 tests")
    terminal.screen.tick()

    assert terminal.shown == ["14:03:22  cart.py → 4 of 4 tests"]


def test_clearing_leaves_the_new_run_alone_on_the_screen() -> None:
    terminal = Terminal(rows=8, clears=True)
    terminal.run("F...", standing=RED)

    terminal.run("....")

    assert terminal.shown == [
        "14:03:22  cart.py → 4 of 4 tests",
        "....",
        "",
        " PASS  4 passed",
        WAITING,
    ]


def test_what_was_cleared_can_be_scrolled_back_to_and_nothing_else() -> None:
    terminal = Terminal(rows=8, clears=True)
    terminal.run("F...", standing=RED)

    terminal.run("....")

    assert terminal.scrolled_off == ["14:03:22  cart.py → 4 of 4 tests", "F..."]
    assert "\x1b[3J" not in terminal.written


def test_the_first_run_clears_nothing() -> None:
    terminal = Terminal(clears=True)
    terminal.run_prints("$ pytest --watch\n")

    terminal.run("....")

    assert terminal.shown[0] == "$ pytest --watch"


def test_clearing_can_be_switched_on_later() -> None:
    terminal = Terminal()
    terminal.run("F...")
    terminal.screen.clears = True

    terminal.run("....")

    assert terminal.shown[:2] == ["14:03:22  cart.py → 4 of 4 tests", "...."]
    assert len(terminal.shown) == 5


def test_who_has_the_terminal_is_not_disturbed() -> None:
    terminal = Terminal()
    terminal.run("....")

    terminal.screen.lend()
    terminal.screen.redraw()
    terminal.screen.tick()
    terminal.screen.note("cart.py → waits for the debugger")
    assert terminal.shown == ["14:03:22  cart.py → 4 of 4 tests", "...."]

    terminal.run_prints("(Pdb) c\n")
    terminal.screen.take_back()
    assert terminal.shown[2:] == [
        "(Pdb) c",
        "14:03:22  cart.py → waits for the debugger",
        "",
        " PASS  4 passed",
        WAITING,
    ]


def test_what_gave_way_to_the_shell_is_drawn_again_by_the_next_tick() -> None:
    terminal = Terminal()
    terminal.run("....")

    terminal.screen.give_way()
    assert terminal.shown == ["14:03:22  cart.py → 4 of 4 tests", "...."]
    terminal.screen.tick()

    assert terminal.shown[-2:] == [" PASS  4 passed", WAITING]


def test_a_key_says_what_it_switched_only_while_a_run_prints() -> None:
    terminal = Terminal()
    terminal.screen.begin_run("")
    terminal.screen.switched("stop", Mode(stop_first=True))
    assert terminal.shown == ["14:03:22  stops at the first failure"]
    terminal.screen.end_run()

    terminal.screen.switched("stop", Mode())

    assert terminal.shown == ["14:03:22  stops at the first failure"]


def test_the_bell_rings_at_a_change_only_if_asked() -> None:
    for bell, rings in ((True, 2), (False, 0)):
        terminal = Terminal(bell=bell)

        for standing in (GREEN, GREEN, RED, RED, GREEN):
            terminal.run("....", standing=standing)

        assert terminal.shown
        assert terminal.written.count("\x07") == rings


def test_the_window_s_title_says_the_state_and_is_given_back() -> None:
    terminal = Terminal(name="shop\x07")

    terminal.screen.begin_run("")
    assert terminal.shown == []
    assert terminal.terminal.title == "running · shop\\x07"
    terminal.screen.end_run()
    terminal.screen.waiting(RED)
    assert terminal.shown
    assert terminal.terminal.title == "FAIL 1 failed, 3 passed · shop\\x07"

    terminal.screen.close()
    assert terminal.shown == []
    assert terminal.written.endswith("\x1b[23;2t")


def test_without_a_name_the_title_is_left_alone() -> None:
    terminal = Terminal()
    terminal.run("....")
    terminal.screen.close()

    assert terminal.shown
    assert "\x1b]2;" not in terminal.written


def test_closing_leaves_the_cursor_visible_below_the_last_run() -> None:
    terminal = Terminal()
    terminal.run("....")

    terminal.screen.close()

    assert terminal.shown == ["14:03:22  cart.py → 4 of 4 tests", "...."]
    assert not terminal.terminal.cursor.hidden
    assert (terminal.terminal.cursor.x, terminal.terminal.cursor.y) == (0, 2)


def test_colours_follow_the_verdict_and_no_color() -> None:
    terminal = Terminal()
    terminal.run("....")
    assert terminal.shown
    row = next(row for row in terminal.terminal.buffer.values() if row[1].data == "P")

    assert (row[1].fg, row[1].reverse) == ("green", True)


def test_no_color_draws_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()

    terminal.run("....")

    assert " PASS  4 passed" in terminal.shown
    assert set(re.findall(r"\x1b\[[0-9;]*m", terminal.written)) == {"\x1b[0m"}


def test_a_terminal_that_cannot_write_our_signs_gets_plainer_ones() -> None:
    raw = io.BytesIO()
    out = Ascii(raw, encoding="ascii")
    screen = Screen(out, name="läden", now=lambda: NOW, size=lambda: (60, 20))

    screen.opening()
    screen.begin_run("cärt.py → 4 of 4 tests", reason="test_cart (reads 漢.html)")
    screen.note("ä → b")
    screen.end_run()
    screen.waiting(GREEN, Mode(tests="ä"))
    screen.typing(Typeahead(["test_ä"], text="ä"))
    screen.close()

    text = raw.getvalue().decode("ascii")
    for words in ("c?rt.py", "reads ??.html", "tests like ?", "test_", "running - l?den"):
        assert words in text


class Ascii(io.TextIOWrapper):
    """A terminal in the C locale."""

    def isatty(self) -> bool:
        return True


class Pipe:
    """A screen that nobody looks at."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        self.screen = Screen(
            self.out, clears=True, bell=True, name="shop", now=lambda: NOW, size=lambda: (20, 5)
        )
        self.screen.keys = False


def test_a_pipe_gets_plain_lines_that_are_not_folded() -> None:
    pipe = Pipe()

    for standing in (GREEN, RED):
        pipe.screen.begin_run("src/shop/cart.py → 4 of 312 tests: test_cart (imports it)")
        pipe.out.write("....\n")
        pipe.screen.end_run()
        for _ in range(3):
            pipe.screen.waiting(standing)
    pipe.screen.tick()
    pipe.screen.close()

    header = "14:03:22  src/shop/cart.py → 4 of 312 tests: test_cart (imports it)"
    waiting = " waiting for changes · Ctrl-C quits"
    assert pipe.out.getvalue().splitlines() == [
        header,
        "....",
        "",
        " PASS  4 passed",
        waiting,
        "",
        header,
        "....",
        "",
        " FAIL  1 failed, 3 passed",
        waiting,
    ]


def test_a_note_in_a_pipe_does_not_share_a_line_with_a_run() -> None:
    pipe = Pipe()
    pipe.screen.begin_run("")
    pipe.out.write("..")

    pipe.screen.note("cart.py → the run starts over")

    assert pipe.out.getvalue() == "..\n14:03:22  cart.py → the run starts over\n"


def test_a_note_in_a_pipe_does_not_share_a_line_with_a_run_that_is_over() -> None:
    pipe = Pipe()
    pipe.screen.begin_run("")
    pipe.out.write("..")
    pipe.screen.end_run()

    pipe.screen.note("This run is made again")
    pipe.screen.note("once")

    assert pipe.out.getvalue() == "..\n14:03:22  This run is made again\n14:03:22  once\n"


def test_a_pipe_shows_no_filter_being_typed() -> None:
    pipe = Pipe()

    pipe.screen.typing(Typeahead(["test_add"]))
    pipe.screen.typing(None)

    assert pipe.out.getvalue() == ""
