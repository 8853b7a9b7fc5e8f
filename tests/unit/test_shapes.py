"""What becomes of an application's answer that a person looks at."""

import gzip
import zlib
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import DecodingError
from livereload_sse.web.rendering import Rendering, current, script
from livereload_sse.web.shapes import Note, Page, Shape, find_shape

PAGE = b"<!doctype html><html><head><title>x</title></head><body>hi</body></html>"
TAG = "<script n='{}'></script>"
HTML = b"text/html; charset=utf-8"


def rendering() -> Rendering:
    return Rendering(lambda nonce: TAG.format(nonce).encode())


def shape_of(
    *fields: tuple[bytes, bytes],
    status: int = 200,
    navigates: bool = True,
    of: Rendering | None = None,
) -> Shape | None:
    return find_shape(status, fields, of or rendering(), navigates=navigates)


def page_of(*fields: tuple[bytes, bytes], of: Rendering | None = None) -> Shape:
    shape = shape_of((b"content-type", HTML), *fields, of=of)
    assert isinstance(shape, Page)
    return shape


def run(shape: Shape, pieces: Sequence[bytes]) -> bytes:
    return b"".join([*(shape.feed(piece) for piece in pieces), shape.finish()])


def names(shape: Shape) -> list[bytes]:
    return [name for name, _ in shape.headers()]


def value(shape: Shape, wanted: bytes) -> bytes:
    (found,) = [value for name, value in shape.headers() if name == wanted]
    return found


TAGGED = PAGE.replace(b"<head>", b"<head>" + TAG.format("").encode())


@given(st.lists(st.integers(0, len(PAGE))), st.sampled_from(["", "gzip", "deflate"]))
def test_a_page_is_the_same_however_it_comes(cuts: list[int], coding: str) -> None:
    coded = {"": PAGE, "gzip": gzip.compress(PAGE), "deflate": zlib.compress(PAGE)}[coding]
    at = [0, *sorted(cut % (len(coded) + 1) for cut in cuts), len(coded)]
    pieces = [coded[one:other] for one, other in pairwise(at)]

    assert run(page_of((b"content-encoding", coding.encode())), pieces) == TAGGED


@pytest.mark.parametrize("kind", [b"TEXT/HTML", b"text/html;charset=x", b"application/xhtml+xml"])
def test_what_a_browser_shows_as_a_page_is_one(kind: bytes) -> None:
    assert isinstance(shape_of((b"content-type", kind)), Page)


def test_header_names_may_have_any_case() -> None:
    shape = shape_of((b"Content-Type", HTML), (b"ETag", b'"1"'), (b"Content-Length", b"72"))

    assert isinstance(shape, Page)
    run(shape, [PAGE])
    assert b"etag" not in names(shape)
    assert value(shape, b"content-length") == b"%d" % len(TAGGED)


@pytest.mark.parametrize("status", [100, 101, 199, 204, 205, 206, 300, 304, 399])
def test_what_has_no_page_passes(status: int) -> None:
    assert shape_of((b"content-type", HTML), status=status) is None


@pytest.mark.parametrize("status", [200, 201, 400, 404, 500, 599])
def test_pages_of_any_other_status_are_tagged(status: int) -> None:
    assert isinstance(shape_of((b"content-type", HTML), status=status), Page)


@pytest.mark.parametrize(
    "field",
    [
        (b"content-encoding", b"br"),
        (b"content-encoding", b"gzip, br"),
        (b"content-disposition", b"Attachment; filename=a.html"),
    ],
)
def test_what_cannot_be_read_or_is_not_shown_passes(field: tuple[bytes, bytes]) -> None:
    assert shape_of((b"content-type", HTML), field) is None


def test_what_is_shown_in_place_is_tagged() -> None:
    page_of((b"content-disposition", b"inline"))


@pytest.mark.parametrize(
    ("length", "wanted"),
    [
        ([b"72"], [b"%d" % len(TAGGED)]),
        ([b"72", b"72"], [b"%d" % len(TAGGED)]),  # one is enough
        ([b"-1"], []),
        ([b"many"], []),
        ([b"\xb2"], []),  # a digit in Latin-1, to some
        ([], []),
    ],
)
def test_a_length_is_made_right_or_left_out(length: list[bytes], wanted: list[bytes]) -> None:
    shape = page_of(*((b"content-length", one) for one in length))
    run(shape, [PAGE])

    assert [one for name, one in shape.headers() if name == b"content-length"] == wanted


def test_the_length_of_a_compressed_page_is_not_known() -> None:
    coded = gzip.compress(PAGE)
    shape = page_of((b"content-length", b"%d" % len(coded)), (b"content-encoding", b"gzip"))
    run(shape, [coded])

    assert not {b"content-length", b"content-encoding"} & {*names(shape)}


