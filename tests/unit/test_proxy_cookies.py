"""What a proxy makes of the cookies that a server sets."""

import pytest

from livereload_sse.web.proxy_cookies import own_cookie
from livereload_sse.web.route import Route
from tests.routes import ELSEWHERE, HERE, route


def cookie(text: str, by: Route = HERE) -> str:
    return own_cookie(text.encode(), by).decode()


def test_a_cookie_without_a_domain_is_ours_already() -> None:
    text = "a=b; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"

    assert cookie(text) == text
    assert cookie(text, ELSEWHERE) == text


@pytest.mark.parametrize(
    ("domain", "host", "stays"),
    [
        ("example.com", "localhost:8000", False),
        (".example.com", "localhost:8000", False),
        ("localhost", "localhost:8000", True),
        ("LocalHost", "localhost:8000", True),
        ("lan", "box.lan:8000", True),
        (".box.lan", "box.lan", True),
        ("x.lan", "box.lan:8000", False),
        ("ox.lan", "box.lan:8000", False),
        ("[::1]", "[::1]:8000", True),
        ("[::1]", "[::1]", True),
    ],
)
def test_a_domain_that_is_not_ours_is_left_out(
    domain: str,
    host: str,
    stays: bool,  # noqa: FBT001 - a table
) -> None:
    found = cookie(f"a=b; Domain={domain}; Path=/", route(host=host))

    assert found == (f"a=b; Domain={domain}; Path=/" if stays else "a=b; Path=/")


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("a=b; Secure; HttpOnly", "a=b; HttpOnly"),
        ("a=b;secure", "a=b"),
        # For other sites a cookie has to be secure, so this one is for ours only.
        ("a=b; Secure; SameSite=None", "a=b"),
        ("a=b; Secure; samesite = Strict", "a=b; samesite = Strict"),
        ("__Host-a=b; Secure; Path=/", "__Host-a=b; Secure; Path=/"),
        ("__secure-a=b; Secure", "__secure-a=b; Secure"),
        ("a=b; Secure; SameSite=None; Partitioned", "a=b; Secure; SameSite=None; Partitioned"),
    ],
)
def test_a_cookie_for_https_can_be_set_over_http(text: str, ours: str) -> None:
    assert cookie(text, ELSEWHERE) == ours


def test_a_cookie_stays_secure_where_the_way_is_or_where_the_target_asks_for_more() -> None:
    text = "a=b; Secure; SameSite=None"

    assert cookie(text, route("https://example.com", scheme="https")) == text
    assert cookie(text, HERE) == text


def test_a_cookie_keeps_its_value_whatever_is_in_it() -> None:
    assert cookie('a="x=y, z"; Path=/') == 'a="x=y, z"; Path=/'
