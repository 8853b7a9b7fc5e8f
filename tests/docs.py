"""Write what the documentation quotes: the help of each command.

python -m tests.docs
"""

import re
from pathlib import Path

from click.testing import CliRunner

from livereload_sse.cli import cli

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"(<!-- help of `(\w+)`[^>]*-->\n).*?(<!-- end of help -->)", re.DOTALL)


def help_of(command: str) -> str:
    """The help as an 100 columns wide terminal shows it."""
    result = CliRunner().invoke(
        cli, [command, "--help"], prog_name="sse-reload", terminal_width=100
    )
    return result.output


def with_help(text: str) -> str:
    """Put the help of each named command into its block."""
    return BLOCK.sub(lambda found: f"{found[1]}```text\n{help_of(found[2])}```\n{found[3]}", text)


if __name__ == "__main__":
    README.write_text(with_help(README.read_text(encoding="utf-8")), encoding="utf-8")
