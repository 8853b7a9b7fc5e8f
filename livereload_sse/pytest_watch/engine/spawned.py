"""The first that a spawned process does: be like the process in which pytest was started, get warm
where that is wished, and serve.
"""

import importlib.util
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn

from livereload_sse.pytest_watch.engine import lifeline
from livereload_sse.pytest_watch.engine.channel import find_teller
from livereload_sse.pytest_watch.engine.host import become_host, serve


def main() -> NoReturn:
    """Do so, and end the process."""
    become_host()
    if rope := os.environ.pop(lifeline.FROM_ENVIRONMENT, ""):
        lifeline.hang_on(int(rope))
    teller = find_teller(os.environ)
    wish = teller.listen()
    if wish is None:
        os._exit(0)
    _resemble(wish)
    _stay_as_imported()
    # Imported late: the line comes first, so that whoever waits is told when this fails.
    from livereload_sse.pytest_watch.engine import loading  # noqa: PLC0415
    from livereload_sse.pytest_watch.inside import child  # noqa: PLC0415

    hook = loading.load_plugins(wish["args"]) if wish["warm"] else None
    order = serve(teller, forks=wish["forks"], hook=hook)
    if order is None:
        os._exit(0)
    child.run_and_exit(teller, order)


def _stay_as_imported() -> None:
    """Have pytest content with how this package has been imported here: before pytest, which would
    warn that it can no longer rewrite the assertions of a plugin's package.
    """
    package = sys.modules[__name__.partition(".")[0]]
    package.__doc__ = f"{package.__doc__}\n\nPYTEST_DONT_REWRITE"


def _resemble(wish: Mapping[str, Any]) -> None:
    """Have the arguments and the main module that the tests would find."""
    sys.argv[:] = wish["argv"]
    main_module = sys.modules["__main__"]
    if wish["main_file"]:
        main_module.__file__ = wish["main_file"]
    if wish["main_name"]:
        with suppress(ImportError, ValueError):
            main_module.__spec__ = importlib.util.find_spec(wish["main_name"])
