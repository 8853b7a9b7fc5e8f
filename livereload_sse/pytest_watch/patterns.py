"""Which tests, or files, a filter that somebody typed lets through.

Pure. Knows substrings, globs and `and`, `or`, `not` with brackets. Refuses to know what has the names.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property

_NO_TERMS = frozenset({"and", "or", ")"})
"""What cannot stand where a term is wanted."""

_Test = Callable[[str], bool]


@dataclass(frozen=True)
class Pattern:
    """A filter. It knows no difference between small letters and capitals.

    A text lets through every name that contains it; with `*` or `?` in it, it is a glob for a part of
    the name (`test_*_empty`; brackets are themselves, since they stand in the names of tests). Such
    terms can be joined as after pytest's `-k`: `cart and not (slow or large)`. What is no such
    expression (`salt and`, `not`) is a plain text. An empty one lets everything through.
    """

    text: str

    def picks(self, name: str) -> bool:
        """Say whether it lets this name through."""
        return self._test(name.casefold())

    def picked(self, names: Iterable[str]) -> list[str]:
        """Keep the names that it lets through, in their order."""
        test = self._test
        return [name for name in names if test(name.casefold())]

    @cached_property
    def _test(self) -> _Test:
        text = self.text.strip().casefold()
        try:
            return _Expression(text).read()
        except ValueError:
            return _term(text)


class _Expression:
    """Reads terms that are joined; `or` binds least, `not` most. Raises ValueError for what is none."""

    def __init__(self, text: str) -> None:
        # A bracket is one of ours only where no name can go on: `test_add(1)` is a term.
        spaced = re.sub(r"(^|(?<=[\s(]))\(|\)(?=[\s)]|$)", lambda found: f" {found[0]} ", text)
        self._left = spaced.split()

    def read(self) -> _Test:
        test = self._either()
        if self._left:
            raise ValueError(self._left)
        return test

    def _either(self) -> _Test:
        tests = [self._both()]
        while self._takes("or"):
            tests.append(self._both())
        return lambda name: any(test(name) for test in tests)

    def _both(self) -> _Test:
        tests = [self._one()]
        while self._takes("and"):
            tests.append(self._one())
        return lambda name: all(test(name) for test in tests)

    def _one(self) -> _Test:
        if self._takes("not"):
            test = self._one()
            return lambda name: not test(name)
        if self._takes("("):
            inner = self._either()
            if not self._takes(")"):
                raise ValueError(self._left)
            return inner
        return self._word()

    def _word(self) -> _Test:
        if not self._left or self._left[0] in _NO_TERMS:
            raise ValueError(self._left)
        return _term(self._left.pop(0))

    def _takes(self, word: str) -> bool:
        if self._left[:1] != [word]:
            return False
        del self._left[0]
        return True


def _term(text: str) -> _Test:
    if "*" not in text and "?" not in text:
        return lambda name: text in name
    found = re.compile(translate(f"*{text.replace('[', '[[]')}*")).match
    return lambda name: found(name) is not None
