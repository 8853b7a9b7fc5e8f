"""The plugin: tells the senses what pytest is doing, and tells what each test file used.

Knows pytest's hooks, and the order of a run: before the first test, collecting a file, one test after
the other, the end. What belongs to whom is the ledger's business.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from livereload_sse.pytest_watch.messages import FileRecorded, Message, TestHits, Use, Wrote
from livereload_sse.pytest_watch.recorder import auditing, importing
from livereload_sse.pytest_watch.recorder.asking import Asking
from livereload_sse.pytest_watch.recorder.fixtures import Fixtures, static_names
from livereload_sse.pytest_watch.recorder.functions import Functions
from livereload_sse.pytest_watch.recorder.ledger import Context, Ledger
from livereload_sse.pytest_watch.recorder.loaded import find_loaded, find_plugins
from livereload_sse.pytest_watch.recorder.places import Places
from livereload_sse.pytest_watch.recorder.senses import Senses
from livereload_sse.pytest_watch.recorder.writes import Writes


class Recorder:
    """Notes what test files use, and tells it when the session is over.

    `roots` are the project's folders (absolute), apart from what lies in `installed`. `hits`: note
    which functions each test calls, too; `why_no_hits` says why that cannot be had, where it cannot.

    `tell` is called in whichever thread writes a file, when it is about to be written (`Wrote`); in
    the main thread at the end of each test (`TestHits`) and of the session (`FileRecorded`).

    In a copy of the process that is forked between collection and tests, it goes on by itself with the
    first test there; `gather` gives what is to be told in the end.
    """

    def __init__(
        self,
        *,
        roots: Sequence[str],
        installed: Sequence[str],
        tell: Callable[[Message], None],
        hits: bool = False,
    ) -> None:
        self._tell = tell
        self._places = Places(roots, installed)
        self._ledger = Ledger()
        self._writes = Writes(tell)
        self._senses = Senses(self._places, self._ledger, self._writes)
        self._fixtures = Fixtures(self._places)
        self._asking = Asking(self._asked)
        self._functions = Functions(self._places) if hits else None
        self._contexts: dict[str, Context] = {}
        self._items: dict[str, list[pytest.Item]] = {}
        self._collected: Counter[str] = Counter()
        self._failed: set[str] = set()
        self._is_all_collected = False
        self._wanted: Counter[str] | None = None
        self._before: tuple[Any, Any] | None = None
        self._process = 0

    @property
    def why_no_hits(self) -> str:
        """Why functions are not noted although they were asked for; `` where they are."""
        return self._functions.why_not if self._functions is not None else ""

    def start(self) -> None:
        """Begin to listen. What is loaded already counts as used by all: nobody saw it happen."""
        if self._before is not None:
            return
        importing.wrap_imports()
        for path in find_loaded(self._places):
            self._ledger.start.hits[path, "imports"] = ""
        if self._functions is not None:
            self._functions.start()
        self._asking.start()
        self._before = self._hear(), importing.listen(self._senses)

    def gather(self, session: pytest.Session) -> list[Message]:
        """Give what is to be told of the test files that ran to their end in this process."""
        self._switch(None)
        return list(
            self._records(session, [path for path in self._items if self._ran(path, session)])
        )

    def stop(self) -> None:
        """Listen no more."""
        if self._before is None:
            return
        table, listener = self._before
        self._before = None
        auditing.hear(table)
        importing.listen(listener)
        self._asking.stop()
        if self._functions is not None:
            self._functions.stop()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """What is used while a file is collected, that file uses."""
        if isinstance(collector, pytest.Session | pytest.Directory):
            return (yield)
        path = _absolute(collector.path)
        with self._within(self._context_of(path)):
            report = yield
        if report.failed:
            self._failed.add(path)
        return report

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Count tests, those included that will be deselected."""
        self._collected[_absolute(item.path)] += 1

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """From here on a file without tests has none. Not where collecting was interrupted, which ends
        here, too, and not with `--lf`, which says so of files in which nothing has failed.
        """
        is_limited = getattr(session.config.option, "lf", False)
        self._is_all_collected = sys.exc_info()[0] is None and not is_limited

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """What is used while a test runs, its file uses."""
        if self._before is not None and os.getpid() != self._process:
            self._hear()
        path = _absolute(item.path)
        whole = self._context_of(path)
        own = Context(whole.hits)
        if self._functions is not None:
            self._functions.begin()
        try:
            with self._within(own):
                result = yield
        finally:
            own.asked -= static_names(item)
            whole.asked |= own.asked
        self._items.setdefault(path, []).append(item)
        if self._functions is not None:
            self._tell(TestHits(item.nodeid, self._functions_of(item, own)))
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any]
    ) -> Generator[None, object, object]:
        """What is used while a fixture is set up or torn down, all use who use the fixture."""
        __tracebackhide__ = True
        context = self._fixtures.context_of(fixturedef)
        if self._functions is not None and fixturedef.scope != "function":
            self._flush()
            # It is told to later tests as well, so it must not depend on what this one has called.
            self._functions.begin()
        outer: list[Context | None] = []
        # Finalisers run in the opposite order: `enter` before the fixture's own, `leave` after.
        fixturedef.addfinalizer(lambda: self._switch(outer.pop()) if outer else None)
        with self._within(context):
            try:
                return (yield)
            finally:
                fixturedef.addfinalizer(lambda: outer.append(self._switch(context)))

    # The innermost: what others read around the tests, for reports of coverage say, comes after.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """What comes after the tests, reports and caches, is no use of theirs; only fixtures' ends are."""
        try:
            return (yield)
        finally:
            self._switch(None)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Tell what each test file used whose tests have all run."""
        result = yield
        self._switch(None)
        for message in self._records(session, [*filter(self._is_over(session), self._contexts)]):
            self._tell(message)
        if self._writes.paths:
            self._tell(Wrote(self._writes.paths))
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Listen no more: the session is over."""
        self.stop()

    def _records(self, session: pytest.Session, paths: Iterable[str]) -> Iterator[FileRecorded]:
        """Sum up what these files have used. That must not fail: the tests have nothing to do with it."""
        paths = list(filter(self._places.find, paths))
        try:
            yield from self._summed_up(session, paths)
        except Exception as error:  # noqa: BLE001 - they then depend on everything, for this reason
            reason = f"could not be recorded ({type(error).__name__})"
            for path in paths:
                yield FileRecorded(
                    path, (Use(path, "is"),), reason, self._is_partial(path, session)
                )

    def _summed_up(self, session: pytest.Session, paths: Iterable[str]) -> Iterator[FileRecorded]:
        config = session.config
        shared = self._fixtures.shared()
        conftests, plugins = find_plugins(config, self._places)
        for path in plugins:
            self._ledger.start.hits.setdefault((path, "imports"), "")
        for conftest in conftests:
            shared.setdefault(conftest, frozenset())
        for path in paths:
            context = self._contexts[path]
            found = self._ledger.gather(
                path,
                own=[context],
                fixtures=self._fixtures.used_by(self._items.get(path, ()), context.asked),
                starts=[*_chain(path, conftests), *_ini(config, self._places)],
                shared=shared,
                packages=self._places.packages_above,
            )
            yield FileRecorded(path, found.uses, found.everything, self._is_partial(path, session))

    def _is_over(self, session: pytest.Session) -> Callable[[str], bool]:
        """Judge which files have run to their end, those included that have no tests or are broken."""
        if hasattr(session.config, "workerinput"):
            # One of xdist's processes: others run the other tests of the same files.
            return lambda path: path in self._items or self._is_without_tests(path)
        return lambda path: self._is_without_tests(path) or self._ran(path, session)

    def _is_without_tests(self, path: str) -> bool:
        return path in self._failed or (self._is_all_collected and not self._collected[path])

    def _ran(self, path: str, session: pytest.Session) -> bool:
        if self._wanted is None:
            items = getattr(session, "items", ())
            self._wanted = Counter(_absolute(item.path) for item in items)
        return 0 < self._wanted[path] <= len(self._items.get(path, ()))

    def _is_partial(self, path: str, session: pytest.Session) -> bool:
        if len(self._items.get(path, ())) < self._collected[path]:
            return True
        base = session.config.invocation_params.dir
        named = (argument.partition("::") for argument in session.config.args)
        return any(test and _absolute(base / file) == path for file, _, test in named)

    def _hear(self) -> Any:
        """Hear what happens in this process; a forked one hears nothing by itself."""
        self._process = os.getpid()
        table = self._senses.table()
        if self._functions is not None:
            functions = self._functions
            table["exec"] = lambda args, _: functions.watch(args[0])
        return auditing.hear(table)

    def _functions_of(self, item: pytest.Item, context: Context) -> tuple[str, ...]:
        found = set(context.functions)
        for use in self._fixtures.used_by([item], context.asked):
            found |= use.context.functions
        return tuple(sorted(found))

    def _context_of(self, path: str) -> Context:
        context = self._contexts.get(path)
        if context is None:
            context = self._contexts[path] = Context()
        return context

    def _asked(self, name: str) -> None:
        if self._senses.context is not None:
            self._senses.context.asked.add(name)

    @contextmanager
    def _within(self, context: Context) -> Iterator[None]:
        before = self._switch(context)
        try:
            yield
        finally:
            self._switch(before)

    def _switch(self, context: Context | None) -> Context | None:
        self._flush()
        before, self._senses.context = self._senses.context, context
        return before

    def _flush(self) -> None:
        if self._functions is not None and self._senses.context is not None:
            self._senses.context.functions |= self._functions.take()


def _absolute(path: "os.PathLike[str]") -> str:
    return os.path.abspath(path)  # noqa: PTH100 - it would follow links


def _chain(file: str, conftests: Sequence[str]) -> list[str]:
    """Choose the conftests that are for this file: those in the folders above it."""
    return [path for path in conftests if file.startswith(path.removesuffix("conftest.py"))]


def _ini(config: pytest.Config, places: Places) -> tuple[str, ...]:
    return places.find(config.inipath)[:1] if config.inipath is not None else ()
