"""The session of a site that is built, with real commands: what tabs are told, and what they are not."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from livereload_sse.build.command_builder import CommandBuilder
from livereload_sse.build.news import Failed, News, Started, Succeeded
from livereload_sse.build.plans import Plan
from livereload_sse.build.results import Ending
from livereload_sse.build_session import BuildSession, pattern_below
from livereload_sse.settings import Settings
from livereload_sse.sse import Decoder, EventId, Gap, ReceivedEvent, Subscription

if TYPE_CHECKING:
    from livereload_sse.updates import Update
from livereload_sse.watch import ChangeSet, Watcher, coarse_milliseconds
from tests.serving import wait_until
from tests.threads import our_threads

# Writes one page for each source, and `all.html`; fails when a source says so.
GENERATOR = """\
import pathlib, sys, time
source, output = map(pathlib.Path, sys.argv[1:3])
texts = {path.stem: path.read_text() for path in sorted(source.glob("*.txt"))}
for name, text in texts.items():
    if "slow" in text:
        time.sleep(float(text.split()[1]))
    if "wrong" in text:
        sys.exit(f"{source / name}.txt:1:1: error: this is wrong")
    (output / f"{name}.html").write_text(f"<p>{text}</p>")
print("WARNING: one of them is odd" if any("odd" in text for text in texts.values()) else "fine")
(output / "all.html").write_text(" ".join(texts))
"""


class Watched:
    """A running session, its news, and one reader of its events."""

    def __init__(self, session: BuildSession, reader: Subscription) -> None:
        self.session = session
        self.news: asyncio.Queue[News] = asyncio.Queue()
        self.told: list[News] = []
        self._reader = reader

    async def until(self, kind: type[Any]) -> Any:
        """Wait for the next news of a kind."""
        async with asyncio.timeout(10):
            while not isinstance(news := await self.news.get(), kind):
                continue
        return news

    async def changes(self) -> list[tuple[str, str]]:
        """Wait for the next `change` event; (kind, url) of what is in it."""
        while (event := await self.event()).name != "change":
            continue
        return [(one["kind"], one["url"]) for one in json.loads(event.data)["changes"]]

    async def event(self) -> ReceivedEvent:
        async with asyncio.timeout(10):
            published = await anext(self._reader)
        (event,) = Decoder().feed(published.wire)
        return event


@asynccontextmanager
async def building(project: Path, **options: Any) -> AsyncIterator[Watched]:
    """A session that builds the project's `src`."""
    words = ("python3", str(project / "generator.py"), str(project / "src"), "{output}")
    plan = Plan(
        title="Test",
        way=options.pop("way", "fresh"),
        project=project,
        folder=project,
        words=options.pop("words", words),
        watch=(project / "src",),
        output=options.pop("output", None),
    )
    memory = options.pop("memory", None)
    watched: list[Watched] = []
    updates: asyncio.Queue[Update] = asyncio.Queue()

    def hear(news: News) -> None:
        watched[0].told.append(news)
        watched[0].news.put_nowait(news)

    session = BuildSession(
        replace(Settings(directory=project), **options),
        plan,
        lambda cache: CommandBuilder(plan, cache=cache),
        memory=memory,
        on_update=updates.put_nowait,
        on_news=hear,
    )
    async with session.broadcaster.subscribe() as reader:
        watched.append(Watched(session, reader))
        async with session:
            yield watched[0]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "generator.py").write_text(GENERATOR)
    for name in ("one", "two", "three"):
        (tmp_path / "src" / f"{name}.txt").write_text(name)
    # A file that is as new as the session counts as changed: nobody can tell which came first.
    wait_until(lambda: coarse_milliseconds() > newest(tmp_path / "src") + 10)
    return tmp_path


def newest(folder: Path) -> float:
    return max(path.stat().st_ctime for path in folder.iterdir()) * 1000


async def test_a_save_is_one_build_and_only_what_differs_is_told(project: Path) -> None:
    async with building(project) as watched:
        first = await watched.until(Succeeded)
        assert (first.first, first.files) == (True, 4)
        await watched.changes()

        (project / "src" / "two.txt").write_text("more")

        assert await watched.changes() == [("modified", "/two")]
        second = await watched.until(Succeeded)
        assert (second.build, second.changed, second.pages) == (2, 1, 1)


