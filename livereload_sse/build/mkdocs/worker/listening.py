"""What a build says: printed as MkDocs prints it, and kept as problems where it is a complaint.

Knows the loggers of MkDocs and ProperDocs. Refuses to know what a complaint is about: that is for
`problems`.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .problems import problem_of_record

if TYPE_CHECKING:
    from types import TracebackType

    from .problems import Problem

MOST = 200
"""Problems that are told of one build."""


class Listening(logging.Handler):
    """Hears one build. Use as `with Listening(package, config) as listening`."""

    def __init__(self, package: str, config: str) -> None:
        super().__init__(logging.WARNING)
        self._loggers = list(dict.fromkeys(map(logging.getLogger, (package, "mkdocs"))))
        self._config = config
        self.docs = str(Path(config).parent / "docs")
        self._found: list[Problem] = []
        self._printer = logging.StreamHandler(sys.stderr)
        self._building: Any = logging.getLogger(f"{package}.commands.build")
        self._once: Any = None

    def __enter__(self) -> Listening:  # noqa: PYI034 - `Self` came with Python 3.11
        """Begin to hear; the printing is MkDocs' own from `start` on."""
        for logger in self._loggers:
            logger.setLevel(logging.INFO)
            logger.propagate = False
            for handler in (self._printer, self):
                logger.addHandler(handler)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Hear no more."""
        self._building.filters[:] = [one for one in self._building.filters if one is not self._once]
        for logger in self._loggers:
            for handler in (self._printer, self):
                logger.removeHandler(handler)

    def start(self, command: Any) -> None:
        """Print as the command line of MkDocs does (`command` is its module), once it is there."""
        plain = logging.Formatter("%(levelname)-8s-  %(message)s")
        self._printer.setFormatter(
            plain if os.environ.get("NO_COLOR") else command.ColorFormatter()
        )
        self._once = command.utils.DuplicateFilter()
        self._building.addFilter(self._once)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a complaint."""
        if len(self._found) < MOST:
            self._found.append(problem_of_record(record, self._config, self.docs))

    def take(self, problem: Problem | None, text: str) -> None:
        """Keep what has ended the build, and is said by `text`.

        It is often logged first ("Error reading page …"), which knows the page, and then raised,
        which may know the line: that is one problem.
        """
        if problem is None:
            return
        told = [one for one in self._found if text and text in one["message"]]
        if problem["path"] is None and told:
            return
        self._found = [one for one in self._found if one not in told]
        self._found.append(problem)

    def problems(self) -> list[Problem]:
        """Hand out everything that was complained of."""
        return self._found
