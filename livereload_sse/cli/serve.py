"""`sse-reload serve`: its words, checked.

Knows options and folders; what serving means is imported when it begins.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from livereload_sse.cli.checks import (
    check_commands,
    check_folder,
    check_port,
    check_prefix,
    check_watched,
)
from livereload_sse.cli.options import (
    ADDRESS,
    BUILDING,
    PATH,
    SERVING,
    SHOWING,
    WATCHING,
    said,
    with_options,
)

if TYPE_CHECKING:
    from livereload_sse.settings import Settings

_COMMANDS = (
    click.option(
        "--build",
        metavar="COMMAND",
        help="Run COMMAND when something in --watch changes, and serve what it has made once it has"
        " ended well. {output} in it is the folder to write; else it writes DIRECTORY.",
    ),
    click.option(
        "--run",
        metavar="COMMAND",
        help="Keep COMMAND running, which watches and writes DIRECTORY (or {output}) itself.",
    ),
)


@click.command(short_help="Serve a folder and show every change in every open tab.")
@click.argument("directory", type=PATH, required=False)
@with_options(ADDRESS, WATCHING, SHOWING, _COMMANDS, BUILDING, SERVING)
def serve(**words: Any) -> int:
    """Serve DIRECTORY (the current one if none is named) until Ctrl-C.

    Pages change in place and styles swap in every open tab as files are saved.
    The same settings can stand in pyproject.toml, under [tool.sse-reload]; the command line wins.
    """
    settings = checked_settings(said(words))
    if settings.build or settings.run:
        from livereload_sse.cli.previewing import (  # noqa: PLC0415 - heavy
            build_until_asked,
        )

        return build_until_asked(settings)
    from livereload_sse.cli.serving import serve_until_asked  # noqa: PLC0415 - heavy

    return serve_until_asked(settings)


def checked_settings(words: dict[str, Any]) -> "Settings":
    """Merge the words with the configuration file and check what can be checked beforehand.

    Raises `UsageError`s, and `NotReadableError` for a folder that may not be read.
    """
    from livereload_sse.settings import load_settings  # noqa: PLC0415 - brings the TOML parser

    settings = load_settings(Path.cwd(), words)
    if settings.build or settings.run:
        check_commands(settings)
    else:
        check_folder(settings.directory)
    check_port(settings.port)
    check_watched(settings.watch)
    check_prefix(settings.prefix)
    return settings
