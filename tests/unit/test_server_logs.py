import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from livereload_sse.server_logs import find_logger, hide_internal_requests

LINES = {
    "uvicorn.access": ('%s - "%s %s HTTP/%s" %d', ("127.0.0.1:5", "GET", "{path}", "1.1", 0)),
    "werkzeug": ('%s - - [%s] "%s" %s -', ("127.0.0.1", "now", "GET {path} HTTP/1.1", 0)),
    "django.server": ('"%s" %s %s', ("GET {path} HTTP/1.1", 0, "17")),
}


class Kept(logging.Handler):
    """Remembers what would be printed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture(params=LINES)
def kept(request: pytest.FixtureRequest) -> Iterator[tuple[logging.Logger, Kept]]:
    logger, handler = logging.getLogger(str(request.param)), Kept()
    before = (logger.level, logger.propagate, logger.filters[:])
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, handler
    logger.removeHandler(handler)
    logger.level, logger.propagate, logger.filters[:] = before


def say(logger: logging.Logger, path: str, status: int) -> None:
    """Log a request as the server of this logger does."""
    text, arguments = LINES[logger.name]
    written = (one.format(path=path) if isinstance(one, str) else status for one in arguments)
    logger.info(text, *written)


def test_requests_of_a_page_to_us_are_not_logged(kept: tuple[logging.Logger, Kept]) -> None:
    logger, handler = kept
    hide_internal_requests()
    hide_internal_requests()
    say(logger, "/__sse-reload/events?after=1", 200)
    say(logger, "/sub/__sse-reload/ack", 204)
    assert handler.lines == []


def test_those_that_fail_are_logged(kept: tuple[logging.Logger, Kept]) -> None:
    logger, handler = kept
    hide_internal_requests()
    say(logger, "/__sse-reload/events", 500)
    say(logger, "/__sse-reload/nothing", 404)
    assert len(handler.lines) == 2


def test_requests_to_the_application_are_logged_as_before(
    kept: tuple[logging.Logger, Kept],
) -> None:
    logger, handler = kept
    hide_internal_requests()
    say(logger, "/", 200)
    say(logger, "/?from=__sse-reload", 200)
    assert len(handler.lines) == 2


@contextmanager
def only(*names: str) -> Iterator[None]:
    """Give these loggers a handler and no other one, not even the root, which pytest listens at."""
    loggers = [logging.getLogger(name) for name in (None, "livereload_sse", *SERVERS)]
    before = [(logger, logger.handlers[:]) for logger in loggers]
    for logger in loggers:
        logger.handlers[:] = [Kept()] if logger.name in names else []
    try:
        yield
    finally:
        for logger, handlers in before:
            logger.handlers[:] = handlers


SERVERS = ("uvicorn.error", "uvicorn", "hypercorn.error", "_granian", "werkzeug", "django.server")


@pytest.mark.parametrize("name", ["uvicorn.error", "hypercorn.error", "werkzeug", "django.server"])
def test_the_log_of_the_server_that_runs_is_ours(name: str) -> None:
    with only(name):
        assert find_logger().name == name


def test_a_log_that_somebody_has_set_up_for_us_is_taken() -> None:
    with only("uvicorn.error", "livereload_sse"):
        assert find_logger().name == "livereload_sse"
    with only("uvicorn.error", "root"):
        assert find_logger().name == "livereload_sse"


def test_where_nothing_is_set_up_our_own_is_taken() -> None:
    with only():
        assert find_logger().name == "livereload_sse"
