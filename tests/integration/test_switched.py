"""A site whose folder is switched: what is answered before, during and after."""

import asyncio
from pathlib import Path

import pytest

from livereload_sse.web.files import StaticSite
from livereload_sse.web.switched import SwitchedSite
from tests.asking import ask, tag


def make(folder: Path) -> StaticSite:
    return StaticSite(folder, tag=tag, last_id=lambda: "1-0")


def switched(*, first_timeout: float = 10.0) -> SwitchedSite:
    return SwitchedSite(
        make,
        tag=tag,
        last_id=lambda: "1-0",
        waits_for="mkdocs build",
        first_timeout=first_timeout,
    )


@pytest.fixture
def generations(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with one page each."""
    folders = tmp_path / "1", tmp_path / "2"
    for folder in folders:
        folder.mkdir()
        (folder / "index.html").write_text(f"<html><head></head><p>{folder.name}</p></html>")
    return folders


async def test_a_person_who_comes_first_gets_a_page_that_waits() -> None:
    reply = await ask(
        switched(), "/about?x=1", sec_fetch_mode="navigate", accept="text/html,*/*;q=0.8"
    )

    assert reply.status == 503
    assert reply.headers["retry-after"] == "1"
    assert "mkdocs build" in reply.text
    assert "<tag waiting /about  1-0>" in reply.text


async def test_everything_else_that_comes_first_waits_for_the_first_folder(
    generations: tuple[Path, Path],
) -> None:
    site = switched()
    request = asyncio.create_task(ask(site, "/", sec_fetch_mode="cors"))
    await asyncio.sleep(0)

    assert not request.done()
    site.switch(generations[0])
    assert "<p>1</p>" in (await request).text


async def test_who_has_waited_long_enough_is_told_so() -> None:
    reply = await ask(switched(first_timeout=0.01), "/data.json", sec_fetch_mode="cors")

    assert reply.status == 503
    assert reply.text == "There is nothing to show yet: mkdocs build.\n"


async def test_the_next_request_gets_the_next_folder(generations: tuple[Path, Path]) -> None:
    site = switched()
    site.switch(generations[0])
    before = await ask(site, "/", sec_fetch_mode="navigate", accept="text/html,*/*;q=0.8")
    site.switch(generations[1])

    assert "<p>1</p>" in before.text
    assert (
        "<p>2</p>"
        in (await ask(site, "/", sec_fetch_mode="navigate", accept="text/html,*/*;q=0.8")).text
    )


async def test_a_request_that_has_begun_ends_with_its_folder(
    generations: tuple[Path, Path],
) -> None:
    site = switched()
    (generations[0] / "large.bin").write_bytes(b"1" * 20_000_000)
    (generations[1] / "large.bin").write_bytes(b"2" * 20_000_000)
    site.switch(generations[0])
    begun = False

    def switch(_message: object) -> None:
        nonlocal begun
        if not begun:
            begun = True
            site.switch(generations[1])

    reply = await ask(site, "/large.bin", on_send=switch)

    assert reply.body == b"1" * 20_000_000


async def test_a_file_of_a_finished_folder_is_not_waited_for(
    generations: tuple[Path, Path],
) -> None:
    """It was written this very moment, looks cut, and is nevertheless as it shall be."""
    site = switched()
    (generations[0] / "cut.html").write_text("<html><head></head><p>no end")
    site.switch(generations[0])
    loop = asyncio.get_running_loop()
    began = loop.time()

    reply = await ask(site, "/cut", sec_fetch_mode="navigate", accept="text/html,*/*;q=0.8")

    assert "no end" in reply.text
    assert loop.time() - began < 0.05


async def test_a_program_that_takes_anything_waits_as_well(generations: tuple[Path, Path]) -> None:
    site = switched()
    request = asyncio.create_task(ask(site, "/", accept="*/*"))
    await asyncio.sleep(0)

    assert not request.done()
    site.switch(generations[0])
    assert (await request).status == 200


async def test_who_waits_for_what_has_failed_is_told_so_at_once() -> None:
    site = switched()
    request = asyncio.create_task(ask(site, "/", accept="*/*"))
    await asyncio.sleep(0)

    site.fail("this is wrong")
    first, second = await request, await ask(site, "/", accept="*/*")

    assert (first.status, second.status) == (503, 503)
    assert first.text == "There is nothing to show: this is wrong\n"


async def test_who_comes_when_it_is_tried_again_waits_again(
    generations: tuple[Path, Path],
) -> None:
    site = switched()
    site.fail("this is wrong")
    site.wait()
    request = asyncio.create_task(ask(site, "/", accept="*/*"))
    await asyncio.sleep(0)
    site.switch(generations[0])

    assert (await request).status == 200


async def test_once_there_is_a_site_nobody_waits(generations: tuple[Path, Path]) -> None:
    site = switched()
    site.switch(generations[0])
    site.wait()
    site.fail("this is wrong")

    assert (await ask(site, "/", accept="*/*")).status == 200
