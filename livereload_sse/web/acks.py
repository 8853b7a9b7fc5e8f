"""What a tab says it did about an event: the shape of an acknowledgement, and its bounds.

Knows one JSON object. Refuses to know who sent it and what becomes of it. Its words end in a
terminal, so nothing gets through that a terminal would obey.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livereload_sse.errors import InvalidEventIdError
from livereload_sse.sse import EventId
from livereload_sse.web.answers import refuse

LONGEST_DURATION = 24 * 3600 * 1000.0
"""Milliseconds; no tab takes longer than a day to show a change."""

MOST_NODES = 1_000_000
"""No page has more nodes to change in place."""

LONGEST_REASON = 200
"""Characters in which a tab says why it loaded its page again."""

_ACTION = re.compile(r"[a-z][a-z-]{0,31}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Ack:
    """One tab's word on one event: what it did ("reload", "swap-styles", "none", "paused", …) and
    how many milliseconds after it heard of it that was to be seen.

    `nodes` is how many it changed in place, `reason` why it could not and loaded its page again.
    """

    id: EventId
    action: str
    milliseconds: float
    nodes: int = 0
    reason: str = ""


def parse_ack(wanted: Mapping[str, Any]) -> Ack:
    """Read `{"id", "action", "milliseconds"}` and, where they are, `"nodes"` and `"reason"`; a
    malformed one is refused with 400 (`RefusedError`).
    """
    return Ack(
        _parse_id(wanted.get("id")),
        _parse_action(wanted.get("action")),
        _parse_duration(wanted.get("milliseconds")),
        _parse_nodes(wanted.get("nodes", 0)),
        _parse_reason(wanted.get("reason", "")),
    )


def _parse_id(value: Any) -> EventId:
    try:
        return EventId.parse(value if isinstance(value, str) else "")
    except InvalidEventIdError as error:
        refuse(400, " ".join(str(error).split()))


def _parse_action(value: Any) -> str:
    if not isinstance(value, str) or not _ACTION.fullmatch(value):
        refuse(400, '"action" must be a word such as "reload".')
    return value


def _parse_duration(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(400, '"milliseconds" must be a number.')
    if not 0 <= value <= LONGEST_DURATION:
        refuse(400, '"milliseconds" must be between zero and a day.')
    return float(value)


def _parse_nodes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_NODES:
        refuse(400, f'"nodes" must be a whole number from 0 to {MOST_NODES}.')
    return value


def _parse_reason(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_REASON or _CONTROL.search(value):
        refuse(400, f'"reason" must be at most {LONGEST_REASON} characters in one line.')
    return value
