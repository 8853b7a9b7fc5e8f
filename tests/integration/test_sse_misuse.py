"""What nobody means to do with the parts of a stream ends at once, and is said in the server's words."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from livereload_sse.sse import Broadcaster, EventEndpoint, EventStream, client_script
from tests.asgi import ask


@pytest.mark.parametrize("app", [EventEndpoint(Broadcaster()), client_script])
def test_a_web_socket_is_refused(app: Any) -> None:
    client = TestClient(Starlette(routes=[Mount("/x", app)]))

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/x/"):
        pass


@pytest.mark.parametrize("app", [EventEndpoint(Broadcaster()), client_script])
async def test_a_lifespan_is_what_neither_has(app: Any) -> None:
    with pytest.raises(RuntimeError, match="answers http"):
        await app({"type": "lifespan"}, None, None)


async def test_a_response_answers_once() -> None:
    stream = EventStream(iter("a"))
    first = await ask(stream)

    with pytest.raises(RuntimeError, match="one request"):
        await ask(stream)

    assert b'data: "a"\n' in first.body


async def test_who_has_heard_the_end_hears_nothing_first() -> None:
    broadcaster = Broadcaster()
    end = broadcaster.end().id
    answer = await ask(EventStream(broadcaster.subscribe(after=end)))

    assert (answer.status, answer.body) == (204, b"")


async def test_channels_may_be_awaited_and_none_is_no_channel() -> None:
    broadcaster = Broadcaster()
    broadcaster.publish("x", 1, channel="mine")
    broadcaster.close()

    async def find(scope: Any) -> list[str] | None:
        return ["mine"] if scope["path"] == "/mine" else None

    endpoint = EventEndpoint(broadcaster, channels=find, on_connect=5, authorize=lambda *_: "me")  # type: ignore[arg-type]  # None is the mistake

    assert b"event: x\n" in (await ask(endpoint, "/mine")).body
    assert (await ask(endpoint, "/else")).status == 403
