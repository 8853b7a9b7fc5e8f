from collections.abc import Callable

import pytest

from livereload_sse.pytest_watch.screen.presses import Presses


class Keyboard:
    """Takes what a terminal sends; time passes only when it is told to."""

    def __init__(self, *, console: bool = False) -> None:
        self.pressed: list[str] = []
        self._due: list[Callable[[], None]] = []
        self._presses = Presses(self.pressed.append, later=self._later, console=console)

    def _later(self, _delay: float, call: Callable[[], None]) -> None:
        self._due.append(call)

    def send(self, signs: str) -> None:
        for sign in signs:
            self._presses.feed(sign)

    def wait(self) -> None:
        due, self._due = self._due, []
        for call in due:
            call()


@pytest.mark.parametrize(
    ("sent", "pressed"),
    [
        ("a", ["a"]),
        ("C?é", ["C", "?", "é"]),
        (" ", ["space"]),
        ("\n", ["enter"]),
        ("\r", ["enter"]),
        ("\t", ["tab"]),
        ("\x7f", ["backspace"]),
        ("\x08", ["backspace"]),
        ("\x15\x17", ["ctrl-u", "ctrl-w"]),
        ("\x1b[A\x1b[B\x1b[C\x1b[D", ["up", "down", "right", "left"]),
        ("\x1bOA\x1bOB\x1bOC\x1bOD", ["up", "down", "right", "left"]),
        ("\x1b[H\x1b[F\x1bOH\x1bOF", ["home", "end", "home", "end"]),
        ("\x1b[1~\x1b[4~", ["home", "end"]),
        ("\x1b[3~x", ["delete", "x"]),
        ("\x1b[Z", ["back-tab"]),
        ("\x1b[5~\x1b[6~", ["page-up", "page-down"]),
    ],
)
def test_what_a_terminal_sends_becomes_presses(sent: str, pressed: list[str]) -> None:
    keyboard = Keyboard()

    keyboard.send(sent)
    keyboard.wait()

    assert keyboard.pressed == pressed


@pytest.mark.parametrize("sent", ["\x1b[15~", "\x1b[1;5C", "\x1b[200~", "\x1bq", "\x1bOP"])
def test_a_key_that_is_not_known_does_not_press_its_letters(sent: str) -> None:
    keyboard = Keyboard()

    keyboard.send(f"{sent}a")
    keyboard.wait()

    assert keyboard.pressed == ["a"]


def test_an_escape_is_a_key_when_nothing_comes_after_it() -> None:
    keyboard = Keyboard()

    keyboard.send("\x1b")
    assert keyboard.pressed == []
    keyboard.wait()
    keyboard.send("[")

    assert keyboard.pressed == ["escape", "["]


def test_a_sequence_in_two_pieces_is_one_key() -> None:
    keyboard = Keyboard()

    keyboard.send("\x1b[")
    keyboard.send("B")
    keyboard.wait()

    assert keyboard.pressed == ["down"]


def test_a_sequence_that_is_never_ended_does_not_swallow_the_next_key() -> None:
    keyboard = Keyboard()

    keyboard.send("\x1b[")
    keyboard.wait()
    keyboard.send("q")

    assert keyboard.pressed == ["q"]


def test_two_escapes_are_two_keys() -> None:
    keyboard = Keyboard()

    keyboard.send("\x1b\x1b")
    keyboard.wait()

    assert keyboard.pressed == ["escape", "escape"]


def test_the_time_of_an_earlier_escape_does_not_end_a_later_one() -> None:
    keyboard = Keyboard()

    keyboard.send("\x1b[A\x1b")
    first = keyboard._due.pop(0)
    first()
    keyboard.send("[B")

    assert keyboard.pressed == ["up", "down"]


def test_a_console_of_windows_sends_two_characters_for_an_arrow() -> None:
    keyboard = Keyboard(console=True)

    keyboard.send("\xe0H\x00Pa\xe0\x85b\xe0M\xe0K\xe0G\xe0O\xe0I\xe0Q\xe0S")

    moves = ["right", "left", "home", "end", "page-up", "page-down", "delete"]
    assert keyboard.pressed == ["up", "down", "a", "b", *moves]


def test_elsewhere_that_character_is_a_letter() -> None:
    keyboard = Keyboard(console=False)

    keyboard.send("\xe0H")

    assert keyboard.pressed == ["\xe0", "H"]
