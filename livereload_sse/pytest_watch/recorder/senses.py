"""What happens in the process, noted: audit events and imports become hits and edges.

Knows which event means what. Never raises: an audit hook that does breaks what it listens to. Refuses
to know pytest; whoever does sets `context` to what goes on now.
"""

import functools
import os
import urllib.parse
from collections.abc import Iterable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

from livereload_sse.pytest_watch.messages import How
from livereload_sse.pytest_watch.recorder import modules
from livereload_sse.pytest_watch.recorder.auditing import Handler
from livereload_sse.pytest_watch.recorder.callers import (
    CONFTEST,
    Caller,
    find_caller,
    first_beyond,
    is_conftest_import,
    is_within_import,
    module_of,
)
from livereload_sse.pytest_watch.recorder.importing import Package
from livereload_sse.pytest_watch.recorder.ledger import DOUBT, Ledger, Target
from livereload_sse.pytest_watch.recorder.places import Places
from livereload_sse.pytest_watch.recorder.readers import ASKERS, name_of_program
from livereload_sse.pytest_watch.recorder.writes import Writes

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.recorder.ledger import Context

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
NO_DESCRIPTOR = -1
_CHANGES = {
    "chmod": (0, 2),
    "link": (1, 3),
    "remove": (0, 1),
    "rmdir": (0, 1),
    "symlink": (1, 2),
    "truncate": (0, None),
    "utime": (0, 3),
}
"""Events of `os`, and where among their arguments are the path and the folder that it is relative to."""

_FOLDER = getattr(os, "O_DIRECTORY", 0)
_MEMORY = ("", ":memory:")
_LISTERS = ("_pytest.", "importlib._", "importlib.metadata", "_frozen")
"""Modules that list folders to find modules, tests and what is installed: the imports tell more."""


