"""The session on a real disk: what a change becomes, and what a tab that was away is told."""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.folder_session import FolderSession
from livereload_sse.session import MOST_CHANGES, age
from livereload_sse.settings import Settings
from livereload_sse.sse import Decoder, EventId, Gap, ReceivedEvent, Subscription
from livereload_sse.updates import Update
from livereload_sse.watch import ChangeSet, Watcher, coarse_milliseconds
from livereload_sse.web.acks import Ack
from tests.threads import our_threads

pytestmark = pytest.mark.anyio


class Watched:
    """A running session, what it reported, and one reader of its events."""

    def __init__(
        self, session: FolderSession, updates: "asyncio.Queue[Update]", reader: Subscription
    ) -> None:
        self.session = session
        self.updates = updates
        self._reader = reader

    async def next_event(self) -> ReceivedEvent:
        async with asyncio.timeout(5):
            (event,) = Decoder().feed((await anext(self._reader)).wire)
        return event

    async def next_data(self) -> Any:
        return json.loads((await self.next_event()).data)

    async def next_update(self) -> Update:
        async with asyncio.timeout(5):
            return await self.updates.get()


@asynccontextmanager
async def watched(root: Path, **settings: Any) -> AsyncIterator[Watched]:
    updates: asyncio.Queue[Update] = asyncio.Queue()
    chosen = Settings(directory=root, **settings)
    async with FolderSession(chosen, on_update=updates.put_nowait) as session:
        await session.watcher.armed()
        async with session.broadcaster.subscribe() as reader:
            yield Watched(session, updates, reader)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("one")
    # A file that is as new as the session counts as changed: nobody can tell which came first.
    while coarse_milliseconds() <= (folder / "index.html").stat().st_ctime * 1000 + 1:
        time.sleep(0.001)
    return folder


async def test_a_served_file_becomes_a_change_with_its_canonical_url(root: Path) -> None:
    async with watched(root) as running:
        (root / "about.html").write_text("new")
        data = await running.next_data()

    assert data == {
        "changes": [{"kind": "added", "url": "/about", "digest": data["changes"][0]["digest"]}]
    }


async def test_below_a_prefix_urls_carry_it(root: Path) -> None:
    async with watched(root, prefix="docs") as running:
        (root / "index.html").write_text("two")
        data = await running.next_data()

    assert [change["url"] for change in data["changes"]] == ["/docs/"]


async def test_a_deleted_file_has_no_digest(root: Path) -> None:
    async with watched(root) as running:
        (root / "index.html").unlink()
        data = await running.next_data()

    assert data == {"changes": [{"kind": "deleted", "url": "/"}]}


async def test_what_is_only_watched_reloads(root: Path, tmp_path: Path) -> None:
    data_folder = tmp_path / "data"
    data_folder.mkdir()
    async with watched(root, watch=(data_folder,)) as running:
        (data_folder / "people.yaml").write_text("new")
        event = await running.next_event()

    assert event.name == "reload"
    assert json.loads(event.data)["reason"].endswith("data/people.yaml added")


async def test_a_hidden_file_is_told_to_nobody(root: Path) -> None:
    async with watched(root) as running:
        (root / ".env").write_text("SECRET=1")
        (root / "page.html").write_text("1")
        data = await running.next_data()

    assert [change["url"] for change in data["changes"]] == ["/page"]


async def test_an_ignored_file_is_told_to_nobody(root: Path) -> None:
    async with watched(root, ignore=("*.log",)) as running:
        (root / "server.log").write_text("1")
        (root / "page.html").write_text("1")
        data = await running.next_data()

    assert [change["url"] for change in data["changes"]] == ["/page"]


async def test_an_events_id_says_until_when_the_disk_has_been_told(root: Path) -> None:
    async with watched(root) as running:
        started = running.session.broadcaster.last_id.milliseconds
        await until(lambda: coarse_milliseconds() > started + 200)
        (root / "index.html").write_text("two")
        event_id = EventId.parse((await running.next_event()).last_event_id)
        after = coarse_milliseconds()

    assert started + 100 <= event_id.milliseconds <= after


async def test_a_word_that_is_not_about_the_disk_claims_nothing_of_it(root: Path) -> None:
    async with watched(root) as running:
        started = running.session.broadcaster.last_id.milliseconds
        await until(lambda: coarse_milliseconds() > started + 50)
        event_id = running.session.reload("you pressed r")

    assert event_id.milliseconds == started


def test_a_file_moved_into_place_is_as_old_as_its_move(tmp_path: Path) -> None:
    path = tmp_path / "moved.html"
    path.write_text("old")
    os.utime(path, (1, 1))
    path.rename(tmp_path / "here.html")

    assert 0 <= age([tmp_path / "here.html"]) < 60


async def test_while_paused_changes_wait_and_are_told_as_one(root: Path) -> None:
    async with watched(root) as running:
        running.session.pause()
        (root / "a.html").write_text("1")
        await until(lambda: running.session.watcher.files == 2)
        (root / "b.html").write_text("1")
        await until(lambda: running.session.watcher.files == 3)
        await asyncio.sleep(0.05)  # the watcher's word may still be on its way
        assert running.updates.empty()
        running.session.resume()
        data = await running.next_data()

    assert [change["url"] for change in data["changes"]] == ["/a", "/b"]


async def until(is_true: Any) -> None:
    async with asyncio.timeout(5):
        while not is_true():  # noqa: ASYNC110 - the disk rings no bell
            await asyncio.sleep(0.005)


