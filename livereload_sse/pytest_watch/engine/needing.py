"""What a run has imported that another may find imported already: noted in the run's own process.

Only what is installed can be imported ahead, never the project's own. And a module that reads the
environment when it is imported must find there what it would have found: so for each module it is
noted what the environment was. Refuses to import anything; that is `trial`'s.
"""

import os
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from livereload_sse.pytest_watch.engine.ahead import AHEAD, Ahead, Environment, without
from livereload_sse.pytest_watch.engine.stand_in import follow_now
from livereload_sse.pytest_watch.messages import Message, Needed

NOT_STEADY = "imported while the environment was not as it is at the start"
REWRITTEN = "the project has its assertions rewritten"
SHADOWED = "the project has a module of that name"
PATCHING = "changes what others have imported already"

PATCHERS = frozenset({"gevent", "eventlet"})
"""Packages whose point it is to put themselves in the place of others."""


class Witness:
    """A finder of modules that finds none: it notes what the environment was for each."""

    def __init__(self) -> None:
        self._base = _environment()
        self._before = _raw().copy()
        self.states: list[Environment] = [{}]
        """The states of the environment met so far, in order."""
        self.under: dict[str, Environment] = {}
        """Module → the environment's state when it was imported, where that was not the first."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Note that a module is looked for, and leave it to others to find."""
        del path, target
        state = self.look()
        if state or name in self.under:
            self.under[name] = state
        return None

    def look(self) -> Environment:
        """Say how the environment differs now."""
        now = _raw()
        if now != self._before:
            self._before = now.copy()
            state = _difference(self._base, _environment())
            if state != self.states[-1]:
                self.states.append(state)
        return self.states[-1]

    def stand_first(self) -> None:
        """Be asked before pytest's own finder, which answers for all that it rewrites."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        sys.meta_path.insert(0, self)

    def stand_aside(self) -> None:
        """Be asked no more."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)


