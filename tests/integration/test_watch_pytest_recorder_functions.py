import sys
from pathlib import Path

import pytest

from tests.recording import fill, record

HAS_MONITORING = hasattr(sys, "monitoring")


def told(hits: dict[str, set[str]]) -> dict[str, set[str]]:
    """Say what is told: nothing is called, as far as an older Python knows."""
    return hits if HAS_MONITORING else {test: set() for test in hits}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    cart = """
def total(): return sum(price() for _ in "a")
def price(): return 1
class Cart:
    def add(self): return (lambda: price())()
def never(): pass
"""
    fill(folder, {"cart.py": cart})
    return folder


def test_each_test_tells_which_functions_it_called(project: Path) -> None:
    text = """
import cart
def test_one(): cart.total()
def test_two(): cart.Cart().add(); cart.price(); cart.price()
def test_three(): cart.price()
def test_four(): pass
"""
    fill(project, {"test_a.py": text})

    recorded = record(project, hits=True)

    expected = {
        "test_one": {"test_a.py:test_one", "cart.py:total", "cart.py:price"},
        "test_two": {
            "test_a.py:test_two",
            "cart.py:Cart.add",
            "cart.py:Cart.add.<locals>.<lambda>",
            "cart.py:price",
        },
        "test_three": {"test_a.py:test_three", "cart.py:price"},
        "test_four": {"test_a.py:test_four"},
    }
    assert recorded.hits == told(expected)


def test_a_fixtures_functions_are_told_for_each_test_that_uses_it(project: Path) -> None:
    conftest = """
import pytest, cart
@pytest.fixture(scope="session")
def thing(): return cart.price()
"""
    tests = """
import cart
def test_one(request): cart.price(); request.getfixturevalue("thing")
def test_two(thing): pass
def test_three(): pass
"""
    fill(project, {"conftest.py": conftest, "test_a.py": tests})

    recorded = record(project, hits=True)

    expected = {
        "test_one": {"test_a.py:test_one", "cart.py:price", "conftest.py:thing"},
        "test_two": {"test_a.py:test_two", "cart.py:price", "conftest.py:thing"},
        "test_three": {"test_a.py:test_three"},
    }
    assert recorded.hits == told(expected)


def test_other_tools_keep_their_numbers(project: Path) -> None:
    fill(project, {"test_a.py": "import cart\ndef test_it(): cart.price()\n"})
    taking = "if hasattr(sys, 'monitoring'):\n for number in (3, 4): sys.monitoring.use_tool_id(number, 'x')"

    recorded = record(project, hits=True, before=taking)
    without = record(project, hits=True, before=taking.replace("(3, 4)", "range(6)"))

    assert recorded.hits == told({"test_it": {"test_a.py:test_it", "cart.py:price"}})
    assert ("other tools use all of sys.monitoring" in without.output) == HAS_MONITORING
    assert without.hits == {"test_it": set()}
    assert without.uses("test_a.py") == {"cart.py"}


def test_why_there_are_none_is_said(project: Path) -> None:
    fill(project, {"test_a.py": "import cart\ndef test_it(): cart.price()\n"})

    recorded = record(project, hits=True)

    reason = "" if HAS_MONITORING else "Python tells which functions are called from 3.12 on"
    assert f"why no hits: {reason}\n" in recorded.output
    assert recorded.uses("test_a.py") == {"cart.py"}
