"""The page's document and its sheet.

Knows what has to stand in the document before a script runs, and the policy under which it runs.
Refuses to know results: the scripts ask for those.
"""

import html
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Final

from livereload_sse.digest import digest
from livereload_sse.web.assets import FOLDER, PREFIX, client_digest
from livereload_sse.web.guard import INTERNAL_PREFIX

_TEMPLATE: Final = Path(__file__).with_name("results.html")
_SHEET: Final = FOLDER / "results" / "results.css"

POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing but what comes from here; pictures are the icon, which the script draws."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The style sheet, under an address that names its content."""

    source: bytes
    url: str


@cache
def packaged_sheet() -> Sheet:
    """Read the sheet that came with this package, once."""
    source = _SHEET.read_bytes()
    return Sheet(source, f"{INTERNAL_PREFIX}/tests/{digest(source)}/results.css")


def write_document(*, project: str, server: str, token: str) -> bytes:
    """Write the page. `server` names this run of it; `token` is what its scripts must show to be
    allowed to ask for anything.
    """
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    values = {
        "project": project,
        "server": server,
        "token": token,
        "sheet": packaged_sheet().url,
        "script": f"{PREFIX}/{client_digest()}/results/main.js",
    }
    return template.substitute({name: html.escape(one) for name, one in values.items()}).encode()
