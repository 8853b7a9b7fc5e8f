"""An ASGI middleware around a WSGI application, in the thread of the request.

An ASGI middleware that awaits nothing but `send` needs no event loop: it can be run step by step,
each message it sends being a step. So the application keeps its own thread, its context variables,
its tracebacks and its pace, and there is nothing between it and its server but the middleware.
Knows coroutines and PEP 3333. Refuses to know what the middleware does.
"""

from typing import TYPE_CHECKING, Any

from livereload_sse.web.environ import ENVIRON, narrow, read_start, write_headers, write_status

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterable
    from types import TracebackType
    from typing import TypeAlias
    from wsgiref.types import StartResponse, WSGIApplication

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Raised: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


class InTurn:
    """The answer of an ASGI application to one request, as the iterable that WSGI wants.

    When it is made, it runs the application up to the beginning of its answer, so that who looks at
    the status before reading the body finds it. Raises what the application raises, then or while
    it is read.
    """

    def __init__(self, app: "ASGIApp", scope: "Scope", start_response: "StartResponse") -> None:
        self._start_response = start_response
        self._run: Coroutine[Message, None, None] = _run(app, scope)
        self._ended = False
        self._began = False
        self._ready: bytes | None = None
        while not self._began and not self._ended:
            self._ready = self._step()

    def __iter__(self) -> "InTurn":
        return self

    def __next__(self) -> bytes:
        ready, self._ready = self._ready, None
        while ready is None and not self._ended:
            ready = self._step()
        if ready is None:
            raise StopIteration
        return ready

    def close(self) -> None:
        """End the application where it stands; the server has read enough."""
        self._ended = True
        self._run.close()

    def _step(self) -> bytes | None:
        """Run until the next message; return its bytes, if it has any."""
        try:
            message = self._run.send(None)
        except StopIteration:
            self._ended = True
            return None
        except BaseException:
            self._ended = True
            raise
        if message["type"] == "http.response.start":
            self._start_response(write_status(message["status"]), write_headers(message))
            self._began = True
        return message.get("body") or None


class _Step:
    """What `send` awaits: it hands the message to whoever runs the coroutine."""

    def __init__(self, message: "Message") -> None:
        self._message = message

    def __await__(self) -> "Generator[Message, None, None]":
        yield self._message


async def _run(app: "ASGIApp", scope: "Scope") -> None:
    """Call an application whose every `send` is a step."""

    async def send(message: "Message") -> None:
        await _Step(message)

    await app(scope, _receive, send)


async def _receive() -> "Message":
    raise RuntimeError("the request's body is in wsgi.input, for the application alone")


class Inside:
    """A WSGI application as an ASGI application, for `InTurn` only: it blocks while it works."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", _receive: "Receive", send: "Send") -> None:
        """Answer one http request whose scope was made from an environ."""
        beginning = _Beginning()
        environ = narrow(scope[ENVIRON], scope["headers"])
        chunks = self.app(environ, beginning.start_response)
        try:
            await _pass_on(chunks, beginning, send)
        finally:
            close: Callable[[], object] = getattr(chunks, "close", _nothing)
            close()


async def _pass_on(chunks: "Iterable[bytes]", beginning: "_Beginning", send: "Send") -> None:
    """Send an answer's chunks as they come. PEP 3333: it begins with the first that is not empty."""
    for chunk in chunks:
        if chunk:
            await _begin(beginning, send)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await _begin(beginning, send)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _begin(beginning: "_Beginning", send: "Send") -> None:
    if beginning.sent:
        return
    await send(beginning.take())
    for chunk in beginning.written:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


class _Beginning:
    """What an application has said with `start_response`, until it is sent.

    What it writes by the old way, the function that `start_response` returns, waits for the first
    chunk: frameworks do not use it.
    """

    def __init__(self) -> None:
        self.sent = False
        self.written: list[bytes] = []
        self._start: Message | None = None

    def start_response(
        self,
        status: str,
        headers: "list[tuple[str, str]]",
        exc_info: "Raised | tuple[None, None, None] | None" = None,
        /,
    ) -> "Callable[[bytes], object]":
        """Note status and headers; with `exc_info` they replace earlier ones, or it is raised."""
        if exc_info is not None and exc_info[1] is not None and self.sent:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._start is not None:
            raise AssertionError("start_response was called twice without exc_info")
        self._start = read_start(status, headers)
        return self.written.append

    def take(self) -> "Message":
        """Hand over the beginning; it cannot be changed any more."""
        if self._start is None:
            raise AssertionError("the application answered without calling start_response")
        self.sent = True
        return self._start


def _nothing() -> Any:
    """What is called where an iterable has no `close`."""
