"""The app of the deployment example behind a real nginx, with the example's configuration.

Where a test changes a line of it, that line is what the test is about.
"""

import asyncio
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.integration.bell_serving import Bell, bell
from tests.integration.listening import Listener, hear_one_by_one, listeners, strike_all, until
from tests.integration.nginx_serving import nginx
from tests.integration.one_connection import tabs_of_one_browser
from tests.integration.proxies import Certificate, Proxy, make_certificate
from tests.serving import serving

BUFFERED = {"proxy_buffering off;": "proxy_buffering on;"}
HEADER_IGNORED = {
    "proxy_buffering off;": "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;"
}
EVERYTHING_COMPRESSED = {
    "proxy_http_version 1.1;": "proxy_http_version 1.1; gzip_types *; gzip_min_length 0;"
}
RESTARTING = {"# error_page 502 504 = @restarting;": "error_page 502 504 = @restarting;"}

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
    """An nginx in front of it, with the example's configuration as it is."""
    with nginx(tmp_path_factory.mktemp("nginx"), certificate, app.port) as running:
        yield running


async def test_events_arrive_one_by_one_as_they_are_published(app: Bell, proxy: Proxy) -> None:
    async with listeners(proxy) as (listener,):
        await hear_one_by_one(app, listener)

    assert listener.version == "HTTP/1.1"
    assert "content-encoding" not in listener.headers
    assert (listener.opened, listener.cut, listener.ended) == (1, 0, 0)


@pytest.mark.parametrize(
    ("changes", "encoding"),
    [
        pytest.param(BUFFERED, None, id="nginx buffers, and is told not to by our header"),
        pytest.param({"proxy_http_version 1.1;": ""}, None, id="HTTP/1.0 to the app"),
        pytest.param(EVERYTHING_COMPRESSED, None, id="every type is compressed but streams"),
        pytest.param({**EVERYTHING_COMPRESSED, "gzip off;": ""}, "gzip", id="streams as well"),
    ],
)
async def test_other_configurations_pass_events_on_at_once_as_well(
    app: Bell,
    certificate: Certificate,
    tmp_path: Path,
    changes: Mapping[str, str],
    encoding: str | None,
) -> None:
    with nginx(tmp_path, certificate, app.port, changes) as proxy:
        async with listeners(proxy) as (listener,):
            await hear_one_by_one(app, listener)

    assert listener.headers.get("content-encoding") == encoding


async def test_where_the_header_is_ignored_everything_is_held_back_until_the_stream_ends(
    certificate: Certificate, tmp_path: Path
) -> None:
    """What the page warns of, and the proof that these tests would notice it."""
    with bell() as app, nginx(tmp_path, certificate, app.port, HEADER_IGNORED) as proxy:
        async with httpx.AsyncClient(verify=certificate.context, timeout=20) as client:
            held = Listener(f"{proxy.url}/events", client, returns=False)
            listening = asyncio.create_task(held.live())
            await until(lambda: app.streams() == 1, "the app has the stream")
            await strike_all(app, 1, 2, 3)
            with pytest.raises(AssertionError, match="anything arrives"):
                await until(lambda: held.opened, "anything arrives", 0.5)
            await asyncio.to_thread(app.end)
            await listening

    assert held.strokes == [1, 2, 3]
    assert held.ended == 1


async def test_who_leaves_is_gone_from_the_app_long_before_the_next_heartbeat(
    app: Bell, proxy: Proxy
) -> None:
    async with listeners(proxy, 5):
        await asyncio.to_thread(app.wait_for_streams, 5)

    await asyncio.to_thread(app.wait_for_streams, 0, 5)


async def test_a_read_timeout_shorter_than_the_heartbeat_cuts_and_a_shorter_heartbeat_prevents_it(
    app: Bell, certificate: Certificate, tmp_path: Path
) -> None:
    changes = {"proxy_read_timeout 60s;": "proxy_read_timeout 1s;"}
    folders = [tmp_path / "slow", tmp_path / "lively"]
    for folder in folders:
        folder.mkdir()
    with (
        bell(HEARTBEAT="0.1") as lively_app,
        nginx(folders[0], certificate, app.port, changes) as slow_proxy,
        nginx(folders[1], certificate, lively_app.port, changes) as lively_proxy,
    ):
        async with listeners(slow_proxy) as (slow,), listeners(lively_proxy) as (lively,):
            await until(lambda: slow.cut, "the quiet stream is cut")
            beats = lively.comments
            await until(lambda: lively.comments > beats + 10, "the other one is alive")

    assert (lively.opened, lively.cut, lively.ended) == (1, 0, 0)
    assert "upstream timed out" in slow_proxy.log()


