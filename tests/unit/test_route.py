"""Who asks whom, as a request says."""

import pytest

from livereload_sse.web.route import route_of
from livereload_sse.web.target import parse_target
from tests.asgi import make_scope

TARGET = parse_target("5000")


@pytest.mark.parametrize(
    ("scheme", "own"),
    [
        ("http", "http://box.lan:8000"),
        ("https", "https://box.lan:8000"),
        ("ws", "http://box.lan:8000"),
        ("wss", "https://box.lan:8000"),
    ],
)
def test_a_request_names_us_by_its_host_and_the_scheme_of_pages(scheme: str, own: str) -> None:
    route = route_of(make_scope(headers={"host": "box.lan:8000"}, scheme=scheme), TARGET)

    assert (route.own, route.host, route.target) == (own, b"box.lan:8000", TARGET)
    assert route.scheme == own.partition(":")[0]


def test_a_browser_is_known_by_its_address() -> None:
    assert route_of(make_scope(client=("::1", 50000)), TARGET).peer == "::1"
    assert route_of(make_scope(client=None), TARGET).peer == "unknown"
