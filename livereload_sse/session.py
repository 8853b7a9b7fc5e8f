"""One run of the whole pipeline: what the disk says becomes what the tabs are told.

Knows what every pipeline has: a watcher, a broadcaster, tabs that answer, a pause. What a change
means is for each kind of session to say: `folder_session` serves what it watches, `build_session`
and `run_session` serve what a generator makes of it. Refuses to know HTTP, sockets, signals and the
terminal.
"""

import asyncio
import json
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.relay import Relay
from livereload_sse.sse import Broadcaster, Event, EventId, Gap
from livereload_sse.updates import Update, Updates
from livereload_sse.watch import ChangeSet, Ignore, Watcher, coarse_milliseconds
from livereload_sse.web.shared_tests import SharedTests
from livereload_sse.web.urls import canonical_url, is_denied, parse_prefix

if TYPE_CHECKING:
    from livereload_sse.build.news import Succeeded
    from livereload_sse.builds import Builds
    from livereload_sse.settings import Settings
    from livereload_sse.web.acks import Ack

BUILD_EVENTS = frozenset({"build-started", "build-output", "build-succeeded", "build-failed"})
TAB_EVENTS = frozenset({"change", "reload"}) | BUILD_EVENTS
"""What the client acts upon by itself; any other name travels to the tabs as `custom`."""

MOST_CHANGES = 500
"""A tab that missed more files than this reloads instead of planning."""


class Session(ABC):
    """Watch, decide, tell. Use as `async with FolderSession(settings) as session`.

    `on_update` gets one `Update` for each change, `on_notice` a line when something has to be said.
    `origin` is the broadcaster's.
    """

    def __init__(
        self,
        settings: "Settings",
        *,
        root: Path,
        on_update: Callable[[Update], None],
        on_notice: Callable[[str], None],
        origin: int = 0,
    ) -> None:
        self.root = root
        self.prefix = parse_prefix(settings.prefix)
        self.broadcaster = Broadcaster(clock=coarse_milliseconds, origin=origin)
        self.watcher: Watcher
        self.builds: Builds | None = None
        self.tests = SharedTests()
        self._relay = (
            Relay.from_url(settings.broker, hear=self._hear_others, lost=self._reload)
            if settings.broker
            else None
        )
        self._settings = settings
        self._tabs = self._hidden = 0
        self._on_update = on_update
        self._on_notice = on_notice
        # Everything on disk before this moment has been told: the time part of each event's id.
        self._told_until = self.broadcaster.last_id.milliseconds
        self._held: ChangeSet | None = None

    async def __aenter__(self) -> Self:
        """Start to watch; the pages may be served at once."""
        loop = asyncio.get_running_loop()
        self._updates = Updates(self._on_update, call_later=loop.call_later)
        async with AsyncExitStack() as beginning:
            if self._relay is not None:
                await beginning.enter_async_context(self._relay)
            await beginning.enter_async_context(self.watcher)
            self._open = beginning.pop_all()
        self._pump = asyncio.create_task(self._follow(self.watcher))
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop watching and end the streams."""
        self.close_streams()
        async with AsyncExitStack() as ending:  # each of them ends, whatever another fails with
            ending.callback(self._updates.close)
            ending.push_async_callback(self._open.aclose)
            ending.push_async_callback(ended, self._pump)

    @abstractmethod
    def _act(self, changes: ChangeSet) -> None:
        """Do what these changes ask for."""

    @abstractmethod
    async def _missed(self, milliseconds: int) -> Sequence[Event]:
        """Say what a tab missed that has seen everything up to a moment; raise what `catch_up` may."""

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
        """Act upon what was held back, as one."""
        held, self._held = self._held, None
        if held:
            self._take(held)

    def reload(self, reason: str) -> EventId:
        """Reload every tab, also those of other servers with our broker."""
        event_id = self._reload(reason)
        self._copy("reload", {"reason": reason}, "")
        return event_id

    def publish(self, name: str, data: Any, channel: str) -> EventId:
        """Publish somebody's own event, also to tabs of other servers with our broker."""
        event_id = self._tell_anybodys(name, data, channel)
        self._copy(name, data, channel)
        return event_id

    async def catch_up(self, after: EventId, gap: Gap) -> Sequence[Event]:
        """Say what a tab missed whose id is not in memory: by what is newer than the id's time."""
        if gap is Gap.FUTURE:
            return [event("reload", {"reason": "this tab is ahead of the server's clock"})]
        told = self._relay.since(after.milliseconds) if self._relay else ()
        relayed = [event(*_for_tabs(name, data)) for name, data in told]
        return [*self.tests.events(), *relayed, *await self._missed(after.milliseconds)]

    def acknowledge(self, ack: "Ack") -> None:
        """Take one tab's word on one event."""
        self._updates.acknowledge(
            ack.id,
            action=ack.action,
            duration=ack.milliseconds / 1000,
            nodes=ack.nodes,
            reason=ack.reason,
        )

    async def _follow(self, watcher: Watcher) -> None:
        try:
            async for changes in watcher:
                if self._held is not None:
                    self._held |= changes
                else:
                    self._take(changes)
        except Exception as error:
            self._on_notice(f"Watching has failed, so changes are not seen any more: {error!r}")
            raise  # at the end of the session, with its traceback: this is our bug

    def _take(self, changes: ChangeSet) -> None:
        self._told_until = max(self._told_until, changes.seen_at)
        self._act(changes)

    def _make_watcher(
        self,
        roots: Sequence[Path],
        *,
        ignore: Callable[[Path], Sequence[str]],
        gitignore: bool | None = None,
    ) -> Watcher:
        """Watch these roots; `ignore` gives the patterns for each, `gitignore` is the settings' own
        where nothing else is said.
        """
        counts = self._settings.gitignore if gitignore is None else gitignore
        return Watcher(
            roots,
            ignore=lambda root: Ignore(root, patterns=ignore(root), gitignore=counts),
            poll=self._settings.poll,
            notice=self._on_notice,
        )

    def _begin(
        self,
        event_id: EventId,
        files: tuple[str, ...],
        *,
        delay: float,
        built: "Succeeded | None" = None,
    ) -> None:
        self._updates.begin(
            event_id,
            files=files,
            tabs=self.tabs,
            hidden=self.hidden,
            delay=delay,
            built=built,
        )

    def _tell_anybodys(self, name: str, data: Any, channel: str) -> EventId:
        """Tell somebody's own event here."""
        if not channel and not self.tests.take(name, data):
            name, data = _for_tabs(name, data)
        return self._publish(name, data, channel=channel)

    def _reload(self, reason: str) -> EventId:
        event_id = self._publish("reload", {"reason": reason})
        self._begin(event_id, (reason,), delay=0.0)
        return event_id

    def _copy(self, name: str, data: Any, channel: str) -> None:
        if self._relay is not None:
            self._relay.copy(name, data, channel)

    def _hear_others(self, name: str, data: Any, channel: str) -> None:
        """Tell here what was published to another server, or to the broker itself."""
        if name == "reload" and not channel:
            reason = data.get("reason") if isinstance(data, dict) else None
            self._reload(str(reason or "somebody asked for it"))
        else:
            self._tell_anybodys(name, data, channel)

    def _publish(self, name: str, data: Any, *, channel: str = "") -> EventId:
        self.broadcaster.publish(name, data, channel=channel, milliseconds=self._told_until)
        return self.broadcaster.last_id

    def _described(self, kind: str, relative: PurePosixPath, digest: str | None) -> dict[str, str]:
        """Write one item of a `change` event for a file that is served."""
        described = {"kind": str(kind), "url": canonical_url(relative, prefix=self.prefix)}
        if digest is not None:
            described["digest"] = digest
        return described

    def _name(self, path: Path) -> str:
        """Name a file as the user knows it: from the session's folder, else from where they stand."""
        for folder in (self.root, Path.cwd()):
            with suppress(ValueError):
                return path.relative_to(folder).as_posix()
        return str(path)


