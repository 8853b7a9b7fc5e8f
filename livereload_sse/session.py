"""One run of the whole pipeline: what the disk says becomes what the tabs are told.

Decides what a change means to a tab (a served file: `change`; anything else that is watched:
`reload`), catches up tabs that were away, and counts what became of each change. Refuses to know
HTTP, sockets, signals and the terminal.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.sse import Broadcaster, Event, EventId, Gap
from livereload_sse.updates import Update, Updates
from livereload_sse.watch import Change, ChangeSet, Ignore, Watcher, coarse_milliseconds
from livereload_sse.web.urls import canonical_url, is_denied, parse_prefix

if TYPE_CHECKING:
    from livereload_sse.settings import Settings
    from livereload_sse.web.acks import Ack

TAB_EVENTS = frozenset({"change", "reload"})
"""What the client acts upon by itself; any other name travels to the tabs as `custom`."""

MOST_CHANGES = 500
"""A tab that missed more files than this reloads instead of planning."""


class Session:
    """Watch, decide, tell. Use as `async with Session(settings) as session`.

    `on_update` gets one `Update` for each change, `on_notice` a line when the watcher has to say
    something.
    """

    def __init__(
        self,
        settings: "Settings",
        *,
        on_update: Callable[[Update], None] = lambda _update: None,
        on_notice: Callable[[str], None] = lambda _line: None,
    ) -> None:
        # Not resolved: a link may be switched to another folder while it is served.
        self.root = Path(os.path.abspath(settings.directory))  # noqa: PTH100 - resolve() follows links
        self.prefix = parse_prefix(settings.prefix)
        self.broadcaster = Broadcaster(clock=coarse_milliseconds)
        self._tabs = self._hidden = 0
        self._on_update = on_update
        self._on_notice = on_notice
        roots = [self.root, *(Path(os.path.abspath(path)) for path in settings.watch)]  # noqa: PTH100
        self.watcher = Watcher(
            roots,
            ignore=lambda root: Ignore(
                root, patterns=settings.ignore, gitignore=settings.gitignore
            ),
            poll=settings.poll,
            notice=on_notice,
        )
        # Everything on disk before this moment has been told: the time part of each event's id.
        self._told_until = self.broadcaster.last_id.milliseconds
        self._held: ChangeSet | None = None

    async def __aenter__(self) -> Self:
        """Start to watch; the pages may be served at once."""
        loop = asyncio.get_running_loop()
        self._updates = Updates(self._on_update, call_later=loop.call_later)
        await self.watcher.__aenter__()
        self._pump = asyncio.create_task(self._tell_all())
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop watching and end the streams."""
        self.close_streams()
        self._pump.cancel()
        with suppress(asyncio.CancelledError):
            await self._pump
        await self.watcher.__aexit__(None, None, None)
        self._updates.close()

    def close_streams(self) -> None:
        """Say goodbye to every tab; more may not come."""
        self.broadcaster.close()

    def last_id_text(self) -> str:
        """Write the id of what a page that is rendered now has seen."""
        return str(self.broadcaster.last_id)

    def count_tabs(self, visible: int, hidden: int) -> None:
        """Note how many tabs hear what is told, by whether somebody can see them."""
        self._tabs, self._hidden = visible, hidden

    @property
    def tabs(self) -> int:
        """How many tabs somebody can see: those that act at once."""
        return self._tabs

    @property
    def hidden(self) -> int:
        """How many tabs are told and act once they are shown."""
        return self._hidden

    @property
    def paused(self) -> bool:
        """Whether changes are held back."""
        return self._held is not None

    def pause(self) -> None:
        """Hold changes back until `resume`."""
        if self._held is None:
            self._held = ChangeSet()

    def resume(self) -> None:
        """Tell what was held back, as one."""
        held, self._held = self._held, None
        if held:
            self._tell(held)

    def reload(self, reason: str) -> EventId:
        """Reload every tab."""
        event_id = self._publish("reload", {"reason": reason})
        self._begin(event_id, (reason,), delay=0.0)
        return event_id

    def publish(self, name: str, data: Any, channel: str) -> EventId:
        """Publish somebody's own event.

        On the tabs' channel (the unnamed one) a name that the client does not know is wrapped: an
        EventSource hears only names it has been told to listen to.
        """
        if channel or name in TAB_EVENTS:
            return self._publish(name, data, channel=channel)
        return self._publish("custom", {"name": name, "data": data})

    async def catch_up(self, after: EventId, gap: Gap) -> Sequence[Event]:
        """Say what a tab missed whose id is not in memory: by comparing the disk with the id's time."""
        if gap is Gap.FUTURE:
            return [_event("reload", {"reason": "this tab is ahead of the server's clock"})]
        changes = await self.watcher.changed_since(after.milliseconds)
        if len(changes.changes) > MOST_CHANGES:
            return [_event("reload", {"reason": f"more than {MOST_CHANGES} files changed"})]
        served, others = self._sort(changes)
        if others:
            return [_event("reload", {"reason": f"{self._name(others[0])} {others[0].kind}"})]
        return [_event("change", self._data(served))] if served else []

    def acknowledge(self, ack: "Ack") -> None:
        """Take one tab's word on one event."""
        self._updates.acknowledge(
            ack.id,
            action=ack.action,
            duration=ack.milliseconds / 1000,
            nodes=ack.nodes,
            reason=ack.reason,
        )

    async def _tell_all(self) -> None:
        try:
            async for changes in self.watcher:
                if self._held is not None:
                    self._held |= changes
                else:
                    self._tell(changes)
        except Exception as error:
            self._on_notice(f"Watching has failed, so changes are not seen any more: {error!r}")
            raise  # at the end of the session, with its traceback: this is our bug

    def _tell(self, changes: ChangeSet) -> None:
        self._told_until = max(self._told_until, changes.seen_at)
        served, others = self._sort(changes)
        if not served and not others:
            return
        files = tuple(self._name(change) for change in [*others, *served])
        if others:
            event_id = self._publish("reload", {"reason": f"{files[0]} {others[0].kind}"})
        else:
            event_id = self._publish("change", self._data(served))
        self._begin(event_id, files, delay=_age([*others, *served]))

    def _begin(self, event_id: EventId, files: tuple[str, ...], *, delay: float) -> None:
        self._updates.begin(event_id, files=files, tabs=self.tabs, hidden=self.hidden, delay=delay)

    def _publish(self, name: str, data: Any, *, channel: str = "") -> EventId:
        self.broadcaster.publish(name, data, channel=channel, milliseconds=self._told_until)
        return self.broadcaster.last_id

    def _sort(self, changes: ChangeSet) -> tuple[list[Change], list[Change]]:
        """Part what is served from what is only watched, each in order.

        What lies in the served folder and is never served concerns no tab.
        """
        ordered = sorted(changes.changes, key=lambda change: change.path)
        inside = [change for change in ordered if change.path.is_relative_to(self.root)]
        others = [change for change in ordered if not change.path.is_relative_to(self.root)]
        return [change for change in inside if self._is_served(change.path)], others

    def _is_served(self, path: Path) -> bool:
        return not any(map(is_denied, path.relative_to(self.root).parts))

    def _data(self, served: Sequence[Change]) -> dict[str, Any]:
        return {"changes": [self._described(change) for change in served]}

    def _described(self, change: Change) -> dict[str, str]:
        relative = PurePosixPath(change.path.relative_to(self.root).as_posix())
        described = {"kind": str(change.kind), "url": canonical_url(relative, prefix=self.prefix)}
        if change.digest is not None:
            described["digest"] = change.digest
        return described

    def _name(self, change: Change) -> str:
        """Name a file as the user knows it: from the served folder, else from where they stand."""
        if change.path.is_relative_to(self.root):
            return change.path.relative_to(self.root).as_posix()
        with suppress(ValueError):
            return change.path.relative_to(Path.cwd()).as_posix()
        return str(change.path)


def _event(name: str, data: Any) -> Event:
    return Event(name, json.dumps(data, ensure_ascii=False))


def _age(changes: Sequence[Change]) -> float:
    """Seconds since the newest of these files was saved; zero where none is left to ask.

    A rename keeps the modification time and sets the change time, so the later one counts. A few
    files are enough: they were saved together.
    """
    newest = 0.0
    for change in changes[:20]:
        with suppress(OSError):  # deleted, or again on its way
            status = change.path.stat()
            newest = max(newest, status.st_mtime, status.st_ctime if os.name == "posix" else 0.0)
    return max(0.0, time.time() - newest) if newest else 0.0
