"""The options that several commands have, each written once.

Knows click and the words of the help. Refuses to know what becomes of them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

PATH = click.Path(path_type=Path)

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Option = Callable[[Any], Any]

ADDRESS: tuple[Option, ...] = (
    click.option(
        "--host",
        metavar="ADDRESS",
        help="Where to listen. [default: localhost; 0.0.0.0 for your network]",
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        help="[default: 8000, or the next free one; 0: any free one]",
    ),
    click.option(
        "--open/--no-open",
        default=None,
        help="Open a tab once the server answers. [default: no-open]",
    ),
)
"""Where to listen."""

WATCHING: tuple[Option, ...] = (
    click.option(
        "--watch",
        type=PATH,
        multiple=True,
        help="Another file or folder whose changes reload the tabs. Repeatable.",
    ),
    click.option(
        "--ignore",
        metavar="PATTERN",
        multiple=True,
        help="What not to watch, written as in .gitignore. Repeatable.",
    ),
    click.option(
        "--gitignore/--no-gitignore",
        default=None,
        help="Whether .gitignore files count. [default: gitignore]",
    ),
    click.option(
        "--poll",
        is_flag=True,
        default=None,
        help="Look at the files instead of waiting for the system to tell.",
    ),
)
"""What to look at."""

SHOWING: tuple[Option, ...] = (
    click.option("--spa", is_flag=True, default=None, help="Answer unknown pages with index.html."),
    click.option(
        "--listing/--no-listing",
        default=None,
        help="Whether folders without index.html list their files. [default: listing]",
    ),
    click.option(
        "--update",
        type=click.Choice(["patch", "reload"]),
        help="What a tab does when its page changes: change it in place, or reload. [default: patch]",
    ),
    click.option(
        "--highlight/--no-highlight",
        default=None,
        help="Whether changed elements are shown for a moment. [default: highlight]",
    ),
)
"""How what is served is shown."""

SERVING: tuple[Option, ...] = (
    click.option("--prefix", metavar="PATH", help="Serve below this path, as in --prefix /docs/."),
    click.option(
        "--allow-host",
        metavar="NAME",
        multiple=True,
        help="Another name this server may be called by. Repeatable.",
    ),
    click.option(
        "--broker",
        metavar="URL",
        help="Share what is published with other servers, by the Redis at redis://….",
    ),
    click.option("--certfile", type=PATH, help="Serve https with this PEM certificate …"),
    click.option("--keyfile", type=PATH, help="… and this key."),
    click.option("-v", "--verbose", is_flag=True, default=None, help="Print requests too."),
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        default=None,
        help="Print only the address, and what goes wrong.",
    ),
)
"""Who may ask, and what is printed."""

EDITOR: tuple[Option, ...] = (
    click.option(
        "--editor",
        metavar="NAME",
        help="What opens a place that a failed build names: code, pycharm, subl, vim, … or a command"
        " with {file}, {line} and {column}. [default: $SSE_RELOAD_EDITOR, else what is found]",
    ),
)
"""What opens places."""

BUILDING: tuple[Option, ...] = (
    click.option(
        "--strict", is_flag=True, default=None, help="Call a build with warnings a failed one."
    ),
    click.option(
        "--cancel",
        type=click.Choice(["auto", "never", "always"]),
        help="Whether a save ends the build that runs and begins another. [default: auto]",
    ),
    click.option(
        "--build-timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="End a build that takes longer. [default: 600]",
    ),
    *EDITOR,
)
"""How builds go."""


def with_options(*groups: tuple[Option, ...]) -> Callable[[Decorated], Decorated]:
    """Give a command these options, in this order."""

    def decorate(command: Decorated) -> Decorated:
        decorated: Any = command
        for option in reversed([option for group in groups for option in group]):
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]  # click's decorators are untyped to us

    return decorate


def said(words: dict[str, Any]) -> dict[str, Any]:
    """Keep the words that the user really said."""
    return {name: word for name, word in words.items() if word not in (None, ())}
