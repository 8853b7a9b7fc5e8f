"""Whether tests are shared out, and into which groups.

A plugin of pytest, in the place of its own loop over the tests.
"""

import os
import sys
import threading
from collections.abc import Mapping

import pytest

from livereload_sse.pytest_watch.jobs.handing_out import HandingOut
from livereload_sse.pytest_watch.jobs.values import Gather, Group, Outlet

ALONE = ("dsession", "_cov", "pdbinvoke")
"""Plugins of pytest under which the tests run in one process: xdist's, cov's, the debugger's."""


class Jobs:
    """Runs a session's tests in up to `count` processes.

    `durations`: a test file's seconds, where known. `gather` gives what a process has to tell in the
    end; `outlet` is where what is told in any of them goes.
    """

    def __init__(
        self,
        count: int,
        *,
        durations: Mapping[str, float],
        gather: Gather,
        outlet: Outlet,
    ) -> None:
        self._count = count
        self._durations = durations
        self._gather = gather
        self._outlet = outlet

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests. None leaves them to pytest, in this process."""
        groups = self._groups(session)
        count = min(self._count, len(groups))
        if count < 2 or not self._is_possible(session):
            return None
        HandingOut(session, groups, count, gather=self._gather, outlet=self._outlet).run()
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        return True

    def _is_possible(self, session: pytest.Session) -> bool:
        if sys.platform != "linux" or threading.active_count() > 1:
            return False
        option, plugins = session.config.option, session.config.pluginmanager
        if option.collectonly or (session.testsfailed and not option.continue_on_collection_errors):
            return False
        return not any(map(plugins.hasplugin, ALONE))

    def _groups(self, session: pytest.Session) -> list[Group]:
        """Make one group of each file, the longest first; what was never timed comes before all."""
        groups: dict[str, list[int]] = {}
        for index, item in enumerate(session.items):
            groups.setdefault(os.fspath(item.path), []).append(index)
        never = float("inf")
        paths = sorted(groups, key=lambda path: -self._durations.get(path, never))
        return [tuple(groups[path]) for path in paths]
