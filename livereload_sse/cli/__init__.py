"""The command line: words to settings, errors to exit codes.

Each command's options are declared without importing what carries it out, so that `--version`,
`--help` and a mistyped word answer at once.
"""

import os
import sys
from collections.abc import Sequence

import click

from livereload_sse import __version__
from livereload_sse.cli.events import events
from livereload_sse.cli.notify import notify
from livereload_sse.cli.preview import preview
from livereload_sse.cli.proxy import proxy
from livereload_sse.cli.serve import serve
from livereload_sse.cli.test import test
from livereload_sse.errors import LiveReloadError

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sse-reload", message="%(prog)s %(version)s")
def cli() -> None:
    """Save a file, see it everywhere.

    sse-reload serves a folder and shows every change in every open tab, in every browser.
    """


cli.add_command(serve)
cli.add_command(preview)
cli.add_command(proxy)
cli.add_command(test)
cli.add_command(notify)
cli.add_command(events)


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0, 1 where the machine is at fault, 2 where the words are."""
    sys.exit(run(words))


def run(words: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        code = cli.main(words, prog_name="sse-reload", standalone_mode=False)
    except LiveReloadError as error:
        _report(str(error))
        return error.exit_code
    except click.ClickException as error:
        _report(_explained(error))
        return error.exit_code
    except click.Abort:
        return 1
    except BrokenPipeError:
        # Whoever read has gone, as with `| head -1`. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _explained(error: click.ClickException) -> str:
    """Give click's message our shape: what happened, then what to do next."""
    message = error.format_message()
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "sse-reload"
    return f"{message}\nTry '{path} --help'." if isinstance(error, click.UsageError) else message


def _report(text: str) -> None:
    from livereload_sse.cli.console import Console  # noqa: PLC0415 - only a failing command needs it

    Console().error(text)