class Senses:
    """Notes what happens, in `context`; nothing where that is None."""

    def __init__(self, places: Places, ledger: Ledger, writes: Writes) -> None:
        self._places, self._ledger, self._writes = places, ledger, writes
        self._modules = modules.Modules(places)
        self.foreign: set[str] = set()
        self.foreign_packages = self._modules.foreign_packages
        self.context: Context | None = ledger.start

    def table(self) -> dict[str, Handler]:
        """Give what to call at which audit event."""
        handlers: dict[str, Handler] = {
            "open": self._opened,
            "os.listdir": self._listed,
            "os.scandir": self._listed,
            "sqlite3.connect": self._connected,
            "ctypes.dlopen": self._loaded,
            "subprocess.Popen": self._started,
            "os.posix_spawn": self._started,
            "os.spawn": lambda args, frame: self._started(args[1:], frame),
            "os.exec": self._started,
            "os.startfile": self._started,
            "os.system": lambda _, frame: self._doubt("starts a shell", frame),
            "os.fork": lambda _, frame: self._doubt("forks", frame),
            "os.forkpty": lambda _, frame: self._doubt("forks", frame),
            "os.rename": lambda args, _: self._writes.moved(
                self._below(args[0], args[2]), self._below(args[1], args[3])
            ),
            "os.mkdir": lambda args, _: self._writes.made_folder(self._below(args[0], args[2])),
        }
        for event, (path, folder) in _CHANGES.items():
            handlers[f"os.{event}"] = functools.partial(self._changed, path=path, folder=folder)
        return {event: self._guarded(handler) for event, handler in handlers.items()}

    def imported(
        self, name: str, package: Package, fromlist: Sequence[str], level: int, frame: FrameType
    ) -> None:
        """Note the modules that an import statement leads to."""
        try:
            # Most imports of a first run: what is installed, importing parts of itself.
            if level and self._modules.is_foreign_package(package):
                return
            self._imported(name, package, fromlist, level, frame)
        except Exception as error:  # noqa: BLE001 - it would appear in the middle of somebody's import
            self._failed(error)

    def failed(
        self, error: ImportError, name: str, package: Package, level: int, frame: FrameType
    ) -> None:
        """Note where a module would have been found: the next new file may be it."""
        try:
            absolute = modules.absolute_name(name, package, level)
            wanted = error.name or ""
            if wanted and f"{absolute}.".startswith(f"{wanted}."):
                self._miss(wanted, frame)
        except Exception as trouble:  # noqa: BLE001 - as above
            self._failed(trouble)

    def not_found(self, name: str, frame: FrameType) -> None:
        """Note the same where somebody has only looked for one."""
        try:
            self._miss(name, frame)
        except Exception as trouble:  # noqa: BLE001 - as above
            self._failed(trouble)

    def _miss(self, absolute: str, frame: FrameType) -> None:
        if self.context is not None and not self._is_others(frame):
            self.note(self._modules.missing(absolute), frame)

    def note(self, targets: Iterable[Target], frame: FrameType | None) -> None:
        """Note that something is used, by whoever is on the stack."""
        context = self.context
        if context is None:
            return
        caller = find_caller(frame, self._places)
        for target in targets:
            if self._is_the_contexts(target, caller):
                context.hits.setdefault(target, caller.file if caller else "")
            if caller is not None:
                self._connect(caller, target)

    def _is_the_contexts(self, target: Target, caller: Caller | None) -> bool:
        """Before the first test, what belongs to a conftest is for those below its folder only."""
        if self.context is not self._ledger.start:
            return True
        if caller is None:
            return target[1] != DOUBT and not target[0].endswith(CONFTEST)
        return not is_conftest_import(caller, self._places)

    def _connect(self, caller: Caller, target: Target) -> None:
        code = caller.frame.f_code
        for name in ("", code.co_qualname.partition(".")[0]):
            if self._ledger.has_edge(caller.file, name, target):
                return
        self._ledger.add_edge(caller.file, caller.name, target)

    def _hit(self, targets: Sequence[Target], frame: FrameType, *, foreign: bool) -> None:
        """Note targets; others' imports count only where they happen for the project's code."""
        if targets and self.context is not None and (foreign or not self._is_others(frame)):
            self.note(targets, frame)

    def _is_others(self, frame: FrameType) -> bool:
        """Whether what is imported here is for a module that is not the project's."""
        beyond = first_beyond(frame, "importlib")
        return is_within_import(beyond, find_caller(beyond, self._places))

    def _imported(
        self, name: str, package: Package, fromlist: Sequence[str], level: int, frame: FrameType
    ) -> None:
        if self.context is None:
            return
        absolute = modules.absolute_name(name, package, level)
        if not absolute or absolute in self.foreign:
            return
        if self._modules.is_foreign(absolute):
            self.foreign.add(absolute)
            return
        targets = self._modules.targets(absolute, fromlist)
        files = tuple(target for target in targets if target[1] == "imports")
        self._hit(files, frame, foreign=True)
        self._hit([one for one in targets if one not in files], frame, foreign=False)

    def _opened(self, args: tuple[Any, ...], frame: FrameType) -> None:
        path, mode, flags = args
        paths = self._places.find(path)
        if not paths or flags & _FOLDER:
            return
        if flags & _WRITING or (
            isinstance(mode, str) and not {"w", "a", "x", "+"}.isdisjoint(mode)
        ):
            if _is_bytecode(path):
                return  # it is known by its source, which nobody writes now
            whole = flags & os.O_TRUNC or (isinstance(mode, str) and mode[:1] in "wx")
            (self._writes.made if whole else self._writes.wrote)(paths)
            if whole or not flags & os.O_RDWR:
                return
        opener = module_of(frame)
        if not _is_looking_on(opener, frame):
            self._read(paths, "imports" if _is_importer(opener) else "reads", frame)

    def _read(self, paths: Iterable[str], how: How, frame: FrameType) -> None:
        self.note(((path, how) for path in paths if not self._writes.is_own(path)), frame)

    def _listed(self, args: tuple[Any, ...], frame: FrameType) -> None:
        path = args[0]
        if isinstance(path, int):
            path = _path_of_descriptor(path)
        paths = self._places.find("." if path is None else path)
        user = first_beyond(frame, "pathlib", "os", "glob") if paths else None
        if user is not None and not module_of(user).startswith(_LISTERS):
            self._read(paths, "lists", frame)

    def _connected(self, args: tuple[Any, ...], frame: FrameType) -> None:
        name = args[0]
        if isinstance(name, str) and name.startswith("file:"):
            name = urllib.parse.unquote(urllib.parse.urlsplit(name).path)
        paths = () if name in _MEMORY else self._places.find(name)
        self._read(paths, "reads", frame)
        # SQLite opens and writes these by itself.
        for path in paths:
            self._writes.wrote(path + end for end in ("", "-journal", "-wal", "-shm"))

    def _loaded(self, args: tuple[Any, ...], frame: FrameType) -> None:
        user = first_beyond(frame, "ctypes")
        # A bare name is looked for where the system keeps its libraries.
        paths = self._places.find(args[0]) if os.path.dirname(args[0] or "") else ()  # noqa: PTH120 - texts
        self._read(paths, "reads", frame)
        if paths or (user is not None and self._places.source_of(user.f_code.co_filename)):
            self._doubt("calls a library by ctypes", frame)

    def _started(self, args: tuple[Any, ...], frame: FrameType) -> None:
        user = first_beyond(frame, "subprocess", "os", "asyncio", "multiprocessing")
        if user is None or module_of(user).partition(".")[0] not in ASKERS:
            program = args[0] if args[0] is not None or len(args) == 1 else args[1]
            self._doubt(f"starts {name_of_program(program)}", frame)

    def _changed(
        self, args: tuple[Any, ...], frame: FrameType, *, path: int, folder: int | None
    ) -> None:
        del frame  # whoever it was
        descriptor = NO_DESCRIPTOR if folder is None else args[folder]
        self._writes.wrote(self._below(args[path], descriptor))

    def _below(self, path: object, descriptor: int) -> tuple[str, ...]:
        """Find a path that is about to be changed. It may be relative to an open folder: so
        `shutil.rmtree` names what it removes.
        """
        if _is_bytecode(path):
            return ()
        if descriptor == NO_DESCRIPTOR or (isinstance(path, str) and os.path.isabs(path)):  # noqa: PTH117 - texts
            return self._places.find(path)
        folder = _path_of_descriptor(descriptor)
        if folder is None or not isinstance(path, str | bytes):
            return ()
        return self._places.find(os.path.join(folder, os.fsdecode(path)))  # noqa: PTH118 - texts

    def _doubt(self, reason: str, frame: FrameType | None) -> None:
        self.note([(reason, DOUBT)], frame)

    def _guarded(self, handler: Handler) -> Handler:
        def guarded(args: tuple[Any, ...], frame: FrameType) -> None:
            try:
                handler(args, frame)
            except Exception as error:  # noqa: BLE001 - it would appear where a test opens a file
                self._failed(error)

        return guarded

    def _failed(self, error: Exception) -> None:
        """Whatever goes on now has used something that could not be noted."""
        if self.context is not None:
            reason = f"could not be recorded ({type(error).__name__}: {error})"
            self.context.hits.setdefault((reason, DOUBT), "")


def _is_bytecode(path: object) -> bool:
    return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).endswith(".pyc")


def _is_importer(module: str) -> bool:
    """Whether this module opens files in order to import them."""
    return module.startswith(("importlib._", "_frozen")) or module == "_pytest.assertion.rewrite"


def _is_looking_on(module: str, frame: FrameType) -> bool:
    """Whether a file is opened for a traceback or a debugger: no outcome depends on that."""
    if module == "tokenize":
        return frame.f_back is not None and module_of(frame.f_back) == "linecache"
    return module == "pdb"


def _path_of_descriptor(descriptor: int) -> str | None:
    """Name an open folder, where the system tells; elsewhere, the name is not to be had."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - texts
    except OSError:
        return None
