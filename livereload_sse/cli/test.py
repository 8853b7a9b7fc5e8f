"""`sse-reload test`: pytest, watching.

Hands every word to pytest as it is. Refuses to know what it means.
"""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

PLUGIN = "sse-reload"


class PytestCommand(click.Command):
    """A command that has no options but `-h`, and only where nothing stands before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hand on every word, and `--` among them, which click would take for itself."""
        is_for_us = args[:1] in ([name] for name in ctx.help_option_names)
        return super().parse_args(ctx, args if is_for_us else ["--", *args])


@click.command(
    cls=PytestCommand,
    short_help="Run tests with pytest, and those again that a saved file affects.",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENTS]...")
def test(words: tuple[str, ...]) -> None:
    """Run the tests, then run those again that a saved file affects, until q.

    The same as 'pytest --live-watch', of the Python that sse-reload is installed in. All words are
    pytest's: 'sse-reload test -k cart tests/unit'. Its own help is in 'pytest --help'.
    """
    _require_pytest()
    _become([*find_command(), *find_plugin_words(os.environ), "--live-watch", *words])


def find_command() -> list[str]:
    """Give the words that start this Python's pytest: as `pytest` does where that command is."""
    scripts = Path(sysconfig.get_path("scripts"))
    script = scripts / ("pytest.exe" if sys.platform == "win32" else "pytest")
    if not script.is_file():
        return [sys.executable, "-m", "pytest"]
    return [os.fspath(script)] if sys.platform == "win32" else [sys.executable, os.fspath(script)]


def find_plugin_words(environment: Mapping[str, str]) -> list[str]:
    """Give the words that load our plugin where pytest loads none by itself."""
    return ["-p", PLUGIN] if environment.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD") else []


def _require_pytest() -> None:
    from importlib.util import find_spec  # noqa: PLC0415 - not needed for --help

    from livereload_sse.errors import MissingExtraError  # noqa: PLC0415

    if find_spec("pytest") is None:
        raise MissingExtraError(
            "pytest is not installed",
            where=sys.executable,
            hint=f"Install it there: {sys.executable} -m pip install pytest",
        )


def _become(words: list[str]) -> NoReturn:
    """Replace this process, where a process can be replaced; else wait for another and end as it does."""
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":
        sys.exit(subprocess.run(words, check=False).returncode)  # noqa: S603 - the user's own words
    os.execv(words[0], words)  # noqa: S606 - no shell is wanted