async def test_a_page_that_comes_and_one_that_goes_are_told(project: Path) -> None:
    async with building(project) as watched:
        await watched.until(Succeeded)
        await watched.changes()

        (project / "src" / "two.txt").rename(project / "src" / "four.txt")
        told = await watched.changes()

    assert ("added", "/four") in told
    assert ("deleted", "/two") in told
    assert ("modified", "/all") in told
    assert ("modified", "/one") not in told


async def test_a_failed_build_leaves_the_site_and_says_where(project: Path) -> None:
    async with building(project) as watched:
        await watched.until(Succeeded)
        live = watched.session.generations.live
        (project / "src" / "two.txt").write_text("wrong")

        failed = await watched.until(Failed)

        assert (failed.ending, failed.exit_code, failed.shown) == (Ending.EXITED, 1, False)
        assert failed.report.title == "this is wrong"
        assert failed.report.problems[0].location.path == project / "src" / "two.txt"
        assert watched.session.generations.live == live
        assert live is not None
        assert (live / "two.html").read_text() == "<p>two</p>"
        state = watched.session.builds.state()
        assert (state["event"], state["report"]["title"]) == ("build-failed", "this is wrong")


async def test_after_a_failure_the_next_good_build_is_shown(project: Path) -> None:
    (project / "src" / "two.txt").write_text("wrong")
    async with building(project) as watched:
        await watched.until(Failed)
        assert watched.session.generations.live is None

        (project / "src" / "two.txt").write_text("right")

        assert (await watched.until(Succeeded)).first
        assert watched.session.builds.state()["event"] == "build-succeeded"


async def test_saving_the_same_bytes_builds_nothing(project: Path) -> None:
    async with building(project) as watched:
        await watched.until(Succeeded)
        await watched.session.watcher.armed()
        await watched.session.watcher.changed_since(0)

        (project / "src" / "one.txt").write_text("one")
        (project / "src" / "two.txt").write_text("changed")

        assert (await watched.until(Succeeded)).build == 2
        assert [news.files for news in watched.told if news.name == "build-started"] == [  # type: ignore[union-attr]  # only that news has files
            (),
            ("src/two.txt",),
        ]


async def test_saves_during_a_build_are_exactly_one_more_build(project: Path) -> None:
    async with building(project, cancel="never") as watched:
        await watched.until(Succeeded)
        (project / "src" / "one.txt").write_text("slow 0.5")
        await watched.until(Started)
        for number in range(5):
            (project / "src" / "two.txt").write_text(f"more {number}")
            await asyncio.sleep(0.02)

        await watched.until(Succeeded)
        third = await watched.until(Succeeded)
        live = watched.session.generations.live

        assert third.build == 3
        assert live is not None
        assert (live / "two.html").read_text() == "<p>more 4</p>"
        watched.session.rebuild()
        assert (await watched.until(Succeeded)).build == 4


async def test_a_build_that_never_ends_is_ended(project: Path) -> None:
    async with building(project, build_timeout=0.5) as watched:
        await watched.until(Succeeded)
        (project / "src" / "one.txt").write_text("slow 60")

        failed = await watched.until(Failed)

    assert failed.ending is Ending.TIMED_OUT
    assert "--build-timeout" in failed.report.title


async def test_warnings_are_listed_and_strict_calls_them_a_failure_that_is_shown(
    project: Path,
) -> None:
    (project / "src" / "one.txt").write_text("odd")
    async with building(project) as watched:
        succeeded = await watched.until(Succeeded)
    async with building(project, strict=True) as watched:
        failed = await watched.until(Failed)
        live = watched.session.generations.live

    assert [one.message for one in succeeded.warnings] == ["one of them is odd"]
    assert (failed.shown, failed.report.title) == (True, "one of them is odd")
    assert live is not None


async def test_a_build_that_leaves_nothing_is_a_failure(project: Path) -> None:
    async with building(project, words=("true",)) as watched:
        failed = await watched.until(Failed)

    assert "there is nothing in its output" in failed.report.title
    assert "{output}" in failed.report.title


