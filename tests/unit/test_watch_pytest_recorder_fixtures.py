import contextlib
import functools
from collections.abc import Iterator

from livereload_sse.pytest_watch.recorder import fixtures

CASES = {"a": 1}


def plain() -> int:
    return helper()


def helper() -> int:
    return cached()


@functools.cache
def cached() -> int:
    return sum(Thing().size for _ in "a")


class Thing:
    @property
    def size(self) -> int:
        with entered():
            return 1

    @staticmethod
    def unused() -> None:
        unreached()


@contextlib.contextmanager
def entered() -> Iterator[None]:
    innermost()
    yield


def innermost() -> int:
    return len(CASES)


def unreached() -> None:
    """A class is reached as a whole, so this is, too."""


def nobodys() -> None: ...


def test_a_function_reaches_what_its_code_mentions_and_what_that_does() -> None:
    reach = fixtures.reach_of(plain)

    assert {"plain", "helper", "cached", "Thing", "entered", "innermost", "CASES"} <= reach
    assert "unreached" in reach
    assert "nobodys" not in reach


def test_a_method_reaches_the_whole_of_its_class() -> None:
    class Outer:
        def first(self) -> None: ...

    assert fixtures.reach_of(Thing.unused) >= {"Thing", "innermost", "unreached"}
    assert fixtures.reach_of(Outer.first) >= {
        "test_a_method_reaches_the_whole_of_its_class",
    }


def test_a_ring_of_wrappers_is_no_function() -> None:
    def ring() -> None: ...

    ring.__wrapped__ = ring  # type: ignore[attr-defined]  # what a broken decorator leaves

    assert fixtures._function_in(ring) is None
    assert fixtures._function_in(functools.partial(plain)) is None
    assert fixtures._function_in(Thing().size) is None
    assert fixtures._function_in(cached) is cached.__wrapped__
