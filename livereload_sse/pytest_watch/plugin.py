"""The pytest plugin: its options, and the moment at which watching takes over.

Loaded by every pytest run where sse-reload is installed, so it imports nothing but pytest, and does
nothing until it is asked to.
"""

import os
from collections.abc import Generator

import pytest

WATCH, ALWAYS = "--watch", "--live-watch"
"""The flag, and the name of it that no conftest is likely to have taken."""

SETTINGS = {
    "live_watch_paths": "further folders that `--watch` watches",
    "live_watch_ignore": "what `--watch` does not watch, as in .gitignore",
    "live_watch_map": "which tests a file concerns: `openapi.yaml -> tests/api/**`, `docs/** -> nothing`",
    "live_watch_keys": "other keys for `--watch`: `all = A`",
}
"""The settings in pytest's own configuration; each is a list of lines."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what nobody else declares; `--watch` itself comes later, where it is free."""
    group = parser.getgroup("sse-reload", "run affected tests again as files are saved")
    group.addoption(
        ALWAYS,
        action="store_true",
        dest="live_watch",
        help="run the tests, then run those again that a saved file affects, until `q`",
    )
    group.addoption(
        "--watch-cold",
        action="store_true",
        dest="live_watch_cold",
        help="with --watch: begin each run in a new process that has imported nothing",
    )
    group.addoption(
        "--watch-ui",
        action="store_true",
        dest="live_watch_ui",
        help="with --watch: show the results in a page of the browser, too",
    )
    group.addoption(
        "--watch-timeout",
        type=float,
        default=None,
        metavar="SECONDS",
        dest="live_watch_timeout",
        help="with --watch: end a run in which one test takes longer (default: never)",
    )
    for name, meaning in SETTINGS.items():
        parser.addini(name, meaning, type="linelist")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    """Take over before anything of the project is imported. A run that watches does not come back."""
    if is_asked(early_config, parser, args):
        from livereload_sse.pytest_watch.takeover import take_over  # noqa: PLC0415 - only if asked

        take_over(early_config, args)
    yield
    if not _is_taken(parser):
        parser.getgroup("sse-reload").addoption(
            WATCH, action="store_true", dest="live_watch_alias", help=f"the same as {ALWAYS}"
        )


def is_asked(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> bool:
    """Say whether these arguments mean watching, and this process is the one that should."""
    known = early_config.known_args_namespace
    if not (known.live_watch or (WATCH in args and not _is_taken(parser))):
        return False
    if known.help or known.version or "PYTEST_XDIST_WORKER" in os.environ:
        return False
    from livereload_sse.pytest_watch.child import is_run  # noqa: PLC0415 - see the docstring

    return not is_run()


def _is_taken(parser: pytest.Parser) -> bool:
    """Say whether a plugin has an option `--watch`: a second one would stop every run."""
    groups = [parser._anonymous, *parser._groups]  # noqa: SLF001 - no public way to ask
    return any(WATCH in option.names() for group in groups for option in group.options)