async def test_a_command_that_is_not_there_is_a_failure(project: Path) -> None:
    async with building(project, words=("no-such-generator",)) as watched:
        failed = await watched.until(Failed)

    assert failed.ending is Ending.NOT_STARTED
    assert "no-such-generator" in failed.report.title


async def test_a_generator_that_writes_in_place_never_touches_what_is_served(
    project: Path,
) -> None:
    public = project / "public"
    public.mkdir()
    words = ("python3", str(project / "generator.py"), str(project / "src"), str(public))
    async with building(project, way="in-place", words=words, output=public) as watched:
        await watched.until(Succeeded)
        first = watched.session.generations.live
        (project / "src" / "two.txt").write_text("more")
        await watched.until(Succeeded)
        second = watched.session.generations.live

        assert first is not None
        assert second is not None
        assert first != public != second
        assert (first / "two.html").read_text() == "<p>two</p>"
        assert (second / "two.html").read_text() == "<p>more</p>"


async def test_what_changed_while_no_server_ran_is_told_to_a_tab_that_was_away(
    project: Path, tmp_path: Path
) -> None:
    memory = tmp_path / "memory.json"
    async with building(project, memory=memory) as watched:
        await watched.until(Succeeded)
        await watched.changes()
        last = watched.session.broadcaster.last_id
    (project / "src" / "two.txt").write_text("changed meanwhile")
    async with building(project, memory=memory) as watched:
        (missed,) = await watched.session.catch_up(EventId(last.milliseconds + 1, 0), Gap.BEFORE)

    assert [one["url"] for one in json.loads(missed.data)["changes"]] == ["/two"]


async def test_a_restart_alone_tells_nobody_anything(project: Path, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    async with building(project, memory=memory) as watched:
        await watched.until(Succeeded)
        await watched.changes()
        last = watched.session.broadcaster.last_id
    async with building(project, memory=memory) as watched:
        missed = await watched.session.catch_up(EventId(last.milliseconds + 1, 0), Gap.BEFORE)

    assert missed == []


async def test_a_tab_from_before_is_not_left_with_a_site_that_cannot_be_built(
    project: Path,
) -> None:
    (project / "src" / "one.txt").write_text("wrong")
    async with building(project) as watched:
        (missed,) = await watched.session.catch_up(EventId(1, 0), Gap.BEFORE)

    assert missed.name == "reload"


async def test_nothing_is_left_of_a_session(project: Path) -> None:
    async with building(project) as watched:
        await watched.until(Succeeded)
        folder = watched.session.workspace.path
        (project / "src" / "one.txt").write_text("slow 60")
        await watched.until(Started)

    assert not folder.exists()


async def test_nothing_is_left_where_watching_has_failed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_watcher: Watcher) -> ChangeSet:
        raise RuntimeError("no disk")

    monkeypatch.setattr(Watcher, "__anext__", fail)
    folders: list[Path] = []

    async def build() -> None:
        async with building(project) as watched:
            await watched.until(Succeeded)
            folders.append(watched.session.workspace.path)

    with pytest.raises(RuntimeError, match="no disk"):
        await build()

    assert [folder.exists() for folder in folders] == [False]
    wait_until(lambda: not our_threads(), what="its threads end")


async def test_disk_use_is_bounded(project: Path) -> None:
    async with building(project) as watched:
        for number in range(8):
            (project / "src" / "one.txt").write_text(f"number {number}")
            watched.session.rebuild()
            await watched.until(Succeeded)
        folders = [path for path in watched.session.workspace.path.iterdir() if path.is_dir()]

    assert len(folders) <= 5


@pytest.mark.parametrize(
    ("pattern", "root", "expected"),
    [
        ("/docs/stamp.txt", "docs", "/stamp.txt"),
        ("/docs/a/docs/b", "docs", "/a/docs/b"),
        ("/docs/stamp.txt", ".", "/docs/stamp.txt"),
        ("*.tmp", "docs", "*.tmp"),
        ("/other/x", "docs", "/other/x"),
        ("/docs/x", "../beside", "/docs/x"),
    ],
)
def test_a_pattern_of_the_project_counts_below_each_root(
    pattern: str, root: str, expected: str
) -> None:
    project = Path("/site")

    assert pattern_below(pattern, Path(os.path.normpath(project / root)), project) == expected
