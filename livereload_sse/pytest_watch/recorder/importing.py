"""Hearing of each import, of a module that is loaded already, too: Python tells only of the first.

Wraps what `import` and `importlib.import_module` call. The wrappers stay for the life of the process
and cost next to nothing while nobody listens. They leave no trace in a traceback, and a warning's
`stacklevel` does not count them. Refuses to know what an import means.
"""

import builtins
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any, Protocol

_BOOTSTRAP = "<frozen importlib._bootstrap>"
"""Frames of this file's are passed over by warnings, by pytest and by debuggers."""

_frame = sys._getframe  # noqa: SLF001 - `inspect` would walk the whole stack
_real_import = builtins.__import__
_machinery: Any = sys.modules[importlib.import_module.__globals__["_bootstrap"].__name__]
_real_gcd_import: Callable[..., Any] = _machinery._gcd_import  # noqa: SLF001 - `import_module` however it was got hold of ends here

_real_find_spec: Callable[..., Any] = _machinery._find_spec  # noqa: SLF001 - as above


class Listener(Protocol):
    """Hears of imports. `package` is a function that says what relative names are relative to."""

    foreign: set[str]
    """Names of modules of which it need not be told."""

    foreign_packages: set[object]
    """Names of packages of which it need not be told what they import of themselves."""

    def imported(
        self, name: str, package: "Package", fromlist: Sequence[str], level: int, frame: FrameType
    ) -> None:
        """Hear of an import that went well; `frame` is that of the import statement."""

    def failed(
        self, error: ImportError, name: str, package: "Package", level: int, frame: FrameType
    ) -> None:
        """Hear of one that did not."""

    def not_found(self, name: str, frame: FrameType) -> None:
        """Hear of a module that somebody has looked for, by `importlib.util.find_spec`, in vain."""


Package = Mapping[str, Any] | str | None
"""The globals of the importing module, or its package's name."""

_listener: Listener | None = None


def listen(listener: Listener | None) -> Listener | None:
    """Tell this one from now on; returns who was told before."""
    global _listener
    before, _listener = _listener, listener
    return before


def wrap_imports() -> None:
    """Put the wrappers in place. To be called before what is imported ahead; again is harmless."""
    if builtins.__import__ is _real_import:
        builtins.__import__ = _import
    _machinery._gcd_import = _gcd_import  # noqa: SLF001 - as above
    importlib.util._find_spec = _find_spec  # type: ignore[attr-defined]  # noqa: SLF001 - what `find_spec` calls, wherever it is


def _import(
    name: str,
    globals: Mapping[str, Any] | None = None,  # noqa: A002 - the argument's name in Python
    locals: Mapping[str, Any] | None = None,  # noqa: A002 - likewise
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    try:
        module = _real_import(name, globals, locals, fromlist, level)
    except BaseException as error:
        _forget_this_frame(error)
        if _listener is not None and isinstance(error, ImportError):
            _listener.failed(error, name, globals, level, _frame(1))
        raise
    if _listener is None:
        return module
    if level and globals is not None:
        if globals.get("__package__") in _listener.foreign_packages:
            return module
    elif name in _listener.foreign:
        return module
    _listener.imported(name, globals, fromlist or (), level, _frame(1))
    return module


def _gcd_import(name: str, package: str | None = None, level: int = 0) -> Any:
    try:
        module = _real_gcd_import(name, package, level)
    except BaseException as error:
        _forget_this_frame(error)
        if _listener is not None and isinstance(error, ImportError):
            _listener.failed(error, name, package, level, _frame(1))
        raise
    if _listener is not None and (level or name not in _listener.foreign):
        _listener.imported(name, package, (), level, _frame(1))
    return module


def _find_spec(name: str, path: Sequence[str] | None, target: Any = None) -> Any:
    spec = _real_find_spec(name, path, target)
    if spec is None and _listener is not None:
        _listener.not_found(name, _frame(1))
    return spec


def _forget_this_frame(error: BaseException) -> None:
    """Take the caller's own frame out of a traceback; a bare `raise` does not add it again."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


for _wrapper in (_import, _gcd_import, _find_spec):
    _wrapper.__code__ = _wrapper.__code__.replace(co_filename=_BOOTSTRAP)
