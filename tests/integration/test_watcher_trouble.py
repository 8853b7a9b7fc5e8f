"""What the operating system refuses or keeps to itself."""

import mmap
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from livereload_sse.digest import digest
from livereload_sse.watch.arming import Batch, Broken
from livereload_sse.watch.lookout import BIG_BATCH
from livereload_sse.watch.watcher import WatchfilesThread
from tests.integration.watching import Sight, fill, idle_looks_are_judged, watching

SURROGATE = os.fsdecode(b"caf\xe9.html")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    fill(root, {"index.html": "home", "blog/index.html": "blog"})
    return root


@pytest.fixture
def latin_names(site: Path) -> Path:
    """Skip where the file system insists on Unicode, as macOS and Windows do."""
    try:
        (site / SURROGATE).write_text("old")
    except OSError as error:
        pytest.skip(f"no such names here: {error}")
    return site


@pytest.mark.parametrize("strategy", ["flat", "recursive"])
async def test_a_name_that_is_not_unicode_is_told_and_ends_nothing(
    latin_names: Path, strategy: str
) -> None:
    async with watching(latin_names, strategy=strategy) as sight:
        for n in range(4):
            (latin_names / SURROGATE).write_text(f"new {n}")
            assert SURROGATE in await sight.until(SURROGATE)
            (latin_names / "index.html").write_text(f"home {n}")
            assert "index.html" in await sight.until("index.html")

        assert not sight.watcher.polling


async def test_a_folder_whose_name_is_not_unicode_is_looked_at_when_idle(latin_names: Path) -> None:
    folder = os.fsdecode(b"d\xe9j\xe0")
    fill(latin_names, {f"{folder}/page.html": "old"})
    async with watching(latin_names, idle_interval=0.05) as sight:
        for n in range(3):
            (latin_names / folder / "page.html").write_text(f"new {n}")
            await sight.until(f"{folder}/page.html")
            await idle_looks_are_judged(sight)

        assert not sight.watcher.polling


async def test_poll_finds_changes_and_needs_no_kernel_watch(site: Path) -> None:
    notices: list[str] = []
    async with watching(site, poll=True, notices=notices) as sight:
        fill(site, {"index.html": "new", "shop/index.html": "shop"})
        told = await sight.until("index.html", "shop/index.html")
        (site / "blog" / "index.html").unlink()
        gone = await sight.until("blog/index.html")

        assert told == {"index.html": "modified", "shop/index.html": "added"}
        assert gone == {"blog/index.html": "deleted"}
        assert sight.watcher.polling
        assert notices == []  # it was asked for


async def test_poll_tells_a_burst_as_one(site: Path) -> None:
    async with watching(site, poll=True) as sight:
        generator = _start_generator(site)
        await sight.until(*(f"{n}.html" for n in range(100)))
        generator.wait(20)

        assert len(sight.sets) <= 2


