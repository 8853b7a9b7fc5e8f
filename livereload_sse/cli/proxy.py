"""`sse-reload proxy`: its words, checked.

Knows options; what proxying means is imported when it begins.
"""

from pathlib import Path
from typing import Any

import click

from livereload_sse.cli.checks import check_port, check_watched
from livereload_sse.cli.options import (
    ADDRESS,
    EDITOR,
    SERVING,
    SHOWING,
    WATCHING,
    said,
    with_options,
)

_APP = (
    click.option(
        "--static",
        metavar="URL=FOLDER",
        multiple=True,
        help="A folder that the app serves as it is, as in --static /static=app/static: its files are"
        " swapped without a reload. Repeatable.",
    ),
    click.option(
        "--restart/--no-restart",
        default=None,
        help="Whether COMMAND is restarted when its code changes; not needed where it reloads itself."
        " [default: restart]",
    ),
    click.option(
        "--restart-on",
        metavar="PATTERN",
        multiple=True,
        help="Other files than *.py that mean a restart, as in --restart-on '*.toml'. Repeatable.",
    ),
    click.option(
        "--insecure",
        is_flag=True,
        default=None,
        help="Do not check the certificate of an https TARGET.",
    ),
)

_HIGHLIGHT = tuple(option for option in SHOWING[3:])
_ANSWERING = tuple(option for option in SERVING[1:])


@click.command(short_help="Stand in front of an app that speaks HTTP, and start it if you like.")
@click.argument("target")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@with_options(ADDRESS, WATCHING, _APP, _HIGHLIGHT, EDITOR, _ANSWERING)
def proxy(target: str, command: tuple[str, ...], **words: Any) -> int:
    """Show the app at TARGET (a port, host:port or URL), and every change of it in every open tab.

    After `--` stands the COMMAND that starts it, if it is to be started:
    sse-reload proxy 5000 -- flask run

    The sources in the current folder are watched, and what --watch names.
    A change of code restarts COMMAND; requests wait until it answers.
    """
    from livereload_sse.settings import load_settings  # noqa: PLC0415 - brings the TOML parser

    settings = load_settings(Path.cwd(), said(words))
    check_port(settings.port)
    check_watched(settings.watch)
    from livereload_sse.cli.proxying import proxy_until_asked  # noqa: PLC0415 - heavy

    return proxy_until_asked(settings, target, command)
