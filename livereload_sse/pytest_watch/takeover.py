"""The moment at which `pytest --watch` becomes two: one that watches, and one that runs tests.

Here nothing of the project has been imported and there is one thread, so a fork is safe; the first
run is the pytest that was started, going on where it stood.
"""

import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

from livereload_sse.pytest_watch.engine.channel import Teller
from livereload_sse.pytest_watch.engine.forking import can_fork
from livereload_sse.pytest_watch.engine.freezing import freeze
from livereload_sse.pytest_watch.order import CAN_SEE_FUNCTIONS, Order
from livereload_sse.pytest_watch.setup import Setup, find_setup

if TYPE_CHECKING:
    import pytest


def take_over(early_config: "pytest.Config") -> None:
    """Watch, and raise SystemExit in the end. Returns in the process that makes the first run."""
    setup = find_setup(early_config)
    _check(setup)
    end = _fork_first_run(early_config, setup) if can_fork() and not setup.standby else None
    if end is not None and end.fileno() < 0:
        return
    if sys.platform != "win32":
        # Ctrl-C waits for whoever knows what it means: `watch` takes it before all else.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    from livereload_sse.pytest_watch.controller import watch  # noqa: PLC0415 - here only

    raise SystemExit(watch(setup, end))


def _fork_first_run(early_config: "pytest.Config", setup: Setup) -> socket.socket:
    """Fork whoever minds the first run, and give the end of the line to it; in the process of that run
    it is closed.
    """
    ours, theirs = socket.socketpair()
    freeze()  # it saves the first run more than all of this takes
    if os.fork() == 0:
        ours.close()
        _begin_first_run(Teller(theirs), early_config, first_order(setup))
        return ours
    theirs.close()
    return ours


def _check(setup: Setup) -> None:
    """Refuse settings that mean nothing, while pytest can still say so. Raises `UsageError`.

    The first run waits for this, so what is not set is not imported either.
    """
    import pytest  # noqa: PLC0415 - loaded long ago; for its exception

    from livereload_sse.errors import ConfigurationError, LiveReloadError  # noqa: PLC0415 - here only

    try:
        if setup.functions and not CAN_SEE_FUNCTIONS:
            version = ".".join(map(str, sys.version_info[:2]))
            raise ConfigurationError(
                "This Python does not tell which functions a test calls",
                where=f"--watch-functions, with Python {version}",
                hint="Leave it out, and all tests run that use a changed file; or use Python 3.12, "
                "or a newer one.",
            )
        if setup.keys:
            from livereload_sse.pytest_watch.screen.bindings import Bindings  # noqa: PLC0415

            Bindings.from_lines(setup.keys)
        if setup.map:
            from livereload_sse.pytest_watch.affected.globs import Globs  # noqa: PLC0415

            Globs(os.fspath(setup.root), setup.map)
        if setup.ignore:
            from livereload_sse.watch import Ignore  # noqa: PLC0415

            Ignore(setup.root, patterns=setup.ignore)
    except LiveReloadError as error:
        raise pytest.UsageError(str(error)) from None


def first_order(setup: Setup) -> Order:
    """Ask for everything, recorded."""
    return Order(
        args=setup.args,
        roots=setup.roots,
        installed=setup.installed,
        hits=CAN_SEE_FUNCTIONS,
        slate=setup.slate,
    )


def _begin_first_run(teller: Teller, early_config: "pytest.Config", order: Order) -> None:
    """Return in a process in which pytest can go on, with our plugins."""
    from livereload_sse.pytest_watch.engine import host  # noqa: PLC0415 - here only
    from livereload_sse.pytest_watch.inside import child  # noqa: PLC0415

    host.become_host()
    host.begin_first(teller)
    loan = child.prepare(teller, order)
    for plugin in child.make_plugins(teller, order, loan, begun=early_config):
        early_config.pluginmanager.register(plugin)
