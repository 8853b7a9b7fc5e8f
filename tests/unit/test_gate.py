"""Requests that wait for a server."""

import asyncio

from livereload_sse.web.gate import Gate


async def test_an_open_gate_keeps_nobody() -> None:
    assert await Gate().wait(0)


async def test_a_closed_gate_keeps_everybody_until_it_is_opened() -> None:
    gate = Gate()
    gate.close()
    waiting = [asyncio.create_task(gate.wait(5)) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)

    gate.open()

    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_nobody_waits_longer_than_they_said() -> None:
    gate = Gate()
    gate.close()

    assert not await gate.wait(0.01)


async def test_a_gate_that_is_shut_sends_everybody_away_and_says_why() -> None:
    gate = Gate()
    gate.close()
    waiting = asyncio.create_task(gate.wait(5))
    await asyncio.sleep(0)

    gate.shut("it has died")

    assert not await waiting
    assert not await gate.wait(5)
    assert gate.why_not == "it has died"


async def test_what_was_shut_can_be_tried_again() -> None:
    gate = Gate()
    gate.shut("it has died")
    gate.close()
    waiting = asyncio.create_task(gate.wait(5))
    await asyncio.sleep(0)

    assert not waiting.done()
    assert gate.why_not == ""
    gate.open()
    assert await waiting


async def test_a_gate_that_is_closed_again_at_once_keeps_who_was_about_to_go() -> None:
    gate = Gate()
    gate.close()
    waiting = asyncio.create_task(gate.wait(5))
    await asyncio.sleep(0)

    gate.open()
    gate.close()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not waiting.done()

    gate.open()
    assert await waiting


async def test_a_gate_that_is_shut_and_closed_again_at_once_keeps_who_waits() -> None:
    gate = Gate()
    gate.close()
    waiting = asyncio.create_task(gate.wait(5))
    await asyncio.sleep(0)

    gate.shut("it has died")
    gate.close()
    gate.open()
    assert await waiting
