"""Which folders an application serves as they are, and below which URLs.

Knows how Starlette and what is made from it keep their static mounts, by their shape: nothing is
imported. Refuses to know the disk.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from livereload_sse.web.urls import canonical_url, parse_prefix

_DEEPEST = 32
"""Applications and routers inside one another that are looked into."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder below a URL, which begins and ends with a slash."""

    url: str
    folder: Path

    def find_url(self, path: Path) -> str | None:
        """Name a file of the folder by its URL; None for any other file."""
        if not path.is_relative_to(self.folder):
            return None
        relative = PurePosixPath(path.relative_to(self.folder).as_posix())
        return canonical_url(relative, prefix=self.url)


def parse_mounts(static: Mapping[str, str | Path]) -> tuple[Mount, ...]:
    """Read what the user says of their static folders: `{"/static": "app/static"}`."""
    return make_mounts(static.items())


def make_mounts(static: Iterable[tuple[str, str | Path]]) -> tuple[Mount, ...]:
    """Join URLs with the folders below them; a URL may have several."""
    return tuple(Mount(parse_prefix(url), Path(folder).absolute()) for url, folder in static)


def find_mounts(app: Any) -> tuple[Mount, ...]:
    """Find the static mounts of a Starlette application, through routers and middleware."""
    return tuple(dict.fromkeys(_walk(app, "", _DEEPEST)))


def _walk(app: Any, below: str, depth: int) -> Iterator[Mount]:
    """What an application is made of: routes, a static folder, or another application inside."""
    if depth == 0:
        return
    for folder in _folders(app):
        yield Mount(parse_prefix(below), folder)
    for route in _routes(app):
        path = getattr(route, "path", "")
        inner = getattr(route, "app", None)
        if inner is not None and isinstance(path, str) and "{" not in path:
            yield from _walk(inner, below + path, depth - 1)
    inner = getattr(app, "app", None)
    if inner is not None and inner is not app and not _routes(app):
        yield from _walk(inner, below, depth - 1)


def _routes(app: Any) -> list[Any]:
    """The mounts among an application's routes; an endpoint's own wrapping is none."""
    routes = getattr(app, "routes", None)
    if not isinstance(routes, Iterable):
        return []
    return [route for route in routes if type(route).__name__ in {"Mount", "Host"}]


def _folders(app: Any) -> list[Path]:
    """The folders of what serves static files."""
    folders = getattr(app, "all_directories", None)
    return [Path(folder).absolute() for folder in folders] if isinstance(folders, list) else []
