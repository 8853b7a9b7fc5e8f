"""What a program prints, as the lines that a person would read in a terminal.

Knows UTF-8, line ends, the escape sequences of ECMA-48, and that a carriage return overwrites.
Refuses to know who prints, and what the lines mean.
"""

import codecs
import re

LONGEST = 2000  # characters; a minified file in an error message has hundreds of thousands

ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, and moves of the cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles and links
    r"|\x1b[ -/]*[0-~]"  # all else that begins with Escape
)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def plain(line: str) -> str:
    """Return what stays visible of a line: the last of what was overwritten, without colours."""
    shown = [piece for piece in line.expandtabs(4).split("\r") if ESCAPES.sub("", piece).strip()]
    text = CONTROLS.sub("", ESCAPES.sub("", shown[-1])) if shown else ""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


class Lines:
    """Makes lines of bytes, wherever their borders fall."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""

    def feed(self, chunk: bytes) -> list[str]:
        """Take the next bytes and return the lines that they complete."""
        *whole, self._rest = (self._rest + self._text.decode(chunk)).split("\n")
        # A line that does not end, and all that a progress bar has overwritten, is not kept.
        if len(self._rest) > 10 * LONGEST:
            self._rest = self._rest[-LONGEST:]
        return [plain(line) for line in whole]

    def end(self) -> list[str]:
        """Return what was printed without an end of line, if there is any."""
        rest = self._rest + self._text.decode(b"", final=True)
        self._rest = ""
        return [plain(rest)] if rest else []
