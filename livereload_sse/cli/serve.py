"""`sse-reload serve`: its words, checked.

Knows options and folders; what serving means is imported when it begins.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from livereload_sse.errors import ConfigurationError, FolderError, NotReadableError

if TYPE_CHECKING:
    from livereload_sse.settings import Settings

_PATH = click.Path(path_type=Path)


@click.command(short_help="Serve a folder and show every change in every open tab.")
@click.argument("directory", type=_PATH, required=False)
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Where to listen. [default: localhost; 0.0.0.0 for your network]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="[default: 8000, or the next free one; 0: any free one]",
)
@click.option(
    "--open/--no-open", default=None, help="Open a tab once the server answers. [default: no-open]"
)
@click.option(
    "--watch",
    type=_PATH,
    multiple=True,
    help="Another file or folder whose changes reload the tabs. Repeatable.",
)
@click.option(
    "--ignore",
    metavar="PATTERN",
    multiple=True,
    help="What not to watch, written as in .gitignore. Repeatable.",
)
@click.option(
    "--gitignore/--no-gitignore",
    default=None,
    help="Whether .gitignore files count. [default: gitignore]",
)
@click.option(
    "--poll",
    is_flag=True,
    default=None,
    help="Look at the files instead of waiting for the system to tell.",
)
@click.option("--spa", is_flag=True, default=None, help="Answer unknown pages with index.html.")
@click.option(
    "--listing/--no-listing",
    default=None,
    help="Whether folders without index.html list their files. [default: listing]",
)
@click.option(
    "--update",
    type=click.Choice(["patch", "reload"]),
    help="What a tab does when its page changes: change it in place, or reload. [default: patch]",
)
@click.option(
    "--highlight/--no-highlight",
    default=None,
    help="Whether changed elements are shown for a moment. [default: highlight]",
)
@click.option("--prefix", metavar="PATH", help="Serve below this path, as in --prefix /docs/.")
@click.option(
    "--allow-host",
    metavar="NAME",
    multiple=True,
    help="Another name this server may be called by. Repeatable.",
)
@click.option("--certfile", type=_PATH, help="Serve https with this PEM certificate …")
@click.option("--keyfile", type=_PATH, help="… and this key.")
@click.option("-v", "--verbose", is_flag=True, default=None, help="Print requests too.")
@click.option(
    "-q", "--quiet", is_flag=True, default=None, help="Print only the address, and what goes wrong."
)
def serve(**words: Any) -> int:
    """Serve DIRECTORY (the current one if none is named) until Ctrl-C.

    Pages change in place and styles swap in every open tab as files are saved.
    The same settings can stand in pyproject.toml, under [tool.sse-reload]; the command line wins.
    """
    settings = checked_settings(
        {name: word for name, word in words.items() if word not in (None, ())}
    )
    from livereload_sse.cli.serving import serve_until_asked  # noqa: PLC0415 - heavy

    return serve_until_asked(settings)


def checked_settings(words: dict[str, Any]) -> "Settings":
    """Merge the words with the configuration file and check what can be checked beforehand.

    Raises `UsageError`s, and `NotReadableError` for a folder that may not be read.
    """
    from livereload_sse.settings import load_settings  # noqa: PLC0415 - brings the TOML parser

    settings = load_settings(Path.cwd(), words)
    check_folder(settings.directory)
    check_port(settings.port)
    for path in settings.watch:
        if not path.exists():
            raise FolderError(
                "No such file or folder",
                where=str(path),
                hint="Give something that exists: --watch PATH",
            )
    check_prefix(settings.prefix)
    return settings


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
