"""Starting a process that serves runs, where nothing can be forked from.

Knows how such a process finds the line to this one, and what it must have of the process in which
`pytest --watch` was typed, so that tests find the same: the interpreter's flags, `sys.path`, the
arguments, and the main module, which `multiprocessing` imports again. Refuses to know what it runs.
"""

import asyncio
import hmac
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

from livereload_sse.pytest_watch.engine import lifeline
from livereload_sse.pytest_watch.engine.channel import FROM_ENVIRONMENT
from livereload_sse.pytest_watch.engine.process import Process
from livereload_sse.pytest_watch.engine.runner import Host

Way = Literal["fd", "port"]
"""How it joins: by a socket that it inherits, or by a port of this machine and a secret."""

WAY: Way = "port" if sys.platform == "win32" else "fd"

JOIN_TIMEOUT = 30.0
"""Seconds that a process may take until it joins by a port."""

_SECRET_LENGTH = 64
_CODE = (
    "import sys; sys.path[:] = {path!r}; "
    "from livereload_sse.pytest_watch.engine.spawned import main; main()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What a spawned process has in common with the one in which pytest was started."""

    args: tuple[str, ...]
    """pytest's arguments: they say which plugins are loaded."""
    folder: Path
    path: tuple[str, ...]
    argv: tuple[str, ...]
    main_file: str
    main_name: str
    """The main module as `python -m` was told it, or ``."""

    @classmethod
    def from_here(cls, args: tuple[str, ...]) -> Self:
        """Describe the process this is called in."""
        main = sys.modules["__main__"]
        spec = getattr(main, "__spec__", None)
        return cls(
            args=args,
            folder=Path.cwd(),
            path=tuple(sys.path),
            argv=tuple(sys.argv),
            main_file=getattr(main, "__file__", None) or "",
            main_name=spec.name if spec is not None else "",
        )


async def spawn(launch: Launch, host: Host, *, forks: bool, warm: bool, way: Way = WAY) -> None:
    """Start a process and join it. Raises OSError where it cannot be started."""
    wish = {**asdict(launch), "folder": str(launch.folder), "forks": forks, "warm": warm}
    await (_spawn_with_socket if way == "fd" else _spawn_with_port)(launch, host)
    host.line.say(wish)


async def _spawn_with_socket(launch: Launch, host: Host) -> None:
    ours, theirs = socket.socketpair()
    rope = lifeline.Lifeline()
    with theirs:
        passed = (theirs.fileno(), rope.reading)
        more = {FROM_ENVIRONMENT: f"fd:{passed[0]}", lifeline.FROM_ENVIRONMENT: str(passed[1])}
        try:
            process = _start(launch, more, pass_fds=passed, process_group=0)
        except BaseException:
            ours.close()
            rope.let_go()
            raise
        finally:
            rope.keep()
    host.mind(process, then=rope.let_go)
    await host.join(ours)


async def _spawn_with_port(launch: Launch, host: Host) -> None:
    """Listen until somebody comes who knows the secret; nobody else is listened to."""
    secret = secrets.token_hex(_SECRET_LENGTH // 2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        host.mind(_start(launch, {FROM_ENVIRONMENT: f"port:{port}:{secret}"}, **_own_group()))
        async with asyncio.timeout(JOIN_TIMEOUT):
            end = await _accept(listener, secret)
    await host.join(end)


async def _accept(listener: socket.socket, secret: str) -> socket.socket:
    loop = asyncio.get_running_loop()
    while True:
        end, _ = await loop.sock_accept(listener)
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        said = b""
        with suppress(ConnectionError):
            while len(said) <= _SECRET_LENGTH and (
                chunk := await loop.sock_recv(end, _SECRET_LENGTH + 1 - len(said))
            ):
                said += chunk
        if hmac.compare_digest(said, secret.encode() + b"\n"):
            return end
        end.close()


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


def _start(launch: Launch, more: Mapping[str, str], **how: Any) -> Process:
    # The flags are `multiprocessing`'s way to start a Python that is like this one.
    flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # noqa: SLF001 - it has no public name
    words = [sys.executable, *flags, "-c", _CODE.format(path=list(launch.path))]
    environment = {**os.environ, **more}
    return Process.opened(
        subprocess.Popen(words, cwd=launch.folder, env=environment, **how)  # noqa: S603 - ourselves
    )
