"""The thread that looks: it owns the tree, decides when to look, and says what it has seen.

Everything about the disk happens here, in order, so nothing needs a lock. Knows times, and kernel
watches by what they report. Refuses to know asyncio and watchfiles: the one is a listener, the
other a function.
"""

# Paths are strings in all of this folder: ten thousands are compared.
# ruff: noqa: PTH120

import errno
import os
import queue
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from livereload_sse.watch.arming import Arming, Batch, Broken, Start
from livereload_sse.watch.changes import Change, ChangeSet
from livereload_sse.watch.findings import Findings
from livereload_sse.watch.grounds import Grounds, Root, parents_of
from livereload_sse.watch.listening import Listener, Question
from livereload_sse.watch.settle import QUIET_DELAY
from livereload_sse.watch.suspicion import Suspicion
from livereload_sse.watch.telling import tell, tell_again
from livereload_sse.watch.tree import Listing, Tree, changed_since, coarse_milliseconds, listed

IDLE_INTERVAL = 2.0
"""Seconds between two looks at everything when nothing is reported, at least."""

POLL_INTERVAL = 0.3
"""Seconds between two looks at everything when nobody reports, at least."""

IDLE_SHARE = 500
"""An idle look may take one part in so many of the time."""

POLL_SHARE = 20
"""A look when polling may take one part in so many of the time."""

BIG_BATCH = 1000
"""From so many paths in one report on, others may have been dropped by a full queue."""

BACK_OFF = (0.0, 0.05, 0.2, 0.5, 1.0)
"""Seconds before failed watches are started again: at the first failure, the second …"""

STEADY_INTERVAL = 10.0
"""Seconds without a failure after which the back-off starts anew."""

HINDSIGHT_MS = 50
"""Milliseconds by which something may have happened before it was first seen, generously."""

T = TypeVar("T")
Message = Batch | Broken | Question | None  # None: leave

_BREATH = 0.0002  # seconds; the interpreter's lock changes hands when a thread sleeps


class Leave(Exception):  # noqa: N818 - no error: the lookout has been told to leave
    """Ends the lookout's thread from wherever it is."""


