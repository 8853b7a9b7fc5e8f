import sys
from types import ModuleType

import pytest

from livereload_sse.pytest_watch.snapshots import ARGUMENTS, find_update_arguments


@pytest.mark.parametrize("module", ARGUMENTS)
def test_each_plugin_has_its_argument(module: str) -> None:
    assert find_update_arguments({module, "os"}) == (ARGUMENTS[module],)


def test_two_that_share_an_argument_get_it_once() -> None:
    assert find_update_arguments({"syrupy", "pytest_snapshot"}) == ("--snapshot-update",)


def test_without_such_a_plugin_there_is_none() -> None:
    assert find_update_arguments({"os"}) == ()


def test_what_is_not_loaded_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ARGUMENTS:
        monkeypatch.delitem(sys.modules, module, raising=False)
    assert find_update_arguments() == ()
    monkeypatch.setitem(sys.modules, "syrupy", ModuleType("syrupy"))
    assert find_update_arguments() == ("--snapshot-update",)
