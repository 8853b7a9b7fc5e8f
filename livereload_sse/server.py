"""One uvicorn server around one session: it starts at once, and leaves at once.

The only importer of uvicorn. Refuses to know what is served and what is printed.
"""

import asyncio
import signal
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from livereload_sse.errors import CertificateError

if TYPE_CHECKING:
    import socket

    from livereload_sse.addresses import Listener

GRACE = 0.25
"""Seconds a running response may take after the streams have ended."""


class Server(uvicorn.Server):
    """A uvicorn server that ends its streams before it waits for its connections.

    uvicorn runs the lifespan's shutdown only after all connections have closed, which streams never
    do. So `on_closing` is called first: it closes the broadcaster, each stream says goodbye, and
    nothing is left to wait for.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_started: Callable[[], None],
        on_closing: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._on_closing = on_closing

    def close(self) -> None:
        """Ask the server to end; it does so within a tenth of a second."""
        self.should_exit = True

    async def startup(self, sockets: "list[socket.socket] | None" = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: "list[socket.socket] | None" = None) -> None:
        """End the streams, then do as uvicorn does, for as long as somebody still reads."""
        self._on_closing()
        last_word = asyncio.get_running_loop().call_later(GRACE, self._hang_up)
        try:
            await super().shutdown(sockets)
        finally:
            last_word.cancel()

    def _hang_up(self) -> None:
        """Cut what does not end by itself: a download that nobody reads would wait for ever.

        uvicorn's own time-out cancels the application instead, and calls that an error.
        """
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that mean "end", and do not raise them again.

        uvicorn re-raises what it caught once it has stopped, which turns a clean end into a
        KeyboardInterrupt or a death by SIGTERM. Here the end was asked for: the exit code is 0.
        Only the main thread gets signals; in another nobody can take them.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in ending_signals()}
        try:
            yield
        finally:
            for number, action in before.items():
                signal.signal(number, action)


def ending_signals() -> list[int]:
    """Name the signals that end the server.

    A closed terminal (SIGHUP) is one where it exists, unless whoever started us ignores it: that is
    what `nohup` does.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ignored = {getattr(signal, "SIGHUP", None)} if _ignores_hangup() else set()
    return [number for number in numbers if number not in ignored]


def _ignores_hangup() -> bool:
    return hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def check_certificate(certfile: Path | None, keyfile: Path | None) -> None:
    """Prove that certificate and key can be used together. Raises `CertificateError`."""
    if certfile is None:
        if keyfile is not None:
            raise CertificateError(
                "A key without a certificate",
                where=str(keyfile),
                hint="Name its certificate too: --certfile FILE",
            )
        return
    for path, flag in ((certfile, "--certfile"), (keyfile, "--keyfile")):
        if path is not None and not path.is_file():
            raise CertificateError(
                "No such file", where=str(path), hint=f"Give a PEM file: {flag} FILE"
            )
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            certfile, keyfile, password=""
        )
    except (ssl.SSLError, OSError) as error:
        raise CertificateError(
            f"The certificate cannot be used ({getattr(error, 'reason', None) or 'not PEM'})",
            where=str(certfile),
            hint="Give a PEM certificate and its unencrypted key: --certfile FILE --keyfile FILE",
        ) from None


def make_server(
    app: Callable[..., Awaitable[None]],
    *,
    certfile: Path | None = None,
    keyfile: Path | None = None,
    on_started: Callable[[], None] = lambda: None,
    on_closing: Callable[[], None] = lambda: None,
    **more: Any,
) -> Server:
    """Configure uvicorn for a development server on loopback.

    No proxy headers (nobody in front is to be trusted), no server header, no access log (the
    console shows requests when asked to), no WebSocket library.
    """
    config = uvicorn.Config(
        app,
        **{
            "http": "httptools",
            "ws": "none",
            "lifespan": "off",
            "interface": "asgi3",
            "log_config": None,
            "access_log": False,
            "proxy_headers": False,
            "server_header": False,
            "ssl_certfile": certfile,
            "ssl_keyfile": keyfile,
            **more,
        },
    )
    return Server(config, on_started=on_started, on_closing=on_closing)


async def serve(server: Server, listener: "Listener") -> None:
    """Serve on sockets that already listen, until a signal or `Server.close`."""
    await server.serve(sockets=list(listener.sockets))


def run(main: Callable[[], Awaitable[int]]) -> int:
    """Run `main` in the fastest loop this system has, and return its exit code.

    Ctrl-C before the server has taken the signals is an asked-for end like any other: 0.
    """
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        try:
            return runner.run(_awaited(main))
        except KeyboardInterrupt:
            return 0


async def _awaited(main: Callable[[], Awaitable[int]]) -> int:
    return await main()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Find uvloop; None, asyncio's own choice, where it does not exist (Windows)."""
    try:
        import uvloop  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
