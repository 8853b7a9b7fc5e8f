"""What can be checked of the settings before anything is started.

Each check raises one of our errors: what happened, where, and what to do next.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.errors import ConfigurationError, FolderError, NotReadableError

if TYPE_CHECKING:
    from livereload_sse.settings import Settings


def check_watched(paths: tuple[Path, ...]) -> None:
    """Raise `FolderError` for something to watch that does not exist."""
    for path in paths:
        if not path.exists():
            raise FolderError(
                "No such file or folder",
                where=str(path),
                hint="Give something that exists: --watch PATH",
            )


def check_folder(folder: Path) -> None:
    """Raise `FolderError` or `NotReadableError` unless `folder` can be listed."""
    hint = "Give the folder to serve: sse-reload serve DIRECTORY"
    if not folder.exists():
        raise FolderError("No such folder", where=str(folder), hint=hint)
    if not folder.is_dir():
        raise FolderError("Not a folder", where=str(folder), hint=hint)
    try:
        os.scandir(folder).close()
    except PermissionError:
        raise NotReadableError(
            "The folder may not be read",
            where=str(folder),
            hint="Change its permissions, or serve another folder.",
        ) from None


def check_port(port: int | None) -> None:
    """Refuse a port that the configuration file had wrong; the command line checks its own."""
    if port is not None and not 0 <= port <= 65535:
        raise ConfigurationError(
            "Not a port", where=str(port), hint="Give a port from 0 to 65535: --port 8000"
        )


def check_prefix(prefix: str) -> None:
    """Raise `ConfigurationError` unless the prefix is a plain path."""
    inner = prefix.strip("/")
    plain = (
        all(part and part not in (".", "..") and part.isprintable() for part in inner.split("/"))
        if inner
        else True
    )
    if not plain or any(sign in inner for sign in "?#%\\ "):
        raise ConfigurationError(
            "Not a path", where=prefix, hint="Give a plain path: --prefix /docs/"
        )


def check_project(project: Path) -> None:
    """Raise `FolderError` unless there is such a folder, or such a configuration file."""
    if not project.exists():
        raise FolderError(
            "No such project",
            where=str(project),
            hint="Give the folder that holds its configuration: sse-reload preview PROJECT",
        )


def check_commands(settings: "Settings") -> None:
    """Raise `UsageError`s for commands that could not work, or would write over their own sources."""
    if settings.build and settings.run:
        raise ConfigurationError(
            "Two commands for one site",
            where=f"--build {settings.build} --run {settings.run}",
            hint="Give --build for a command that ends, or --run for one that watches by itself.",
        )
    if "{output}" not in settings.build + settings.run:
        check_output(settings.directory, settings.watch or (settings.folder,))


def check_output(output: Path, sources: tuple[Path, ...]) -> None:
    """Raise `FolderError` when what is built would stand in, or around, what it is built from."""
    real = output.resolve()
    for source in sources:
        if source.resolve().is_relative_to(real):
            raise FolderError(
                "The output would be written over its sources",
                where=f"{output} holds {source}",
                hint="Name the folder that the command fills: sse-reload serve OUTPUT --build …,"
                " or write {output} into the command",
            )
    if output.exists() and not output.is_dir():
        raise FolderError(
            "Not a folder", where=str(output), hint="Name the folder that the command fills."
        )
