"""One page under its author's hands: a live tab, and beside it a fresh load of the same address.

The law: after each edit, L = the live page equals F = a fresh load.

- Both are serialised by `normal_form.js`: document mode, character set and title; all elements,
  attributes, texts and comments, in order, open shadow roots and templates too; the state of fields;
  and the rules of all style sheets in effect.
- Left out, and nothing else: the tag that the server put in; what `pages.py` says that this page's
  own scripts make, with the reason; and the state of a field or `<details>` that a person has
  touched in L.
- F is loaded in another window, without the client, so it is what a visitor would get.
- Equality is waited for, because F's scripts may still be at work; a wrong page stays wrong.
- The person's doings are compared apart, by `person.js`: typed text, an opened `<details>`, a
  drawing, a box's and the window's scroll position (within 2 px, where the edit is below), a film's
  place, a frame, components that were not made again.
- A mark on L's window tells a page that was changed in place from one that was loaded again.
"""

import difflib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page

from tests.browser.corpus.edits import must_reload
from tests.browser.corpus.pages import CorpusPage
from tests.serving import LiveServer, wait_until

HERE = Path(__file__).parent
NORMAL_FORM = (HERE / "normal_form.js").read_text("utf-8").partition("*/\n")[2]
PERSON = (HERE / "person.js").read_text("utf-8").partition("*/\n")[2]
PATIENCE = 6.0
"""Seconds for both pages to become equal; most are when first compared."""


@dataclass(frozen=True)
class Outcome:
    """What one edit came to: `line` is what the server printed of it."""

    page: str
    kind: str
    patched: bool
    line: str

    @property
    def reason(self) -> str:
        """Why the page was loaded again, as the server says."""
        found = re.search(r"reloaded: (.*?) · ", self.line)
        return "" if self.patched else found[1] if found else "no reason given"


class WrongPage(AssertionError):  # noqa: N818 - it is a failed assertion, with a name to wait for
    """The live page is not what a fresh load is."""


class Visit:
    """One tab, `live`, and one window for fresh loads, at one page of the corpus."""

    def __init__(self, page: CorpusPage, server: LiveServer, live: Page, fresh: Page) -> None:
        self.page = page
        self.file = server.root / page.file
        self._server = server
        self.live = live
        self._fresh = fresh

    def read(self) -> str:
        """The page's text as it is on the disk."""
        return self.file.read_bytes().decode(self.page.encoding)

    def begin(self) -> None:
        """Open the page, see that two loads of it are equal, and be a person there."""
        self._wait_for_stream()
        self.compare()
        self.act()

    def act(self) -> None:
        """Do what a person does at a page, who is there before it has found its old place again."""
        self.live.keyboard.press("Shift")
        self.live.evaluate(PERSON)

    def save(self, kind: str, text: str) -> Outcome:
        """Save an edit; see what became of it, and that the page is right."""
        self._wait_for_stream()
        self._write(text)
        line = self._server.wait_for_line(f"{re.escape(self.page.file)}.* → ", 15)
        patched = bool(self._ask("() => window.mark !== undefined"))
        if not patched:
            self.act()  # which finds what it did before: a reload keeps that
        self.compare()
        if patched and must_reload(kind):
            raise WrongPage(f"a change of a script was not answered by a reload: {line}")
        if patched and (missed := self.complaints()):
            raise WrongPage(f"a person has lost {', '.join(missed)}: {line}")
        return Outcome(self.page.name, kind, patched, line.partition(" → ")[2])

    def compare(self, patience: float = PATIENCE) -> None:
        """Raise WrongPage unless the live page becomes what a fresh load is."""
        self._fresh.goto(self._server.url + self.page.url)
        deadline = time.monotonic() + patience
        while (live := self.form(self.live)) != (fresh := self.form(self._fresh)):
            if time.monotonic() > deadline:
                raise WrongPage("\n".join(difflib.unified_diff(fresh, live, "fresh", "live", n=2)))
            time.sleep(0.02)

    def complaints(self) -> list[str]:
        """Say what a person would miss now of what they did."""
        missed: list[str] = self._ask("() => mark.complaints()")
        return missed

    def form(self, page: Page) -> list[str]:
        """A page's normal form; none while it is being loaded."""
        form: list[str] = self._ask(NORMAL_FORM, self.page.made_values, page=page)
        return form

    def _wait_for_stream(self) -> None:
        """Wait until the server can reach the tab, and its frames: each frame minds itself."""
        self._server.wait_for_tabs(self._ask("() => 1 + window.length"))

    def _ask(self, function: str, argument: Any = None, *, page: Page | None = None) -> Any:
        answers: list[Any] = []

        def ask() -> bool:
            try:
                answers.append((page or self.live).evaluate(function, argument))
            except Error as error:
                if "navigat" not in error.message and "context was destroyed" not in error.message:
                    raise
            return bool(answers)

        wait_until(ask, what="the page answers, through a reload")
        return answers[0]

    def _write(self, text: str) -> None:
        beside = self.file.with_name(f".{self.file.name}.tmp")
        beside.write_bytes(text.encode(self.page.encoding, "xmlcharrefreplace"))
        beside.replace(self.file)
