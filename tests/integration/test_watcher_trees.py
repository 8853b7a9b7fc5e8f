"""Folders that come, go and change places."""

import shutil
import subprocess
from pathlib import Path

import pytest

from livereload_sse.digest import digest
from livereload_sse.watch import Ignore
from tests.integration.watching import (
    Sight,
    eventually,
    fill,
    idle_looks_are_judged,
    move,
    watching,
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    fill(root, {"index.html": "home", "blog/index.html": "blog", "blog/one/index.html": "one"})
    return root


def idle_interval_of(strategy: str) -> float:
    """With one watch for everything below a root, another root is found when it is looked for."""
    return 0.1 if strategy == "recursive" else 60.0


async def edits_are_seen(sight: Sight, *names: str) -> bool:
    """Whether an edit of each of these files is told."""
    for name in names:
        path = sight.root / name
        path.write_text(path.read_text() + "!")
        await sight.until(name)
    return True


async def test_nested_new_folders_with_a_file_at_once(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        for n in range(20):  # a race, so several times
            fill(site, [f"{n}/a/b/c/page.html"])
            await sight.until(f"{n}/a/b/c/page.html")

        assert await edits_are_seen(sight, "0/a/b/c/page.html", "19/a/b/c/page.html")


async def test_a_folder_moved_in(site: Path, tmp_path: Path, strategy: str) -> None:
    fill(tmp_path / "draft", ["two/index.html", "two/three/index.html"])
    async with watching(site, strategy=strategy) as sight:
        (tmp_path / "draft").rename(site / "draft")

        assert await sight.next() == {
            "draft/two/index.html": "added",
            "draft/two/three/index.html": "added",
        }
        assert await edits_are_seen(sight, "draft/two/three/index.html")


async def test_a_folder_moved_out_and_back(site: Path, tmp_path: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        (site / "blog").rename(tmp_path / "elsewhere")
        gone = await sight.until("blog/index.html", "blog/one/index.html")
        (tmp_path / "elsewhere").rename(site / "blog")
        back = await sight.until("blog/index.html", "blog/one/index.html")

        assert set(gone.values()) == {"deleted"}
        assert set(back.values()) == {"added"}
        assert await edits_are_seen(sight, "blog/index.html", "blog/one/index.html")


async def test_a_folder_moved_away_and_back_at_once(
    site: Path, tmp_path: Path, strategy: str
) -> None:
    async with watching(site, strategy=strategy) as sight:
        (site / "blog").rename(tmp_path / "elsewhere")
        (tmp_path / "elsewhere").rename(site / "blog")

        assert await edits_are_seen(sight, "blog/index.html", "blog/one/index.html")


async def test_a_folder_renamed_within_the_root(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        (site / "blog").rename(site / "news")
        told = await sight.until("blog/one/index.html", "news/one/index.html")

        assert told["news/one/index.html"] == "added"
        assert told["blog/one/index.html"] == "deleted"
        assert await edits_are_seen(sight, "news/one/index.html")


async def test_the_root_deleted_and_made_again(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy, idle_interval=idle_interval_of(strategy)) as sight:
        shutil.rmtree(site)
        gone = await sight.until("index.html", "blog/index.html", "blog/one/index.html")
        fill(site, {"index.html": "new", "blog/index.html": "blog"})
        back = await sight.until("index.html", "blog/index.html")

        assert set(gone.values()) == {"deleted"}
        assert set(back.values()) == {"added"}
        assert await edits_are_seen(sight, "index.html", "blog/index.html")


async def test_the_root_deleted_and_made_again_at_once_is_one_change_set(
    site: Path, strategy: str
) -> None:
    async with watching(site, strategy=strategy, idle_interval=idle_interval_of(strategy)) as sight:
        shutil.rmtree(site)
        fill(site, {"index.html": "new", "blog/index.html": "blog"})
        told = await sight.until("index.html", "blog/index.html", "blog/one/index.html")

        assert told == {
            "index.html": "modified",
            "blog/index.html": "modified",
            "blog/one/index.html": "deleted",
        }
        assert await edits_are_seen(sight, "index.html", "blog/index.html")


async def test_the_root_swapped_by_renaming(site: Path, tmp_path: Path, strategy: str) -> None:
    fill(tmp_path / "next", {"index.html": "next", "blog/index.html": "next", "new.html": ""})
    async with watching(site, strategy=strategy, idle_interval=idle_interval_of(strategy)) as sight:
        move(site, tmp_path / "previous")
        (tmp_path / "next").rename(site)
        told = await sight.until("index.html", "blog/index.html", "new.html", "blog/one/index.html")

        assert told == {
            "index.html": "modified",
            "blog/index.html": "modified",
            "blog/one/index.html": "deleted",
            "new.html": "added",
        }
        assert await edits_are_seen(sight, "index.html", "blog/index.html")


async def test_the_root_is_a_link_that_is_flipped(tmp_path: Path, strategy: str) -> None:
    fill(tmp_path / "one", {"index.html": "one", "same.html": "same"})
    fill(tmp_path / "two", {"index.html": "two", "same.html": "same"})
    link = tmp_path / "current"
    link.symlink_to("one")
    async with watching(link, strategy=strategy, idle_interval=idle_interval_of(strategy)) as sight:
        sight.serve("same.html")
        assert await edits_are_seen(sight, "index.html")
        (tmp_path / "new").symlink_to("two")
        (tmp_path / "new").replace(link)
        told = await sight.until("index.html")

        assert told == {"index.html": "modified"}
        assert sight.digest_of("index.html") == digest(b"two")
        assert await edits_are_seen(sight, "index.html", "same.html")


async def test_a_linked_root_whose_target_is_replaced(tmp_path: Path, strategy: str) -> None:
    fill(tmp_path / "builds" / "site", {"index.html": "one"})
    link = tmp_path / "current"
    link.symlink_to("builds/site")
    async with watching(link, strategy=strategy, idle_interval=idle_interval_of(strategy)) as sight:
        shutil.rmtree(tmp_path / "builds" / "site")
        fill(tmp_path / "builds" / "site", {"index.html": "two"})

        assert await sight.until("index.html") == {"index.html": "modified"}
        assert await edits_are_seen(sight, "index.html")


async def test_a_git_branch_switch_is_one_change_set(site: Path, strategy: str) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")

    def run(*words: str) -> None:
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run([git, "-C", str(site), *names, *words], check=True, capture_output=True)

    run("init", "-b", "main")
    run("add", ".")
    run("commit", "-m", "one")
    run("checkout", "-b", "other")
    fill(site, {f"{n}.html": "other" for n in range(20)})
    fill(site, {"index.html": "other home"})
    run("rm", "-q", "blog/index.html")
    run("add", ".")
    run("commit", "-m", "two")
    run("checkout", "main")
    async with watching(site, strategy=strategy) as sight:
        run("checkout", "other")
        told = await sight.until("index.html", "blog/index.html", *(f"{n}.html" for n in range(20)))

        assert told == {
            "index.html": "modified",
            "blog/index.html": "deleted",
            **{f"{n}.html": "added" for n in range(20)},
        }


async def test_ten_thousand_files_at_once_are_all_told(site: Path, strategy: str) -> None:
    async with watching(site, strategy=strategy) as sight:
        names = [f"bulk/{n % 100}/{n}.html" for n in range(10_000)]
        fill(site, dict.fromkeys(names, "x"))
        told = await sight.until(*names)

        assert told.keys() == set(names)
        assert len(sight.sets) <= 8
        assert not sight.watcher.polling
        assert await edits_are_seen(sight, "bulk/99/9999.html")


class TestIgnoring:
    async def test_gitignore_nested_and_negated(self, site: Path, strategy: str) -> None:
        fill(
            site,
            {".git/HEAD": "", ".gitignore": "*.log\ndrafts/\n", "blog/.gitignore": "!keep.log\n"},
        )
        async with watching(site, strategy=strategy) as sight:
            fill(site, ["a.log", "blog/b.log", "drafts/x.html", "blog/keep.log"])

            assert await sight.next() == {"blog/keep.log": "added"}
            assert await sight.silence() == {}

    async def test_an_edited_gitignore_takes_effect(self, site: Path, strategy: str) -> None:
        fill(site, {".git/HEAD": "", ".gitignore": "drafts/\n", "drafts/x.html": "x"})
        async with watching(site, strategy=strategy) as sight:
            (site / ".gitignore").write_text("blog/\n")
            await sight.until("drafts/x.html")
            fill(site, {"blog/index.html": "ignored now"})

            assert await sight.silence() == {}
            await eventually(lambda: sight.watcher.files == 4)  # and the marker of the silence
            assert await edits_are_seen(sight, "drafts/x.html", "index.html")

    async def test_the_users_patterns(self, site: Path, strategy: str) -> None:
        def rules(root: Path) -> Ignore:
            return Ignore(root, patterns=["/blog/", "*.map"])

        async with watching(site, ignore=rules, strategy=strategy) as sight:
            fill(site, ["blog/index.html", "x/main.js.map"])

            assert await sight.silence() == {}

    async def test_ignored_folders_cost_no_kernel_watch(self, site: Path) -> None:
        for n in range(2000):
            (site / "node_modules" / f"package-{n}").mkdir(parents=True)
        before = kernel_watches()
        async with watching(site) as sight:
            folders = ["site", "site/blog", "site/blog/one"]
            expected = len(folders) + 1  # and the folder that the root is in
            await eventually(lambda: kernel_watches() - before == expected)
            fill(site, ["node_modules/package-7/index.js"])

            assert await sight.silence() == {}


class TestLinks:
    async def test_a_linked_folder_is_told_by_both_its_paths(self, site: Path) -> None:
        (site / "latest").symlink_to("blog")
        async with watching(site) as sight:
            (site / "blog" / "index.html").write_text("new")

            assert await sight.until("blog/index.html", "latest/index.html") == {
                "blog/index.html": "modified",
                "latest/index.html": "modified",
            }

    async def test_links_that_lead_back_are_not_followed(self, site: Path) -> None:
        (site / "blog" / "up").symlink_to("..")
        (site / "blog" / "here").symlink_to(".")
        (site / "world").symlink_to("/")
        (site / "nowhere").symlink_to("nowhere")
        async with watching(site) as sight:
            assert (sight.watcher.folders, sight.watcher.files) == (3, 3)
            assert await edits_are_seen(sight, "blog/one/index.html")

    async def test_two_folders_that_link_to_each_other_end(self, site: Path) -> None:
        (site / "blog" / "other").symlink_to("../shop")
        fill(site, ["shop/index.html"])
        (site / "shop" / "other").symlink_to("../blog")
        async with watching(site) as sight:
            assert sight.watcher.folders < 12
            assert await edits_are_seen(sight, "shop/index.html")

    async def test_folders_that_all_link_to_each_other_are_not_a_maze(self, tmp_path: Path) -> None:
        names = "abcdef"
        fill(tmp_path, [f"{name}/index.html" for name in names])
        for name in names:
            for other in set(names) - {name}:
                (tmp_path / name / other).symlink_to(f"../{other}")
        async with watching(tmp_path) as sight:
            assert sight.watcher.folders == 6 + 6 * 5 + 6 * 5 * 4
            assert await edits_are_seen(sight, "a/index.html", "a/b/c/index.html")

    async def test_the_target_of_a_linked_file_is_noticed_in_time(
        self, site: Path, tmp_path: Path
    ) -> None:
        fill(tmp_path, {"shared.css": "a{}"})
        (site / "shared.css").symlink_to(tmp_path / "shared.css")
        async with watching(site, idle_interval=0.05) as sight:
            for n in range(3):
                (tmp_path / "shared.css").write_text(f"b{n} {{}}")
                await sight.until("shared.css")
                await idle_looks_are_judged(sight)

            assert sight.digest_of("shared.css") == digest(b"b2 {}")
            assert not sight.watcher.polling


def kernel_watches() -> int:
    """Count the inotify watches of this process."""
    count = 0
    for entry in Path("/proc/self/fdinfo").iterdir():
        try:
            count += entry.read_text().count("inotify wd:")
        except FileNotFoundError:  # closed meanwhile
            continue
    return count
