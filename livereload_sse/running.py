"""The servers of this user that run now: where each answers, and the token it wants.

One JSON file per server, mode 0600, in the user's runtime folder. Knows that folder and those files;
refuses to know HTTP. A server that was killed leaves its file behind: whoever reads next removes it.
"""

import json
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from livereload_sse.errors import ServerError


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """What another process of the same user needs to talk to a server.

    `certificate` is the path of a TLS server's certificate, to be trusted for this address only.
    """

    url: str
    token: str
    pid: int
    root: str
    certificate: str | None = None


def runtime_folder() -> Path:
    """Find, or make, the folder for this user's state files; nobody else may enter it.

    Raises `ServerError` when the folder belongs to somebody else: in a shared temporary folder,
    a stranger could have made it first to read tokens.
    """
    # Imported here because a server answers its first request before it needs this.
    from platformdirs import user_runtime_path  # noqa: PLC0415 - see above

    with warnings.catch_warnings():
        # It warns of a runtime folder that others may enter, and then chooses a better one.
        warnings.simplefilter("ignore")
        folder = user_runtime_path("sse-reload", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat(follow_symlinks=False)
    if os.name == "posix":
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise ServerError(
                "The folder for state files belongs to another user",
                where=str(folder),
                hint="Set XDG_RUNTIME_DIR to a folder of your own.",
            )
        folder.chmod(0o700)
    return folder


def apps_folder(folder: Path) -> Path:
    """Find, or make, the folder within `folder` for applications that have live reload themselves.

    They stand apart: commands that speak to *the* server do not mean them.
    """
    apps = folder / "apps"
    apps.mkdir(mode=0o700, exist_ok=True)
    return apps


@contextmanager
def announced(server: RunningServer, folder: Path) -> Iterator[Path]:
    """Keep a state file of `server` in `folder` as long as the context lasts."""
    path = folder / f"{server.pid}.json"
    # Whoever looks while it is being written would take it for what a crash has left, and remove it.
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(server), file)
    beside.replace(path)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def running_servers(folder: Path) -> list[RunningServer]:
    """List the servers whose process is alive, oldest first; remove what dead ones left."""
    servers = []
    for path in sorted(folder.glob("*.json"), key=_age):
        server = _read(path)
        if server is not None and is_alive(server.pid):
            servers.append(server)
        else:
            path.unlink(missing_ok=True)
    return servers


def _age(path: Path) -> float:
    with suppress(OSError):  # it may have ended since the folder was listed
        return path.stat().st_mtime
    return 0.0


def _read(path: Path) -> RunningServer | None:
    try:
        return RunningServer(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None  # ended meanwhile, cut by a crash, or of another version


def is_alive(pid: int) -> bool:
    """Say whether a process runs under this number."""
    if os.name == "nt":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_alive_on_windows(pid: int) -> bool:
    """`os.kill(pid, 0)` would *end* the process there, so ask the system for a handle instead."""
    import ctypes  # noqa: PLC0415 - Windows only

    still_active, query_limited_information = 259, 0x1000
    kernel32 = getattr(ctypes, "windll").kernel32  # noqa: B009 - mypy knows no windll on other systems
    handle = kernel32.OpenProcess(query_limited_information, 0, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel32.CloseHandle(handle)
    return code.value == still_active
