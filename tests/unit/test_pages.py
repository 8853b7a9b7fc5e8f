from typing import Any

import pytest

from livereload_sse.web import pages
from livereload_sse.web.pages import Entry, Link, iso_time, readable_size, readable_time

HOSTILE = '<script>alert("1")</script>&'
ESCAPED = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;&amp;"
TAG = b'<script data-page="/"></script>'

ALL: list[tuple[Any, dict[str, Any]]] = [
    (pages.not_found, {"path": HOSTILE, "tried": [HOSTILE], "nearby": [Link(HOSTILE, HOSTILE)]}),
    (pages.error, {"title": HOSTILE, "what": HOSTILE, "next_step": HOSTILE}),
    (pages.forbidden_host, {"host": HOSTILE}),
    (
        pages.listing,
        {
            "folder": HOSTILE,
            "crumbs": [Link(HOSTILE, HOSTILE)],
            "entries": [Entry(HOSTILE, HOSTILE, 1, 0.0)],
            "left_out": 0,
        },
    ),
]


@pytest.mark.parametrize(("make", "words"), ALL, ids=lambda value: getattr(value, "__name__", ""))
def test_every_page_carries_the_tag_first_and_nothing_external(
    make: Any, words: dict[str, Any]
) -> None:
    page = make(**words, tag=TAG).decode()

    assert f"<head>{TAG.decode()}" in page
    assert "http" not in page
    assert "src=" not in page
    assert "@import" not in page
    assert "url(" not in page


@pytest.mark.parametrize(("make", "words"), ALL, ids=lambda value: getattr(value, "__name__", ""))
def test_every_page_escapes_what_it_is_given(make: Any, words: dict[str, Any]) -> None:
    page = make(**words, tag=b"").decode()

    assert ESCAPED in page
    assert "<script" not in page


def test_a_page_says_what_was_looked_for_and_what_is_similar() -> None:
    page = pages.not_found(
        "/abuot", tried=["abuot", "abuot.html"], nearby=[Link("about.html", "/about")]
    ).decode()

    assert "<code>/abuot</code>" in page
    assert "<code>abuot.html</code>" in page
    assert '<a href="/about">about.html</a>' in page


def test_a_page_about_nothing_has_no_empty_headings() -> None:
    assert b"<h2>" not in pages.not_found("/x")


def test_the_page_for_a_strange_host_names_the_option() -> None:
    assert b"--allow-host dev.test" in pages.forbidden_host("dev.test")


def test_a_listing_shows_sizes_times_and_what_it_leaves_out() -> None:
    entries = [Entry("sub/", "/sub/", None, 0.0), Entry("a.txt", "/a.txt", 1234, 86400.0)]
    page = pages.listing(
        "/", crumbs=[Link("site", "/")], entries=entries, left_out=7, tag=b""
    ).decode()

    assert '<a href="/sub/" class="folder">' in page
    assert "1.2 kB" in page
    assert readable_time(86400.0) in page
    assert "7 more are not shown" in page


def test_an_empty_folder_says_so() -> None:
    page = pages.listing("/", crumbs=[], entries=[], left_out=0, tag=b"")

    assert b"This folder is empty." in page


def test_a_name_that_is_not_utf_8_can_be_shown() -> None:
    entries = [Entry("caf\udce9", "/caf%E9", 1, 0.0)]

    assert b"caf\xe9" in pages.listing("/", crumbs=[], entries=entries, left_out=0, tag=b"")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (4249, "4.2 kB"),
        (9949, "9.9 kB"),
        (9950, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (3_400_000, "3.4 MB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_a_size_is_written_as_a_person_would(size: int, text: str) -> None:
    assert readable_size(size) == text


def test_a_time_names_its_zone_for_machines() -> None:
    assert len(iso_time(86400.0)) == len("1970-01-02T00:00:00+00:00")