class Needing:
    """A plugin of pytest: tells at the end what was imported. One for each run."""

    def __init__(
        self,
        *,
        roots: Sequence[str],
        installed: Sequence[str],
        tell: Callable[[Message], None],
    ) -> None:
        self._roots, self._installed = tuple(roots), tuple(installed)
        self._tell = tell
        self._before = frozenset(sys.modules)
        self._witness = Witness()
        self._witness.stand_first()
        self._start: tuple[Environment, ...] = ({},)
        self._later: frozenset[str] = frozenset()

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self) -> None:
        """Begin where plugins are loaded, output is captured, and the project has done nothing."""
        self.stand_first()
        follow_now()

    def stand_first(self) -> None:
        """See what pytest's own finder of modules finds, too: it is there by now."""
        self._witness.stand_first()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """See what the start-up has made of the environment, and what the test files then do."""
        self._witness.look()
        self._start = tuple(self._witness.states)
        result = yield
        self._witness.look()
        settled = self._start[-1]
        self._later = frozenset(
            name
            for state in self._witness.states[len(self._start) :]
            for name, _ in set(state.items()) ^ set(settled.items())
        )
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Tell, once everybody else has finished: plugins import things for their summaries, too."""
        result = yield
        self._witness.stand_aside()
        self._tell(self._needed(session.config))
        return result

    def _needed(self, config: pytest.Config) -> Needed:
        modules: list[str] = []
        refused = dict.fromkeys(self._shadowed(), SHADOWED)
        refused.update(dict.fromkeys(self._rewritten_late(config), REWRITTEN))
        for name, module in tuple(sys.modules.items()):
            if name not in self._before and self._is_installed(name, module):
                reason = self._reason_against(name)
                if reason:
                    refused.setdefault(name, reason)
                else:
                    modules.append(name)
        modules = [name for name in modules if name not in refused]
        return Needed(
            modules=tuple(modules),
            refused=refused,
            rewritten=tuple(name for name in modules if _is_rewritten(sys.modules[name])),
            environments=self._environments(modules),
            start=self._start,
            later=tuple(sorted(self._later)),
            doubt=self._doubt(refused),
        )

    def _reason_against(self, name: str) -> str:
        if name.partition(".")[0] in PATCHERS:
            return PATCHING
        if self._witness.under.get(name, {}) not in self._start:
            return NOT_STEADY
        return ""

    def _environments(self, modules: Iterable[str]) -> Mapping[str, Environment]:
        """Name the modules from which on the environment was another, for those that come in order."""
        found: dict[str, Environment] = {}
        last: Environment = {}
        for name in modules:
            state = self._witness.under.get(name, {})
            if state != last:
                found[name] = last = state
        return found

    def _doubt(self, refused: Mapping[str, str]) -> str:
        if not AHEAD.modules:
            return ""
        wrong = [name for name in AHEAD.modules if name in refused]
        if wrong:
            return f"{wrong[0]} was imported ahead, but {refused[wrong[0]]}"
        return self._doubt_of_environment(AHEAD) if AHEAD.start is not None else ""

    def _doubt_of_environment(self, ahead: Ahead) -> str:
        assert ahead.start is not None  # noqa: S101 - whoever calls has looked
        if without(ahead.start, ahead.unsteady) != without(self._start, ahead.unsteady):
            return "the project's start-up sets other variables of the environment than before"
        if not self._later <= ahead.later:
            new = ", ".join(sorted(self._later - ahead.later))
            return f"a test file sets {new} in the environment, and did not before"
        return ""

    def _is_installed(self, name: str, module: ModuleType) -> bool:
        """Say whether a module is nobody's but its installation's, and can be imported by its name."""
        spec, origin = _own(module, "__spec__"), _own(module, "__file__")
        if (
            not isinstance(spec, ModuleSpec)
            or spec.name != name
            or not isinstance(origin, str)
            or name == "__main__"
        ):
            return False
        return self._belongs_to_installed(origin) and self._has_whole_parents(name)

    def _belongs_to_installed(self, origin: str) -> bool:
        """Say whether the folder nearest above is one of what is installed, and not the project's."""
        ours = max((len(root) for root in self._roots if _is_in(origin, root)), default=0)
        theirs = max((len(root) for root in self._installed if _is_in(origin, root)), default=0)
        return theirs > ours

    def _has_whole_parents(self, name: str) -> bool:
        """Say whether no package above is spread over the project's folders, too."""
        parent = name.rpartition(".")[0]
        while parent:
            paths = _own(sys.modules.get(parent), "__path__")
            if paths is None or not all(
                self._belongs_to_installed(f"{path}{os.sep}") for path in paths
            ):
                return False
            parent = parent.rpartition(".")[0]
        return True

    def _shadowed(self) -> Iterable[str]:
        """Find what was imported ahead, and what the project would now be asked for first."""
        tops = {name.partition(".")[0] for name in AHEAD.modules}
        for folder in dict.fromkeys(sys.path):
            if not tops or any(_is_in(f"{folder}{os.sep}", root) for root in self._installed):
                continue
            try:
                names = {Path(entry).stem for entry in os.listdir(folder or ".")}  # noqa: PTH208 - names
            except OSError:
                continue  # a zip file, or a folder that is not there
            yield from tops & names & set(AHEAD.modules)

    def _rewritten_late(self, config: pytest.Config) -> Iterable[str]:
        """Find what was imported ahead as it is, and should have been rewritten in this run."""
        marked = _marked(config)
        for name in AHEAD.modules:
            module = sys.modules.get(name)
            if module is not None and _is_below(name, marked) and not _is_rewritten(module):
                yield name


def _marked(config: pytest.Config) -> frozenset[str]:
    hook = config.pluginmanager.rewrite_hook
    return frozenset(getattr(hook, "_must_rewrite", ()))


def _is_below(name: str, packages: frozenset[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:length]) in packages for length in range(1, len(parts) + 1))


def _is_rewritten(module: ModuleType) -> bool:
    return type(_own(module, "__loader__")).__name__ == "AssertionRewritingHook"


def _own(module: object, name: str) -> Any:
    """Give what a module has itself: some load something when they are asked for anything else."""
    try:
        return vars(module).get(name)
    except TypeError:  # something in `sys.modules` that is no module
        return None


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _raw() -> "dict[object, object]":
    """Give the environment as Python keeps it: to compare it costs a microsecond that way."""
    return getattr(os.environ, "_data", None) or dict(os.environ)


def _environment() -> dict[str, str]:
    """Give the environment without pytest's own variables, which say how far it has come."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def _difference(before: Mapping[str, str], now: Mapping[str, str]) -> Environment:
    gone: Environment = dict.fromkeys(before.keys() - now.keys())
    return {**gone, **{name: value for name, value in now.items() if before.get(name) != value}}