def _start_generator(site: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", _SLOW_GENERATOR, str(site)])


_SLOW_GENERATOR = """
import pathlib, sys, time
for n in range(100):
    (pathlib.Path(sys.argv[1]) / f"{n}.html").write_text("x")
    time.sleep(0.01)
"""


async def test_a_mapped_write_that_nobody_reports_leads_to_polling_and_one_line(site: Path) -> None:
    notices: list[str] = []
    path = site / "index.html"
    path.write_bytes(b"0" * 4096)
    async with watching(site, idle_interval=0.1, notices=notices) as sight:
        for digit in b"1234":
            _write_mapped(path, bytes([digit]) * 4096)
            assert await sight.until("index.html") == {"index.html": "modified"}
            assert sight.digest_of("index.html") == digest(bytes([digit]) * 4096)
            if sight.watcher.polling:
                break
            await idle_looks_are_judged(sight)

        assert sight.watcher.polling
        assert len(notices) == 1
        assert "every 0.3 s" in notices[0]


def _write_mapped(path: Path, content: bytes) -> None:
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[:] = content
        mapped.flush()


@pytest.fixture
def overlay(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A mounted folder, and where it can be edited behind the mount's back."""
    lower, upper, work, merged = (tmp_path / name for name in ("lower", "upper", "work", "merged"))
    for folder in (lower, upper, work, merged):
        folder.mkdir()
    fill(lower, {"index.html": "home", "blog/index.html": "blog"})
    options = f"lowerdir={lower},upperdir={upper},workdir={work}"
    command = ["mount", "-t", "overlay", "overlay", "-o", options, str(merged)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"an overlay cannot be mounted here: {error}")
    yield merged, lower
    subprocess.run(["umount", "-l", str(merged)], check=True)


async def test_a_mount_that_reports_nothing_leads_to_polling_and_one_line(
    overlay: tuple[Path, Path],
) -> None:
    merged, lower = overlay
    notices: list[str] = []
    async with watching(merged, idle_interval=0.1, notices=notices) as sight:
        for n in range(4):
            (lower / "blog" / "index.html").write_text(f"edited on the host {n}")
            assert await sight.until("blog/index.html") == {"blog/index.html": "modified"}
            if sight.watcher.polling:
                break
            await idle_looks_are_judged(sight)

        assert sight.watcher.polling
        assert len(notices) == 1
        assert "mount" in notices[0]


_LIMITED = """
import asyncio, pathlib, sys
sys.path.insert(0, sys.argv[3])
with open(f"/proc/sys/user/{sys.argv[2]}", "w") as file:
    file.write("{}".format(sys.argv[4]))
from livereload_sse.watch import Watcher

async def main(root):
    async with Watcher([root], notice=lambda line: print("notice:", line)) as watcher:
        await asyncio.wait_for(watcher.armed(), 10)
        print("polling:", watcher.polling)
        (root / "new" / "deep").mkdir(parents=True)
        for n in range(8):
            (root / "new" / f"deep{n}").mkdir()
        (root / "new" / "deep" / "page.html").write_text("x")
        async with asyncio.timeout(10):
            async for changes in watcher:
                print("told:", *(change.path.name for change in changes.changes))
                if any(change.path.name == "page.html" for change in changes.changes):
                    break
        print("polling:", watcher.polling)

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


@pytest.mark.parametrize(
    ("limit", "value", "at_start"),
    [
        ("max_inotify_watches", 2, True),
        ("max_inotify_watches", 8, False),
        ("max_inotify_instances", 0, True),
    ],
)
def test_a_reached_limit_leads_to_polling_and_a_line_that_names_it(
    site: Path, limit: str, value: int, *, at_start: bool
) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed, and limits cannot be set for this process alone")
    package = str(Path(__file__).parents[2])
    words = [str(site), limit, package, str(value)]
    ended = subprocess.run(
        ["unshare", "-Ur", sys.executable, "-c", _LIMITED, *words],
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    if "unshare" in ended.stderr or "Permission denied" in ended.stderr:
        pytest.skip(f"limits cannot be set here: {ended.stderr}")

    lines = ended.stdout.splitlines()

    assert ended.returncode == 0, ended.stderr
    assert [line for line in lines if line.startswith("polling")] == [
        f"polling: {at_start}",
        "polling: True",
    ]
    notices = [line for line in lines if line.startswith("notice")]
    assert len(notices) == 1
    assert f"fs.inotify.{limit.replace('inotify', 'user')}" in notices[0]


def _give_to_nobody(folder: Path) -> None:
    """Root may read everything, so somebody else has to be refused."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    for parent in folder.parents:
        if Path(tempfile.gettempdir()) in parent.parents:
            parent.chmod(0o711)  # to be passed, not to be read or watched


_AS_NOBODY = """
import asyncio, os, pathlib, sys
sys.path.insert(0, sys.argv[2])
root = pathlib.Path(sys.argv[1])
import livereload_sse.watch, watchfiles
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
from livereload_sse.watch import Watcher

async def main():
    async with Watcher([root], notice=print) as watcher:
        await asyncio.wait_for(watcher.armed(), 10)
        (root / "index.html").write_text("new")
        print([change.path.name for change in (await anext(watcher)).changes])
        (root / "closed").chmod(0o755)
        print([change.path.name for change in (await anext(watcher)).changes])
        (root / "closed" / "page.html").write_text("edited")
        print([change.path.name for change in (await anext(watcher)).changes])
        print(watcher.polling, watcher._lookout._grounds.arming._base is None)

asyncio.run(asyncio.wait_for(main(), 20))
"""


def test_a_folder_that_may_not_be_read_is_passed_over_until_it_may(site: Path) -> None:
    fill(site, ["closed/page.html"])
    if os.geteuid() == 0:
        _give_to_nobody(site)
    (site / "closed").chmod(0)
    ended = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, str(site), str(Path(__file__).parents[2])],
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )

    assert ended.stdout.splitlines() == [
        "['index.html']",
        "['page.html']",
        "['page.html']",
        "False False",
    ], ended.stderr


async def test_idle_looks_between_saves_do_not_speak_against_a_system_that_reports(
    site: Path,
) -> None:
    async with watching(site, idle_interval=0.0) as sight:
        for n in range(90):
            (site / "index.html").write_text(f"{n}")
            await sight.until("index.html")
            if n % 30 == 29:
                await idle_looks_are_judged(sight)

        assert not sight.watcher.polling


async def test_idle_looks_at_what_is_held_do_not_speak_against_a_system_that_reports(
    site: Path,
) -> None:
    async with watching(site, idle_interval=0.0) as sight:
        for _ in range(3):
            (site / "index.html").write_text("")  # held for a while, for it had been written
            await sight.until("index.html")
            await idle_looks_are_judged(sight)
            (site / "index.html").write_text("whole")
            await sight.until("index.html")

        assert not sight.watcher.polling


async def test_what_a_full_queue_dropped_is_found_and_does_not_speak_against_the_system(
    site: Path,
) -> None:
    async with watching(site) as sight:
        watches = _stop_reports(sight)
        for n in range(4):
            (site / "index.html").write_text(f"dropped {n}")
            report = frozenset(f"{site}/node_modules/{n}" for n in range(BIG_BATCH))
            watches._report(Batch(report, report))

            assert await sight.next() == {"index.html": "modified"}
            await idle_looks_are_judged(sight)

        assert not sight.watcher.polling


async def test_what_a_full_queue_dropped_in_a_burst_is_told_with_it(site: Path) -> None:
    async with watching(site) as sight:
        watches = _stop_reports(sight)
        fill(site, [f"{n}.html" for n in range(BIG_BATCH + 1)])
        report = frozenset(f"{site}/{n}.html" for n in range(BIG_BATCH))
        watches._report(Batch(report, report))

        assert len(await sight.next()) == BIG_BATCH + 1


def _stop_reports(sight: Sight) -> WatchfilesThread:
    arming = sight.watcher._lookout._grounds.arming
    assert arming is not None
    watches = arming._base
    assert isinstance(watches, WatchfilesThread)
    watches.stop()
    watches._thread.join()
    return watches


async def test_watches_that_fail_are_started_again_and_nothing_is_lost(site: Path) -> None:
    async with watching(site) as sight:
        watches = _stop_reports(sight)
        (site / "index.html").write_text("while nobody reports")
        watches._report(Broken(RuntimeError("the system has had enough")))

        assert await sight.next() == {"index.html": "modified"}
        (site / "index.html").write_text("reported again")
        assert await sight.next() == {"index.html": "modified"}
