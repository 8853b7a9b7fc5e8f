"""A broadcaster that several processes share: the same contract, on Redis Streams.

Knows how one Redis becomes the log that each process follows. Refuses to know HTTP, and how readers
are served: the broadcaster of one process does that here as well.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from livereload_sse.errors import MissingExtraError
from livereload_sse.sse.redis.address import parse_address
from livereload_sse.sse.redis.standing import BrokerState

if TYPE_CHECKING:
    from livereload_sse.sse.redis.broadcaster import RedisBroadcaster

__all__ = ["BrokerState", "open_redis"]


def open_redis(url: str, *, prefix: str | None = None, **words: Any) -> "RedisBroadcaster":
    """Make a broadcaster on the Redis at a URL; it connects when it is entered.

    prefix: what the names of all keys begin with; default: the URL's `?prefix=`, or "sse"
    words: as `RedisBroadcaster` has them

    Raises InvalidBrokerError, and MissingExtraError where redis-py is not installed.
    """
    address = parse_address(url, prefix=prefix)
    if find_spec("redis") is None:
        raise MissingExtraError(
            "A broadcaster on Redis needs redis-py",
            hint="Install the extra: pip install 'livereload-sse[redis]'",
        )
    from livereload_sse.sse.redis.broadcaster import RedisBroadcaster  # noqa: PLC0415 - an extra

    return RedisBroadcaster(address, **words)
