"""Starts the worker: `python …/worker mkdocs|properdocs`.

Knows how to be a package where it is not installed. Refuses to leave a trace of that on the
project's import path.
"""

import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - before anything is imported
NAME = "sse_reload_mkdocs_worker"


def load() -> None:
    """Make this folder importable under a name of its own.

    Python has put the folder first on the import path, where `pages` or `wire` would hide modules of
    the project. Its own folder goes last, instead: that is where `python -m mkdocs` finds modules.
    """
    sys.path[:] = [path for path in sys.path if path != HERE] + [os.getcwd()]  # noqa: PTH109 - as above
    init = os.path.join(HERE, "__init__.py")  # noqa: PTH118 - as above
    spec = importlib.util.spec_from_file_location(NAME, init, submodule_search_locations=[HERE])
    if spec is None or spec.loader is None:
        raise ImportError(init)
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    load()
    importlib.import_module(NAME + ".main").main(sys.argv[1])
