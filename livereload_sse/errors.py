"""Everything that sse-reload raises on purpose.

    LiveReloadError                 what happened, where, what to do next
    ├── InvalidEventError           an event that the wire cannot carry        (also a ValueError)
    ├── InvalidEventIdError         an id that is not <milliseconds>-<sequence> (also a ValueError)
    ├── TooManyStreamsError         the cap on open streams is reached
    ├── InvalidPatternError         an ignore pattern that cannot be understood
    └── UsageError                  the user's words; exit code 2

An error prints as one to three lines: `what: where`, then the hint. A traceback is for our bugs only.
"""

from typing import ClassVar


class LiveReloadError(Exception):
    """What happened, where it happened, and what to do next.

    `exit_code` is what the command line ends with: 1 where the machine is at fault, 2 where the
    user's words are.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what, where, hint)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        first = f"{self.what}: {self.where}" if self.where else self.what
        return f"{first}\n{self.hint}" if self.hint else first


class InvalidEventError(LiveReloadError, ValueError):
    """An event name or id that holds NUL, CR or LF, which would forge fields on the wire."""


class InvalidEventIdError(LiveReloadError, ValueError):
    """A text that is not an event id."""


class TooManyStreamsError(LiveReloadError):
    """The cap on open streams is reached."""


class InvalidPatternError(LiveReloadError, ValueError):
    """An ignore pattern that cannot be understood."""

    exit_code = 2


class UsageError(LiveReloadError):
    """Something the user wrote, on the command line or in a configuration file, cannot be done."""

    exit_code = 2
