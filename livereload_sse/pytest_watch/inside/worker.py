"""One of xdist's processes, in a run for somebody who watches.

Does what the run's own process would do if it ran the tests: chooses, records, and tells. Refuses to
report on tests, as xdist does, and to begin to watch.
"""

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from livereload_sse.pytest_watch.inside.collecting import Collecting
from livereload_sse.pytest_watch.inside.selecting import Selecting
from livereload_sse.pytest_watch.inside.workers import EVENT
from livereload_sse.pytest_watch.messages import Message, encode
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.plugin import WORKER
from livereload_sse.pytest_watch.slate import putting_down

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.recorder import Recorder


class Worker:
    """Speaks to the run's own process; what is said before there is a line waits for it."""

    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self._collected: Counter[str] = Counter()
        self._waiting: list[Message] = []
        self._line: Any = None

    def tell(self, message: Message) -> None:
        """Send a message."""
        if self._line is None:
            self._waiting.append(message)
        else:
            self._line.sendevent(EVENT, line=encode(message).decode())

    def join(self, config: pytest.Config) -> None:
        """Find xdist's line, and say what has happened so far."""
        plugins = config.pluginmanager.get_plugins()
        self._line = next(one for one in plugins if hasattr(one, "sendevent"))
        for message in self._waiting:
            self.tell(message)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Count tests, those included that will be left out."""
        self._collected[os.fspath(item.path)] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which files have all of their tests in this run."""
        kept = Counter(os.fspath(item.path) for item in session.items)
        if not any("::" in argument for argument in session.config.args):
            whole = [file for file, count in kept.items() if count == self._collected[file]]
            self._line.sendevent(EVENT, whole=whole)


_worker: Worker | None = None


def begin_worker() -> None:
    """Begin to record, before anything of the project is imported."""
    global _worker  # noqa: PLW0603 - a process is one or is not
    # Not for what tests start: they may run a pytest, with xdist, of their own.
    asked = json.loads(os.environ.pop(WORKER))
    if "PYTEST_XDIST_WORKER" not in os.environ or _worker is not None:
        return
    _worker = Worker()
    if asked["record"]:
        from livereload_sse.pytest_watch.recorder import Recorder  # noqa: PLC0415 - where asked for

        _worker.recorder = Recorder(
            roots=asked["roots"],
            installed=asked["installed"],
            tell=putting_down(asked["slate"], _worker.tell),
            hits=asked["hits"],
        )
        _worker.recorder.start()


def join_run(config: pytest.Config) -> None:
    """Take part in the run, if this process is one of those that somebody who watches has begun."""
    given = getattr(config, "workerinput", {}).get(EVENT)
    if given is None or _worker is None:
        return
    _worker.join(config)
    plugins = [Selecting(Order.from_json(json.loads(given))), Collecting(_worker.tell), _worker]
    for plugin in (*plugins, _worker.recorder):
        if plugin is not None:
            config.pluginmanager.register(plugin)
