"""The worker's life: what it is asked, one thing after the other, until nobody asks any more.

Knows the requests: `warm`, `build` and `pages`. Refuses to know how they are done.
"""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, Any

from .whole import WholeBuild
from .wire import Wire

if TYPE_CHECKING:
    from .pages import Kept


class Worker:
    """Builds the whole site, and keeps what it takes to render single pages of it."""

    def __init__(self, package: str) -> None:
        self._whole = WholeBuild(package)
        self._kept: Kept | None = None

    def build(self, request: dict[str, Any]) -> dict[str, Any]:
        """Build everything; what was kept of the build before is forgotten."""
        self._kept = None
        answer, self._kept = self._whole.run(request)
        return answer

    def warm(self, request: dict[str, Any]) -> dict[str, Any]:
        """Get ready for the first build; what goes wrong then will go wrong in it as well."""
        self._whole.warm(request)
        return {}

    def pages(self, request: dict[str, Any]) -> dict[str, Any]:
        """Render single pages, or say why not: `{"pages": {path: HTML}}` or `{"why": …}`."""
        if self._kept is None:
            return {"why": "there is no whole build to go by"}
        return self._kept.render(request["paths"])

    def rehearse(self, paths: list[str]) -> None:
        """Use the time until the next request: what was edited once is likely to be edited again."""
        if self._kept is not None:
            self._kept.rehearse(paths)

    def close(self) -> None:
        """Let the plugins clean up."""
        self._whole.close()


def main(package: str) -> None:
    """Answer until the requests end."""
    wire = Wire()
    worker = Worker(package)
    deeds = {"build": worker.build, "pages": worker.pages, "warm": worker.warm}
    try:
        for request in wire.requests():
            wire.answer(request, _done(deeds[request["do"]], request))
            if request["do"] == "build":
                worker.rehearse(request["changed"])
    finally:
        worker.close()


def _done(deed: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Whatever goes wrong in here is an answer as well: nobody waits for one that never comes."""
    try:
        return dict(deed(request))
    except Exception:  # noqa: BLE001 - it is told, and the next request starts anew
        traceback.print_exc(file=sys.stderr)
        return {"succeeded": False, "why": traceback.format_exc(limit=-1)}
