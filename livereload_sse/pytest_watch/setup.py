"""What the process that watches knows of the pytest that was started.

Knows pytest's configuration as it is before anything of the project is imported. Refuses to know
what is done with it.
"""

import os
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from livereload_sse.pytest_watch.flags import without_flags
from livereload_sse.pytest_watch.slate import choose_slate

if TYPE_CHECKING:
    import pytest

    from livereload_sse.pytest_watch.flags import Spoken

CONFIGURATION = (
    "pyproject.toml",
    "pytest.ini",
    ".pytest.ini",
    "tox.ini",
    "setup.cfg",
    "pytest.toml",
    ".pytest.toml",
)
"""Files in which pytest looks for its settings."""


class Setup(NamedTuple):
    """The facts."""

    args: tuple[str, ...]
    """The arguments of later runs: the user's own."""
    folder: Path
    """Where it was started."""
    root: Path
    config_file: Path | None
    cache_dir: Path | None
    roots: tuple[str, ...]
    installed: tuple[str, ...]
    python_files: tuple[str, ...]
    """What the names of test files look like, as globs; those of doctests, too."""
    within: tuple[str, ...] = ()
    """The files and folders that the arguments name; empty where that is not known."""
    ignore: tuple[str, ...] = ()
    map: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    cold: bool = False
    standby: bool = False
    page: bool = False
    timeout: float | None = None
    no_header: tuple[str, ...] = ("--no-header",)
    """What leaves out pytest's first lines, where its own reporter is there to know it."""
    jobs: int = 1
    functions: bool = False
    maxfail: int = 0
    """The failures after which pytest stops; 0: it does not."""
    share: tuple[str, ...] = ()
    slate: str = ""
    """Where the processes of a run put down what they write; see `slate`."""

    @property
    def record_file(self) -> Path | None:
        """Where what is known of the tests is kept; None without pytest's cache."""
        return self.cache_dir / "sse-reload" / "record.json" if self.cache_dir else None

    @property
    def configuration(self) -> tuple[str, ...]:
        """The files after whose change everything runs."""
        names = [os.fspath(self.root / name) for name in CONFIGURATION]
        return (*names, os.fspath(self.config_file)) if self.config_file else tuple(names)


def find_setup(early_config: "pytest.Config") -> Setup:
    """Read what is needed of a configuration that is half made."""
    known = early_config.known_args_namespace
    spoken: Spoken = known.live_watch
    root = early_config.rootpath
    return Setup(
        args=tuple(
            without_flags(early_config.invocation_params.args, taken=known.live_watch_taken)
        ),
        folder=early_config.invocation_params.dir,
        root=root,
        config_file=early_config.inipath,
        cache_dir=root / early_config.getini("cache_dir") if _has_cache(early_config) else None,
        roots=find_roots(
            root,
            early_config.invocation_params.dir,
            [*early_config.getini("pythonpath"), *early_config.getini("live_watch_paths")],
        ),
        installed=find_installed(),
        python_files=_find_patterns(early_config),
        within=_find_within(early_config),
        ignore=tuple(early_config.getini("live_watch_ignore")),
        map=tuple(early_config.getini("live_watch_map")),
        keys=tuple(early_config.getini("live_watch_keys")),
        cold=spoken.cold,
        standby=spoken.standby,
        functions=spoken.functions,
        maxfail=getattr(known, "maxfail", 0) or 0,
        page=spoken.page,
        share=spoken.share,
        jobs=spoken.jobs,
        timeout=spoken.timeout,
        slate=choose_slate(),
        no_header=("--no-header",) if hasattr(known, "no_header") else (),
    )


def _find_patterns(early_config: "pytest.Config") -> tuple[str, ...]:
    known = early_config.known_args_namespace
    patterns = tuple(early_config.getini("python_files"))
    if getattr(known, "doctestmodules", False):
        patterns += ("*.py",)
    return patterns + tuple(getattr(known, "doctestglob", None) or ("test*.txt",))


def _find_within(early_config: "pytest.Config") -> tuple[str, ...]:
    """Name what the arguments name, else the setting `testpaths`; names of packages are not followed."""
    known = early_config.known_args_namespace
    if getattr(known, "pyargs", False):
        return ()
    base, words = early_config.invocation_params.dir, [*known.file_or_dir]
    if not words and base == early_config.rootpath:
        words = [
            os.fspath(path)
            for glob in early_config.getini("testpaths")
            for path in sorted(base.glob(glob))
        ]
    return tuple(os.path.abspath(base / word.partition("::")[0]) for word in words)  # noqa: PTH100 - not through links


def _has_cache(early_config: "pytest.Config") -> bool:
    return early_config.pluginmanager.hasplugin("cacheprovider")


def find_roots(root: Path, start: Path, further: Iterable[str | Path]) -> tuple[str, ...]:
    """Name the folders whose files are the project's.

    Settings in a folder of tests make that the root, with what is tested beside it: then the folder
    counts as well in which pytest was started, unless it is somebody's home or a whole disk.
    """
    found = [root, *(root / path for path in further)]
    if start in root.parents and start not in {Path(start.anchor), Path.home()}:
        found.append(start)
    return tuple(dict.fromkeys(os.path.normpath(path) for path in found))


def find_installed() -> tuple[str, ...]:
    """Name the folders whose modules are installed: never the project's own, wherever they lie."""
    import site  # noqa: PLC0415 - here only

    names = ("stdlib", "platstdlib", "purelib", "platlib")
    found = [sysconfig.get_path(name) for name in names]
    if site.ENABLE_USER_SITE:
        found.append(site.getusersitepackages())
    return tuple(dict.fromkeys(path for path in found if path))
