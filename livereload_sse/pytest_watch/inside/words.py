"""Whether it is the command line that pytest refuses.

A plugin of pytest. Nobody mends a command line by saving a file; but settings, conftests and plugins
have words and troubles of their own, for which a watch can wait. Refuses to know who does.
"""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from livereload_sse.pytest_watch.messages import Message, Refused


class Words:
    """Tells `Refused` where pytest cannot begin for `args`, the words that a person has typed."""

    def __init__(self, args: Sequence[str], tell: Callable[[Message], None]) -> None:
        self._args = args
        self._tell = tell

    def pytest_addoption(
        self, parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager
    ) -> None:
        """Look when this pytest is over, or when it gives up: no hook is called for that."""
        config = pluginmanager.get_plugin("pytestconfig")
        if isinstance(config, pytest.Config):
            config.add_cleanup(partial(self._look, parser))

    def _look(self, parser: pytest.Parser) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, pytest.UsageError):
            refusal = find_refusal(parser, self._args)
            if refusal:
                self._tell(Refused(refusal))


def find_refusal(parser: pytest.Parser, args: Sequence[str]) -> str:
    """Say what is wrong with words by themselves, whatever settings add to them; "" for nothing.

    All that may declare options has been loaded: where a conftest cannot be, pytest raises something
    else than a UsageError. A path that does not exist is no wrong word: it may be about to be written.
    """
    try:
        _, unknown = parser.parse_known_and_unknown_args(list(map(os.fspath, args)))
    except pytest.UsageError as error:
        return str(error).strip()
    words = [word for word in unknown if word.startswith("-")]  # before pytest 9, paths as well
    return f"unrecognized arguments: {' '.join(words)}" if words else ""
