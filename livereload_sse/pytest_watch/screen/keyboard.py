"""From presses to actions, and to a filter while one is typed.

Knows that a press means something else while somebody types. Refuses to know what actions do.
"""

from collections.abc import Callable, Sequence

from livereload_sse.pytest_watch.screen.bindings import Action, Bindings
from livereload_sse.pytest_watch.screen.screen import Screen
from livereload_sse.pytest_watch.screen.typeahead import Typeahead

OnTyped = Callable[[str | None], None]
"""Called with the filter's text once it is accepted, or None when typing was given up."""


class Keyboard:
    """Takes presses (as `presses` names them); calls `act` with what they mean."""

    def __init__(self, bindings: Bindings, screen: Screen, act: Callable[[Action], None]) -> None:
        self._bindings = bindings
        self._screen = screen
        self._act = act
        self._typing: Typeahead | None = None
        self._on_typed: OnTyped = lambda _text: None

    @property
    def is_typing(self) -> bool:
        """Whether a filter is being typed."""
        return self._typing is not None

    def press(self, press: str) -> None:
        """Take the next press."""
        if self._typing is not None:
            self._type(self._typing, press)
            return
        action = self._bindings.find_action(press)
        if action is not None:
            self._act(action)

    def ask(self, title: str, candidates: Sequence[str], text: str, on_typed: OnTyped) -> None:
        """Let a filter be typed."""
        self._typing, self._on_typed = Typeahead(candidates, text=text, title=title), on_typed
        self._screen.typing(self._typing)

    def give_up(self) -> None:
        """End typing as Esc does."""
        if self._typing is not None:
            self._finish(None)

    def _type(self, typing: Typeahead, press: str) -> None:
        step = typing.feed(press)
        if step == "typing":
            self._screen.typing(typing)
        else:
            self._finish(typing.accepted if step == "accepted" else None)

    def _finish(self, text: str | None) -> None:
        self._typing = None
        self._screen.typing(None)
        self._on_typed(text)
