"""Which tests call a function, as far as runs have told. Refuses to know what has changed."""

from collections.abc import Iterable
from itertools import chain

from livereload_sse.pytest_watch.affected.remembered import pack, unpack


class Hits:
    """The functions that each test has called, by number."""

    def __init__(self, functions: list[str], hits: dict[str, str]) -> None:
        """Both are extended in place, as `Remembered` has them."""
        self._functions = functions
        self._numbers = {function: number for number, function in enumerate(functions)}
        self._hits = hits

    def learn(self, test: str, functions: Iterable[str]) -> None:
        """Take what a test has called: `<path>:<first line>:<qualified name>`."""
        names = dict.fromkeys(map(_without_line, functions))
        self._hits[test] = pack(map(self._number_of, names))

    def forget(self, test: str) -> None:
        """Take out a test."""
        self._hits.pop(test, None)

    def callers(self, functions: Iterable[str]) -> dict[str, int]:
        """Find the tests that call one of these functions: test → how many functions it calls in all,
        the fewest first.
        """
        wanted = {self._numbers.get(function) for function in functions} - {None}
        called = {test: unpack(hits) for test, hits in self._hits.items()} if wanted else {}
        found = {test: len(hits) for test, hits in called.items() if not wanted.isdisjoint(hits)}
        return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))

    def never_called(self, functions: Iterable[str]) -> set[str]:
        """Name those functions that no test calls."""
        called = set(chain.from_iterable(map(unpack, self._hits.values())))
        return {function for function in functions if self._numbers.get(function) not in called}

    def _number_of(self, function: str) -> int:
        number = self._numbers.setdefault(function, len(self._functions))
        if number == len(self._functions):
            self._functions.append(function)
        return number


def _without_line(function: str) -> str:
    """Lines move with every edit above them."""
    path, _, name = function.rsplit(":", 2)
    return f"{path}:{name}"
