"""What of the project is loaded already: modules before anybody listened, and pytest's plugins."""

import os
import sys

import pytest

from livereload_sse.pytest_watch.recorder.callers import CONFTEST
from livereload_sse.pytest_watch.recorder.places import Places


def find_loaded(places: Places) -> list[str]:
    """Give the files of the project's modules that are loaded now."""
    files = (_file(module) for module in list(sys.modules.values()))
    return [path for file in files if file for path in places.find(file)]


def find_plugins(config: pytest.Config, places: Places) -> tuple[list[str], list[str]]:
    """Give the project's conftests, and its other modules that pytest has as plugins."""
    files = [_file(plugin) for plugin in config.pluginmanager.get_plugins()]
    ours = sorted({path for file in files if file for path in places.find(file)[:1]})
    conftests = [path for path in ours if os.path.basename(path) == CONFTEST]  # noqa: PTH119 - texts
    return conftests, [path for path in ours if path not in conftests]


def _file(module: object) -> str:
    try:
        file = vars(module).get("__file__")
    except TypeError:  # something that is no module
        return ""
    return file if isinstance(file, str) else ""
