import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from livereload_sse.web.injection import (
    PREFIX_LIMIT,
    Injector,
    TabOptions,
    find_place,
    inject,
    render_tag,
    wants_injection,
)

TAG = b'<script src="/tag"></script>'

# The bar is where the tag goes.
MARKED = [
    "|",
    "|Hello",
    "  \n |",
    "<!doctype html>|",
    "<!DOCTYPE html>\n|<p>Hi",
    "<!doctype html><html><head>|<title>x</title></head><body></body></html>",
    "<!doctype html>\n<html lang=en>\n  <head>|\n<title>x",
    "<HTML><HEAD>|",
    "<html><head/>|",
    "<html><head lang='a>b' data-x=\"</head>\" y=1>|<title>",
    '<html data-a=">" b><head>|',
    "<html data-a = '>'><head>|",
    "<html a=b/c><head>|",
    "<html ='x'><head>|",
    "<html a=><head>|",
    "<html a'b=c><head>|",
    '<html a="x"b="y>"><head>|',
    "<html>|<body>no head",
    "<html><!-- a comment -->|<title>x",
    "<html><!-- a comment --> <head>|",
    "<head>|<title>without html",
    "|<title>neither</title><head>",
    "|<header>not a head</header>",
    "|<htmlx><head>",
    "|<headx>",
    "<!-- a --><!-- <head> --><!doctype html>|<p>",
    "<!-- > --> <!doctype html><html><head>|",
    "<!--><head>|",
    "<!---><head>|",
    "<!-- a --!><head>|",
    "<!-- a -- > --><head>|",
    "|<!-- never closed <head>",
    '<?xml version="1.0"?><!doctype html><html><head>|',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://x/y.dtd">\n<html><head>|',
    "<!bogus><head>|",
    "\ufeff<!doctype html><html><head>|",
    "\ufeff|",
    "|</html><head>",
    "|text <!doctype html><html><head>",
    "<html><html lang=en><head>|",
    "|<html",
    "|<html lang=en",
    "<html>|<head class='never closed>",
    '<html>|<script>"</body><head>"</script>',
    "|<svg><head></svg>",
]


def split(marked: str, encoding: str = "utf-8") -> tuple[bytes, bytes]:
    before, _, after = marked.partition("|")
    return before.encode(encoding), after.encode(encoding)


@pytest.mark.parametrize("marked", MARKED)
def test_the_tag_goes_where_the_head_begins(marked: str) -> None:
    before, after = split(marked)

    assert inject(TAG, before + after) == before + TAG + after


@pytest.mark.parametrize("marked", MARKED)
def test_a_chunk_border_anywhere_makes_no_difference(marked: str) -> None:
    before, after = split(marked)
    document = before + after

    for border in range(len(document) + 1):
        injector = Injector(TAG)
        parts = [injector.feed(document[:border]), injector.feed(document[border:])]
        assert b"".join([*parts, injector.finish()]) == before + TAG + after


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "marked", ["<!doctype html><html><head>|<p>é", "|Ä<head>", "|\u013chead>", "<!--日本-->|"]
)
def test_utf_16_is_read_and_written_as_such(marked: str, encoding: str) -> None:
    before, after = split("\ufeff" + marked, encoding)

    assert inject(TAG, before + after) == before + TAG.decode().encode(encoding) + after


TAGS = ["<html", "<html>", "<head", "<head>", "<header>", "</head>", "<p>", "<body>", "<script>"]
MARKUP = ["<!doctype html>", "<!doctype ", "<!--", "-->", "--!>", "<!", "<?", ">", "/"]
TEXT = ["=", '"', "'", " ", "\n", "a", "b=c", "\ufeff", "é", "x"]
SNIPPETS = st.sampled_from(TAGS) | st.sampled_from(MARKUP) | st.sampled_from(TEXT)
DOCUMENTS = st.lists(SNIPPETS | st.text(max_size=3), max_size=15).map("".join)
BYTES = DOCUMENTS.map(lambda text: text.encode(errors="surrogatepass")) | st.binary(max_size=40)
UTF16 = DOCUMENTS.map(lambda text: ("\ufeff" + text).encode("utf-16-le", errors="surrogatepass"))


