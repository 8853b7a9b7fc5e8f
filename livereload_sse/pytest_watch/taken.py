"""Which of our words a project has declared itself, found without importing anything of it.

Knows in which conftests pytest looks before the first test, and finds words in their text. It may
find one where none is declared, in a comment; `--live-watch` is there then. Refuses to know what the
words mean.
"""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from glob import iglob
from pathlib import Path

_PLUGINS = re.compile(r"pytest_plugins\b[^=\n]*=\s*(\[[^\]]*\]|\([^)]*\)|[^\n]*)")
_STRINGS = re.compile(r"""["']([A-Za-z_][\w.]*)["']""")

ReadText = Callable[[Path], str]
"""Gives a file's text, or `` where there is none that can be read."""


def read_text(path: Path) -> str:
    """Read a file's text as far as it is one; `` where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def find_taken(
    words: Collection[str],
    conftests: Iterable[Path],
    *,
    import_roots: Iterable[Path] = (),
    read: ReadText = read_text,
) -> frozenset[str]:
    """Find those of the words that stand quoted in a conftest, or in a plugin that it names.

    `import_roots` are folders in which a plugin's module is looked for, beside the conftest's own.
    """
    seen: set[Path] = set()
    left = list(conftests)
    found: set[str] = set()
    while left:
        path = left.pop()
        if path not in seen:
            seen.add(path)
            text = read(path)
            found.update(word for word in words if f'"{word}"' in text or f"'{word}'" in text)
            left += _find_plugins(text, (path.parent, *import_roots))
    return frozenset(found)


def find_conftests(
    arguments: Iterable[str], *, testpaths: Iterable[str] = (), start: Path, root: Path
) -> list[Path]:
    """List the conftests that pytest imports before it collects anything.

    `arguments` are its files and folders, and `testpaths` stands in where there are none: globs,
    from `root`. Relative ones are taken from `start`.
    """
    named = [start / argument.partition("::")[0] for argument in arguments]
    named = (
        named or [root / path for glob in testpaths for path in _expanded(root, glob)] or [start]
    )
    found: dict[Path, None] = {}
    for path in named:
        for folder in _folders_of(Path(os.path.abspath(path))):  # noqa: PTH100 - it would follow links
            found[folder / "conftest.py"] = None
    return [path for path in found if path.is_file()]


def _folders_of(path: Path) -> Iterator[Path]:
    folder = path if path.is_dir() else path.parent
    yield folder
    yield from folder.parents
    if folder.is_dir():
        yield from sorted(inner for inner in folder.glob("test*") if inner.is_dir())


def _expanded(root: Path, glob: str) -> list[str]:
    return sorted(iglob(glob, root_dir=root, recursive=True))  # noqa: PTH207 - as pytest expands them


def _find_plugins(text: str, folders: Iterable[Path]) -> list[Path]:
    """Find the files of the plugins that a module names in `pytest_plugins`."""
    names = [name for part in _PLUGINS.findall(text) for name in _STRINGS.findall(part)]
    paths = [
        folder.joinpath(*name.split(".")).with_suffix(".py") for name in names for folder in folders
    ]
    packages = [path.with_suffix("") / "__init__.py" for path in paths]
    return [path for path in (*paths, *packages) if path.is_file()]
