"""Fixtures asked for by name while a test runs: `request.getfixturevalue("database")`.

pytest has no hook for that when the fixture is there already. So the one method by which fixtures are
asked for is replaced, as long as somebody wants to know.
"""

from collections.abc import Callable
from typing import Any

import pytest


class Asking:
    """Calls `asked` with each name."""

    def __init__(self, asked: Callable[[str], None]) -> None:
        self._asked = asked
        self._real: Any = None

    def start(self) -> None:
        """Put the method in place."""
        real, asked = pytest.FixtureRequest.getfixturevalue, self._asked

        def getfixturevalue(request: pytest.FixtureRequest, argname: str) -> Any:
            __tracebackhide__ = True
            asked(argname)
            return real(request, argname)

        self._real = real
        pytest.FixtureRequest.getfixturevalue = getfixturevalue  # type: ignore[method-assign,assignment]  # taken back below

    def stop(self) -> None:
        """Put the real one back."""
        pytest.FixtureRequest.getfixturevalue = self._real  # type: ignore[method-assign]  # it is the real one