async def test_pausing_twice_loses_nothing(root: Path) -> None:
    async with watched(root) as running:
        running.session.pause()
        (root / "a.html").write_text("1")
        await until(lambda: running.session._held)
        running.session.pause()
        running.session.resume()
        data = await running.next_data()

    assert [change["url"] for change in data["changes"]] == ["/a"]


async def test_a_resumed_session_that_missed_nothing_says_nothing(root: Path) -> None:
    async with watched(root) as running:
        running.session.pause()
        running.session.resume()

        assert running.updates.empty()
        assert not running.session.paused


async def test_what_changed_while_it_was_dead_is_caught_up(root: Path) -> None:
    last_seen = coarse_milliseconds()
    (root / "index.html").write_text("two")
    async with watched(root) as running:
        events = await running.session.catch_up(EventId(last_seen, 0), Gap.BEFORE)

    (event,) = events
    assert event.name == "change"
    assert [change["url"] for change in json.loads(event.data)["changes"]] == ["/"]


async def test_a_restart_without_a_change_catches_up_on_nothing(root: Path) -> None:
    async with watched(root) as running:
        events = await running.session.catch_up(EventId(coarse_milliseconds(), 0), Gap.BEFORE)

    assert list(events) == []


async def test_too_many_missed_files_are_one_reload(root: Path) -> None:
    last_seen = coarse_milliseconds()
    for number in range(MOST_CHANGES + 1):
        (root / f"{number}.html").write_text("1")
    async with watched(root) as running:
        (event,) = await running.session.catch_up(EventId(last_seen, 0), Gap.TOO_OLD)

    assert event.name == "reload"


async def test_an_id_from_the_future_is_one_reload(root: Path) -> None:
    async with watched(root) as running:
        (event,) = await running.session.catch_up(EventId(10**15, 0), Gap.FUTURE)

    assert event.name == "reload"


async def test_a_missed_change_of_what_is_only_watched_is_a_reload(
    root: Path, tmp_path: Path
) -> None:
    config = tmp_path / "conf.py"
    last_seen = coarse_milliseconds()
    config.write_text("a = 1")
    async with watched(root, watch=(config,)) as running:
        (event,) = await running.session.catch_up(EventId(last_seen, 0), Gap.BEFORE)

    assert event.name == "reload"


@pytest.mark.parametrize(
    ("name", "channel", "wire"),
    [
        ("deploy", "", ("custom", {"name": "deploy", "data": {"n": 1}})),
        ("reload", "", ("reload", {"n": 1})),
    ],
)
async def test_somebodys_own_event_is_wrapped_for_the_tabs(
    root: Path, name: str, channel: str, wire: tuple[str, Any]
) -> None:
    async with watched(root) as running:
        running.session.publish(name, {"n": 1}, channel)
        event = await running.next_event()

    assert (event.name, json.loads(event.data)) == wire


async def test_on_another_channel_an_event_keeps_its_name(root: Path) -> None:
    async with (
        watched(root) as running,
        running.session.broadcaster.subscribe("progress") as reader,
    ):
        running.session.publish("deploy", {"n": 1}, "progress")
        (event,) = Decoder().feed((await anext(reader)).wire)

    assert event.name == "deploy"


async def test_a_change_is_reported_with_what_the_tabs_did(root: Path) -> None:
    async with watched(root) as running:
        running.session.count_tabs(1, 3)
        (root / "index.html").write_text("two")
        event_id = EventId.parse((await running.next_event()).last_event_id)
        running.session.acknowledge(Ack(event_id, "reload", 40.0, 7, "script changed"))
        update = await running.next_update()

    assert (update.files, update.actions) == (("index.html",), Counter(reload=1))
    assert (update.tabs, update.hidden) == (1, 3)
    assert (update.nodes, update.reasons) == (7, ("script changed",))
    assert update.duration is not None
    assert 0.04 <= update.duration < 3


async def test_a_reload_is_reported_with_the_tabs_that_keep_it_for_later(root: Path) -> None:
    async with watched(root) as running:
        running.session.count_tabs(0, 2)
        running.session.reload("you pressed r")
        update = await running.next_update()

    assert (update.files, update.tabs, update.hidden) == (("you pressed r",), 0, 2)


async def test_the_session_knows_how_many_tabs_there_are(root: Path) -> None:
    async with watched(root) as running:
        running.session.count_tabs(2, 5)

        assert (running.session.tabs, running.session.hidden) == (2, 5)


async def test_reload_tells_every_tab_why(root: Path) -> None:
    async with watched(root) as running:
        running.session.reload("you pressed r")

        assert await running.next_data() == {"reason": "you pressed r"}


async def test_the_end_of_a_session_ends_its_streams(root: Path) -> None:
    async with watched(root) as running:
        reader = running.session.broadcaster.subscribe()
        running.session.close_streams()
        events = [event async for event in reader]

    assert events == []


async def test_a_watcher_that_fails_is_told_and_raises_at_the_end(root: Path) -> None:
    notices: list[str] = []
    session = FolderSession(Settings(directory=root), on_notice=notices.append)
    broken = RuntimeError("no disk")

    class Failing(Watcher):
        async def __anext__(self) -> ChangeSet:
            raise broken

    session.watcher = Failing([root])
    with pytest.raises(RuntimeError, match="no disk"):
        async with session:
            await until(lambda: notices)

    assert notices == [
        "Watching has failed, so changes are not seen any more: RuntimeError('no disk')"
    ]
    await until(lambda: not our_threads())
