"""A burst is told as one, and whoever asks for a part of it meanwhile gets the whole."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from livereload_sse.watch import Watcher
from tests.integration.watching import PATIENCE, fill, watching


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    fill(root, {"page.html": "1", "elsewhere.html": "1"})
    return root


async def until_held(watcher: Watcher, path: Path) -> Awaitable[None]:
    async with asyncio.timeout(PATIENCE):
        while (waiting := watcher.wait_for(path)) is None:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.001)
        return waiting


async def test_the_first_file_of_a_burst_is_held_until_all_of_it_has_been_told(site: Path) -> None:
    async with watching(site) as sight:
        (site / "page.html").write_text("2")
        first = await sight.next()
        for number in range(30):
            (site / f"{number}.html").write_text("2")
        waiting = await until_held(sight.watcher, site / "page.html")
        elsewhere = sight.watcher.wait_for(site / "elsewhere.html")
        heard = asyncio.create_task(sight.until("29.html"))
        await waiting

        assert first == {"page.html": "modified"}
        assert elsewhere is None
        assert heard.done() or "29.html" in await heard
        assert sight.watcher.wait_for(site / "page.html") is None


async def test_what_was_waited_for_comes_after_what_was_told(site: Path) -> None:
    order: list[str] = []
    async with watching(site) as sight:
        for number in range(30):
            (site / f"{number}.html").write_text("2")
        waiting = await until_held(sight.watcher, site / "0.html")

        async def hear() -> None:
            await sight.until("29.html")
            order.append("told")

        async def serve() -> None:
            await waiting
            order.append("served")

        await asyncio.gather(hear(), serve())

    assert order == ["told", "served"]


async def test_a_file_saved_alone_is_never_held(site: Path) -> None:
    async with watching(site) as sight:
        for number in range(10):
            (site / "page.html").write_text(f"{number}")
            await sight.next()

            assert sight.watcher.wait_for(site / "page.html") is None
