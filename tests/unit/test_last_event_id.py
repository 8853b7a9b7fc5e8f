"""Where a request says that its reader stands."""

import pytest
from starlette.requests import HTTPConnection, Request

from livereload_sse.sse.requests import last_event_id
from tests.asgi import make_scope


def find(query: str = "", **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return last_event_id(make_scope(headers=named, query_string=query.encode()))


def test_without_one_it_is_empty() -> None:
    assert find() == ""
    assert find("before=1&afters=2") == ""
    assert last_event_id({}) == ""


@pytest.mark.parametrize("name", ["last-event-id", "Last-Event-ID"])
def test_the_header_is_read_however_it_is_written(name: str) -> None:
    assert find(**{name: "1767225600000-0"}) == "1767225600000-0"


@pytest.mark.parametrize("query", ["after=12-3", "x=1&after=12-3&y=2", "after=0-1&after=12-3"])
def test_the_query_is_read(query: str) -> None:
    assert find(query) == "12-3"


@pytest.mark.parametrize(
    ("query", "text"), [("after=a%2Bb%20c+d", "a+b c d"), ("after=%C3%A9", "é"), ("after=", "")]
)
def test_the_query_is_decoded(query: str, text: str) -> None:
    assert find(query) == text


def test_the_header_wins_because_it_is_newer_than_the_address() -> None:
    assert find("after=1-0", last_event_id="2-0") == "2-0"


def test_an_empty_header_says_nothing() -> None:
    assert find("after=1-0", last_event_id="") == "1-0"


def test_the_header_is_utf8_and_what_is_not_becomes_nobodys_id() -> None:
    scope = make_scope()
    scope["headers"] = [(b"last-event-id", "größe".encode())]
    assert last_event_id(scope) == "größe"

    scope["headers"] = [(b"last-event-id", b"1\xff-0")]
    assert last_event_id(scope) == "1\ufffd-0"


def test_bytes_that_belong_in_no_query_are_no_error() -> None:
    assert last_event_id(make_scope(query_string=b"after=\xff%ff%zz\0")) != "?"


def test_a_flood_of_fields_is_not_read() -> None:
    assert find("&".join(["a=1"] * 1000) + "&after=1-0") == ""


@pytest.mark.parametrize("kind", [Request, HTTPConnection])
def test_a_request_of_starlette_will_do(kind: type[HTTPConnection]) -> None:
    scope = make_scope(headers={"last-event-id": "7-0"})

    assert last_event_id(kind(scope)) == "7-0"