@given(BYTES | UTF16, st.lists(st.integers(0, 80)))
@example(b'<html a="x>y"><head>', [12])
@example(b"<html a=b><head>", [9])
@example(b"<!-- --", [6])
def test_injection_does_not_depend_on_the_chunks(document: bytes, cuts: list[int]) -> None:
    borders = sorted({0, len(document), *(cut for cut in cuts if cut < len(document))})
    chunks = [document[a:b] for a, b in pairwise(borders)]
    injector = Injector(TAG)

    injected = b"".join([*map(injector.feed, chunks), injector.finish()])

    assert injected == inject(TAG, document)


@given(BYTES | UTF16)
def test_taking_the_tag_out_again_gives_the_document(document: bytes) -> None:
    place = find_place(document, whole=True)
    assert place is not None

    injected = place.insert(TAG, document)

    assert injected == inject(TAG, document)
    assert injected[: place.offset] + injected[place.offset + len(place.encode(TAG)) :] == document


@given(BYTES | UTF16, BYTES)
def test_once_the_place_is_known_nothing_that_follows_changes_it(start: bytes, rest: bytes) -> None:
    early = find_place(start, whole=False)

    assert early is None or early == find_place(start + rest, whole=True)


def test_what_comes_after_the_head_is_not_held_back() -> None:
    injector = Injector(TAG)

    assert injector.feed(b"<html><head><ti") == b"<html><head>" + TAG + b"<ti"
    assert injector.feed(b"tle>") == b"tle>"


def test_a_page_that_never_comes_to_its_head_gets_the_tag_at_the_limit() -> None:
    comment = b"<!doctype html><!--" + b"x" * PREFIX_LIMIT + b"--><head>"
    injector = Injector(TAG)

    sent = [injector.feed(comment[at : at + 7000]) for at in range(0, len(comment), 7000)]

    assert b"".join(sent) == inject(TAG, comment)
    assert b"".join(sent).startswith(b"<!doctype html>" + TAG)


def test_a_long_page_is_scanned_quickly() -> None:
    hostile = b"<html " + b"a= " * 30_000 + b'"'

    assert inject(TAG, hostile).startswith(TAG)


def test_the_tag_names_page_digest_and_id() -> None:
    tag = render_tag("/about", client_digest="c1", event_id="17-0", digest="d1")

    assert tag == (
        b'<script type="module" src="/__sse-reload/client/c1/main.js" data-page="/about" '
        b'data-digest="d1" data-id="17-0" data-kind="page"></script>'
    )


def test_a_nonce_comes_along_when_there_is_one() -> None:
    tag = render_tag("/", client_digest="c", event_id="1-0", kind="error", nonce="n1")

    assert b' nonce="n1"' in tag
    assert b'data-digest=""' in tag
    assert b'data-kind="error"' in tag


def test_what_differs_from_the_defaults_is_said_to_the_client() -> None:
    options = TabOptions(update="reload", highlight=False, builds=True, tests=True)

    tag = render_tag("/", client_digest="c", event_id="1-0", tab=options)

    assert b' data-update="reload" data-highlight="off" data-builds="on" data-tests="on">' in tag


def test_what_an_attribute_cannot_hold_is_escaped() -> None:
    tag = render_tag('/a"<b>&', client_digest="c", event_id="1-0")

    assert b'data-page="/a&quot;&lt;b&gt;&amp;"' in tag


@given(st.text(max_size=20), st.text(max_size=20))
def test_nothing_escapes_from_an_attribute(page: str, nonce: str) -> None:
    page, nonce = page.encode(errors="ignore").decode(), nonce.encode(errors="ignore").decode()

    tag = render_tag(page, client_digest="c", event_id="1-0", nonce=nonce).decode()

    assert re.fullmatch(r'<script type="module"(?: [a-z-]+="[^"<>]*")+></script>', tag)
    assert tag.count("<") == 2


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, True),
        ({b"sec-fetch-dest": b"document"}, True),
        ({b"sec-fetch-dest": b"iframe"}, True),
        ({b"sec-fetch-dest": b"frame"}, True),
        ({b"sec-fetch-dest": b"embed"}, True),
        ({b"sec-fetch-dest": b"object"}, True),
        ({b"sec-fetch-dest": b"empty"}, False),
        ({b"sec-fetch-dest": b"script"}, False),
        ({b"hx-request": b"true"}, False),
        ({b"sse-reload": b"source"}, False),
        ({b"sec-fetch-dest": b"document", b"hx-request": b"true"}, False),
    ],
)
def test_only_what_is_shown_as_a_page_is_injected(
    asked: dict[bytes, bytes], *, wanted: bool
) -> None:
    assert wants_injection(asked) is wanted
