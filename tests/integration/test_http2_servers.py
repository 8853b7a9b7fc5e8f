"""Servers that speak HTTP/2 themselves, with the app of the deployment example."""

import asyncio
from pathlib import Path

import pytest

from tests.integration.bell_serving import bell_by
from tests.integration.listening import strike_all, until
from tests.integration.one_connection import tabs_of_one_browser
from tests.integration.proxies import make_certificate

# Without workers, because Hypercorn's parent process keeps SIGTERM to itself.
HYPERCORN = "hypercorn app:app --workers 0 --bind 127.0.0.1:PORT --certfile CHAIN --keyfile KEY"
GRANIAN = (
    "granian app:app --interface asgi --host 127.0.0.1 --port PORT "
    "--ssl-certificate CHAIN --ssl-keyfile KEY"
)


@pytest.mark.parametrize("command", [HYPERCORN, GRANIAN], ids=["hypercorn", "granian"])
async def test_twenty_streams_share_one_connection_and_end_well(
    command: str, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path)
    words = command.replace("CHAIN", str(certificate.chain)).replace("KEY", str(certificate.key))
    with bell_by(*words.split(), certificate=certificate) as app:
        async with tabs_of_one_browser(app.url, certificate, 20) as tabs:
            await strike_all(app, 1, 2)
            await until(lambda: all(len(tab.events) == 2 for tab in tabs), "all hear both")
            ending = asyncio.create_task(asyncio.to_thread(app.end))
            await until(lambda: all(tab.ended for tab in tabs), "all have ended", 10)
        assert await ending == 0
