"""Where a generator is installed: which Python can import it, or where its command is.

Asks interpreters, each within a time limit. Refuses to know what is done with them.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from livereload_sse.errors import GeneratorMissingError

ASK_TIMEOUT = 10.0
"""Seconds an interpreter may take to answer."""

Which = Callable[[str], str | None]

_ENVIRONMENTS = (".venv", "venv", "env", ".env")
_LONG_SHEBANG = re.compile(r"""'''exec' "?(/[^"]+?)"? "\$0" "\$@\"""")
_BIN = "Scripts" if os.name == "nt" else "bin"
_PYTHON = "python.exe" if os.name == "nt" else "python"


def find_interpreter(
    module: str,
    project: Path,
    *,
    wanted: Path | None = None,
    install: str = "",
    environ: Mapping[str, str] = os.environ,
    which: Which = shutil.which,
) -> Path:
    """Find a Python that can import a module, best first: the one that is `wanted`; the active
    environment; the project's own; ours; the one that the module's command on PATH belongs to; the
    one on PATH. Raises `GeneratorMissingError`.
    """
    asked: list[Path] = []
    candidates = _named(wanted, which) if wanted else _candidates(module, project, environ, which)
    for python in map(Path.absolute, candidates):
        if python in asked or not python.is_file():
            continue
        asked.append(python)
        if can_import(python, module):
            return python
    raise GeneratorMissingError(
        f"{module} is not installed",
        where=", ".join(map(str, asked)) or str(wanted),
        hint=f"Install it ({install}), or name the Python that has it: --python PATH",
    )


def find_program(
    name: str, project: Path, *, install: str = "", which: Which = shutil.which
) -> Path:
    """Find a command: of the project's node_modules or environment, beside our own Python, on PATH.

    Raises `GeneratorMissingError`.
    """
    folders = [
        *_node_folders(project),
        *(python.parent for python in _environments(project) if python.parent.is_dir()),
        Path(sys.executable).parent,
    ]
    for folder in folders:
        found = shutil.which(name, path=str(folder))
        if found:
            return Path(found)
    found = which(name)
    if found:
        return Path(found)
    raise GeneratorMissingError(
        f"{name} is not installed",
        where=", ".join([*map(str, folders), "PATH"]),
        hint=f"Install it ({install}), or give the command yourself: sse-reload serve OUTPUT --build",
    )


def can_import(python: Path, module: str) -> bool:
    """Ask a Python whether it has a module, without importing it."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    try:
        answer = subprocess.run(  # noqa: S603 - an interpreter that we have found, our own words
            [python, "-P", "-c", code] if python == Path(sys.executable) else [python, "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ASK_TIMEOUT,
            check=False,
            cwd=python.parent,  # a module of that name in the project's folder is not the generator
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _candidates(
    module: str, project: Path, environ: Mapping[str, str], which: Which
) -> Iterator[Path]:
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if environ.get(variable):
            yield Path(environ[variable], _BIN, _PYTHON)
    yield from _environments(project)
    yield Path(sys.executable)
    command = which(module)
    if command and (python := _shebang(Path(command))):
        yield python
    for name in ("python3", "python"):
        found = which(name)
        if found:
            yield Path(found)


def _named(wanted: Path, which: Which) -> Iterator[Path]:
    """What `--python` may say: a file, an environment, a command on PATH."""
    yield wanted
    yield wanted / _BIN / _PYTHON
    if len(wanted.parts) == 1 and (found := which(str(wanted))):
        yield Path(found)


def _environments(project: Path) -> Iterator[Path]:
    for folder in (project, project.parent):
        for name in _ENVIRONMENTS:
            yield folder / name / _BIN / _PYTHON


def _shebang(command: Path) -> Path | None:
    """Read which Python a command was installed for, as pipx and pip write it; a path that is too
    long for a first line, or has a space, is in the second one.
    """
    try:
        with command.open("rb") as file:
            lines = file.read(1024).decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    if not lines or not lines[0].startswith("#!"):
        return None
    longer = _LONG_SHEBANG.match(lines[1]) if len(lines) > 1 else None
    words = [longer[1]] if longer else lines[0][2:].split()
    return Path(words[0]) if words and "python" in Path(words[0]).name else None


def _node_folders(project: Path) -> Iterator[Path]:
    for folder in (project, *project.parents):
        if (folder / "node_modules" / ".bin").is_dir():
            yield folder / "node_modules" / ".bin"
