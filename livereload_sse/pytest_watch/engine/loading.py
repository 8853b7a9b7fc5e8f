"""pytest and its plugins, loaded ahead of a run as pytest itself loads them.

Imported plainly they would not have their assertions rewritten, and pytest would warn of that. So a
configuration is begun with the user's arguments, and given up before the first conftest.
"""

import sys
from collections.abc import Generator, Sequence
from typing import Any

import pytest
from _pytest.config import _prepareconfig

from livereload_sse.pytest_watch.engine.stand_in import standing_in
from livereload_sse.pytest_watch.engine.trial import silent


class _EnoughError(Exception):
    """Everything is loaded that may be."""


def _enough() -> None:
    raise _EnoughError


class _Stopping:
    """A plugin of pytest that ends it before any conftest is loaded, and keeps its finder."""

    hook: Any = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(
        self, early_config: pytest.Config
    ) -> Generator[None, object, object]:
        """Take the place of all others: a wrapper is asked before them."""
        self.hook = early_config.pluginmanager.rewrite_hook
        _enough()
        return (yield)


def load_plugins(args: Sequence[str]) -> Any:
    """Load them, and return pytest's finder of modules, which is not in use any more. What goes wrong
    goes wrong again in the run, where it can be shown.
    """
    stopping = _Stopping()
    path = list(sys.path)
    try:
        with silent(), standing_in():
            _prepareconfig(list(args), [stopping])
    except (Exception, SystemExit):  # noqa: BLE001 - see above
        sys.path[:] = path
    return stopping.hook