def _for_tabs(name: str, data: Any) -> tuple[str, Any]:
    """Wrap a name that the client does not know: an EventSource hears only names it listens to."""
    return (name, data) if name in TAB_EVENTS else ("custom", {"name": name, "data": data})


def event(name: str, data: Mapping[str, Any]) -> Event:
    """Make an event without an id, for a tab that catches up."""
    return Event(name, json.dumps(data, ensure_ascii=False))


def is_served(relative: PurePosixPath | Path) -> bool:
    """Whether a file of the served folder is ever shown to anybody."""
    return not any(map(is_denied, relative.parts))


def absolute(path: Path) -> Path:
    """Make a path absolute without following links: one may be switched to another folder."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() follows links


def age(paths: Collection[Path]) -> float:
    """Seconds since the newest of these files was saved; zero where none is left to ask.

    A few files are enough: they were saved together.
    """
    newest = max(map(saved_at, list(paths)[:20]), default=0.0)
    return max(0.0, time.time() - newest) if newest else 0.0


def saved_at(path: Path) -> float:
    """Seconds since 1970 at which a file was saved; zero for one that is gone.

    A rename keeps the modification time and sets the change time, so the later one counts.
    """
    try:
        status = path.stat()
    except OSError:  # deleted, or again on its way
        return 0.0
    return max(status.st_mtime, status.st_ctime if os.name == "posix" else 0.0)


async def ended(task: "asyncio.Task[None]") -> None:
    """End a task of ours and wait for it; what it failed with is raised."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