class Lookout:
    """Looks until told to leave. `run` is the thread; `tree`, `polling` and `holds` may be read,
    and messages put into `inbox`, from other threads.
    """

    def __init__(
        self,
        roots: Sequence[Root],
        listener: Listener,
        *,
        start: Start | None,
        recursive: bool,
        started_at: int,
        idle_interval: float = IDLE_INTERVAL,
    ) -> None:
        self.tree = Tree()
        self.inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._listener = listener
        self._started_at = started_at
        self._idle_interval = idle_interval
        arming = None if start is None else self._new_arming(start, roots, recursive=recursive)
        self._grounds = Grounds(roots, arming, breathe=self._breathe)
        self._findings = Findings(
            self.tree, self._grounds, clock=time.monotonic, breathe=self._breathe
        )
        self._settle = self._findings.settle
        self._suspicion = Suspicion()
        self._being_told: frozenset[str] = frozenset()
        self._leaving = False
        self._dropped = False
        self._failures = 0
        self._recover_at: float | None = None
        self._recovered_at = 0.0
        self._idle_at = 0.0

    @property
    def polling(self) -> bool:
        """Whether we look by ourselves because nobody reports."""
        return self._grounds.arming is None

    def holds(self, path: str) -> bool:
        """Whether a burst that includes this path is going on, may be about to, or is being told."""
        return path in self._being_told or self._settle.holds(path, now=time.monotonic())

    def let_go(self) -> None:
        """Hold the files of the last burst no longer: it has been told, and heard."""
        self._being_told = frozenset()

    def leave(self) -> None:
        """End `run` soon; may be called from any thread."""
        self._leaving = True
        self.inbox.put(None)

    def run(self) -> None:
        """Look until told to leave."""
        try:
            self._begin()
            while True:
                self._turn()
        except Leave:
            return
        finally:
            if self._grounds.arming is not None:
                self._grounds.arming.close()

    def _new_arming(self, start: Start, roots: Sequence[Root], *, recursive: bool) -> Arming:
        return Arming(
            start,
            self.inbox.put,
            roots=[os.path.dirname(root.path) if root.is_file else root.path for root in roots],
            always=lambda: parents_of(roots),
            recursive=recursive,
        )

    def _begin(self) -> None:
        """First the roots alone, so that a first page can be answered; then everything."""
        self._guarded(self._begin_with_roots)
        self._guarded(self._grounds.begin)
        begun = coarse_milliseconds()
        listings = self._everything()
        for folder in listings.keys() - self.tree.known_folders():
            self.tree.replace(folder, listings[folder].files)
        self._findings.compare_all(listings)
        self._say_what_came_before(listings, begun)
        self._listener.stands(listings.keys())
        self._listener.stands_everywhere()

    def _say_what_came_before(self, listings: Mapping[str, Listing], begun: int) -> None:
        """Tell what was changed since the start and before its folder was watched; what was seen to
        change meanwhile is told when it is due, and better.
        """
        held = self._settle.pending
        changes = self._changes_since(listings, self._started_at)
        self._say(
            [change for change in changes if os.fspath(change.path) not in held],
            self._started_at if held else begun,
        )

    def _begin_with_roots(self) -> None:
        listings = self._grounds.cover_tops()
        for folder, listing in listings.items():
            self.tree.replace(folder, listing.files)
        self._listener.stands(listings.keys())

    def _turn(self) -> None:
        """Wait for something to do, and do it."""
        batches, failed, questions = self._receive()
        self._guarded(lambda: self._take(batches))
        if failed:
            self._plan_recovery()
        if questions:
            self._answer(questions)
        self._guarded(self._look_around)
        self._tell_due()

    def _receive(self) -> tuple[list[Batch], bool, list[Question]]:
        batches: list[Batch] = []
        questions: list[Question] = []
        failed = False
        for message in self._messages():
            if message is None:
                raise Leave
            if isinstance(message, Batch):
                batches.append(message)
            elif isinstance(message, Question):
                questions.append(message)
            else:
                failed = True
        return batches, failed, questions

    def _messages(self) -> Iterator[Message]:
        try:
            yield self.inbox.get(timeout=self._wait_interval())
            while True:
                yield self.inbox.get_nowait()
        except queue.Empty:
            return

    def _wait_interval(self) -> float:
        arming = self._grounds.arming
        deadlines = (
            None if self._is_busy else self._idle_at,
            self._recover_at,
            self._settle.deadline(),
            self._suspicion.deadline(),
            arming.tidy() if arming is not None else None,
        )
        return max(0.0, min(at for at in deadlines if at is not None) - time.monotonic())

    def _take(self, batches: list[Batch]) -> None:
        """Look into what has been reported."""
        if not batches:
            return
        places_of = self._grounds.places_of
        touched = frozenset().union(*(batch.touched for batch in batches))
        moved = frozenset().union(*(batch.moved for batch in batches))
        if self._suspicion.deadline() is not None:
            self._suspicion.heard({place for path in touched for place in places_of(path)})
        if len(touched) >= BIG_BATCH:
            self._dropped = True
            self._suspicion.clear()
            self._idle_at = min(self._idle_at, time.monotonic() + QUIET_DELAY)
        self._findings.look_at(Batch(touched, moved))
        if self._findings.rules_changed:
            self._findings.rules_changed = False
            self._findings.compare_all(self._everything())

    def _answer(self, questions: list[Question]) -> None:
        """Answer from the disk, not from memory: what was reported may not have arrived yet."""
        begun = coarse_milliseconds()
        listings = self._everything()
        self._findings.compare_all(listings)
        for question in questions:
            changes = self._changes_since(listings, question.milliseconds)
            question.answer(ChangeSet(frozenset(changes), begun))

    def _changes_since(self, listings: Mapping[str, Listing], milliseconds: int) -> list[Change]:
        paths = changed_since(listings, milliseconds)
        seen = {path: listed(path, listings) for path in paths}
        matter = {path: s for path, s in seen.items() if s and not self._is_ignored(path)}
        return tell_again(self.tree, matter, breathe=self._breathe)

    def _is_ignored(self, path: str) -> bool:
        return self._grounds.ignores(path, is_dir=False)

    def _look_around(self) -> None:
        """Do by ourselves what nobody reports."""
        now = time.monotonic()
        if self._recover_at is not None and now >= self._recover_at:
            self._recover()
        if self._suspicion.convicts(now) and not self.polling:
            self._poll_instead(
                "Nothing reports changes on this disk (a network or container mount?)"
            )
        elif now >= self._idle_at and not self._is_busy:
            self._idle_look()

    @property
    def _is_busy(self) -> bool:
        """Whether the system reports so much that there is no time to check what it reports."""
        return self._settle.in_burst and not self.polling

    def _idle_look(self) -> None:
        self._grounds.unite()
        known = set(self._settle.pending)
        found = self._findings.compare_all(self._everything()) - known
        dropped, self._dropped = self._dropped, False
        if not self.polling and not dropped:
            silent = {path for path in found if self._findings.should_be_reported(path)}
            self._suspicion.found(silent, now=time.monotonic())

    def _everything(self) -> dict[str, Listing]:
        begun = time.monotonic()
        listings = self._guarded(self._grounds.everything)
        if listings is None:  # no watches are left; we poll now, which needs none
            listings = self._grounds.everything()
        now = time.monotonic()
        if self.polling:
            self._idle_at = now + max(POLL_INTERVAL, POLL_SHARE * (now - begun))
        else:
            self._idle_at = now + max(self._idle_interval, IDLE_SHARE * (now - begun))
        return listings

    def _tell_due(self) -> None:
        was_in_burst = self._settle.in_burst
        if was_in_burst and (self._dropped or self.polling) and self._is_due(time.monotonic()):
            self._dropped = False
            self._findings.compare_all(self._everything())
        begun = coarse_milliseconds()
        now = time.monotonic()
        if was_in_burst and self._is_due(now):
            self._being_told = self._settle.members
        paths = self._findings.take_due(now)
        if paths:
            oldest = min(self._settle.pending.values(), default=now)
            held = round((now - oldest) * 1000) + (HINDSIGHT_MS if oldest < now else 0)
            self._say(tell(self.tree, paths, breathe=self._breathe), begun - held)
            self._findings.told(paths)
        if was_in_burst and (paths or not self._settle.in_burst):
            self._listener.released()

    def _is_due(self, now: float) -> bool:
        deadline = self._settle.deadline()
        return deadline is not None and now >= deadline

    def _say(self, changes: Iterable[Change], seen_at: int) -> None:
        change_set = ChangeSet(frozenset(changes), seen_at)
        if change_set:
            self._listener.told(change_set)

    def _plan_recovery(self) -> None:
        """Watches have failed: start them again, at once the first time, then less eagerly."""
        now = time.monotonic()
        if self._recover_at is not None or self.polling:
            return
        if now - self._recovered_at > STEADY_INTERVAL:
            self._failures = 0
        self._recover_at = now + BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
        self._failures += 1

    def _recover(self) -> None:
        self._recover_at = None
        self._recovered_at = time.monotonic()
        self._grounds.renew()
        self._findings.compare_all(self._everything())

    def _guarded(self, look: Callable[[], T]) -> T | None:
        """Look; where the system has no watches left for that, poll from now on."""
        try:
            return look()
        except OSError as error:
            self._poll_instead(_reason(error))
            return None

    def _poll_instead(self, reason: str) -> None:
        arming, self._grounds.arming = self._grounds.arming, None
        if arming is None:
            return
        arming.close()
        self._recover_at = None
        self._idle_at = time.monotonic()
        self._listener.notice(f"{reason}: looking every {POLL_INTERVAL} s instead.")

    def _breathe(self) -> None:
        """Let other threads run, and leave when told to."""
        time.sleep(_BREATH)
        if self._leaving:
            raise Leave


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return (
            "The limit of watched folders is reached (raise it: sysctl fs.inotify.max_user_watches)"
        )
    if error.errno == errno.EMFILE:
        return "The limit of watchers is reached (raise it: sysctl fs.inotify.max_user_instances)"
    return f"Folders cannot be watched ({error})"
