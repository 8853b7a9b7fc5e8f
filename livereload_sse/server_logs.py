"""The loggers of servers that are not ours: which one a person sees, and what need not be seen there.

Knows their names. Refuses to know what is logged.
"""

import logging
import re

from livereload_sse.web.guard import INTERNAL_PREFIX

_SERVERS = ("uvicorn.error", "hypercorn.error", "_granian", "werkzeug", "django.server")
"""Loggers that servers set up to be seen."""

_ACCESS = ("uvicorn.access", "hypercorn.access", "granian.access", "werkzeug", "django.server")
"""Loggers that get a line for each request."""

_FAILED = re.compile(r'" [45][0-9][0-9]\b')


def find_logger() -> logging.Logger:
    """Ours, if somebody has said where it goes; else that of the server that runs."""
    own = logging.getLogger("livereload_sse")
    if own.hasHandlers():
        return own
    servers = map(logging.getLogger, _SERVERS)
    return next((one for one in servers if one.hasHandlers()), own)


def hide_internal_requests() -> None:
    """Keep a page's own requests to us out of the access log, unless they fail. May be repeated."""
    for name in _ACCESS:
        logging.getLogger(name).addFilter(_is_worth_a_line)


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    line = record.getMessage()
    return f"{INTERNAL_PREFIX}/" not in line or _FAILED.search(line) is not None
