"""Importing a module ahead, and telling whether that was right.

A module may not be imported ahead when it warns (the run that needs it would not hear that, and
pass where it should fail), when it leaves a thread running (which a fork would lose), when it changes
what others have imported, or when it fails. Neither may those that import it. So modules are tried
first, in a process that is thrown away, and everything that importing needs is watched there.
"""

import _thread
import builtins
import importlib
import os
import sys
import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

from livereload_sse.pytest_watch.engine.ahead import Environment
from livereload_sse.pytest_watch.engine.stand_in import standing_in

WARNS = "warns when it is imported"
STARTS_A_THREAD = "starts a thread when it is imported"
PATCHES = "changes what others have imported already"
LEAVES_A_PROCESS = "leaves a process running when it is imported"
FAILS = "cannot be imported alone"

_OFTEN_PATCHED = (
    ("threading", "Thread"),
    ("threading", "Lock"),
    ("time", "sleep"),
    ("socket", "socket"),
    ("subprocess", "Popen"),
    ("os", "fork"),
    ("select", "select"),
    ("builtins", "open"),
)


class Trial:
    """Imports modules one after the other and watches them.

    `hook` is pytest's finder, which rewrites assertions of plugins; `unwanted` names modules that
    have turned out wrong elsewhere, with the reason.
    """

    def __init__(self, hook: Any = None, unwanted: Mapping[str, str] | None = None) -> None:
        self._hook = hook
        self._found = dict(unwanted or {})
        self._needs: defaultdict[str, set[str]] = defaultdict(set)
        self._import = builtins.__import__
        self._starters: set[str] = set()
        self.imported: list[str] = []

    def take(self, name: str, environment: Environment) -> None:
        """Import one module, as a run would that finds the environment so."""
        children = _has_children()
        before, threads, patched = set(sys.modules), _thread._count(), _patchable()  # noqa: SLF001 - threads without a name count, too
        self._starters.clear()
        with self._watching(environment):
            try:
                importlib.import_module(name)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whoever needs it will meet the same, where it can be shown
                self._found.setdefault(name, f"{FAILS}: {type(error).__name__}")
            else:
                self.imported.append(name)
        fresh = sys.modules.keys() - before
        if _thread._count() > threads:  # noqa: SLF001 - as above
            self._convict(self._starters or fresh, STARTS_A_THREAD)
        if _has_children() and not children:
            self._convict(fresh, LEAVES_A_PROCESS)
        now = _patchable()
        if any(now[place] is not what for place, what in patched.items()):
            self._convict(fresh, PATCHES)

    def wrong(self) -> dict[str, str]:
        """Name all modules that may not be imported ahead, and why: those found, and who needs them."""
        needed_by: defaultdict[str, set[str]] = defaultdict(set)
        for importer, names in self._needs.items():
            for name in names:
                needed_by[name].add(importer)
        for name in tuple(sys.modules):
            needed_by[name.rpartition(".")[0]].add(name)
        found, left = dict(self._found), list(self._found)
        while left:
            cause = left.pop()
            for importer in needed_by[cause] - found.keys():
                found[importer] = f"imports {cause}, which {found[cause]}"
                left.append(importer)
        return found

    def _convict(self, names: Iterable[str], reason: str) -> None:
        for name in names:
            self._found.setdefault(name, reason)

    @contextmanager
    def _watching(self, environment: Environment) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(silent())
            stack.enter_context(standing_in())
            stack.enter_context(_surroundings(environment))
            stack.enter_context(_finding_by(self._hook))
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("always")
            warnings.showwarning = self._note_warning
            stack.enter_context(_replaced(builtins, "__import__", self._note_import))
            stack.enter_context(
                _replaced(threading.Thread, "start", self._noting_start(threading.Thread.start))
            )
            yield

    def _note_warning(self, *_warning: object, **_more: object) -> None:
        """Convict all modules that are being imported just now: each needs the next one."""
        self._convict(_importing(sys._getframe(1)), WARNS)  # noqa: SLF001 - no other way to see who called

    def _noting_start(self, start: Callable[..., None]) -> Callable[..., None]:
        def note(thread: threading.Thread) -> None:
            start(thread)
            self._starters.update(_importing(sys._getframe(1)))  # noqa: SLF001 - as above

        return note

    def _note_import(
        self,
        name: str,
        globals: "Mapping[str, Any] | None" = None,  # noqa: A002 - as it is called
        locals: "Mapping[str, Any] | None" = None,  # noqa: A002 - as above
        fromlist: "tuple[str, ...] | None" = (),
        level: int = 0,
    ) -> Any:
        """Import, and note which module wanted which."""
        result = self._import(name, globals, locals, fromlist or (), level)
        importer = (globals or {}).get("__name__", "")
        self._needs[importer].update(_meant(result, name, fromlist or (), level))
        return result


def _meant(result: Any, name: str, fromlist: Iterable[str], level: int) -> Iterator[str]:
    """List the modules that an import statement names."""
    base = getattr(result, "__name__", "")
    if not fromlist and not level:
        parts = name.split(".")
        yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        return
    yield base
    for part in fromlist:
        if f"{base}.{part}" in sys.modules:
            yield f"{base}.{part}"


def _importing(frame: FrameType | None) -> Iterator[str]:
    """Name the modules whose bodies are being executed, the innermost first."""
    while frame is not None and frame.f_code is not Trial.take.__code__:
        if frame.f_code.co_name == "<module>":
            yield frame.f_globals.get("__name__", "")
        frame = frame.f_back


def _has_children() -> bool:
    if not hasattr(os, "waitid"):
        return False  # nothing can be forked there, so nobody else would have them
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _patchable() -> dict[tuple[str, str], object]:
    """Give what well-known packages replace, to see whether one has."""
    return {
        (module, name): getattr(sys.modules[module], name, None)
        for module, name in _OFTEN_PATCHED
        if module in sys.modules
    }


@contextmanager
def _replaced(owner: Any, name: str, value: object) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def _finding_by(hook: Any) -> Iterator[None]:
    """Have pytest's finder asked first, and only now."""
    if hook is None:
        yield
        return
    sys.meta_path.insert(0, hook)
    try:
        yield
    finally:
        sys.meta_path.remove(hook)


@contextmanager
def _surroundings(environment: Environment) -> Iterator[None]:
    """Set the environment's variables as a run's start-up had them, and put them back."""
    before = {name: os.environ.get(name) for name in environment}
    _set(environment)
    try:
        yield
    finally:
        _set(before)


def _set(environment: Environment) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def silent() -> Iterator[None]:
    """Send nowhere what extension modules print by themselves."""
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
        yield
    finally:
        for descriptor, before in zip((1, 2), kept, strict=True):
            os.dup2(before, descriptor)
        for descriptor in (nowhere, *kept):
            os.close(descriptor)
