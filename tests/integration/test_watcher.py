import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from livereload_sse.digest import digest
from livereload_sse.watch import (
    Change,
    ChangeKind,
    Ignore,
    Watcher,
    coarse_milliseconds,
    signature_of,
)
from tests.integration.watching import (
    PATIENCE,
    age,
    eventually,
    fill,
    let_time_pass,
    move,
    watching,
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    fill(root, {"index.html": "<h1>Home</h1>", "css/main.css": "a{}", "empty.txt": ""})
    return root


async def test_a_saved_file_is_told_as_modified_with_its_digest(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        (site / "index.html").write_text("new")

        assert await sight.next() == {"index.html": "modified"}
        assert sight.digest_of("index.html") == digest(b"new")


async def test_a_new_file_is_told_as_added(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        (site / "css" / "print.css").write_text("b{}")

        assert await sight.next() == {"css/print.css": "added"}


async def test_a_removed_file_is_told_as_deleted(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        (site / "css" / "main.css").unlink()

        assert await sight.next() == {"css/main.css": "deleted"}
        assert sight.digest_of("css/main.css") is None


async def test_a_renamed_file_is_added_and_deleted(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        (site / "index.html").rename(site / "home.html")

        assert await sight.until("home.html", "index.html") == {
            "home.html": "added",
            "index.html": "deleted",
        }


async def test_a_served_file_that_is_only_touched_is_silent(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        sight.serve("index.html")
        (site / "index.html").touch()

        assert await sight.silence() == {}


async def test_a_served_file_saved_with_the_same_content_is_silent(
    site: Path, strategy: str
) -> None:
    async with watching(site, strategy=strategy) as sight:
        sight.serve("index.html")
        (site / "index.html").write_text("<h1>Home</h1>")

        assert await sight.silence() == {}


async def test_a_told_file_saved_with_the_same_content_is_silent(site: Path) -> None:
    async with watching(site) as sight:
        (site / "index.html").write_text("new")
        await sight.next()
        let_time_pass()
        (site / "index.html").write_text("new")

        assert await sight.silence() == {}


async def test_a_file_that_nobody_has_read_is_told_when_it_is_touched(site: Path) -> None:
    async with watching(site) as sight:
        (site / "index.html").touch()

        assert await sight.next() == {"index.html": "modified"}
        assert sight.digest_of("index.html") == digest(b"<h1>Home</h1>")


async def test_a_content_of_another_moment_is_not_remembered(site: Path) -> None:
    async with watching(site) as sight:
        path = site / "index.html"
        stale = signature_of(path.stat())._replace(mtime_ns=1)
        sight.watcher.remember(path, stale, digest(path.read_bytes()))
        path.touch()

        assert await sight.next() == {"index.html": "modified"}


async def test_a_file_that_comes_and_goes_is_not_told(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        (site / "passing.html").write_text("x")
        (site / "passing.html").unlink()

        told = await sight.silence()

        # A step of the watcher may have fallen between the two.
        assert told in ({}, {"passing.html": "added"})


async def test_a_small_save_is_told_whole(site: Path) -> None:
    fill(site, [f"{n}.html" for n in range(5)])
    async with watching(site) as sight:
        for n in range(5):
            (site / f"{n}.html").write_text("together")

        told = await sight.until(*(f"{n}.html" for n in range(5)))

        assert set(told.values()) == {"modified"}


async def test_a_burst_is_told_as_one_when_it_is_over(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        for n in range(60):
            (site / f"{n}.html").write_text("x")
            await asyncio.sleep(0.002)  # a generator at work

        await sight.until(*(f"{n}.html" for n in range(60)))

        assert len(sight.sets[-1].changes) >= 50
        assert len(sight.sets) <= 10  # the first few were told before it was a burst


async def test_the_moment_of_a_change_set_covers_what_it_tells(site: Path) -> None:
    async with watching(site) as sight:
        before = coarse_milliseconds()
        (site / "index.html").write_text("new")
        stamped = (site / "index.html").stat().st_mtime_ns // 1_000_000
        await sight.next()

        # Since Linux 6.13 a stamp may be a tick finer than the clock: then it is told twice, at worst.
        assert before <= stamped <= sight.sets[0].seen_at + 10
        assert sight.sets[0].seen_at <= coarse_milliseconds()


async def test_what_a_slow_reader_missed_is_merged(site: Path) -> None:
    async with watching(site) as sight:
        (site / "first.html").write_text("1")
        await eventually(lambda: sight.watcher.files == 4)
        (site / "second.html").write_text("2")
        await eventually(lambda: sight.watcher.files == 5)
        (site / "first.html").unlink()
        await eventually(lambda: sight.watcher.files == 4)
        await sight.watcher.changed_since(coarse_milliseconds())  # asked after all of that is told

        assert await sight.next() == {"second.html": "added"}


async def test_what_changes_between_start_and_armed_is_told(site: Path, strategy: str) -> None:
    let_time_pass()
    watcher = Watcher([site], recursive=strategy == "recursive")
    (site / "css" / "main.css").write_text("changed before anybody looked")

    async with watcher, asyncio.timeout(PATIENCE):
        changes = await anext(watcher)

    assert {(change.kind, change.path) for change in changes.changes} == {
        (ChangeKind.MODIFIED, site / "css" / "main.css")
    }


async def test_what_was_there_before_the_start_is_not_told(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        assert await sight.silence() == {}
        assert (sight.watcher.files, sight.watcher.folders, sight.watcher.polling) == (4, 2, False)


async def test_a_single_file_can_be_watched_through_atomic_saves(
    tmp_path: Path, strategy: str
) -> None:
    fill(tmp_path, {"mkdocs.yml": "a", "other.yml": "b"})
    config = tmp_path / "mkdocs.yml"
    async with watching(config, strategy=strategy) as sight:
        for n in range(3):
            (tmp_path / "other.yml").write_text(f"{n}")
            (tmp_path / "new").write_text(f"content {n}")
            (tmp_path / "new").replace(config)

            assert await sight.next() == {".": "modified"}


@pytest.mark.parametrize("poll", [False, True])
async def test_a_single_file_that_goes_is_told(tmp_path: Path, poll: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    fill(tmp_path, {"mkdocs.yml": "a", "other.yml": "b"})
    config = tmp_path / "mkdocs.yml"
    async with watching(config, poll=poll) as sight:
        config.unlink()
        gone = await sight.next()
        config.write_text("back")

        assert (gone, await sight.next()) == ({".": "deleted"}, {".": "added"})


async def test_a_root_within_a_root_has_its_own_rules(tmp_path: Path) -> None:
    fill(tmp_path, {".git/HEAD": "", ".gitignore": "_site/\n", "src.md": "", "_site/a.html": ""})
    async with watching(tmp_path, tmp_path / "_site") as sight:
        (tmp_path / "_site" / "a.html").write_text("built")

        assert await sight.next() == {"_site/a.html": "modified"}


async def test_a_root_that_does_not_exist_yet_is_watched_when_it_appears(tmp_path: Path) -> None:
    async with watching(tmp_path / "later") as sight:
        fill(tmp_path / "later", {"index.html": "here"})

        assert await sight.next() == {"index.html": "added"}


class TestChangedSince:
    async def test_names_files_with_a_later_time_and_their_digests(self, site: Path) -> None:
        let_time_pass()
        moment = coarse_milliseconds()
        (site / "index.html").write_text("while nobody looked")
        async with watching(site) as sight:
            changes = await sight.watcher.changed_since(moment)

            assert changes.changes == {
                Change(ChangeKind.MODIFIED, site / "index.html", digest(b"while nobody looked"))
            }
            assert moment <= changes.seen_at <= coarse_milliseconds()

    async def test_counts_a_file_moved_into_place_with_an_old_time(self, site: Path) -> None:
        age(site / "index.html")
        let_time_pass()
        moment = coarse_milliseconds()
        (site / "index.html").rename(site / "home.html")
        async with watching(site) as sight:
            changes = await sight.watcher.changed_since(moment)

            assert sight.names(changes) == {"home.html": "modified"}

    async def test_counts_all_of_a_folder_moved_into_place(self, site: Path) -> None:
        fill(site.parent, {"built/index.html": "", "built/css/main.css": "", "built/empty.txt": ""})
        move(site, site.parent / "old")
        let_time_pass()
        moment = coarse_milliseconds()
        (site.parent / "built").rename(site)
        async with watching(site) as sight:
            changes = await sight.watcher.changed_since(moment)

            assert sight.names(changes).keys() == {"index.html", "css/main.css", "empty.txt"}

    async def test_sees_what_has_not_been_reported_yet(self, site: Path) -> None:
        async with watching(site) as sight:
            moment = coarse_milliseconds()
            (site / "index.html").write_text("just now")

            changes = await sight.watcher.changed_since(moment)

            assert sight.names(changes) == {"index.html": "modified"}

    async def test_leaves_out_what_does_not_matter(self, site: Path) -> None:
        async with watching(site) as sight:
            moment = coarse_milliseconds()
            fill(site, ["index.html~", "node_modules/x.js"])

            assert not await sight.watcher.changed_since(moment)


class TestWaitFor:
    async def test_nothing_to_wait_for_in_quiet_times(self, site: Path) -> None:
        async with watching(site) as sight:
            assert sight.watcher.wait_for(site / "index.html") is None
            assert sight.watcher.wait_for(site / "not" / "there") is None

    async def test_a_file_is_waited_for_until_its_folder_is_watched(self, site: Path) -> None:
        async with Watcher([site]) as watcher:
            waiting = watcher.wait_for(site / "css" / "main.css")
            assert waiting is not None

            async with asyncio.timeout(PATIENCE):
                await waiting

            assert watcher.wait_for(site / "css" / "main.css") is None

    async def test_the_root_is_watched_before_the_rest(self, site: Path) -> None:
        gate = threading.Event()

        class Slow(Ignore):
            def ignores(self, path: str | os.PathLike[str], is_dir: bool) -> bool:  # noqa: FBT001 - as in Ignore
                gate.wait(PATIENCE)
                return super().ignores(path, is_dir)

        async with Watcher([site], ignore=Slow) as watcher, asyncio.timeout(PATIENCE):
            waiting = watcher.wait_for(site / "index.html")
            if waiting is not None:
                await waiting
            in_css = watcher.wait_for(site / "css" / "main.css")

            assert in_css is not None
            gate.set()
            await in_css

    async def test_a_file_in_a_burst_is_waited_for_until_it_is_told(self, site: Path) -> None:
        fill(site, [f"{n}.html" for n in range(30)])
        async with watching(site) as sight, asyncio.timeout(PATIENCE):
            for n in range(30):
                (site / f"{n}.html").write_text("rewritten")
            await eventually(lambda: sight.watcher._lookout.holds(f"{site}/29.html"))
            waiting = sight.watcher.wait_for(site / "29.html")
            assert waiting is not None
            assert sight.watcher.wait_for(site / "css" / "main.css") is None

            await waiting

            assert "29.html" in await sight.next()


async def test_leaving_ends_the_iteration_and_all_threads(site: Path) -> None:
    before = threading.active_count()
    let_time_pass()
    async with Watcher([site]) as watcher:
        await watcher.armed()
        reading = asyncio.create_task(anext(watcher, None))
        await asyncio.sleep(0)

    assert await reading is None
    await eventually(lambda: threading.active_count() <= before)


async def test_questions_are_answered_when_nobody_is_left_to_look(site: Path) -> None:
    let_time_pass()
    async with Watcher([site]) as watcher, asyncio.timeout(PATIENCE):
        await watcher.armed()
        watcher._lookout.leave()
        asked = asyncio.create_task(watcher.changed_since(0))

    async with asyncio.timeout(PATIENCE):
        assert not await asked
        assert not await watcher.changed_since(0)


async def test_leaving_while_a_large_tree_is_walked_takes_a_moment(tmp_path: Path) -> None:
    fill(tmp_path, [f"{folder}/{n}" for folder in range(100) for n in range(30)])
    async with Watcher([tmp_path]):
        left = time.monotonic()

    assert time.monotonic() - left < 0.5


async def test_a_bug_in_the_thread_is_raised_to_whoever_reads(site: Path) -> None:
    class Broken(Ignore):
        def ignores(self, path: str | os.PathLike[str], is_dir: bool) -> bool:  # noqa: FBT001 - as in Ignore
            raise RuntimeError(f"a bug of ours: {path}, {is_dir}")

    async with Watcher([site], ignore=Broken) as watcher:
        with pytest.raises(RuntimeError, match="a bug of ours"):
            await anext(watcher)
        with pytest.raises(RuntimeError, match="a bug of ours"):
            await watcher.armed()
        with pytest.raises(RuntimeError, match="a bug of ours"):
            await watcher.changed_since(0)
