"""What a proxy makes of the headers that pass through it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.web.proxy_headers import Field, request_fields, response_fields
from livereload_sse.web.route import Route
from livereload_sse.web.target import Target
from tests.routes import ELSEWHERE, HERE, route


def asked(*fields: Field, to: Route = HERE) -> list[Field]:
    return request_fields([(b"host", to.host), *fields], to)


def answered(name: str, value: str, by: Route = HERE) -> str | None:
    found = dict(response_fields([(name.encode(), value.encode())], by))
    return found[name.lower().encode()].decode() if found else None


# Requests


def test_a_request_says_who_has_asked_by_which_name() -> None:
    fields = dict(asked(to=route(host="box.lan:8000", scheme="https", peer="192.168.0.7")))

    assert fields == {
        b"host": b"box.lan:8000",
        b"x-forwarded-for": b"192.168.0.7",
        b"x-forwarded-host": b"box.lan:8000",
        b"x-forwarded-proto": b"https",
    }


def test_a_target_on_this_machine_is_called_by_our_name_and_one_elsewhere_by_its_own() -> None:
    assert asked()[0] == (b"host", b"localhost:8000")
    assert asked(to=ELSEWHERE)[0] == (b"host", b"example.com")
    assert asked(to=route("http://box.lan:81"))[0] == (b"host", b"box.lan:81")


@pytest.mark.parametrize(
    "name",
    [
        "connection",
        "expect",
        "forwarded",
        "http2-settings",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-real-ip",
    ],
)
def test_what_belongs_to_one_connection_or_pretends_a_proxy_is_not_passed_on(name: str) -> None:
    assert name.encode() not in dict(asked((name.encode(), b"x")))


@pytest.mark.parametrize("name", ["for", "host", "proto"])
def test_nobody_in_front_of_us_is_believed(name: str) -> None:
    forged = f"x-forwarded-{name}".encode()

    values = [
        value for found, value in asked((forged, b"evil"), (forged, b"worse")) if found == forged
    ]

    assert len(values) == 1
    assert values[0] not in (b"evil", b"worse")


def test_what_connection_names_goes_with_it() -> None:
    fields = dict(
        asked((b"connection", b"X-One , close"), (b"connection", b"x-two"), (b"x-one", b"1"))
    )

    assert b"x-one" not in fields
    assert b"x-two" not in dict(asked((b"connection", b"x-two"), (b"x-two", b"1")))


@pytest.mark.parametrize("name", [b"cookie", b"authorization", b"content-length"])
def test_connection_cannot_take_away_what_makes_the_request(name: bytes) -> None:
    assert dict(asked((b"connection", name), (name, b"5")))[name] == b"5"


def test_connection_cannot_take_away_the_host() -> None:
    assert asked((b"connection", b"host"))[0] == (b"host", b"localhost:8000")


def test_beside_a_transfer_encoding_a_length_is_not_true() -> None:
    fields = dict(asked((b"content-length", b"5"), (b"transfer-encoding", b"chunked")))

    assert b"content-length" not in fields
    assert b"transfer-encoding" not in fields


def test_everything_else_keeps_its_order_its_repetitions_and_its_bytes() -> None:
    given_fields = [
        (b"x-a", b"1"),
        (b"accept", b"*/*"),
        (b"x-a", b"caf\xe9 \xff"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x-a", b""),
        (b"upgrade-insecure-requests", b"1"),
    ]

    assert asked(*given_fields)[1:-3] == given_fields


def test_where_a_request_comes_from_is_said_in_the_words_of_a_target_elsewhere() -> None:
    fields = dict(
        asked(
            (b"origin", b"http://localhost:8000"),
            (b"referer", b"http://LOCALHOST:8000/a?b=http://localhost:8000/"),
            (b"destination", b"http://localhost:8000/b"),
            (b"x-own", b"http://localhost:8000"),
            to=ELSEWHERE,
        )
    )

    assert fields[b"origin"] == b"https://example.com"
    assert fields[b"referer"] == b"https://example.com/a?b=http://localhost:8000/"
    assert fields[b"destination"] == b"https://example.com/b"
    assert fields[b"x-own"] == b"http://localhost:8000"


@pytest.mark.parametrize(
    "origin",
    [b"null", b"http://evil.test", b"http://localhost:80001", b"http://localhost:8000.evil"],
)
def test_another_origin_stays_another(origin: bytes) -> None:
    assert dict(asked((b"origin", origin), to=ELSEWHERE))[b"origin"] == origin


def test_a_target_here_is_told_where_a_request_comes_from_as_it_is() -> None:
    assert dict(asked((b"origin", b"http://localhost:8000")))[b"origin"] == b"http://localhost:8000"


# Answers


@pytest.mark.parametrize(
    ("location", "ours"),
    [
        ("/a", "/a"),
        ("a?b", "a?b"),
        ("", ""),
        ("http://localhost:5000", "http://localhost:8000"),
        ("http://localhost:5000/", "http://localhost:8000/"),
        ("http://localhost:5000/a%2Fb?q=1#f", "http://localhost:8000/a%2Fb?q=1#f"),
        ("http://localhost:5000?q", "http://localhost:8000?q"),
        ("HTTP://LocalHost:5000/A", "http://localhost:8000/A"),
        ("//localhost:5000/a", "http://localhost:8000/a"),
        ("http://127.0.0.1:5000/a", "http://localhost:8000/a"),
        ("http://[::1]:5000/a", "http://localhost:8000/a"),
        ("https://localhost:8000/a", "http://localhost:8000/a"),
        ("http://localhost:8000/a", "http://localhost:8000/a"),
        ("http://localhost:50001/a", "http://localhost:50001/a"),
        ("http://localhost:5000.evil.test/", "http://localhost:5000.evil.test/"),
        ("http://localhost:5000@evil.test/", "http://localhost:5000@evil.test/"),
        ("http://localhost/a", "http://localhost/a"),
        ("https://accounts.example/?to=http://localhost:5000/", None),
        ("/to?next=http://localhost:5000/", None),
    ],
)
def test_a_location_of_the_target_leads_to_us(location: str, ours: str | None) -> None:
    assert answered("Location", location) == (location if ours is None else ours)


@pytest.mark.parametrize(
    ("location", "ours"),
    [
        ("https://example.com/a", "http://localhost:8000/a"),
        ("https://example.com:443/a", "http://localhost:8000/a"),
        ("//example.com/a", "http://localhost:8000/a"),
        ("https://www.example.com/a", "https://www.example.com/a"),
        # The same again by another scheme is another server; led to us, it would never end.
        ("http://example.com/a", "http://example.com/a"),
        ("http://127.0.0.1/a", "http://127.0.0.1/a"),
    ],
)
def test_a_location_of_a_target_elsewhere_leads_to_us(location: str, ours: str) -> None:
    assert answered("location", location, ELSEWHERE) == ours


def test_this_machine_is_not_meant_by_a_target_elsewhere() -> None:
    by = route("http://box.lan:5000")

    assert answered("location", "http://localhost:5000/a", by) == "http://localhost:5000/a"


def test_a_location_made_of_our_own_name_keeps_the_scheme_by_which_we_are_asked() -> None:
    secure = route(scheme="https")

    assert answered("location", "http://localhost:8000/a", secure) == "https://localhost:8000/a"
    assert answered("location", "http://localhost:5000/a", secure) == "https://localhost:8000/a"


@pytest.mark.parametrize("name", ["content-location", "hx-redirect", "sourcemap"])
def test_other_addresses_lead_to_us_as_well(name: str) -> None:
    assert answered(name, "http://localhost:5000/a") == "http://localhost:8000/a"


@pytest.mark.parametrize(
    ("refresh", "ours"),
    [
        ("5; url=http://localhost:5000/a", "5; url=http://localhost:8000/a"),
        ("0;URL = 'http://localhost:5000/a'", "0;URL = 'http://localhost:8000/a'"),
        ('0,url="http://localhost:5000"', '0,url="http://localhost:8000"'),
        ("3;http://localhost:5000/a?b=c", "3;http://localhost:8000/a?b=c"),
        ("5", "5"),
        ("5;url=/a=b", "5;url=/a=b"),
    ],
)
def test_a_refresh_leads_to_us(refresh: str, ours: str) -> None:
    assert answered("refresh", refresh) == ours


def test_links_lead_to_us_each_by_itself() -> None:
    links = '<http://localhost:5000/a.css>; rel=preload; as=style, </b>; rel=next, <//localhost:5000/c>; rel="x"'

    assert answered("link", links) == (
        "<http://localhost:8000/a.css>; rel=preload; as=style, </b>; rel=next,"
        ' <http://localhost:8000/c>; rel="x"'
    )


@pytest.mark.parametrize(
    ("allowed", "ours"),
    [
        ("http://localhost:5000", "http://localhost:8000"),
        ("*", "*"),
        ("null", "null"),
        ("https://other.test", "https://other.test"),
    ],
)
def test_whom_the_target_lets_read_is_named_by_our_name(allowed: str, ours: str) -> None:
    assert answered("access-control-allow-origin", allowed) == ours


@pytest.mark.parametrize(
    "name", ["Strict-Transport-Security", "Alt-Svc", "Connection", "Keep-Alive"]
)
def test_what_outlives_us_or_belongs_to_the_other_connection_is_left_out(name: str) -> None:
    assert answered(name, "x") is None


def test_the_names_in_an_answer_are_in_lower_case_and_its_values_untouched() -> None:
    given_fields = [(b"X-One", b" \xff"), (b"x-one", b"2"), (b"ETag", b'W/"x"')]

    assert response_fields(given_fields, HERE) == [
        (b"x-one", b" \xff"),
        (b"x-one", b"2"),
        (b"etag", b'W/"x"'),
    ]


@pytest.mark.parametrize(
    ("status", "stays"), [(200, True), (206, True), (204, False), (304, False)]
)
def test_a_length_is_passed_on_where_that_many_bytes_follow(
    status: int,
    stays: bool,  # noqa: FBT001 - a table
) -> None:
    fields = response_fields([(b"Content-Length", b"5")], HERE, status=status)

    assert bool(fields) is stays


def test_a_length_beside_chunks_is_not_passed_on() -> None:
    given_fields = [(b"content-length", b"5"), (b"Transfer-Encoding", b"chunked")]

    assert response_fields(given_fields, HERE) == []


# Laws

tokens = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map(str.encode)
field_lists = st.lists(st.tuples(tokens, st.binary(max_size=20)), max_size=8)


@given(field_lists)
def test_a_request_has_one_host_and_no_field_of_a_connection(fields: list[Field]) -> None:
    names = [name for name, _ in asked(*fields)]

    assert names.count(b"host") == 1
    assert not {b"connection", b"transfer-encoding", b"upgrade", b"te"} & set(names)


@given(field_lists)
def test_an_answer_gains_nothing(fields: list[Field]) -> None:
    names = [name for name, _ in fields]

    assert all(name in names for name, _ in response_fields(fields, HERE))


@given(st.binary(max_size=60))
def test_no_bytes_in_a_value_break_the_translation(value: bytes) -> None:
    for name in (b"set-cookie", b"location", b"refresh", b"link", b"connection"):
        response_fields([(name, value)], ELSEWHERE)


def test_a_target_without_the_schemes_port_is_found_in_both_spellings() -> None:
    by = Route(Target("http", "a.test", 80), "http://localhost:8000", b"localhost:8000", "http", "")

    assert answered("location", "http://a.test:80/x", by) == "http://localhost:8000/x"
    assert answered("location", "http://a.test/x", by) == "http://localhost:8000/x"
