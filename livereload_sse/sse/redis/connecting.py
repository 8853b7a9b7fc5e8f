"""One connection to Redis: asked one thing after the other, or it is over. The only door to redis-py.

Knows how a connection is made and what may go wrong with one, in words that show no password.
Refuses to know what it is used for, and to try again: whoever uses it does.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from redis import exceptions
from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from livereload_sse.errors import BrokerError, BrokerRefusedError, InvalidBrokerError
from livereload_sse.sse.redis.address import Address
from livereload_sse.sse.redis.scripts import Script

Word: TypeAlias = bytes | str | int
_Answer = TypeVar("_Answer")

# Words of pools and clients, which people have in their URLs; there is neither here.
_FOREIGN_WORDS: Final = ("max_connections", "timeout", "retry_on_timeout", "retry_on_error")


_HUNG_UP: Final = re.compile("closed by server|connection lost|reset by peer", re.IGNORECASE)


class Link:
    """One connection. `timeout`: seconds until it is open, and until anything is answered.

    An error of the connection closes it, because nobody knows which answer would come next. What
    Redis refuses does not. Only one thing is asked at a time; others wait for their turn.
    """

    def __init__(self, address: Address, *, timeout: float) -> None:
        self._address = address
        self._timeout = timeout
        self._turn = asyncio.Lock()
        self._connection = _make_connection(address, timeout)

    async def open(self) -> None:
        """Connect, unless it is; log in and choose the database. Raises BrokerError."""
        async with self._turn:
            connecting = self._connection.connect()  # type: ignore[no-untyped-call]  # redis-py's
            await self._guard(connecting, self._timeout)

    async def close(self, *, wait: bool = True) -> None:
        """Hang up, and wait until that is done. It may be opened again."""
        try:
            await self._connection.disconnect(nowait=not wait)
        except exceptions.RedisError:
            return  # it has taken too long, and is closed all the same

    async def ask(self, *words: Word, wait: float = 0.0) -> Any:
        """Send a command and return its answer, which Redis may keep back for `wait` seconds.

        Raises BrokerRefusedError where Redis says no, and BrokerError where it says nothing.
        """
        async with self._turn:
            return await self._exchange(encode(words), self._timeout + wait)

    async def run(self, script: Script, keys: Sequence[bytes], words: Sequence[Word]) -> Any:
        """Run a script; Redis is sent its text only if it does not have it. Raises BrokerError."""
        rest = (len(keys), *keys, *words)
        try:
            return await self.ask("EVALSHA", script.digest, *rest)
        except BrokerRefusedError as error:
            if not isinstance(error.__cause__, exceptions.NoScriptError):
                raise
            return await self.ask("EVAL", script.source, *rest)

    async def ask_together(self, *commands: Sequence[Word]) -> list[Any]:
        """Have commands done without anything in between. Raises BrokerError."""
        raw = [encode(("MULTI",)), *map(encode, commands), encode(("EXEC",))]
        async with self._turn:
            answers = await self._exchange(b"".join(raw), self._timeout, answers=len(raw))
        for answer in answers:
            if isinstance(answer, exceptions.ResponseError):
                raise self._explain_refusal(answer) from answer
        return list(answers)

    async def _exchange(self, raw: bytes, seconds: float, *, answers: int = 1) -> Any:
        """Send, and return the last answer. Errors among those before it come again in that."""
        if not self._connection.is_connected:
            raise BrokerError("the connection to Redis is closed", where=self._address.shown)
        return await self._guard(self._send(raw, answers), seconds)

    async def _send(self, raw: bytes, answers: int) -> Any:
        await self._connection.send_packed_command(raw, check_health=False)
        for _ in range(answers - 1):
            try:
                await self._connection.read_response()
            except exceptions.ResponseError as error:
                refused = error
        try:
            return await self._connection.read_response()
        except exceptions.ExecAbortError:
            raise refused from None

    async def _guard(self, doing: Awaitable[_Answer], seconds: float) -> _Answer:
        try:
            async with asyncio.timeout(seconds):
                return await doing
        except exceptions.ResponseError as error:
            if isinstance(error, exceptions.ConnectionError):  # redis-py says both of some
                await self.close(wait=False)
            raise self._explain_refusal(error) from error
        except (exceptions.RedisError, OSError, ValueError) as error:
            await self.close(wait=False)
            raise self._explain(error) from error
        except BaseException:
            await self.close(wait=False)
            raise

    def _explain_refusal(self, error: Exception) -> BrokerRefusedError:
        text = _first_line(error)
        # redis-py takes the word off that an error begins with, and makes a class of it; within a
        # script it stays.
        words = f"{type(error).__name__} {text}".lower()
        hint = next((hint for word, hint in _REFUSALS if word in words), "Look into Redis's log.")
        return BrokerRefusedError(
            "Redis refuses", where=f"{self._address.shown}: {text}", hint=hint
        )

    def _explain(self, error: Exception) -> BrokerError:
        shown = self._address.shown
        if isinstance(error, exceptions.AuthenticationError):
            return self._explain_refusal(error)
        if isinstance(error, TimeoutError | exceptions.TimeoutError):
            return BrokerError(
                "Redis does not answer",
                where=f"{shown}, in {self._timeout:g} s",
                hint="If it has no TLS, the URL begins with redis://."
                if shown.startswith("rediss:")
                else "Is it this address, and is nothing in between that drops connections?",
            )
        if isinstance(error, exceptions.InvalidResponse | ValueError):
            return BrokerError("what answers is no Redis", where=shown, hint="Check the address.")
        return self._explain_connection(error)

    def _explain_connection(self, error: Exception) -> BrokerError:
        shown = self._address.shown
        text = _first_line(error)
        if (reason := _find_tls_reason(error)) is not None:
            return BrokerError(
                "no TLS connection to Redis",
                where=f"{shown}: {reason}",
                hint="A certificate of your own is named by ?ssl_ca_certs=<file>;"
                " a Redis without TLS is redis://.",
            )
        if _HUNG_UP.search(text) and shown.startswith("redis://"):
            hint = "If it expects TLS, the URL begins with rediss://."
        else:
            hint = "Start Redis, or correct the URL."
        return BrokerError("Redis cannot be reached", where=f"{shown}: {text}", hint=hint)


_LOGIN: Final = "The URL has the password: redis://user:password@host, percent-encoded."
_RIGHTS: Final = "Allow the user the commands and keys that the README lists (ACL SETUSER)."
_CLUSTER: Final = "The URL must name the cluster's node that serves the slot of the prefix."
_REFUSALS: Final = (
    ("without any password", "This Redis has no password: leave it out of the URL."),
    ("wrongpass", _LOGIN),
    ("noauth", _LOGIN),
    ("authentication", _LOGIN),
    ("username", _LOGIN),
    ("db index", "The URL's path is the number of a database: redis://localhost:6379/0."),
    ("noperm", _RIGHTS),
    ("permission", _RIGHTS),
    ("readonly", "The URL must name the primary, not a replica."),
    ("moved", _CLUSTER),
    ("cluster", _CLUSTER),
    ("wrongtype", "Another program uses these keys: choose another prefix, ?prefix=<name>."),
    ("wrong kind of value", "Another program uses these keys: choose another: ?prefix=<name>."),
    ("maxmemory", "Redis is full: raise maxmemory, or keep less: Broadcaster(history=…)."),
)


def encode(words: Iterable[Word]) -> bytes:
    """Encode a command as Redis reads it (RESP, "Sending commands to a Redis server")."""
    pieces = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    head = b"*%d\r\n" % len(pieces)
    return head + b"".join([b"$%d\r\n%b\r\n" % (len(piece), piece) for piece in pieces])


def check_address(address: Address) -> None:
    """Raise InvalidBrokerError for a URL with words that a connection does not take."""
    _make_connection(address, 1.0)


def _make_connection(address: Address, timeout: float) -> AbstractConnection:
    """Make a connection that is not open yet.

    Without a timeout of its own for reading: redis-py's default of five seconds would cut and
    repeat what Redis is meant to keep back, and it would try again by itself what we count.
    """
    try:
        words: dict[str, Any] = dict(parse_url(address.url))
    except ValueError as error:
        raise InvalidBrokerError("not the URL of a Redis", where=str(error)) from error
    for name in _FOREIGN_WORDS:
        words.pop(name, None)
    kind: type[AbstractConnection] = words.pop("connection_class", Connection)
    words |= {
        "protocol": 2,
        "decode_responses": False,
        "socket_timeout": None,
        "socket_connect_timeout": timeout,
        "health_check_interval": 0,
        "retry": Retry(NoBackoff(), 0),
    }
    try:
        return kind(**words)
    except TypeError as error:
        unknown = str(error).rpartition("argument ")[2]
        raise InvalidBrokerError(
            "not the URL of a Redis",
            where=f"its query has {unknown}",
            hint="The query may have prefix, and what redis-py's connections take: ssl_ca_certs, …",
        ) from error


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")


def _find_tls_reason(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return _first_line(error)
        error = error.__cause__ or error.__context__
    return None
