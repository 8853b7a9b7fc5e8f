"""How the tests of a project are, as `pytest --watch` tells a running server.

Knows the names of the three events, which one counts, and that a process which has died says nothing
any more. Refuses to know tests: what is told goes on to the tabs as it is.
"""

import json
from collections.abc import Mapping
from typing import Any

from livereload_sse.running import is_alive
from livereload_sse.sse import Event

TESTS_EVENTS = frozenset({"tests-started", "tests-finished", "tests-gone"})
"""What the client shows as a sign in a corner."""

MOST_PID = 2**31


class SharedTests:
    """The newest that was told of tests, for tabs that come later."""

    def __init__(self) -> None:
        self._told: dict[str, Any] | None = None

    def take(self, name: str, data: Any) -> bool:
        """Note an event, and say whether it is one of ours: names like these may be anybody's.

        Who says goodbye is forgotten, unless another process that watches has spoken since.
        """
        if name not in TESTS_EVENTS or not isinstance(data, Mapping):
            return False
        watch, pid = data.get("watch"), data.get("pid")
        if not isinstance(watch, str) or not isinstance(pid, int) or not 0 < pid < MOST_PID:
            return False
        if name != "tests-gone":
            self._told = {"event": name, **data}
        elif self._told is not None and self._told["watch"] == watch:
            self._told = None
        return True

    def state(self) -> Mapping[str, Any] | None:
        """Give the data of the newest event, its name as `event`; None when nobody watches."""
        if self._told is not None and not is_alive(self._told["pid"]):
            self._told = None
        return self._told

    def events(self) -> list[Event]:
        """Write what a tab has to hear that has missed events."""
        state = self.state()
        if state is None:
            return []
        data = {key: value for key, value in state.items() if key != "event"}
        return [Event(state["event"], json.dumps(data, ensure_ascii=False))]
