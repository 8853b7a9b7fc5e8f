"""Looking whether somebody listens."""

import asyncio

from livereload_sse.web.target import (
    answers,
    wait_until_it_answers,
    wait_until_it_leaves,
)
from tests.integration.proxying import (
    PATIENCE,
    listening,
)


async def test_a_target_answers_while_it_listens() -> None:
    async with listening() as target:
        assert await answers(target.target)
    assert not await answers(target.target)


async def test_a_target_is_waited_for() -> None:
    async with listening() as target:
        gone = target.target
    waiting = asyncio.create_task(wait_until_it_answers(gone))
    await asyncio.sleep(0)
    assert not waiting.done()

    server = await asyncio.start_server(
        lambda _reader, writer: writer.close(), "127.0.0.1", gone.port
    )
    async with asyncio.timeout(PATIENCE):
        await waiting
    server.close()


async def test_a_target_leaves_when_its_connections_do() -> None:
    async with listening() as target:
        leaving = asyncio.create_task(wait_until_it_leaves(target.target, PATIENCE))
        async with asyncio.timeout(PATIENCE):
            await target.arrived.wait()
        assert not leaving.done()
        target.peers[0].cut()

        assert await leaving
        assert not await wait_until_it_leaves(target.target, 0.05)
    assert await wait_until_it_leaves(target.target, PATIENCE)
