"""The text of a payload."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import InvalidEventError
from livereload_sse.sse.encoding import encode_json
from livereload_sse.sse.events import Event

payloads = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(payloads)
def test_whatever_json_can_say_arrives_over_the_wire_as_it_was(data: Any) -> None:
    text = encode_json("x", data)

    assert json.loads(text) == data
    assert "\n" not in text
    assert Event("x", text).encode().endswith(b"\n\n")


def test_it_is_compact_and_not_escaped() -> None:
    assert encode_json("", {"städte": [1, None], "b": "→"}) == '{"städte":[1,null],"b":"→"}'


def test_half_a_surrogate_pair_is_escaped_because_utf8_has_no_bytes_for_it() -> None:
    assert encode_json("", ["caf\udce9", "é"]) == '["caf\\udce9","\\u00e9"]'


NESTED: list[Any] = []
NESTED.append(NESTED)


@pytest.mark.parametrize(
    "data", [object(), float("nan"), {"x": float("-inf")}, {1, 2}, b"x", {(1, 2): 3}, NESTED]
)
def test_what_json_cannot_say_is_refused_with_what_can_be_said_instead(data: object) -> None:
    with pytest.raises(InvalidEventError) as caught:
        encode_json("x", data)

    assert caught.value.where
    assert "encode=" in caught.value.hint
