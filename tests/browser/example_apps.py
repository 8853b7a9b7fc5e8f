"""The example apps, run as their READMEs say.

The commands come out of the READMEs. Only ports are changed, so that two may run at once.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.serving import LiveServer, free_port, wait_until

EXAMPLES = Path(__file__).parents[2] / "examples"
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Example:
    """An app, the n-th command of its README, and what a person may do with it.

    Files with what stands in them: `heading` in a template, `title` in code, `background` in a style
    sheet. `field` is where somebody has typed something.
    """

    folder: str
    command: int
    heading: tuple[str, str]
    title: tuple[str, str]
    background: tuple[str, str]
    field: str
    typed: str

    def read_command(self) -> list[str]:
        """The words of the command, as the README has them."""
        blocks = SHELL.findall((EXAMPLES / self.folder / "README.md").read_text("utf-8"))
        return shlex.split(blocks[self.command].splitlines()[-1])


BERTHS = (
    ("templates/plan.html", "<h1>{{ title }}</h1>"),
    ("harbour/views.py", "A berth for the night"),
    ("static/harbour.css", "--quay: #f4f3ef"),
    "#id_length",
    "7.5",
)

APPS = {
    "starlette": Example(
        "starlette",
        0,
        ("templates/tide.html", "<h1>{{ harbour }}</h1>"),
        ("app.py", "Skerry Sound"),
        ("static/tide.css", "--sky: #f1f6f4"),
        "#depth",
        "4.4",
    ),
    "fastapi": Example(
        "fastapi",
        0,
        ("templates/notices.html", "<h1>{{ office }}</h1>"),
        ("app.py", "Notices to mariners"),
        ("static/notices.css", "--paper: #fff"),
        "[name=text]",
        "A whale, asleep",
    ),
    "django": Example("django", 0, *BERTHS),
    "runserver": Example("django", 1, *BERTHS),
    "flask": Example(
        "flask",
        0,
        ("templates/log.html", "<h1>{{ ship }}</h1>"),
        ("app.py", "Log of the light vessel"),
        ("static/log.css", "--page: #eef1f6"),
        "[name=remark]",
        "Fog",
    ),
}


def with_ports(words: list[str], port: int, behind: int) -> list[str]:
    """The same command for other ports: the one that is opened, and Flask's behind it."""
    if words[0] == "uvicorn":
        return [*words, "--port", str(port)]
    if words[-1] == "runserver":
        return [*words, str(port)]
    at = words.index("--")
    ours = [str(behind) if word == "5000" else word for word in words[:at]]
    assert str(behind) in ours
    return [*ours, "--port", str(port), *words[at:], "--port", str(behind)]


@contextmanager
def running_app(example: Example, project: Path, **environment: str) -> Iterator[LiveServer]:
    """Run a copy of an example as a terminal would: what it starts is one group with it."""
    port, behind = free_port(), free_port()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        with_ports(example.read_command(), port, behind),
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", **environment},
        start_new_session=True,
    )
    server = LiveServer(f"http://localhost:{port}/", project, process)
    reader = threading.Thread(target=server.read_lines, daemon=True)
    reader.start()
    try:
        wait_until(lambda: is_up(server), 30, f"it answers; printed: {server.printed}")
        yield server
    finally:
        end_group(process)
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()


def is_up(server: LiveServer) -> bool:
    assert server.process.poll() is None, server.printed
    try:
        server.get("/")
    except OSError:
        return False
    return True


def end_group(process: "subprocess.Popen[str]") -> None:
    """Press Ctrl-C; what does not end by it is killed."""
    try:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(10)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def copy_of(example: Example, folder: Path) -> Path:
    """A copy that a test may change."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(EXAMPLES / example.folder, folder / "project", ignore=ignored))
