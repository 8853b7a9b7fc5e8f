"""What the user asked for: defaults, then the configuration file, then the command line.

Knows the names, types and defaults of all settings and how a TOML table becomes `Settings`.
Refuses to know click, the network and whether a folder exists: the one who uses a value checks it.
"""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

from livereload_sse.errors import ConfigurationError

DEFAULT_PORT = 8000
"""Where `serve` listens when no port is asked for; the next free one when it is taken."""

OWN_FILE = "sse-reload.toml"
SHARED_FILE = "pyproject.toml"
TABLE = "tool.sse-reload"


UpdateMode = Literal["patch", "reload"]
"""What a tab does when its page changes: change it in place where that can be done exactly, or
always load it anew.
"""

CancelMode = Literal["auto", "never", "always"]
"""What a save does to a build that is running: end it when the next one is sooner done that way
(`build.loop` says when that is), let it finish first, or always end it.
"""

BUILD_TIMEOUT = 600.0
"""Seconds after which a build that does not end is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that `sse-reload serve`, `preview` and `proxy` can be told.

    `port` None means 8000 or the next free one, 0 any free one. `host` "localhost" means the
    loopback addresses of IPv4 and IPv6. Paths are as the user wrote them on the command line, and
    relative to the configuration file's folder when they come from there. `directory` is what is
    served, or the project that is previewed. `build` and `run` are commands as one would type them;
    `build_timeout` is in seconds. `folder` is where `build` and `run` are run: where the file is
    that names them, else the current folder. `static` are `URL=FOLDER`, `restart_on` patterns of
    files that mean a new process of the app that `proxy` has started. `broker` is the URL of what servers share that tell one another's events.
    """

    directory: Path = Path()
    host: str = "localhost"
    port: int | None = None
    open: bool = False
    watch: tuple[Path, ...] = ()
    ignore: tuple[str, ...] = ()
    gitignore: bool = True
    poll: bool = False
    spa: bool = False
    listing: bool = True
    update: UpdateMode = "patch"
    highlight: bool = True
    prefix: str = "/"
    allow_host: tuple[str, ...] = ()
    certfile: Path | None = None
    keyfile: Path | None = None
    verbose: bool = False
    quiet: bool = False
    build: str = ""
    run: str = ""
    generator: str = ""
    python: Path | None = None
    strict: bool = False
    cancel: CancelMode = "auto"
    build_timeout: float = BUILD_TIMEOUT
    editor: str = ""
    static: tuple[str, ...] = ()
    restart: bool = True
    restart_on: tuple[str, ...] = ()
    insecure: bool = False
    broker: str = ""
    folder: Path = Path()


def load_settings(start: Path, words: Mapping[str, Any]) -> Settings:
    """Merge the configuration file that governs `start` with the words of the command line.

    `words` holds only what the user really said; it wins, key by key. Raises `ConfigurationError`.
    """
    configured = read_configuration(start)
    settings = replace(Settings(), **{**configured, **words})
    spoken = "build" in words or "run" in words
    return replace(settings, folder=Path()) if spoken else settings


def read_configuration(start: Path) -> dict[str, Any]:
    """Read the nearest `sse-reload.toml` or `[tool.sse-reload]`, from `start` upwards.

    The first folder that has either ends the search, and so does a repository's root. Within one
    folder `sse-reload.toml` wins. Without any, the answer is empty. Raises `ConfigurationError`.
    """
    for folder in (start, *start.parents):
        table = _own_table(folder / OWN_FILE)
        source = folder / OWN_FILE
        if table is None:
            table, source = _shared_table(folder / SHARED_FILE), folder / SHARED_FILE
        if table is not None:
            read = {_known(key, source): _value(key, item, source) for key, item in table.items()}
            return {"folder": folder, **read}
        if (folder / ".git").exists():
            break
    return {}


def _own_table(path: Path) -> dict[str, Any] | None:
    return _parse(path) if path.is_file() else None


def _shared_table(path: Path) -> dict[str, Any] | None:
    """The table in a file that belongs to others too; a broken one is only ours to report when it
    speaks of us.
    """
    if not path.is_file() or b"sse-reload" not in path.read_bytes():
        return None
    tool = _parse(path).get("tool", {})
    table = tool.get("sse-reload") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigurationError(
            f"[{TABLE}] must be a table",
            where=str(path),
            hint="Write each setting as `key = value` below it.",
        )
    return table


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"The configuration cannot be read ({error.strerror})",
            where=str(path),
            hint="Make it readable, or remove it.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The configuration is not valid TOML ({error})",
            where=str(path),
            hint="Mend that line.",
        ) from None


def _known(key: str, source: Path) -> str:
    names = [name.replace("_", "-") for name in SETTING_TYPES if name != "folder"]
    if key in names:
        return key.replace("-", "_")
    near = get_close_matches(key, names, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(names)}."
    raise ConfigurationError(f"Unknown setting {key!r}", where=str(source), hint=hint)


def _value(key: str, item: object, source: Path) -> object:
    """Check and convert one TOML value by the type of its setting."""
    called, read = _READERS[SETTING_TYPES[key.replace("-", "_")]]
    value = read(item, source.parent)
    if value is None:
        raise ConfigurationError(
            f"{key!r} must be {called}, not {item!r}", where=str(source), hint="Mend that line."
        )
    return value


def _flag(item: object, _folder: Path) -> bool | None:
    return item if isinstance(item, bool) else None


def _number(item: object, _folder: Path) -> int | None:
    return item if isinstance(item, int) and not isinstance(item, bool) else None


def _seconds(item: object, _folder: Path) -> float | None:
    if isinstance(item, bool) or not isinstance(item, int | float):
        return None
    return float(item) if 0 < item < math.inf else None


def _text(item: object, _folder: Path) -> str | None:
    return item if isinstance(item, str) else None


def _update(item: object, _folder: Path) -> str | None:
    return item if item in get_args(UpdateMode) and isinstance(item, str) else None


def _cancel(item: object, _folder: Path) -> str | None:
    return item if item in get_args(CancelMode) and isinstance(item, str) else None


def _path(item: object, folder: Path) -> Path | None:
    return folder / item if isinstance(item, str) else None


def _texts(item: object, _folder: Path) -> tuple[str, ...] | None:
    items = item if isinstance(item, list) else [item]
    texts = tuple(text for text in items if isinstance(text, str))
    return texts if len(texts) == len(items) else None


def _paths(item: object, folder: Path) -> tuple[Path, ...] | None:
    texts = _texts(item, folder)
    return None if texts is None else tuple(folder / text for text in texts)


SETTING_TYPES: Mapping[str, Any] = {field.name: field.type for field in fields(Settings)}

# A setting's type → what it is called in an error, and how it is read from TOML. A reader answers
# None for a value of another type; one string will do where a list is wanted.
_READERS: Mapping[Any, tuple[str, Callable[[object, Path], object]]] = {
    bool: ("true or false", _flag),
    int | None: ("a whole number", _number),
    str: ("a string", _text),
    float: ("a number of seconds above 0", _seconds),
    UpdateMode: ("'patch' or 'reload'", _update),
    CancelMode: ("'auto', 'never' or 'always'", _cancel),
    Path: ("a string", _path),
    Path | None: ("a string", _path),
    tuple[str, ...]: ("a list of strings", _texts),
    tuple[Path, ...]: ("a list of strings", _paths),
}
