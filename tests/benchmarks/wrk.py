"""How many requests a second a server answers, as `wrk` counts them."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from urllib.request import Request, urlopen

CONNECTIONS = 16

NAVIGATION = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
    "Upgrade-Insecure-Requests": "1",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36",
}
"""What a browser sends when somebody goes to a page."""

FETCH = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-origin",
    "User-Agent": NAVIGATION["User-Agent"],
}
"""What it sends when the script of a page asks for data."""


def is_installed() -> bool:
    return shutil.which("wrk") is not None


def ask_many(
    url: str,
    seconds: float,
    *,
    headers: Mapping[str, str] | None = None,
    connections: int = CONNECTIONS,
) -> float:
    """Return the requests per second; ends the program where an answer is an error.

    `seconds` is a whole number: wrk takes no other.
    """
    wanted = headers or {}
    with urlopen(Request(url, headers=dict(wanted)), timeout=10):
        pass  # waits in the listener's queue until the server is up
    fields = [word for name, value in wanted.items() for word in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", *fields, url],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    if found is None or "Non-2xx" in done.stdout:
        raise SystemExit(done.stdout)
    return float(found[1])
