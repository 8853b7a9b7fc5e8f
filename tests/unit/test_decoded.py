"""Compressed bodies as they were."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import DecodingError
from livereload_sse.web.decoded import Decoded, find_decoding


def bare_deflate(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "X-Gzip ": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": bare_deflate,
    "identity": bytes,
    "": bytes,
}


def find(coding: str) -> Decoded:
    decoding = find_decoding(coding)
    assert decoding is not None
    return decoding


@given(st.binary(max_size=400), st.sampled_from(sorted(CODERS)), st.integers(1, 50))
def test_a_body_is_as_it_was_however_it_is_cut(body: bytes, coding: str, size: int) -> None:
    coded, decoding = CODERS[coding](body), find(coding)
    pieces = [coded[at : at + size] for at in range(0, len(coded), size)]

    decoded = b"".join(map(decoding.feed, pieces)) + decoding.finish()

    assert decoded == body


def test_what_the_standard_library_cannot_read_is_left_alone() -> None:
    assert find_decoding("br") is None
    assert find_decoding("gzip, br") is None


def test_a_body_that_was_cut_or_damaged_is_noticed() -> None:
    cut = find("gzip")
    cut.feed(gzip.compress(b"x" * 1000)[:-9])
    damaged = find("gzip")
    damaged.feed(gzip.compress(b"x" * 1000)[:15])

    with pytest.raises(DecodingError, match="was cut"):
        cut.finish()
    with pytest.raises(DecodingError, match="is damaged"):
        damaged.feed(b"\xff" * 100)


def test_an_answer_to_head_has_no_body_to_decode() -> None:
    assert find("gzip").finish() == b""
