"""Hands out groups of tests to copies of this process, and hears what becomes of them.

Knows processes and the lines to them. Refuses to know how tests are run and shown.
"""

import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from livereload_sse.pytest_watch.jobs.copy import Copy
from livereload_sse.pytest_watch.jobs.replay import Replay
from livereload_sse.pytest_watch.jobs.values import Gather, Group, Outlet
from livereload_sse.pytest_watch.messages import decode

AGAIN_INTERVAL = 2.0
"""Seconds after which a process that is to stop is told so once more."""


@dataclass(slots=True)
class Worker:
    """One process, as seen from here: its line, what it runs and what it will run next."""

    pid: int
    line: socket.socket
    heard: bytearray = field(default_factory=bytearray)
    groups: list[Group] = field(default_factory=list)
    running: int | None = None
    """The index of the test that runs."""
    done: set[int] = field(default_factory=set)


class HandingOut:
    """One loop: hands out groups, and replays what is reported."""

    def __init__(
        self,
        session: pytest.Session,
        groups: Sequence[Group],
        count: int,
        *,
        gather: Gather,
        outlet: Outlet,
    ) -> None:
        self._session = session
        self._left = list(groups)
        self._count = count
        self._gather = gather
        self._outlet = outlet
        self._is_stopping = False
        self._selector = selectors.DefaultSelector()
        self._workers: list[Worker] = []
        self._replay = Replay(session)
        self._of_index = {index: group for group in groups for index in group}

    def run(self) -> None:
        """Run all groups; when the session is to stop, those that have not begun stay out."""
        try:
            for _ in range(self._count):
                self._start()
            for worker in self._workers:
                self._give(worker)
            while self._workers:
                ready = self._selector.select(AGAIN_INTERVAL if self._is_stopping else None)
                for key, _events in ready:
                    self._hear(key.data)
                self._stop_if_asked(again=not ready)
        except KeyboardInterrupt:
            self._see_off()
            raise
        finally:
            for worker in list(self._workers):
                _kill(worker.pid)
                self._reap(worker)
            self._selector.close()
            self._replay.flush()

    def _see_off(self) -> None:
        """Wait until the processes have torn down what they have set up. Ctrl-C is told to a whole
        group, so they know; what they say now is of no interest, and may be half of something.
        """
        while self._workers:
            ready = self._selector.select(AGAIN_INTERVAL)
            for key, _events in ready:
                if not _receive(key.data.line):
                    self._reap(key.data)
            if not ready:
                self._interrupt()

    def _stop_if_asked(self, *, again: bool) -> None:
        """After `-x` nobody waits for what other processes are in the middle of. `again`: nothing
        has come of it for a while. Python drops an interrupt that meets it in a callback.
        """
        if not (self._session.shouldfail or self._session.shouldstop):
            return
        if again or not self._is_stopping:
            self._is_stopping = True
            self._interrupt()

    def _interrupt(self) -> None:
        for worker in self._workers:
            os.kill(worker.pid, signal.SIGINT)

    def _start(self) -> Worker:
        """Fork a copy, and give it its first group. It waits for the one after that, too: it has to know
        what comes next, to keep what both need.
        """
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        # A copy that is interrupted before it can be must not miss it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        pid = os.fork()
        if pid == 0:
            ours.close()
            Copy(self._session, theirs, self._gather, self._outlet).live()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        worker = Worker(pid, ours)
        self._workers.append(worker)
        self._selector.register(ours, selectors.EVENT_READ, worker)
        self._give(worker)
        return worker

    def _give(self, worker: Worker) -> None:
        """Hand out one more group, or the word that there is none."""
        session = self._session
        group: Group = ()
        if self._left and not (session.shouldfail or session.shouldstop):
            group = self._left.pop(0)
            worker.groups.append(group)
        try:
            worker.line.sendall(json.dumps(group).encode() + b"\n")
        except OSError:
            return  # it has died: its end is read next, and its groups are handed on

    def _hear(self, worker: Worker) -> None:
        chunk = _receive(worker.line)
        if not chunk:
            self._lose(worker)
            return
        worker.heard += chunk
        *lines, rest = bytes(worker.heard).split(b"\n")
        worker.heard[:] = rest
        for line in lines:
            self._take(worker, line)

    def _take(self, worker: Worker, line: bytes) -> None:
        kind, what = json.loads(line)
        if self._is_stopping and kind not in {"message", "group"}:
            return
        match kind:
            case "start":
                worker.running = what
                self._replay.start(self._of_index[what], what)
            case "report":
                self._replay.report(self._of_index[worker.running or 0], what)
            case "warning":
                self._replay.warning(self._of_index[worker.running or 0], what)
            case "end":
                worker.running = None
                worker.done.add(what)
                self._replay.end(self._of_index[what], what)
            case "group":
                worker.groups.pop(0)
                self._give(worker)
            case "message":
                self._outlet.tell(decode(what.encode()))

    def _lose(self, worker: Worker) -> None:
        """Its line has ended: it is over, or has died in the middle of a test."""
        status = self._reap(worker)
        if self._is_stopping:
            return
        if worker.running is not None:
            self._replay.died(self._of_index[worker.running], worker.running, status)
            worker.done.add(worker.running)
        left = [
            rest
            for group in worker.groups
            if (rest := tuple(index for index in group if index not in worker.done))
        ]
        for group in worker.groups:
            if not any(index not in worker.done for index in group):
                self._replay.close(group)
        if left:
            self._left[:0] = left
            self._give(self._start())

    def _reap(self, worker: Worker) -> int:
        self._selector.unregister(worker.line)
        worker.line.close()
        self._workers.remove(worker)
        _, status = os.waitpid(worker.pid, 0)
        return os.waitstatus_to_exitcode(status)


def _receive(line: socket.socket) -> bytes:
    try:
        return line.recv(1 << 16)
    except ConnectionResetError:
        return b""  # gone with something unread: gone


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # over by itself
