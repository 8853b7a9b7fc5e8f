"""Between the path of a URL and the path of a file below the root.

Knows spelling: what percent-encoding means, which names are never served on any system, and the one
URL by which a file is called. Refuses to know the disk: whether the file exists, and where its
links lead, is for those who open it.
"""

import re
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import quote, unquote_to_bytes

INDEX = "index.html"
PAGE_SUFFIX = ".html"

_UNENCODED = "/:@!$&'()*+,;=~"
"""What stays as it is in a path beside letters, digits, `-`, `.`, `_`: RFC 3986, `pchar`; the same
set that JavaScript's encodeURI leaves alone in a path."""

_FORBIDDEN_IN_URL = re.compile(rb"%2f|\\|[\x00-\x20\x7f]", re.IGNORECASE)
_FORBIDDEN_IN_NAME = re.compile(r"[\\:\x00-\x1f\x7f]")
_WELL_KNOWN = ".well-known"
"""RFC 8615: the one name with a leading dot that is meant for the web."""

_BACKUP = re.compile(r"~$|\.sw[opx]$|^#.*#$|___jb_(?:tmp|old)___$")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *\..*)?$")
"""Devices on Windows, with any extension: opening one hangs."""

_SHORT = re.compile(r"(?=[^.]{3,8}(?:\.|$))[^.]+~[0-9]+(?:\.[^.]{0,3})?$")
"""An 8.3 name: on Windows `GIT~1` opens `.git`."""


def find_path(raw_path: bytes) -> PurePosixPath | None:
    """Read the path of a URL, as it came over the wire, as a path below the root.

    It is decoded once. The root itself is `PurePosixPath(".")`; whether there was a slash at the
    end is lost. None for what names nothing we would serve: invalid UTF-8, NUL and other control
    characters, a backslash, a colon, an encoded slash, empty and dot segments, and `is_denied`
    names. The refusal is lexical and comes before the disk is touched, because asking Windows for
    some of these names already does harm.
    """
    if not raw_path.startswith(b"/") or _FORBIDDEN_IN_URL.search(raw_path):
        return None
    try:
        text = unquote_to_bytes(raw_path[1:]).decode()
    except UnicodeDecodeError:
        return None
    if not text:
        return PurePosixPath()
    names = text.removesuffix("/").split("/")
    return None if any(map(is_denied, names)) else PurePosixPath(*names)


def is_denied(name: str) -> bool:
    """Tell whether a file or folder of this name is never served, on any system alike.

    Hidden names (but for `.well-known`), editors' backups, and names that mean something else on
    Windows: devices, streams, short names, a dot or a space at the end.
    """
    folded = name.casefold()
    return (
        not name
        or (name.startswith(".") and name != _WELL_KNOWN)
        or name.endswith((".", " "))
        or any(
            pattern.search(folded) is not None for pattern in (_FORBIDDEN_IN_NAME, _BACKUP, _SHORT)
        )
        or _RESERVED.match(folded) is not None
    )


def canonical_url(relative: PurePosixPath, *, prefix: str = "/") -> str:
    """Name a file below the root by its one URL: `blog/index.html` is `/blog/`, `about.html` is `/about`.

    `prefix` is where the root is mounted, with a slash on both sides. Names that are not UTF-8 are
    encoded byte by byte.
    """
    path = relative.as_posix()
    if relative.name == INDEX:
        path = path.removesuffix(INDEX)
    elif relative.suffix == PAGE_SUFFIX:
        path = path.removesuffix(PAGE_SUFFIX)
    return prefix + quote_path(path)


def folder_url(relative: PurePosixPath, *, prefix: str = "/") -> str:
    """Name a folder below the root by its URL, which ends with a slash; the root's is the prefix."""
    return f"{prefix}{quote_path(relative.as_posix())}/" if relative.parts else prefix


def quote_path(path: str) -> str:
    """Percent-encode a path as UTF-8, as JavaScript's encodeURI does, with `?` and `#` as well."""
    return quote(path, safe=_UNENCODED, errors="surrogateescape")


@lru_cache(maxsize=1024)
def spell(raw_path: bytes) -> str:
    """Write the path of any request, even one that names no file, in the same encoding."""
    return quote(unquote_to_bytes(raw_path), safe=_UNENCODED)


def parse_prefix(text: str) -> str:
    """Read where a site is mounted: `docs`, `/docs` and `/docs/` are all `/docs/`."""
    names = [name for name in text.split("/") if name]
    return quote_path("".join(f"/{name}" for name in names)) + "/"
