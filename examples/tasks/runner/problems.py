"""Which file and line a log complains of.

Knows how ruff, pytest and Python's own tracebacks print a place and its message. Refuses to know
who ran them.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath

PLACE = re.compile(r"(?P<path>[^\s:]*\.py):(?P<row>\d+):(?:\d+:)? (?P<message>\S.*)")
FRAME = re.compile(r'(?:\*\*\*)?\s*File "(?P<path>[^"]+\.py)", line (?P<row>\d+)')
RAISED = re.compile(r"[\w.]*(?:Error|Exception|Warning)(?:: .*)?")
ASSERTED = re.compile(r"E {3,}(?P<message>\S.*)")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, relative to the project, and what is wrong with it."""

    path: str
    row: int
    message: str


class Reader:
    """Reads a log line by line; what belongs together stands in several of them.

    `project` is the folder whose files are of interest; frames elsewhere are passed over.
    """

    def __init__(self, project: PurePath) -> None:
        self._project = project
        self._said = ""  # pytest's first line of explanation
        self._frame: tuple[str, int] | None = None

    def feed(self, line: str) -> Place | None:
        """Take the next line; returns the place that it completes."""
        if found := ASSERTED.match(line):
            self._said = self._said or found["message"]
        elif found := FRAME.match(line):
            path = self._within(found["path"])
            self._frame = (path, int(found["row"])) if path else self._frame
        elif found := PLACE.fullmatch(line):
            return self._place(found["path"], int(found["row"]), found["message"])
        elif self._frame and RAISED.fullmatch(line):
            (path, row), self._frame = self._frame, None
            return Place(path, row, line)
        return None

    def _place(self, path: str, row: int, message: str) -> Place | None:
        if message.startswith("in "):  # a frame of pytest's; its last line names the error
            return None
        if RAISED.fullmatch(message):
            message, self._said = self._said or message, ""
        found = self._within(path)
        return Place(found, row, message) if found else None

    def _within(self, path: str) -> str | None:
        """The path from the project, with slashes; None for a file that is not in it."""
        pure = PurePath(path)
        if not pure.is_absolute():
            return None if ".." in pure.parts else pure.as_posix()
        return pure.relative_to(self._project).as_posix() if self._project in pure.parents else None
