import asyncio

import pytest

from livereload_sse.pytest_watch.sharing.told import Log, Told, ToldChange

CHANGE = {"changes": [{"kind": "modified", "url": "/about", "digest": "d1"}]}
FIRST, SECOND = Told("reload", reason="first"), Told("reload", reason="second")


def test_a_change_is_read() -> None:
    assert Told.read("change", CHANGE) == Told("change", (ToldChange("modified", "/about"),))


def test_a_reload_is_read() -> None:
    assert Told.read("reload", {"reason": "you pressed r"}) == Told("reload", (), "you pressed r")


def test_an_event_of_ones_own_has_its_own_name() -> None:
    told = Told.read("custom", {"name": "deploy", "data": [1]})

    assert (told.name, told.data) == ("deploy", [1])


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (Told.read("change", CHANGE), "/about modified"),
        (Told("reload", reason="you pressed r"), "reload (you pressed r)"),
        (Told("deploy"), "deploy"),
    ],
)
def test_it_is_written_in_a_few_words(told: Told, text: str) -> None:
    assert str(told) == text


async def test_each_is_taken_once_and_in_order() -> None:
    log = Log()
    log.add(FIRST)
    log.add(SECOND)

    assert await log.take(lambda _told: True) is FIRST
    assert log.left == [SECOND]
    assert await log.take(lambda _told: True) is SECOND
    assert log.all == [FIRST, SECOND]


async def test_who_waits_gets_the_next_one_that_is_wanted() -> None:
    log = Log()
    waiting = asyncio.create_task(log.take(lambda told: told is SECOND))
    await asyncio.sleep(0)
    log.add(FIRST)
    await asyncio.sleep(0)
    log.add(SECOND)

    async with asyncio.timeout(5):
        assert await waiting is SECOND
    assert log.left == []
