"""Whether this pytest is one that shall watch, read from its arguments before it begins.

Knows pytest's half-made configuration. Takes our words out of the arguments, so that pytest, and
what it starts, is as if nobody had said them. Refuses to know how watching is done.
"""

import copy
import os
import sys
from pathlib import Path

import pytest

from livereload_sse.errors import ConfigurationError, LiveReloadError
from livereload_sse.pytest_watch.flags import (
    ALWAYS,
    COLD,
    FLAGS,
    FUNCTIONS,
    JOBS,
    PAGE,
    SHARE,
    STANDBY,
    TIMEOUT,
    WATCH,
    Spoken,
    expanded,
    read,
)
from livereload_sse.pytest_watch.taken import find_conftests, find_taken

OLDEST = (8,)
"""The first pytest whose hooks can be left in the way that watching leaves them."""

ONCE = (
    "help",
    "version",
    "markers",
    "showfixtures",
    "show_fixtures_per_test",
    "cacheshow",
    "collectonly",
    "setupplan",
)
"""Options after which pytest shows something and ends: there is nothing to watch for."""


def hear(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> bool:
    """Take our words out of `args`, and note what they say in the configuration's early namespace.

    Returns whether this process is to watch. Raises UsageError, pytest's, where it cannot.
    """
    known = early_config.known_args_namespace
    try:
        words = _opened(args)
        taken = find_all_taken(early_config, parser, words)
        spoken = read(words, taken=taken)
        if spoken.is_any:
            args[:] = spoken.rest
            # What stood behind one of our words was not its value for pytest, but a path.
            again = parser.parse_known_args(args, namespace=copy.copy(early_config.option))
            known.file_or_dir = again.file_or_dir
        _note(spoken, taken, known)
        return spoken.watch and _can_watch(known)
    except LiveReloadError as error:
        raise pytest.UsageError(str(error)) from None


def find_all_taken(
    early_config: pytest.Config, parser: pytest.Parser, words: list[str]
) -> frozenset[str]:
    """Find those of our words that another plugin, or a conftest of the project, has declared."""
    declared = find_declared(parser)
    said = {name for word in words if (name := word.partition("=")[0]) in FLAGS} - declared
    known = early_config.known_args_namespace
    if not said or known.noconftest:
        return declared
    conftests = find_conftests(
        known.file_or_dir,
        testpaths=early_config.getini("testpaths"),
        start=early_config.invocation_params.dir,
        root=early_config.rootpath,
    )
    roots = [Path(folder or os.curdir) for folder in sys.path]
    return declared | find_taken(said, conftests, import_roots=[early_config.rootpath, *roots])


def find_declared(parser: pytest.Parser) -> frozenset[str]:
    """Find those of our words that are declared already: not by us, who declare them for help only."""
    groups = [parser._anonymous, *parser._groups]  # noqa: SLF001 - no public way to ask
    names = {name for group in groups for option in group.options for name in option.names()}
    return frozenset(names.intersection(FLAGS))


def is_part_of_a_run() -> bool:
    """Say whether this process runs tests for another, which may be one that watches."""
    from livereload_sse.pytest_watch.inside.child import is_run  # noqa: PLC0415 - not for an old pytest

    return is_run() or "PYTEST_XDIST_WORKER" in os.environ


def is_unattended() -> bool:
    """Say whether nobody is there who saves files: what runs is a build server's."""
    return os.environ.get("CI", "").casefold() not in {"", "0", "false"}


def _can_watch(known: object) -> bool:
    """Say whether there is something to watch for, and nobody else does."""
    if pytest.version_tuple < OLDEST:
        raise ConfigurationError(
            "This pytest is too old to be watched",
            where=f"pytest {pytest.__version__}",
            hint=f"Install pytest 8 or a newer one: {sys.executable} -m pip install -U pytest",
        )
    if any(getattr(known, name, False) for name in ONCE) or is_part_of_a_run():
        return False
    if getattr(known, "looponfail", False):
        raise ConfigurationError(
            "Two would watch, and run the same tests",
            where="-f (--looponfail)",
            hint=f"Leave -f out: {ALWAYS} runs what failed first, too.",
        )
    if is_unattended():
        sys.stderr.write("sse-reload: CI is set, so the tests run once and nothing is watched.\n")
        return False
    return True


def _note(spoken: Spoken, taken: frozenset[str], known: object) -> None:
    """Leave what was said where `setup` finds it."""
    known.live_watch = spoken  # type: ignore[attr-defined]  # argparse's namespace takes any name
    known.live_watch_taken = taken  # type: ignore[attr-defined]


def _opened(args: list[str]) -> list[str]:
    """Read files of arguments, where this pytest knows them."""
    if not any(word.startswith("@") for word in args) or pytest.version_tuple < (8, 2):
        return list(args)
    return expanded(args, _read_lines)


def _read_lines(name: str) -> list[str]:
    """Read a file of arguments as argparse does, one in each line."""
    try:
        return Path(name).read_text(encoding=sys.getfilesystemencoding()).splitlines()
    except (OSError, UnicodeError):
        return []  # pytest's parser says so


def describe_flags(parser: pytest.Parser) -> None:
    """Declare our words for `--help`, those that nobody else has."""
    taken = find_declared(parser)
    group = parser.getgroup(
        "sse-reload", "run affected tests again as files are saved (sse-reload)"
    )
    for name, more, text in _MEANINGS:
        if name not in taken:
            meaning = _LONG if name == ALWAYS and WATCH in taken else text
            group.addoption(name, dest=f"live_watch_help_{name.strip('-')}", help=meaning, **more)


_LONG = "run the tests, then run those again that a saved file affects, until `q`"
_SWITCH = {"action": "store_true"}
_MEANINGS = (
    (WATCH, _SWITCH, _LONG),
    (ALWAYS, _SWITCH, "the same, for projects in which a conftest has a --watch of its own"),
    (PAGE, _SWITCH, "with --watch: show the results in a page of the browser, too"),
    (SHARE, {"metavar": "URL"}, "with --watch: tell this server's tabs, too, how the tests are"),
    (COLD, _SWITCH, "with --watch: begin each run in a new process that has imported nothing"),
    (
        STANDBY,
        _SWITCH,
        "with --watch: begin runs in processes that stand by, as where none can fork",
    ),
    (FUNCTIONS, _SWITCH, "with --watch: run only tests that call what has changed (Python 3.12)"),
    (
        JOBS,
        {"metavar": "N"},
        "with --watch: run long selections in so many processes, or auto (default: 1)",
    ),
    (
        TIMEOUT,
        {"metavar": "SECONDS"},
        "with --watch: end a run in which one test takes longer (default: never)",
    ),
)
