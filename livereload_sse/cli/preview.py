"""`sse-reload preview`: its words, checked.

Knows options and folders; what previewing means is imported when it begins.
"""

from pathlib import Path
from typing import Any

import click

from livereload_sse.cli.checks import check_port, check_prefix, check_project, check_watched
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

_GENERATORS = (
    click.option(
        "--generator",
        metavar="NAME",
        help="Which generator builds PROJECT: mkdocs, properdocs, zensical, sphinx, pelican, nikola,"
        " hugo, jekyll, eleventy, astro, lektor. [default: what the project's files say]",
    ),
    click.option(
        "--python",
        type=PATH,
        help="The Python that has the generator. [default: the project's, as far as it shows]",
    ),
)


@click.command(short_help="Build a site with its generator, and show each save once it is built.")
@click.argument("project", type=PATH, required=False)
@with_options(_GENERATORS, ADDRESS, WATCHING, SHOWING, BUILDING, SERVING)
def preview(**words: Any) -> int:
    """Build the site in PROJECT (the current folder if none is named) and serve it until Ctrl-C.

    Finds the generator that the project is made for, builds beside what is shown, and switches when
    a build has ended well. A build that fails leaves the last good site where it is and says why.
    """
    from livereload_sse.settings import load_settings  # noqa: PLC0415 - brings the TOML parser

    spoken = said(words)
    project = spoken.pop("project", Path())
    check_project(project)
    start = project if project.is_dir() else project.parent
    settings = load_settings(start.resolve(), {**spoken, "directory": project})
    check_port(settings.port)
    check_watched(settings.watch)
    check_prefix(settings.prefix)
    from livereload_sse.cli.previewing import preview_until_asked  # noqa: PLC0415 - heavy

    return preview_until_asked(settings)
