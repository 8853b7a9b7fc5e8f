"""The pages that we make ourselves, where there is no file to show.

Knows words and templates. Refuses to know the disk and HTTP: what is said is given as arguments.
Each page is one document without anything external, in the colours of the reader's system, and
carries our tag, so that it goes away by itself when there is something better to show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Link:
    """A name to read and a URL to follow."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a listing: `size` in bytes (None for a folder), `modified` in seconds since 1970."""

    name: str
    url: str
    size: int | None
    modified: float


def listing(
    folder: str, *, crumbs: Sequence[Link], entries: Sequence[Entry], left_out: int, tag: bytes
) -> bytes:
    """Show what is in a folder; `crumbs` lead to it from the root, `left_out` entries are not shown."""
    return _render(
        "listing.html", tag, folder=folder, crumbs=crumbs, entries=entries, left_out=left_out
    )


def not_found(
    path: str, *, tried: Sequence[str] = (), nearby: Sequence[Link] = (), tag: bytes = b""
) -> bytes:
    """Say that nothing answers to a path: which files were looked for, and which have similar names."""
    return _render("not_found.html", tag, path=path, tried=tried, nearby=nearby)


def error(title: str, *, what: str, next_step: str, tag: bytes = b"") -> bytes:
    """Say what went wrong and what to do next."""
    return _render("error.html", tag, title=title, what=what, next_step=next_step)


def waiting(waits_for: str, *, tag: bytes) -> bytes:
    """Say that the first build goes on, and what is run for it."""
    return _render("waiting.html", tag, waits_for=waits_for)


def away(why: str, *, tag: bytes) -> bytes:
    """Say that the server behind a proxy does not answer, and why as far as that is known."""
    return _render("away.html", tag, why=why)


def forbidden_host(host: str, *, tag: bytes = b"") -> bytes:
    """Say that this server is not called by that name, and how to allow it.

    `host` is the name only, without a port; it may be anything a stranger sent.
    """
    return _render("forbidden_host.html", tag, host=host)


def _render(template: str, tag: bytes, **words: object) -> bytes:
    text = _environment().get_template(template).render(tag=tag.decode(), **words)
    return text.encode(errors="surrogateescape")


@cache
def _environment() -> "Environment":
    """Import jinja2 only for who comes to see such a page: it takes longer than the first answer."""
    from jinja2 import (  # noqa: PLC0415 - reason above
        Environment,
        FileSystemLoader,
        StrictUndefined,
    )

    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"size": readable_size, "time": readable_time, "iso": iso_time}
    return environment


def readable_size(size: int) -> str:
    """Write a size as a person would: `1 byte`, `4.2 kB`, `17 MB` (powers of 1000)."""
    if size == 1:
        return "1 byte"
    value, units = float(size), iter(_UNITS)
    unit = next(units)
    while value >= 999.5 and (larger := next(units, None)):
        value, unit = value / 1000, larger
    exact = unit == _UNITS[0] or value >= 9.95
    return f"{value:.0f} {unit}" if exact else f"{value:.1f} {unit}"


def readable_time(seconds: float) -> str:
    """Write a moment in the machine's own time zone."""
    return _local(seconds).strftime("%Y-%m-%d %H:%M")


def iso_time(seconds: float) -> str:
    """Write a moment for `<time datetime>`."""
    return _local(seconds).isoformat(timespec="seconds")


def _local(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone()
