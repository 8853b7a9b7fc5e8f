"""Header values that are bytes, through a client that writes text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.web.raw_request import as_bytes, as_text


@given(st.binary())
def test_any_bytes_come_out_as_they_went_in(value: bytes) -> None:
    assert as_bytes(as_text(value).encode()) == value


@given(st.text().map(str.encode), st.binary())
def test_values_beside_one_another_do_not_disturb_one_another(one: bytes, two: bytes) -> None:
    head = "\r\n".join((as_text(one), as_text(two)))

    assert as_bytes(head.encode()) == one + b"\r\n" + two


@pytest.mark.parametrize("value", ["", "plain", "é ✓", "\U0010fe00"])
def test_what_is_text_is_written_as_it_is(value: str) -> None:
    assert as_text(value.encode()) == value


def test_what_looks_like_a_byte_on_its_way_is_taken_apart() -> None:
    pretending = "\U0010ffe9".encode()

    assert as_text(pretending) != "\U0010ffe9"
    assert as_bytes(as_text(pretending).encode()) == pretending
