"""The browser's half, as files: the modules in `client/`, below an address that names their content.

Knows the folder beside this package and how long a browser may keep what it got. Refuses to know
what the modules do.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.digest import digest
from livereload_sse.errors import MissingClientError
from livereload_sse.web.answers import FETCHING, Answer, redirect_answer, text_answer

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).parent.parent / "client"
MAIN = "main.js"
PREFIX = "/__sse-reload/client"
FOREVER = "public, max-age=31536000, immutable"
"""A year, and not even asked about on reload (RFC 8246): other bytes have another address."""

_OLDER_MAIN = re.compile(r"/[0-9a-f]{16}/main\.js")


@dataclass(frozen=True, slots=True)
class Client:
    """The modules of one release: name (`plan.js`, `patch/diff.js`) → source, and the digest over
    all of them (16 hex).
    """

    modules: Mapping[str, bytes]
    digest: str

    @property
    def main_url(self) -> str:
        """The address of the module that a page loads; its relative imports find the others."""
        return f"{PREFIX}/{self.digest}/{MAIN}"


def read_client(folder: Path) -> Client:
    """Read the modules in `folder`. Raises `MissingClientError` when the main one is not there."""
    paths = sorted(folder.rglob("*.js"))
    modules = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    if MAIN not in modules:
        raise MissingClientError(
            "The browser's half of sse-reload is missing",
            where=str(folder / MAIN),
            hint="The installation is incomplete: pip install --force-reinstall livereload-sse",
        )
    return Client(modules, _digest_of(modules))


def _digest_of(modules: Mapping[str, bytes]) -> str:
    """One digest of names and contents, each behind its length so that no two sets look alike."""
    parts = [part for name, source in modules.items() for part in (name.encode(), source)]
    return digest(b"".join(b"%d:%b" % (len(part), part) for part in parts))


@cache
def packaged_client() -> Client:
    """Read the modules that came with this package, once. Raises `MissingClientError`."""
    return read_client(FOLDER)


def client_digest() -> str:
    """Name the modules that came with this package, for the tag. Raises `MissingClientError`."""
    return packaged_client().digest


class Assets:
    """ASGI application for `/__sse-reload/client/<digest>/<name>.js` and `/__sse-reload/client.js`.

    The second is for pages written by hand: it leads to the current `main.js`. So does the
    `main.js` of another digest, for a page that the browser kept over an upgrade of this server (a
    restored window, a cached copy) and that would stay deaf with a 404. Its other modules are gone:
    modules of two releases must not meet in one page.
    """

    def __init__(self, client: Client) -> None:
        self._current = redirect_answer(client.main_url)
        self._answers = {f"{PREFIX}.js": self._current} | {
            f"{PREFIX}/{client.digest}/{name}": Answer(
                200, source, type="text/javascript; charset=utf-8", cache=FOREVER
            )
            for name, source in client.modules.items()
        }

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request below the two addresses."""
        await self._find_answer(scope["method"], scope["path"])(scope, receive, send)

    def _find_answer(self, method: str, path: str) -> Answer:
        if method not in ("GET", "HEAD"):
            return text_answer(405, "This address can only be read.", allow=FETCHING)
        if (answer := self._answers.get(path)) is not None:
            return answer
        if _OLDER_MAIN.fullmatch(path.removeprefix(PREFIX)):
            return self._current
        return text_answer(404, "No such module in this release.")
