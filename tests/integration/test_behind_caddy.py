"""The app of the deployment example behind a real Caddy, with the example's Caddyfile.

Where a test changes a line of it, that line is what the test is about.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.bell_serving import Bell, bell
from tests.integration.caddy_serving import caddy
from tests.integration.listening import Listener, hear_one_by_one, listeners, strike_all, until
from tests.integration.one_connection import tabs_of_one_browser
from tests.integration.proxies import Certificate, Proxy, make_certificate

STREAMS_COMPRESSED = {
    "@plain not path /events": "",
    "encode @plain gzip": "encode {\n\t\tgzip\n\t\tminimum_length 1\n\t}",
}
OFTEN_ADVISED = {"lb_try_duration 10s": "flush_interval -1"}
NO_WAITING = {"lb_try_duration 10s": ""}

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def app() -> Iterator[Bell]:
    """The app, for tests that leave it running."""
    with bell() as running:
        yield running


@pytest.fixture(scope="module")
def proxy(
    app: Bell, certificate: Certificate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A Caddy in front of it, with the example's configuration as it is."""
    with caddy(tmp_path_factory.mktemp("caddy"), certificate, app.port) as running:
        yield running


@pytest.mark.parametrize(("http2", "version"), [(False, "HTTP/1.1"), (True, "HTTP/2")])
async def test_events_arrive_one_by_one_as_they_are_published(
    app: Bell, proxy: Proxy, *, http2: bool, version: str
) -> None:
    async with listeners(proxy, http2=http2) as (listener,):
        await hear_one_by_one(app, listener)

    assert listener.version == version
    assert "content-encoding" not in listener.headers
    assert (listener.opened, listener.cut, listener.ended) == (1, 0, 0)


async def test_streams_that_are_compressed_are_held_back(
    app: Bell, certificate: Certificate, tmp_path: Path
) -> None:
    """Why the example excludes them. Caddy takes what is longer than 512 bytes; here, anything."""
    with caddy(tmp_path, certificate, app.port, STREAMS_COMPRESSED) as proxy:
        async with httpx.AsyncClient(verify=certificate.context, timeout=20) as client:
            held = Listener(f"{proxy.url}/events", client, returns=False)
            listening = asyncio.create_task(held.live())
            await asyncio.to_thread(app.wait_for_streams, 1)
            await strike_all(app, 1, 2, 3)
            with pytest.raises(AssertionError, match="they are heard"):
                await until(lambda: held.events, "they are heard", 0.5)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    assert held.headers["content-encoding"] == "gzip"


async def test_who_leaves_is_gone_from_the_app_long_before_the_next_heartbeat(
    app: Bell, proxy: Proxy
) -> None:
    async with listeners(proxy, 5):
        await asyncio.to_thread(app.wait_for_streams, 5)

    await asyncio.to_thread(app.wait_for_streams, 0, 5)


async def test_with_the_interval_that_is_often_advised_nobody_seems_to_leave(
    certificate: Certificate, tmp_path: Path
) -> None:
    """Why the example has no `flush_interval -1`."""
    with bell() as app, caddy(tmp_path, certificate, app.port, OFTEN_ADVISED) as proxy:
        async with listeners(proxy, 2):
            pass
        with pytest.raises(AssertionError, match="0 streams"):
            await asyncio.to_thread(app.wait_for_streams, 0, 1)
        assert app.streams() == 2
        app.kill()  # or Caddy would hold on to them, at its own end as well


async def test_who_comes_back_while_the_app_restarts_waits_for_it_and_has_missed_nothing(
    certificate: Certificate, tmp_path: Path
) -> None:
    with bell() as app, caddy(tmp_path, certificate, app.port) as proxy:
        async with listeners(proxy) as (listener,):
            await strike_all(app, 1, 2, 3)
            await until(lambda: len(listener.events) == 3, "three are heard")
            app.kill()
            await until(lambda: listener.asked == 2, "the stream is cut, and asked for again")
            await asyncio.to_thread(app.start)
            await strike_all(app, 4, 5, 6)
            await until(lambda: len(listener.strokes) >= 6, "all are heard")

    assert listener.strokes == [1, 2, 3, 4, 5, 6]
    assert listener.statuses == []


async def test_without_that_line_caddy_answers_502(
    certificate: Certificate, tmp_path: Path
) -> None:
    with bell() as app, caddy(tmp_path, certificate, app.port, NO_WAITING) as proxy:
        app.kill()
        async with httpx.AsyncClient(verify=certificate.context) as client:
            answer = await client.get(f"{proxy.url}/events")

    assert answer.status_code == 502


async def test_twenty_streams_share_one_connection_with_http_2(app: Bell, proxy: Proxy) -> None:
    async with tabs_of_one_browser(proxy.url, proxy.certificate, 20) as tabs:
        await strike_all(app, 1, 2)
        await until(lambda: all(len(tab.events) == 2 for tab in tabs), "all hear both")
        assert app.streams() == 20

    assert {tab.status for tab in tabs} == {"200"}


async def test_streams_end_well_when_the_app_is_asked_to_end(
    certificate: Certificate, tmp_path: Path
) -> None:
    with bell() as app, caddy(tmp_path, certificate, app.port) as proxy:
        async with listeners(proxy, 10, returns=False) as listening:
            await strike_all(app, 8)
            await asyncio.to_thread(app.end, 10)
            await until(lambda: not any(one.is_open for one in listening), "all have ended")

    assert all((one.ended, one.cut, one.strokes) == (1, 0, [8]) for one in listening)
    assert [line for line in app.printed if "error" in line.lower()] == []
