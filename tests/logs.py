"""Hearing a server's log in a test, whoever has configured it in this process before."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def hearing(caplog: pytest.LogCaptureFixture, name: str = "uvicorn.error") -> Iterator[None]:
    """Have the errors of a logger in `caplog.text`.

    Once uvicorn has been configured, its loggers may say nothing and hand nothing on to the root's.
    """
    logger = logging.getLogger(name)
    with caplog.at_level(logging.ERROR, logger=name):
        logger.addHandler(caplog.handler)
        try:
            yield
        finally:
            logger.removeHandler(caplog.handler)
