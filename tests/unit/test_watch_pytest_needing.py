"""What is read from `sys.modules` when a run is over."""

import sys
from types import ModuleType

import pytest

from livereload_sse.pytest_watch.engine.needing import Needing
from livereload_sse.pytest_watch.messages import Needed


class Lazy(ModuleType):
    """A module that loads something when it is asked for what it does not have."""

    def __getattr__(self, name: str) -> object:
        raise ImportError(f"{name} is not installed")


def test_a_module_that_loads_when_it_is_asked_is_not_asked(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing = Needing(roots=["/project"], installed=["/installed"], tell=lambda _message: None)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    lazy = Lazy("lazy_things")
    del lazy.__spec__, lazy.__loader__
    monkeypatch.setitem(sys.modules, "lazy_things", lazy)
    monkeypatch.setitem(sys.modules, "no_module", 5)

    needed = needing._needed(pytestconfig)

    assert isinstance(needed, Needed)
    assert not {"lazy_things", "no_module"}.intersection(needed.modules)
