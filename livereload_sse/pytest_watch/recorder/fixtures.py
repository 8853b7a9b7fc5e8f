"""Fixtures: which of them ran, what they used, and who uses them, in later test files, too.

Knows pytest's fixture definitions. A fixture of a session is set up once, for whoever asks first;
what it used then is used by all who ask for it.
"""

import inspect
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

import pytest

from livereload_sse.pytest_watch.recorder.ledger import Context, FixtureUse
from livereload_sse.pytest_watch.recorder.places import Places

MOST_WRAPPERS = 100
"""Around one function; more are a ring."""


class Fixtures:
    """The fixtures that have been set up in this process."""

    def __init__(self, places: Places) -> None:
        self._places = places
        # The definitions are kept so that no other gets the identity of one that has gone.
        self._known: dict[int, tuple[pytest.FixtureDef[Any], Context]] = {}
        self._named: dict[str, list[int]] = {}

    def context_of(self, definition: pytest.FixtureDef[Any]) -> Context:
        """Give the context in which this fixture is set up and torn down."""
        known = self._known.get(id(definition))
        if known is None:
            known = self._known[id(definition)] = definition, Context()
            self._named.setdefault(definition.argname, []).append(id(definition))
        return known[1]

    def used_by(self, items: Iterable[pytest.Item], asked: Iterable[str]) -> list[FixtureUse]:
        """Give all fixtures that these tests use, or that were asked for by name."""
        found = dict.fromkeys(key for item in items for key in self._of(item))
        names = list(asked)
        for key in found:
            names.extend(self._asked_by(key))
        seen = set()
        while names:
            if (name := names.pop()) in seen:
                continue
            seen.add(name)
            for key in self._named.get(name, ()):
                found[key] = None
                names.extend((*self._known[key][0].argnames, *self._asked_by(key)))
        return [self._use(*self._known[key]) for key in found]

    def _asked_by(self, key: int) -> set[str]:
        """Give what a fixture asks for by name, apart from its arguments: those a test has, too."""
        definition, context = self._known[key]
        return context.asked.difference(definition.argnames)

    def shared(self) -> dict[str, frozenset[str]]:
        """Map each file that defines fixtures to the names of functions which they may call."""
        found: dict[str, frozenset[str]] = {}
        for definition, context in self._known.values():
            use = self._use(definition, context)
            if use.file:
                found[use.file] = found.get(use.file, frozenset()) | use.reach
        return found

    def _of(self, item: pytest.Item) -> Iterator[int]:
        info = getattr(item, "_fixtureinfo", None)
        if info is None:  # an item of a kind that pytest does not make itself
            for name in getattr(item, "fixturenames", ()):
                yield from self._named.get(name, ())
            return
        for name, definitions in info.name2fixturedefs.items():
            # The last one overrides the others, unless it asks for what it overrides.
            for definition in reversed(definitions):
                known = self._known.get(id(definition))
                if known is not None:
                    yield id(definition)
                if name not in definition.argnames and (
                    known is None or name not in known[1].asked
                ):
                    break

    def _use(self, definition: pytest.FixtureDef[Any], context: Context) -> FixtureUse:
        function = _function_in(definition.func)
        if function is None:
            return FixtureUse(context)
        path = self._places.source_of(function.__code__.co_filename)
        return FixtureUse(context, path, reach_of(function))


def static_names(item: pytest.Item) -> set[str]:
    """Name the fixtures that a test was known to use before it ran; pytest asks for them by name, too."""
    info = getattr(item, "_fixtureinfo", None)
    return set(info.name2fixturedefs) if info is not None else set()


def reach_of(function: Any) -> frozenset[str]:
    """Name the functions and classes of its own file that a function may call: those that its code
    mentions, those that theirs mention, and so on.
    """
    code: CodeType = function.__code__
    namespace = function.__globals__
    found = {code.co_qualname.partition(".")[0]}
    waiting = [code]
    if found and (outer := namespace.get(next(iter(found)))) is not None:
        waiting.extend(_codes(outer, code.co_filename))
    while waiting:
        for name in _names(waiting.pop()) - found:
            found.add(name)
            waiting.extend(_codes(namespace.get(name), code.co_filename))
    return frozenset(found)


def _names(code: CodeType) -> set[str]:
    nested = (_names(one) for one in code.co_consts if isinstance(one, CodeType))
    return set(code.co_names).union(*nested)


def _codes(value: object, filename: str) -> Iterator[CodeType]:
    """Give the code of a function or class, as far as it was written in this file."""
    if issubclass(type(value), type):
        for member in vars(value).values():
            if not issubclass(type(member), type):
                yield from _codes(member, filename)
        return
    function = _function_in(value)
    if function is not None and function.__code__.co_filename == filename:
        yield function.__code__


def _function_in(value: Any) -> FunctionType | None:
    """Find the function that somebody wrote within a property, a method, a decorator's wrapper.

    Anything may stand under a name. Some things load, complain or grow when they are asked for an
    attribute, or for their class by `isinstance`, so nothing is asked that could be theirs.
    """
    for _ in range(MOST_WRAPPERS):
        kind = type(value)
        if issubclass(kind, property):
            value = value.fget
        elif issubclass(kind, staticmethod | classmethod | MethodType):
            value = value.__func__
        else:
            wrapped = inspect.getattr_static(value, "__wrapped__", None)
            if wrapped is None:
                return value if issubclass(kind, FunctionType) else None
            value = wrapped
    return None
