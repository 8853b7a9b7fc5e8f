"""How far a build is, from what it prints.

Knows how generators count. Refuses to know clocks: where nobody counts, the last build's duration
has to do.
"""

import re
from collections.abc import Mapping

from livereload_sse.build.ansi import strip

# Sphinx says what it does and how much of that is done; in this order, with these shares of the whole.
_SPHINX: Mapping[str, tuple[float, float]] = {
    "reading sources": (0.0, 0.5),
    "copying images": (0.5, 0.52),
    "writing output": (0.52, 0.98),
    "highlighting module code": (0.98, 0.99),
    "copying downloadable files": (0.99, 1.0),
}
_PERCENT = re.compile(r"^(?P<stage>[^\[\]%]{0,60}?)[.… ]*\[? {0,3}(?P<percent>\d{1,3})%\]?")
_COUNT = re.compile(r"[\[( ](?P<done>\d{1,7}) ?/ ?(?P<all>\d{1,7})[\]) ]")


class Progress:
    """Listens to what a build prints. `fraction` is 0 to 1 and never goes back; None: nobody counts.

    `stage` is what the build says that it does, `line` the last thing that it said.
    """

    def __init__(self) -> None:
        self.fraction: float | None = None
        self.stage = ""
        self.line = ""
        self._rest = ""

    def feed(self, text: str) -> None:
        """Take the next piece of the output, however it is cut."""
        *lines, self._rest = re.split("[\r\n]", self._rest + text)
        self._rest = self._rest[-4096:]
        for line in lines:
            self._read(strip(line).strip())

    def _read(self, line: str) -> None:
        if not line:
            return
        self.line = line[:300]
        percent = _PERCENT.match(self.line)
        if percent:
            stage, share = percent["stage"].strip(), int(percent["percent"]) / 100
            first, last = _SPHINX.get(stage, (0.0, 1.0))
            self._advance(stage, first + (last - first) * share)
        elif count := _COUNT.search(f" {self.line} "):
            done, all_ = int(count["done"]), int(count["all"])
            if 0 < all_ >= done:
                self._advance("", done / all_)

    def _advance(self, stage: str, fraction: float) -> None:
        self.stage = stage or self.stage
        self.fraction = max(self.fraction or 0.0, min(fraction, 1.0))
