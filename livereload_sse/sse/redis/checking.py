"""Is this Redis what is needed?

Knows what a server says of itself (INFO), and which versions have what is used here. Refuses to
know connections.
"""

import re
from typing import Final

from livereload_sse.errors import BrokerError

OLDEST: Final = (6, 2)
"""The oldest version that is supported: what is before it has had no fixes since 2022."""

_NUMBER: Final = re.compile(r"[0-9]+")


def parse_info(text: str) -> dict[str, str]:
    """Read the answer to INFO: lines of `name:value`, and titles."""
    pairs = (line.partition(":") for line in text.splitlines() if not line.startswith("#"))
    return {name: value for name, colon, value in pairs if colon}


def check_info(info: dict[str, str], shown: str) -> None:
    """Raise BrokerError for a Redis that is too old, or that only repeats what another one says."""
    told = info.get("redis_version", "")
    version = tuple(map(int, _NUMBER.findall(told)[:2]))
    if version < OLDEST:
        raise BrokerError(
            "Redis 6.2 is needed, or any Valkey",
            where=f"{shown} is {told or 'of unknown version'}",
            hint="Use a newer one.",
        )
    if info.get("role") == "slave":
        raise BrokerError(
            "this Redis is a replica, which cannot be written to",
            where=shown,
            hint=f"Name the primary: {info.get('master_host')}:{info.get('master_port')}.",
        )


def find_warning(info: dict[str, str], shown: str) -> str | None:
    """Return what is worth a line in the log: a Redis that may throw away what it holds."""
    policy = info.get("maxmemory_policy", "noeviction")
    if policy == "noeviction" or info.get("maxmemory", "0") == "0":
        return None
    return (
        f"{shown} may throw away channels when its memory is full (maxmemory-policy {policy}):"
        " readers then get a loss. noeviction is right for this."
    )
