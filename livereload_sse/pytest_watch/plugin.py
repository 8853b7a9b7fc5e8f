"""The pytest plugin: its settings, and the moment at which watching takes over.

Loaded by every pytest run where sse-reload is installed, so it imports nothing but pytest, declares no
option that could be declared twice, and does nothing until it is asked to.
"""

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from livereload_sse.pytest_watch.fixtures import sse_reload as sse_reload  # noqa: PLC0414 - a fixture

SETTINGS = {
    "live_watch_paths": "further folders that --watch watches",
    "live_watch_ignore": "what --watch does not watch, as in .gitignore",
    "live_watch_map": "for --watch, which tests a file concerns: `openapi.yaml -> tests/api/**`,"
    " `docs/** -> nothing`",
    "live_watch_keys": "other keys for --watch: `all = A`",
}
"""The settings in pytest's own configuration; each is a list of lines."""

WORKER = "SSE_RELOAD_TEST_WORKER"
"""The environment variable that says to a process of xdist that it runs tests for one that watches."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings. Options are declared for `--help` only, see `asked`."""
    for name, meaning in SETTINGS.items():
        parser.addini(name, meaning, type="linelist")


# The old way to write a wrapper: with a pytest before 8, the new one would stop every run.
@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, Any, None]:
    """Take over before anything of the project is imported. A run that watches does not come back."""
    if any(word.startswith(("--watch", "--live-watch", "@")) for word in args):
        with plain_imports(early_config):
            from livereload_sse.pytest_watch.asked import hear  # noqa: PLC0415 - only if asked

            if hear(early_config, parser, args):
                from livereload_sse.pytest_watch.takeover import take_over  # noqa: PLC0415

                take_over(early_config)
    if WORKER in os.environ:
        from livereload_sse.pytest_watch.inside.worker import begin_worker  # noqa: PLC0415

        begin_worker()
    yield
    if early_config.known_args_namespace.help:
        from livereload_sse.pytest_watch.asked import describe_flags  # noqa: PLC0415

        describe_flags(parser)


@contextmanager
def plain_imports(config: pytest.Config) -> Iterator[None]:
    """Import what is ours as Python does: pytest rewrites assertions in all of a plugin's package, and
    there are none in it that a test would fail by. That took as long as all else before the first run.
    """
    hook: Any = config.pluginmanager.rewrite_hook
    place = sys.meta_path.index(hook) if hook in sys.meta_path else None
    if place is not None:
        del sys.meta_path[place]
    try:
        yield
    finally:
        if place is not None:
            sys.meta_path.insert(place, hook)


def pytest_configure(config: pytest.Config) -> None:
    """Take part in a run of xdist's, in each of its processes."""
    if hasattr(config, "workerinput"):
        from livereload_sse.pytest_watch.inside.worker import join_run  # noqa: PLC0415 - there only

        join_run(config)
