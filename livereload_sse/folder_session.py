"""The session of a folder: what is watched is what is served.

Decides what a change means to a tab (a served file: `change`; anything else that is watched:
`reload`), and asks the disk what tabs have missed that were away.
"""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from livereload_sse.session import MOST_CHANGES, Session, absolute, age, event, is_served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livereload_sse.settings import Settings
    from livereload_sse.sse import Event
    from livereload_sse.updates import Update
    from livereload_sse.watch import Change, ChangeSet


class FolderSession(Session):
    """Serves the folder that it watches."""

    def __init__(
        self,
        settings: "Settings",
        *,
        on_update: "Callable[[Update], None]" = lambda _update: None,
        on_notice: Callable[[str], None] = lambda _line: None,
    ) -> None:
        root = absolute(settings.directory)
        super().__init__(settings, root=root, on_update=on_update, on_notice=on_notice)
        roots = [self.root, *map(absolute, settings.watch)]
        self.watcher = self._make_watcher(roots, ignore=lambda _root: settings.ignore)

    async def _missed(self, milliseconds: int) -> "Sequence[Event]":
        changes = await self.watcher.changed_since(milliseconds)
        if len(changes.changes) > MOST_CHANGES:
            return [event("reload", {"reason": f"more than {MOST_CHANGES} files changed"})]
        served, others = self._sort(changes)
        if others:
            return [event("reload", {"reason": self._phrase(others[0])})]
        return [event("change", self._data(served))] if served else []

    def _act(self, changes: "ChangeSet") -> None:
        served, others = self._sort(changes)
        if not served and not others:
            return
        ordered = [*others, *served]
        if others:
            event_id = self._publish("reload", {"reason": self._phrase(others[0])})
        else:
            event_id = self._publish("change", self._data(served))
        files = tuple(self._name(change.path) for change in ordered)
        self._begin(event_id, files, delay=age([change.path for change in ordered]))

    def _sort(self, changes: "ChangeSet") -> "tuple[list[Change], list[Change]]":
        """Part what is served from what is only watched, each in order.

        What lies in the served folder and is never served concerns no tab.
        """
        ordered = sorted(changes.changes, key=lambda change: change.path)
        inside = [change for change in ordered if change.path.is_relative_to(self.root)]
        others = [change for change in ordered if not change.path.is_relative_to(self.root)]
        return [one for one in inside if is_served(one.path.relative_to(self.root))], others

    def _data(self, served: "Sequence[Change]") -> dict[str, Any]:
        return {
            "changes": [
                self._described(
                    change.kind,
                    PurePosixPath(change.path.relative_to(self.root).as_posix()),
                    change.digest,
                )
                for change in served
            ]
        }

    def _phrase(self, change: "Change") -> str:
        return f"{self._name(change.path)} {change.kind}"
