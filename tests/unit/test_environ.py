import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.web.environ import (
    make_scope,
    narrow,
    pick_headers,
    read_start,
    write_headers,
    write_status,
)


def environ(**more: Any) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        **more,
    }


def test_a_request_keeps_what_it_asks_for() -> None:
    scope = make_scope(
        environ(REQUEST_METHOD="POST", PATH_INFO="/a", QUERY_STRING="b=%20", HTTP_X_ONE="1")
    )
    assert (scope["type"], scope["method"], scope["path"]) == ("http", "POST", "/a")
    assert scope["query_string"] == b"b=%20"
    assert scope["http_version"] == "1.1"
    assert (b"x-one", b"1") in scope["headers"]
    assert scope["server"] == ("127.0.0.1", 8000)


def test_a_path_that_is_not_ascii_is_read_as_utf_8() -> None:
    scope = make_scope(environ(PATH_INFO="/ü".encode().decode("latin-1")))
    assert scope["path"] == "/ü"
    assert scope["raw_path"] == b"/%C3%BC"


def test_the_path_includes_what_the_application_is_mounted_below() -> None:
    scope = make_scope(environ(SCRIPT_NAME="/sub", PATH_INFO="/page"))
    assert (scope["root_path"], scope["path"]) == ("/sub", "/sub/page")


def test_the_body_s_type_and_length_are_headers_when_they_are_there() -> None:
    scope = make_scope(
        environ(CONTENT_TYPE="text/plain", CONTENT_LENGTH="", HTTP_CONTENT_TYPE="text/plain")
    )
    assert scope["headers"].count((b"content-type", b"text/plain")) == 1
    assert b"content-length" not in dict(scope["headers"])


class Connection:
    """A socket that knows where it arrived."""

    def __init__(self, address: object) -> None:
        self._address = address

    def getsockname(self) -> object:
        return self._address


def test_a_connection_knows_better_where_it_arrived_than_the_server_s_name() -> None:
    asked = environ(SERVER_NAME="0.0.0.0")  # noqa: S104 - what a server that hears all says
    asked["werkzeug.socket"] = Connection(("192.0.2.1", 5000))
    assert make_scope(asked)["server"] == ("192.0.2.1", 5000)


def test_a_unix_socket_has_no_address() -> None:
    asked = environ(SERVER_PORT="")
    assert make_scope(asked)["server"] is None
    asked["werkzeug.socket"] = Connection("/run/app.sock")
    assert make_scope(asked)["server"] is None


def test_a_header_that_was_taken_away_is_gone_from_the_environ() -> None:
    asked = environ(HTTP_ACCEPT_ENCODING="gzip", HTTP_X_KEPT="1", CONTENT_TYPE="text/plain")
    headers = [field for field in make_scope(asked)["headers"] if field[0] != b"accept-encoding"]
    left = narrow(asked, headers)
    assert asked.keys() - left.keys() == {"HTTP_ACCEPT_ENCODING"}
    assert asked["HTTP_ACCEPT_ENCODING"] == "gzip"


NAMES = st.from_regex(r"\A[A-Z][A-Z0-9]{0,8}(?:_[A-Z0-9]{1,8}){0,2}\Z")


@given(st.dictionaries(NAMES.map("HTTP_{}".format), st.text("abc ü", max_size=5), max_size=5))
def test_nothing_is_lost_where_no_header_was_taken_away(fields: dict[str, str]) -> None:
    asked = environ(**fields)
    assert narrow(asked, make_scope(asked)["headers"]) == asked


def test_headers_are_picked_by_their_names() -> None:
    asked = environ(HTTP_HX_REQUEST="true", CONTENT_TYPE="text/plain")
    names = (b"hx-request", b"content-type", b"sec-fetch-dest")
    assert pick_headers(asked, names) == {b"hx-request": b"true", b"content-type": b"text/plain"}


def test_a_status_is_written_with_its_phrase() -> None:
    assert write_status(404) == "404 Not Found"
    assert write_status(299) == "299 Unknown"


def test_a_beginning_is_read_and_written_back_with_lower_case_names() -> None:
    start = read_start("302 Found", [("Location", "/é"), ("Set-Cookie", "a"), ("Set-Cookie", "b")])
    assert start["status"] == 302
    assert write_headers(start) == [("location", "/é"), ("set-cookie", "a"), ("set-cookie", "b")]
