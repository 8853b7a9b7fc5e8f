import builtins
import importlib
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from livereload_sse.pytest_watch.recorder import importing, wrap_imports

IMPORT_MODULE = "import importlib; importlib.import_module('inner')"


class Ears:
    """Hears of imports."""

    def __init__(self) -> None:
        self.foreign: set[str] = set()
        self.foreign_packages: set[object] = set()
        self.heard: list[tuple[str, tuple[str, ...], int, str]] = []
        self.misses: list[tuple[str, str]] = []

    def imported(
        self, name: str, package: Any, fromlist: Sequence[str], level: int, frame: FrameType
    ) -> None:
        del package
        caller = frame.f_back if frame.f_globals["__name__"] == "importlib" else frame
        if caller is None or caller.f_globals["__name__"] != __name__:
            return  # pytest and its plugins import, too
        self.heard.append((name, tuple(fromlist), level, frame.f_code.co_name))

    def failed(
        self, error: ImportError, name: str, package: Any, level: int, frame: FrameType
    ) -> None:
        del package, level
        self.misses.append((name, f"{error.name} in {frame.f_code.co_name}"))

    def not_found(self, name: str, frame: FrameType) -> None:
        self.misses.append((name, f"looked for in {frame.f_code.co_name}"))


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ears]:
    monkeypatch.setattr(builtins, "__import__", importing._real_import)
    monkeypatch.setattr(importing._machinery, "_gcd_import", importing._real_gcd_import)
    monkeypatch.setattr("importlib.util._find_spec", importing._real_find_spec)
    wrap_imports()
    listening = Ears()
    before = importing.listen(listening)
    yield listening
    importing.listen(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_imports_of_loaded_modules_are_heard(ears: Ears) -> None:
    import json.decoder  # noqa: F401, PLC0415
    from json import loads  # noqa: F401, PLC0415

    assert ears.heard == [
        ("json.decoder", (), 0, "test_imports_of_loaded_modules_are_heard"),
        ("json", ("loads",), 0, "test_imports_of_loaded_modules_are_heard"),
    ]


def test_import_module_is_heard_however_one_came_by_it(ears: Ears) -> None:
    import_module("json")
    importlib.import_module(".decoder", "json")

    assert [(name, level) for name, _, level, _ in ears.heard] == [("json", 0), ("decoder", 1)]


def test_looking_for_a_module_in_vain_is_heard(ears: Ears) -> None:
    assert find_spec("json.decoder") is not None
    assert find_spec("json.nothing") is None

    assert ears.misses == [("json.nothing", "looked for in find_spec")]


def test_modules_that_concern_nobody_are_not_told(ears: Ears) -> None:
    ears.foreign.add("json")

    import json  # noqa: F401, PLC0415

    import_module("json")
    assert ears.heard == []


def test_what_a_package_that_concerns_nobody_imports_of_itself_is_not_told(ears: Ears) -> None:
    namespace = {"__package__": "importlib"}
    builtins.__import__("", namespace, None, ("util",), 1)
    assert len(ears.heard) == 1

    ears.foreign_packages.add("importlib")
    builtins.__import__("", namespace, None, ("util",), 1)
    assert len(ears.heard) == 1

    builtins.__import__("json", namespace)
    assert len(ears.heard) == 2


def test_wrapping_twice_is_wrapping_once(ears: Ears) -> None:
    wrap_imports()

    import json  # noqa: F401, PLC0415

    assert len(ears.heard) == 1


def test_nobody_is_told_when_nobody_listens(ears: Ears) -> None:
    importing.listen(None)

    import json  # noqa: F401, PLC0415

    assert ears.heard == []


@pytest.mark.parametrize("statement", ["import inner", "__import__('inner')", IMPORT_MODULE])
@pytest.mark.parametrize("inner", ["import nothing_like_it", "1 / 0", "("])
@pytest.mark.parametrize("outer", ["import outer", "importlib.import_module('outer')"])
def test_a_traceback_is_what_it_was_without_us(
    ears: Ears,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    outer: str,
    statement: str,
    inner: str,
) -> None:
    (folder / "outer.py").write_text(f"def f():\n    {statement}\nf()\n")
    (folder / "inner.py").write_text(inner)

    def trace() -> list[str]:
        try:
            exec(outer, {"importlib": importlib})  # noqa: S102 - each kind of statement
        except (ImportError, ZeroDivisionError, SyntaxError) as error:
            return [f"{frame}" for frame in traceback.extract_tb(error.__traceback__)]
        return []

    with_us = trace()
    monkeypatch.setattr(builtins, "__import__", importing._real_import)
    monkeypatch.setattr(importing._machinery, "_gcd_import", importing._real_gcd_import)
    monkeypatch.setattr("importlib.util._find_spec", importing._real_find_spec)

    assert with_us == trace() != []
    assert ("nothing_like_it" in inner) == bool(ears.misses)


def test_a_failed_import_is_told_with_what_was_missing(ears: Ears, folder: Path) -> None:
    (folder / "outer.py").write_text("import inner_one\n")

    with pytest.raises(ModuleNotFoundError):
        import_module("outer")

    assert ears.misses == [
        ("inner_one", "inner_one in <module>"),
        ("outer", "inner_one in import_module"),
    ]


@pytest.mark.usefixtures("ears")
def test_a_warning_at_import_names_the_line_that_it_named_without_us(folder: Path) -> None:
    (folder / "old_one.py").write_text("import warnings\nwarnings.warn('old', stacklevel=2)\n")
    (folder / "uses_old.py").write_text("import old_one\n")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        import_module("uses_old")

    assert [Path(one.filename).name for one in caught] == ["uses_old.py"]
