"""A copy of the process that has collected the tests: it runs those that it is given.

Knows one line, on which groups come and reports go. Refuses to know of other copies.
"""

import json
import os
import signal
import socket
import sys
import warnings
from typing import Any, NoReturn

import pytest

from livereload_sse.pytest_watch.jobs.values import Gather, Group, Outlet
from livereload_sse.pytest_watch.jobs.warned import pack
from livereload_sse.pytest_watch.messages import Message, encode
from livereload_sse.pytest_watch.slate import putting_down

HEARD_ELSEWHERE = (
    "pytest_runtest_logstart",
    "pytest_runtest_logreport",
    "pytest_runtest_logfinish",
    "pytest_warning_recorded",
)
"""Hooks that are called once for each thing that happens: where reports come together (`replay`)."""


class Copy:
    """The forked process: runs the groups that it is given, and reports over its line."""

    def __init__(
        self,
        session: pytest.Session,
        line: socket.socket,
        gather: Gather,
        outlet: Outlet,
    ) -> None:
        self._session = session
        self._line = line
        self._gather = gather
        self._outlet = outlet
        self._heard = bytearray()
        self._index = 0

    def live(self) -> NoReturn:
        """Do so, and end."""
        code = 1
        try:
            # Whoever started pytest in the background may have had this ignored.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            self._outlet.tell = putting_down(self._outlet.slate, self._pass_on)
            self._take_over_reporting()
            self._run()
            for message in self._gather(self._session):
                self._pass_on(message)
            code = 0
        except KeyboardInterrupt:
            self._session._setupstate.teardown_exact(None)  # noqa: SLF001 - as pytest does at its end
            code = 2
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _take_over_reporting(self) -> None:
        """Who hears of reports, to print or to write them down, does so where all come together."""
        plugins = self._session.config.pluginmanager
        for plugin in list(plugins.get_plugins()):
            if plugins.get_name(plugin) == "terminalreporter" or hasattr(
                plugin, "is_told_elsewhere"
            ):
                plugins.unregister(plugin)
        for name in HEARD_ELSEWHERE:
            hook = getattr(self._session.config.hook, name)
            for one in hook.get_hookimpls():
                hook._remove_plugin(one.plugin)  # noqa: SLF001 - all its other hooks are to stay
        plugins.register(self)

    def _run(self) -> None:
        group = self._receive()
        while group:
            following = self._receive()
            for position, index in enumerate(group):
                after = group[position + 1] if position + 1 < len(group) else None
                if after is None and following:
                    after = following[0]
                self._run_one(index, after)
            self._say("group", None)
            group = following

    def _run_one(self, index: int, after: int | None) -> None:
        items = self._session.items
        self._index = index
        self._say("start", index)
        items[index].config.hook.pytest_runtest_protocol(
            item=items[index], nextitem=None if after is None else items[after]
        )
        self._say("end", index)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hand a report on."""
        config = self._session.config
        self._say(
            "report",
            config.hook.pytest_report_to_serializable(config=config, report=report),
        )

    def pytest_warning_recorded(
        self,
        warning_message: warnings.WarningMessage,
        when: str,
        nodeid: str,
        location: tuple[str, int, str] | None,
    ) -> None:
        """Hand a warning on. Those from before the fork, which whoever registers is told again, are
        known where this goes.
        """
        if when == "runtest":
            about = {"when": when, "nodeid": nodeid, "location": location}
            self._say("warning", {"warning": pack(warning_message), **about})

    def _pass_on(self, message: Message) -> None:
        self._say("message", encode(message).decode())

    def _receive(self) -> Group:
        while b"\n" not in self._heard:
            chunk = self._line.recv(65536)
            if not chunk:
                return ()
            self._heard += chunk
        line, _, rest = bytes(self._heard).partition(b"\n")
        self._heard[:] = rest
        return tuple(json.loads(line))

    def _say(self, kind: str, what: Any) -> None:
        self._line.sendall(json.dumps([kind, what], default=repr).encode() + b"\n")
