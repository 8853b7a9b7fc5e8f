"""The session of an application on a real disk: what a change of its files becomes."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.app_session import AppSession
from livereload_sse.digest import digest
from livereload_sse.settings import Settings
from livereload_sse.sse import Decoder, EventId, Gap, ReceivedEvent, Subscription
from livereload_sse.watch import coarse_milliseconds
from livereload_sse.web.mounts import Mount


class Watched:
    """A running session and one reader of its events."""

    def __init__(self, session: AppSession, reader: Subscription, notices: list[str]) -> None:
        self.session = session
        self.notices = notices
        self._reader = reader

    async def next_event(self) -> ReceivedEvent:
        async with asyncio.timeout(5):
            (event,) = Decoder().feed((await anext(self._reader)).wire)
        return event

    async def next_reason(self) -> str:
        event = await self.next_event()
        assert event.name == "reload"
        return str(json.loads(event.data)["reason"])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "app.py": "one = 1",
        "templates/home.html": "home",
        "static/main.css": "a {}",
        "static/logo.png": "png",
        "data/items.json": "{}",
        "app.db": "rows",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    wait_past(tmp_path / "app.db")
    return tmp_path


def wait_past(path: Path) -> None:
    """A file that is as new as the session counts as changed: nobody can tell which came first."""
    while coarse_milliseconds() <= path.stat().st_ctime * 1000 + 1:
        time.sleep(0.001)


@asynccontextmanager
async def watched(
    project: Path, *, grace: float = 0.05, mounts: Sequence[Mount] | None = None, **more: Any
) -> AsyncIterator[Watched]:
    notices: list[str] = []
    session = AppSession(
        Settings(),
        mounts=[Mount("/static/", project / "static")] if mounts is None else mounts,
        started=time.time(),
        grace=grace,
        on_notice=notices.append,
        **more,
    )
    async with session:
        await session.watcher.armed()
        async with session.broadcaster.subscribe() as reader:
            yield Watched(session, reader, notices)


async def test_a_template_reloads(project: Path) -> None:
    async with watched(project) as running:
        (project / "templates" / "home.html").write_text("new")

        assert await running.next_reason() == "templates/home.html modified"


async def test_a_file_that_is_served_as_it_is_becomes_a_change(project: Path) -> None:
    async with watched(project) as running:
        (project / "static" / "main.css").write_text("b {}")
        event = await running.next_event()

    (change,) = json.loads(event.data)["changes"]
    assert event.name == "change"
    assert (change["kind"], change["url"]) == ("modified", "/static/main.css")


async def test_a_file_that_is_served_twice_is_told_twice(project: Path) -> None:
    mounts = [Mount("/a/", project / "static"), Mount("/b/", project / "static")]
    async with watched(project, mounts=mounts) as running:
        (project / "static" / "logo.png").write_text("gnp")
        event = await running.next_event()

    urls = [change["url"] for change in json.loads(event.data)["changes"]]
    assert urls == ["/a/logo.png", "/b/logo.png"]


async def test_a_file_that_was_seen_to_be_served_is_swapped(project: Path) -> None:
    async with watched(project, mounts=[]) as running:
        text = (project / "static" / "logo.png").read_bytes()
        running.session.provenance.learn("/assets/logo.1f2e3d4c.png", digest(text))
        await running.session.provenance.prove()
        (project / "static" / "logo.png").write_text("gnp")
        event = await running.next_event()

    assert [one["url"] for one in json.loads(event.data)["changes"]] == [
        "/assets/logo.1f2e3d4c.png"
    ]


async def test_an_app_below_a_path_has_its_files_there(project: Path) -> None:
    async with watched(project) as running:
        running.session.basis = "/sub"
        (project / "static" / "main.css").write_text("b {}")
        event = await running.next_event()

    assert [one["url"] for one in json.loads(event.data)["changes"]] == ["/sub/static/main.css"]


async def test_what_the_app_writes_itself_is_nobodys_business(project: Path) -> None:
    async with watched(project) as running:
        (project / "app.db").write_text("more rows")
        (project / "data" / "items.json").write_text("[]")
        (project / "upload.png").write_text("x")
        (project / "templates" / "home.html").write_text("new")

        assert await running.next_reason() == "templates/home.html modified"


async def test_in_a_folder_that_is_named_every_file_counts(project: Path) -> None:
    async with watched(project, paths=[project / "data"]) as running:
        (project / "data" / "items.json").write_text("[]")

        assert await running.next_reason() == "data/items.json modified"


async def test_a_change_among_others_that_needs_a_reload_reloads(project: Path) -> None:
    async with watched(project, grace=0.2) as running:
        (project / "app.py").write_text("two = 2")
        (project / "static" / "main.css").write_text("b {}")

        assert await running.next_reason() == "app.py modified"


async def test_code_waits_for_a_reloader_and_then_says_that_there_is_none(project: Path) -> None:
    async with watched(project, grace=0.3) as running:
        began = time.monotonic()
        (project / "app.py").write_text("two = 2")

        assert await running.next_reason() == "app.py modified"
        assert time.monotonic() - began >= 0.3
        assert running.notices == [
            (
                "The code has changed, and the app still runs the old one: restart it, or run it"
                " with a reloader (uvicorn --reload)."
            )
        ]


async def test_callbacks_are_called_and_awaited_before_tabs_are_told(project: Path) -> None:
    told: list[Any] = []

    async def first(changes: Any) -> None:
        await asyncio.sleep(0)
        told.append([change.path.name for change in changes.changes])

    def second(_changes: Any) -> None:
        told.append("second")
        raise ValueError("oh")

    async with watched(project, on_change=[first, second]) as running:
        (project / "templates" / "home.html").write_text("new")
        await running.next_reason()

        assert told == [["home.html"], "second"]
        assert running.notices == ["An on_change callback has failed: ValueError('oh')"]


async def test_a_callback_that_waits_for_what_is_cancelled_is_one_that_failed(
    project: Path,
) -> None:
    async def waiting(_changes: Any) -> None:
        task = asyncio.create_task(asyncio.sleep(60))
        task.cancel()
        await task

    async with watched(project, on_change=[waiting]) as running:
        for text in ("new", "newer"):
            (project / "templates" / "home.html").write_text(text)
            assert await running.next_reason() == "templates/home.html modified"

        assert running.notices == ["An on_change callback has failed: CancelledError()"] * 2


async def test_a_session_ends_while_a_callback_waits(project: Path) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def waiting(_changes: Any) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with watched(project, on_change=[waiting]) as running:
        (project / "templates" / "home.html").write_text("new")
        await asyncio.wait_for(begun.wait(), 5)

    assert ended.is_set()
    assert running.notices == []


async def test_what_is_saved_while_a_callback_works_is_told_after_it(project: Path) -> None:
    told: list[list[str]] = []

    async def saving(changes: Any) -> None:
        told.append([change.path.name for change in changes.changes])
        if len(told) == 1:
            (project / "static" / "main.css").write_text("b {}")
            await asyncio.sleep(0.2)

    async with watched(project, on_change=[saving]) as running:
        (project / "templates" / "home.html").write_text("new")
        assert await running.next_reason() == "templates/home.html modified"
        assert (await running.next_event()).name == "change"

    assert told == [["home.html"], ["main.css"]]


async def test_a_fault_of_ours_in_telling_is_said_and_the_next_save_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(project) as running:
        with monkeypatch.context() as broken:
            broken.setattr(running.session, "_reason", 0)
            (project / "templates" / "home.html").write_text("new")
            async with asyncio.timeout(5):
                while not running.notices:  # noqa: ASYNC110 - a list that another task fills
                    await asyncio.sleep(0.005)

        assert "a fault of ours" in running.notices[0]
        assert "in _tell" in running.notices[0]
        (project / "templates" / "home.html").write_text("newer")
        assert await running.next_reason() == "templates/home.html modified"


@pytest.mark.usefixtures("project")
async def test_a_fault_of_ours_at_the_end_does_not_keep_the_rest_from_ending() -> None:
    async def fail() -> None:
        raise RuntimeError("our fault")

    session = AppSession(Settings(), started=time.time(), grace=0.05)
    await session.__aenter__()
    session._hanging_up.cancel()
    session._hanging_up = asyncio.create_task(fail())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="our fault"):
        await session.__aexit__()

    assert session._telling.done()
    assert session._proving.done()
    assert session._pump.done()


async def test_the_newest_code_that_can_have_been_loaded_is_known(project: Path) -> None:
    moment = time.time() - 100
    os.utime(project / "app.py", (moment, moment))
    wait_past(project / "app.py")
    async with watched(project) as running:
        newest = (project / "app.py").stat().st_ctime
        (project / "later.py").write_text("three = 3")
        await running.next_reason()

        assert await running.session.find_code() == int(newest * 1000)


async def test_a_tab_that_was_away_is_told_what_the_disk_knows(project: Path) -> None:
    before = coarse_milliseconds()
    wait_past(project / "app.db")
    (project / "static" / "main.css").write_text("b {}")
    wait_past(project / "static" / "main.css")
    async with watched(project) as running:
        (missed,) = await running.session.catch_up(EventId(before, 1), Gap.ELSEWHERE)
        nothing = await running.session.catch_up(EventId(coarse_milliseconds(), 0), Gap.BEFORE)

    assert missed.name == "change"
    assert nothing == []


async def test_new_code_is_not_what_the_disk_is_asked_for(project: Path) -> None:
    before = coarse_milliseconds()
    (project / "app.py").write_text("two = 2")
    wait_past(project / "app.py")
    async with watched(project) as running:
        assert await running.session.catch_up(EventId(before, 1), Gap.BEFORE) == []


async def test_two_processes_never_take_each_others_ids_for_their_own(project: Path) -> None:
    async with watched(project) as one, watched(project) as other:
        own = one.session.broadcaster.last_id
        assert one.session.broadcaster.subscribe(after=own).gap is None
        assert other.session.broadcaster.subscribe(after=own).gap is Gap.ELSEWHERE


async def until_hung_up(reader: Subscription) -> None:
    async with asyncio.timeout(5):
        while not reader.ended:
            await reader.wait()
            reader.take()


async def test_hanging_up_ends_the_streams_and_those_that_are_opened_soon_after(
    project: Path,
) -> None:
    async with watched(project, grace=30) as running:
        broadcaster = running.session.broadcaster
        first = broadcaster.subscribe()
        running.session.hang_up()
        await until_hung_up(first)

        await until_hung_up(broadcaster.subscribe())


async def test_a_process_that_goes_on_has_streams_again(project: Path) -> None:
    async with watched(project, grace=0.01) as running:
        broadcaster = running.session.broadcaster
        first = broadcaster.subscribe()
        running.session.hang_up()
        await until_hung_up(first)
        await asyncio.sleep(0.2)  # longer than anybody hangs up

        async with broadcaster.subscribe() as reader:
            (project / "templates" / "home.html").write_text("new")
            event = await asyncio.wait_for(anext(reader), 5)
            assert b"event: reload" in event.wire


@pytest.mark.parametrize("makes_way", [True, False])
async def test_streams_make_way_for_a_reloader_only_where_it_sends_no_signal(
    project: Path,
    makes_way: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    async with watched(project, grace=0.3) as running:
        running.session.makes_way = makes_way
        reader = running.session.broadcaster.subscribe()
        (project / "app.py").write_text("one = 2")
        async with asyncio.timeout(5):
            await reader.wait()

        assert reader.ended is makes_way
        assert bool(reader.take()) is not makes_way


async def test_what_has_been_told_is_no_news_to_another_process(project: Path) -> None:
    async with watched(project) as running:
        for number in range(20):
            (project / "templates" / "home.html").write_text(f"new {number}")
            told = EventId.parse((await running.next_event()).last_event_id)

            assert await running.session.catch_up(told, Gap.ELSEWHERE) == []


async def test_a_time_in_the_future_is_not_believed(project: Path) -> None:
    async with watched(project) as running:
        path = project / "templates" / "home.html"
        path.write_text("new")
        os.utime(path, (time.time() + 3600,) * 2)

        told = EventId.parse((await running.next_event()).last_event_id)
        assert told.milliseconds <= time.time() * 1000 + 1
