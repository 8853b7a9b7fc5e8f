"""Files, failures and output as a page may see them.

Knows how a file is named for a person and by which key it can be opened. Refuses to know the disk
and where the project is: no absolute path of it goes to a page.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.pytest_watch.messages import Section
from livereload_sse.pytest_watch.page.known import KnownTest
from livereload_sse.pytest_watch.page.lines import read_text
from livereload_sse.pytest_watch.page.shapes import (
    Details,
    File,
    Note,
    Place,
    Problem,
    SectionLines,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_MESSAGE = 500


class Present:
    """Writes for a page. `key_of` gives a file's key, or "" for one that must not be opened."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._inside = f"{root}{os.sep}"
        self.key_of: Callable[[str], str] = lambda _path: ""

    def name(self, path: str) -> str:
        """Name a file from the root; one that is elsewhere by its folder and its name."""
        if path.startswith(self._inside):
            return path[len(self._inside) :].replace(os.sep, "/")
        return "/".join(Path(path).parts[-2:]).lstrip("/")

    def file(self, path: str) -> File:
        """Write a test file."""
        return {"name": self.name(path), "key": self.key_of(path)}

    def place(self, path: str, line: int) -> Place | None:
        """Write a place; None where none is known."""
        if not path:
            return None
        return {"name": self.name(path), "line": line, "key": self.key_of(path)}

    def note(self, test: KnownTest) -> Note | None:
        """Write what there is to say of a test's last result, if anything."""
        result = test.result
        if result is None or not (result.message or result.path):
            return None
        message = result.message[:LONGEST_MESSAGE]
        return {
            "number": test.number,
            "message": message,
            "place": self.place(result.path, result.line),
        }

    def problem(self, title: str, message: str, details: str, path: str, line: int) -> Problem:
        """Write what is not a test's result."""
        return {
            "title": title,
            "message": message[:LONGEST_MESSAGE],
            "place": self.place(path, line),
            "lines": read_text(details, self._locate)[0],
        }

    def details(self, test: KnownTest) -> Details:
        """Write all that is known of a test."""
        result = test.result
        lines, cut = read_text(result.details if result else "", self._locate)
        return {
            "number": test.number,
            "lines": lines,
            "cut": cut,
            "sections": [self._section(one) for one in result.sections] if result else [],
            "durations": list(test.durations),
            "outcomes": list(test.outcomes),
        }

    def _section(self, section: Section) -> SectionLines:
        lines, cut = read_text(section.text, self._locate)
        return {"title": section.title, "lines": lines, "cut": cut}

    def _locate(self, path: str, line: int) -> Place | None:
        """Only what can be opened is a place in a text: else it is as good as any other word."""
        absolute = os.path.normpath(self._root / path)
        place = self.place(absolute, line)
        return place if place and place["key"] else None
