"""An ASGI application behind a real uvicorn, in a thread of the test's own process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.serving import wait_until


class _Server(uvicorn.Server):
    """One that waits for no stream at its end: tests leave some open."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.force_exit = True
        await super().shutdown(sockets)


@contextmanager
def serving_app(app: Any, port: int = 0) -> Iterator[str]:
    """Serve `app` until the context ends; gives its address, without a slash at its end."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        # Streams that are cut on purpose are no news.
        config = uvicorn.Config(
            app, log_level=60, loop="asyncio", lifespan="on", ws="none", access_log=False
        )
        server = _Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            wait_until(lambda: server.started or not thread.is_alive(), what="uvicorn listens")
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()
