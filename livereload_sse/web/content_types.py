"""The media type of a file, from its name and, where the name says nothing, from its bytes.

The same on every machine: it refuses to ask the system's own table (a Windows registry may call a
script text/plain, which a browser then will not run under `nosniff`).
"""

from functools import cache
from mimetypes import MimeTypes
from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
HTML = "text/html"
CSS = "text/css"
JAVASCRIPT = "text/javascript"
PLAIN = "text/plain"

_TYPES = {
    HTML: "html htm",
    CSS: "css",
    JAVASCRIPT: "js mjs cjs",  # RFC 9239
    "text/csv": "csv",
    "text/vtt": "vtt",
    "text/calendar": "ics",
    # What a person wants to read in the browser, not to download.
    PLAIN: (
        "txt text md markdown rst adoc org log diff patch py pyi rb go rs c h cc cpp hpp java kt "
        "swift sh bash zsh fish ps1 bat ts tsx jsx vue svelte scss sass less styl yaml yml toml "
        "ini cfg conf lock sql graphql tex bib"
    ),
    "application/json": "json map ipynb geojson",
    "application/ld+json": "jsonld",
    "application/manifest+json": "webmanifest",
    "application/xml": "xml xsl xsd",
    "application/xhtml+xml": "xhtml",
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/wasm": "wasm",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
    "application/zip": "zip",
    "application/gzip": "gz tgz",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/apng": "apng",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/jxl": "jxl",
    "image/bmp": "bmp",
    "image/tiff": "tif tiff",
    "image/x-icon": "ico cur",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "font/collection": "ttc",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "oga ogg opus",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "application/vnd.apple.mpegurl": "m3u8",
    "application/vnd.ms-fontobject": "eot",
    "model/gltf+json": "gltf",
    "model/gltf-binary": "glb",
}
_TYPE_OF = {suffix: kind for kind, suffixes in _TYPES.items() for suffix in suffixes.split()}
_LEADING = 4096


def type_of(name: str, content: bytes | None = None) -> str:
    """Name the media type of a file, without parameters.

    A name without a suffix that we know (`LICENSE`, `Makefile`) is plain text when `content` reads
    as UTF-8, so that a browser shows it.
    """
    suffix = PurePosixPath(name).suffix.removeprefix(".").lower()
    known = _TYPE_OF.get(suffix) or _registered(suffix)
    return known or (PLAIN if content is not None and _is_text(content) else UNKNOWN)


def content_type(kind: str, content: bytes | None) -> str:
    """Write the Content-Type of a type: text that is UTF-8 says so.

    Text in another encoding is left to what it says of itself (`<meta charset>`), which the header
    would overrule. Content that is not at hand (None) is taken for UTF-8.
    """
    if not kind.startswith("text/") or (content is not None and not _is_utf8(content)):
        return kind
    return f"{kind}; charset=utf-8"


@cache
def _registered(suffix: str) -> str | None:
    """Look into the table that Python brings along; compressed files are themselves, not their content."""
    return MimeTypes().types_map[True].get(f".{suffix}")


def _is_text(content: bytes) -> bool:
    leading = content[:_LEADING]
    return b"\0" not in leading and _is_utf8(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
