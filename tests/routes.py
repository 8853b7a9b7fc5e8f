"""Who asks whom, as the tests of the proxy have it."""

from livereload_sse.web.route import Route
from livereload_sse.web.target import parse_target


def route(
    target: str = "localhost:5000",
    *,
    host: str = "localhost:8000",
    scheme: str = "http",
    peer: str = "127.0.0.1",
) -> Route:
    return Route(parse_target(target), f"{scheme}://{host}", host.encode(), scheme, peer)


HERE = route()
ELSEWHERE = route("https://example.com")