async def test_while_the_app_restarts_nginx_answers_502_and_who_comes_back_has_missed_nothing(
    certificate: Certificate, tmp_path: Path
) -> None:
    with bell() as app, nginx(tmp_path, certificate, app.port) as proxy:
        async with listeners(proxy) as (listener,):
            await strike_all(app, 1, 2, 3)
            await until(lambda: len(listener.events) == 3, "three are heard")
            app.kill()
            await until(lambda: listener.statuses, "nginx answers")
            listener.may_return.clear()
            app.start()
            await strike_all(app, 4, 5, 6)
            listener.may_return.set()
            await until(lambda: len(listener.strokes) >= 6, "all are heard")

    assert set(listener.statuses) == {502}
    assert listener.strokes == [1, 2, 3, 4, 5, 6]
    assert [event.name for event in listener.events][3:] == ["reload", "bell", "bell", "bell"]
    assert (listener.opened, listener.cut, listener.ended) == (2, 1, 0)


async def test_the_line_for_pages_without_our_client_answers_a_stream_instead_of_502(
    certificate: Certificate, tmp_path: Path
) -> None:
    """The test in the browser shows what it is good for."""
    with bell() as app, nginx(tmp_path, certificate, app.port, RESTARTING) as proxy:
        app.kill()
        async with httpx.AsyncClient(verify=certificate.context) as client:
            stream = await client.get(f"{proxy.url}/events")
            page = await client.get(f"{proxy.url}/")

    assert (stream.status_code, stream.text) == (200, "retry: 2000\n\n")
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["cache-control"] == "no-store"
    assert page.status_code == 502


async def test_twenty_streams_share_one_connection_with_http_2(app: Bell, proxy: Proxy) -> None:
    async with tabs_of_one_browser(proxy.url, proxy.certificate, 20) as tabs:
        await strike_all(app, 1, 2)
        await until(lambda: all(len(tab.events) == 2 for tab in tabs), "all hear both")
        assert app.streams() == 20

    assert {tab.status for tab in tabs} == {"200"}


async def test_without_http_2_each_has_a_connection_of_its_own(app: Bell, proxy: Proxy) -> None:
    async with listeners(proxy, 7) as listening:
        assert len({one.own_port for one in listening}) == 7
    assert app.streams() <= 7


async def test_streams_end_well_when_the_app_is_asked_to_end(
    certificate: Certificate, tmp_path: Path
) -> None:
    with bell() as app, nginx(tmp_path, certificate, app.port) as proxy:
        async with listeners(proxy, 10, returns=False) as listening:
            await strike_all(app, 8)
            code = await asyncio.to_thread(app.end, 10)
            await until(lambda: not any(one.is_open for one in listening), "all have ended")

    assert code == -signal.SIGTERM  # uvicorn has ended in peace, and says what it was asked by
    assert all((one.ended, one.cut, one.strokes) == (1, 0, [8]) for one in listening)
    assert [line for line in app.printed if "error" in line.lower()] == []
    assert proxy.log() == ""


async def test_with_two_apps_behind_it_nobody_sees_the_restart_of_one(
    certificate: Certificate, tmp_path: Path
) -> None:
    with bell() as one, bell() as two:
        both = f"least_conn; server 127.0.0.1:{one.port}; server 127.0.0.1:{two.port};"
        changes = {"server 127.0.0.1:8000;": both}
        with nginx(tmp_path, certificate, one.port, changes) as proxy:
            async with listeners(proxy, 8) as listening:
                assert (one.streams(), two.streams()) == (4, 4)
                one.kill()
                await until(lambda: two.streams() == 8, "all are at the other one")

    assert sum(listener.cut for listener in listening) == 4
    assert [listener.statuses for listener in listening] == [[]] * 8


async def test_requests_without_tls_are_sent_where_it_is(proxy: Proxy) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://localhost:{proxy.plain}/events")

    assert (answer.status_code, answer.headers["location"]) == (301, "https://localhost/events")


async def test_a_development_server_may_be_shown_under_a_name_of_its_own(
    site: Path, certificate: Certificate, tmp_path: Path
) -> None:
    words = ("--allow-host", "dev.example.test")
    with serving(site, *words) as server, nginx(tmp_path, certificate, server.port) as proxy:
        own = {"host": "dev.example.test", "origin": "https://dev.example.test"}
        async with httpx.AsyncClient(verify=certificate.context, headers=own) as client:
            page = await client.get(proxy.url)
            tab = Listener(f"{proxy.url}/__sse-reload/events", client, returns=False)
            listening = asyncio.create_task(tab.live())
            await until(lambda: tab.is_open, "the stream is open")
            (site / "new.html").write_text("<!doctype html><title>new</title>")
            await until(lambda: tab.events, "the change is told", 10)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    assert "/__sse-reload/" in page.text
    assert [event.name for event in tab.events] == ["change"]
