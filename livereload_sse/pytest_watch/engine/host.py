"""A process that is warm, and begins runs from there.

On Linux it forks one process for each run. Elsewhere, where a fork is unsafe or unknown, it becomes
the run itself, and the next host warms up meanwhile. It imports what runs have needed, and nothing
of the project, so a run that begins here finds the project as it is on the disk.

Has one thread, always: what forks must. Refuses to know why a run is wanted.
"""

import os
import select
import signal
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from livereload_sse.pytest_watch.engine.channel import Teller
from livereload_sse.pytest_watch.engine.forking import fork
from livereload_sse.pytest_watch.engine.freezing import freeze
from livereload_sse.pytest_watch.order import Order

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.engine.warming import Warming

REAP_INTERVAL = 0.005
"""Seconds between looks at a run, where the system cannot wait for it and the line at once."""


def begin_first(teller: Teller) -> None:
    """Fork the run in which pytest goes on, and return in it. The process in which this is called minds
    that run, and ends with it: nothing else may go on there.
    """
    teller.say({"host": os.getpid()})
    try:
        is_run = _fork_run(teller)
    except BaseException:  # noqa: BLE001 - whatever it is, it must not go on as a pytest of its own
        traceback.print_exc()
        os._exit(1)
    if not is_run:
        os._exit(0)


def serve(teller: Teller, *, forks: bool, hook: Any = None) -> Order | None:
    """Serve requests until the other end goes. Returns the order in a process that is to run it, and
    None in the host in the end. `hook` is pytest's finder of modules, for what is imported ahead.
    """
    _import_what_runs_need()
    warming: Warming | None = None
    while True:
        warming = _warm_up(warming, teller)
        request = teller.listen()
        if request is None or "preload" in request:
            if warming is not None:
                warming.give_up()
            if request is None:
                return None
            warming = _begin_warming(request["preload"], teller, forks=forks, hook=hook)
        elif "run" in request:
            order = Order.from_json(request["run"])
            freeze()  # and no page is copied because a collection has looked at it
            if not forks or _fork_run(teller):
                return order


def _warm_up(warming: "Warming | None", teller: Teller) -> "Warming | None":
    """Import ahead until all is done, or somebody wants something else."""
    while warming is not None and not teller.has_word():
        done = warming.go_on()
        if done is not None:
            teller.say({"preloaded": done})
            return None
    return warming


def _import_what_runs_need() -> None:
    """Have what is ours ready: no run need find it."""
    from livereload_sse.pytest_watch.engine import lifeline  # noqa: PLC0415 - after the first run
    from livereload_sse.pytest_watch.inside import child  # noqa: PLC0415

    del lifeline
    child.import_plugins()


def _begin_warming(request: dict[str, Any], teller: Teller, *, forks: bool, hook: Any) -> "Warming":
    from livereload_sse.pytest_watch.engine.warming import Warming  # noqa: PLC0415 - after the first run

    return Warming(request, hook=hook, line=teller, tries=forks)


def _fork_run(teller: Teller) -> bool:
    """Begin a run in a process of its own. Returns True in that process, and False in the host, once
    the run has ended.
    """
    from livereload_sse.pytest_watch.engine.lifeline import Lifeline  # noqa: PLC0415 - in a host only

    lifeline = Lifeline()
    pid = fork()
    if pid == 0:
        os.setpgid(0, 0)
        lifeline.hang_on()
        teller.belongs_to_me()
        return True
    with suppress(PermissionError, ProcessLookupError):  # whoever of both comes first has done it
        os.setpgid(pid, pid)
    lifeline.keep()
    _mind(pid, teller)
    lifeline.let_go()
    return False


def _mind(pid: int, teller: Teller) -> None:
    """Wait until the run has ended. It ends at once when whoever asked for it has gone."""
    if not _wait(pid, teller):
        _kill_group(pid)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    _kill_group(pid)  # what it has started and left behind, before its number is anybody else's
    _, status = os.waitpid(pid, 0)
    teller.say({"exited": os.waitstatus_to_exitcode(status)})


def _wait(pid: int, teller: Teller) -> bool:
    """Return whether the run has ended before the other end of the line went."""
    poll = select.poll()
    poll.register(teller, select.POLLRDHUP)
    try:
        ends: int | None = os.pidfd_open(pid)
    except OSError:
        ends = None  # a kernel or a sandbox that has no such thing
    if ends is None:
        return _wait_by_looking(pid, poll)
    poll.register(ends, select.POLLIN)
    try:
        return any(descriptor == ends for descriptor, _ in poll.poll())
    finally:
        os.close(ends)


def _wait_by_looking(pid: int, poll: "select.poll") -> bool:
    while not poll.poll(REAP_INTERVAL * 1000):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return True
    return False


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nothing of it is left; on macOS a group of zombies is "not permitted"


def become_host() -> None:
    """Let signals of the terminal pass by: they are for whoever watches, who says what follows."""
    if sys.platform != "win32" and os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
