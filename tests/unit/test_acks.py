import json
from typing import Any

import pytest

from livereload_sse.sse import EventId
from livereload_sse.web.acks import Ack, parse_ack
from livereload_sse.web.answers import RefusedError


def wanted(**changes: object) -> dict[str, Any]:
    return {"id": "7-1", "action": "reload", "milliseconds": 12.5, **changes}


def test_an_acknowledgement_is_read() -> None:
    assert parse_ack(wanted()) == Ack(EventId(7, 1), "reload", 12.5, nodes=0, reason="")


def test_it_may_say_how_much_was_changed_and_why_the_page_was_loaded() -> None:
    ack = parse_ack(wanted(nodes=1_000_000, reason="è" * 200))

    assert (ack.nodes, ack.reason) == (1_000_000, "è" * 200)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 7},
        {"id": None},
        {"id": "nonsense"},
        {"action": None},
        {"action": ""},
        {"action": "\x1b[2J"},
        {"action": "line\nline"},
        {"action": "reload\n"},
        {"action": "x" * 33},
        {"milliseconds": "12"},
        {"milliseconds": None},
        {"milliseconds": True},
        {"milliseconds": -1},
        {"milliseconds": 10**400},
        {"milliseconds": json.loads("1e999")},
        {"milliseconds": float("nan")},
        {"nodes": -1},
        {"nodes": 1_000_001},
        {"nodes": 1.0},
        {"nodes": True},
        {"nodes": "1"},
        {"nodes": None},
        {"reason": None},
        {"reason": 7},
        {"reason": "x" * 201},
        {"reason": "\x1b[2J"},
        {"reason": "line\nline"},
        {"reason": "nul\0"},
        {"reason": "next\x85line"},
        {"reason": "line\u2028line"},
    ],
)
def test_a_malformed_one_is_refused_in_one_line(changes: dict[str, object]) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_ack(wanted(**changes))

    assert refused.value.answer.status == 400
    assert refused.value.answer.body.count(b"\n") == 1
