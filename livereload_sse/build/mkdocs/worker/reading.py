"""What a build reads: the files and folders whose change makes another build worth while.

Knows what MkDocs' own server watches and what it misses: hooks, inherited configurations, theme
folders, and every file of the project that was opened while the site was built. Refuses to name
what is installed: who changes that gets another worker.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .problems import absolute, is_installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INHERIT = re.compile(r"^INHERIT:\s*[\"']?(?P<path>[^\"'#\n]+?)[\"']?\s*(?:#.*)?$", re.MULTILINE)

MOST = 500
"""Files outside of the watched folders that are watched one by one."""


class Reading:
    """Notes what is opened during a build."""

    def __init__(self) -> None:
        self._opened: set[str] = set()
        self._written: set[str] = set()
        self._aside: str | None = None

    def listen(self) -> None:
        """Hear of every file that this process opens. That cannot be ended, and costs a call each."""
        sys.addaudithook(self._hear)

    @contextmanager
    def during(self, output: str) -> Iterator[None]:
        """Note what is opened from now on, except the output."""
        self._opened, self._written = set(), set()
        self._aside = output
        try:
            yield
        finally:
            self._aside = None

    def watched(self, config_file: str, config: Any, recorded: Iterable[str]) -> list[str]:
        """Name what is worth watching, without what lies in another of them.

        `config` is None where it could not be read: then its files alone are known.
        """
        project = str(Path(config_file).parent)
        paths = [str(path) for path in self.chain(config_file)]
        if config is not None:
            paths += [config.docs_dir, *config.watch, *recorded]
            paths += [folder for folder in config.theme.dirs if not is_installed(folder + os.sep)]
        paths += self.modules()
        paths += self._own_files(project)
        return _outermost(absolute(str(path)) for path in paths)

    def chain(self, config_file: str) -> list[Path]:
        """Find the configuration and those that it inherits from."""
        found: list[Path] = []
        path = Path(config_file)
        while path.is_file() and path not in found:
            found.append(path)
            inherited = INHERIT.search(path.read_text("utf-8", "replace"))
            if inherited is None:
                break
            path = Path(os.path.normpath(path.parent / inherited["path"]))
        return found

    def modules(self) -> list[str]:
        """Find the modules that are somebody's own: who edits one gets another worker."""
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        here = str(Path(__file__).parent)
        return sorted(
            {
                absolute(path)
                for path in files
                if path and not is_installed(path) and not path.startswith(here)
            }
        )

    def installed(self) -> list[str]:
        """Find the folders in which packages are installed."""
        return [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or self._aside is None:
            return
        path, mode, flags = arguments
        if not isinstance(path, str):
            return
        writes = any(letter in mode for letter in "wax+") if mode else flags & 3 != os.O_RDONLY
        (self._written if writes else self._opened).add(path)

    def _own_files(self, project: str) -> list[str]:
        """The files of the project that were read, and not written: those are a plugin's cache."""
        opened, written = set(map(absolute, self._opened)), set(map(absolute, self._written))
        own = [path for path in sorted(opened - written) if _is_own(path, project)]
        return own[:MOST]


def _is_own(path: str, project: str) -> bool:
    """Is this a file that a person edits?"""
    if not path.startswith(project + os.sep) or is_installed(path):
        return False
    parts = Path(path).relative_to(project).parts
    hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    return not hidden and not path.endswith(".pyc") and Path(path).is_file()


def _outermost(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted(set(paths), key=lambda one: (len(one), one)):
        if Path(path).exists() and not any(path.startswith(one + os.sep) for one in kept):
            kept.append(path)
    return kept