def test_other_fields_stay_in_their_order_and_number() -> None:
    fields = [(b"set-cookie", b"a=1"), (b"x-a", b"1"), (b"set-cookie", b"b=2"), (b"vary", b"*")]
    shape = page_of(*fields)
    run(shape, [PAGE])

    assert [field for field in shape.headers() if field in fields] == fields


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (b"max-age=600", b"no-cache"),
        (b"private, NO-STORE", b"no-store"),
        (b"", b"no-cache"),
    ],
)
def test_a_browser_asks_for_the_page_each_time(said: bytes, wanted: bytes) -> None:
    shape = page_of((b"cache-control", said), (b"accept-ranges", b"bytes"))
    run(shape, [PAGE])

    assert value(shape, b"cache-control") == wanted
    assert b"accept-ranges" not in names(shape)


def test_a_page_that_was_compressed_and_cut_is_not_called_whole() -> None:
    shape = page_of((b"content-encoding", b"gzip"))
    shape.feed(gzip.compress(PAGE)[:-9])

    with pytest.raises(DecodingError):
        shape.finish()


def test_the_tag_has_the_nonce_of_the_policy() -> None:
    shape = page_of((b"content-security-policy", b"script-src 'nonce-abc'"))

    assert TAG.format("abc").encode() in run(shape, [PAGE])


def test_an_empty_page_gets_the_tag_alone() -> None:
    assert run(page_of(), [b""]) == TAG.format("").encode()


def test_nothing_of_a_large_page_is_held_once_the_tag_is_in() -> None:
    shape, piece = page_of(), b"x" * 65536
    shape.feed(PAGE)

    assert [len(shape.feed(piece)) for _ in range(100)] == [65536] * 100


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_is_tagged_in_utf_16(encoding: str) -> None:
    text = "\ufeff" + PAGE.decode()
    shape = shape_of((b"content-type", b"text/html; charset=utf-16"))
    assert shape is not None

    assert run(shape, [text.encode(encoding)]).decode(encoding) == "\ufeff" + TAGGED.decode()


@pytest.mark.parametrize("charset", ["utf-16", "UTF-16LE", "utf-16be", '"utf-16le"', "utf-32"])
def test_a_page_whose_bytes_mean_something_else_is_left_alone(charset: str) -> None:
    """Bytes of ASCII between those of UTF-16 would spoil what follows."""
    body = PAGE.decode().encode("utf-16-le")
    shape = shape_of(
        (b"content-type", f"text/html; charset={charset}".encode()),
        (b"content-length", b"%d" % len(body)),
    )
    assert shape is not None

    assert run(shape, [body]) == body
    assert value(shape, b"content-length") == b"%d" % len(body)


def test_a_template_that_has_the_tag_gets_no_second_one() -> None:
    made = rendering()
    made.placed = True
    shape = page_of((b"content-length", b"72"), of=made)

    assert run(shape, [PAGE]) == PAGE
    assert value(shape, b"content-length") == b"72"


def test_a_template_that_comes_to_its_tag_when_one_was_put_in_writes_none() -> None:
    made = rendering()
    shape = page_of(of=made)
    token = current.set(made)
    try:
        sent = shape.feed(b"<html><head>")
        assert script(nonce="n") == ""
    finally:
        current.reset(token)

    assert sent == b"<html><head>" + TAG.format("").encode()


def test_a_template_that_comes_to_its_tag_before_anything_is_sent_writes_it() -> None:
    made = rendering()
    shape = page_of(of=made)
    assert shape.feed(b"<!doctype html>") == b""
    assert made.sent is False


def test_bare_words_become_a_page_for_who_goes_there_only() -> None:
    words = (b"content-type", b"text/plain")

    assert isinstance(shape_of(words, status=400), Note)
    assert shape_of(words, status=399) is None
    assert shape_of(words, status=200) is None
    assert shape_of(words, status=400, navigates=False) is None
    assert shape_of((b"content-type", b"text/css"), status=404) is None


def test_bare_words_in_which_a_letter_is_two_bytes_stay_what_they_are() -> None:
    words = (b"content-type", b"text/plain; charset=UTF-16LE")

    assert shape_of(words, status=500) is None


@given(st.lists(st.sampled_from([b"&lt;", b"&", b"<", b"amp;"]) | st.binary(max_size=8)))
def test_words_are_shown_as_words_however_they_come(pieces: list[bytes]) -> None:
    note = shape_of((b"content-type", b"text/plain; charset=ascii"), status=500)
    assert note is not None
    shown = run(note, pieces)

    beginning, _, rest = shown.partition(b"<pre>")
    words = rest.removesuffix(b"</pre>\n")
    assert TAG.format("").encode() in beginning
    assert b"<" not in words
    assert words.replace(b"&lt;", b"<").replace(b"&amp;", b"&") == b"".join(pieces)
    assert value(note, b"content-type") == b"text/html; charset=ascii"


def test_words_without_a_charset_are_utf_8() -> None:
    note = shape_of((b"content-type", b"application/json"), status=500)
    assert note is not None
    run(note, [b"{}"])

    assert value(note, b"content-type") == b"text/html; charset=utf-8"
    assert value(note, b"cache-control") == b"no-cache"
