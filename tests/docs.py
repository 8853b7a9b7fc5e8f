"""Write what the documentation quotes: the help of each command, the map of the modules, the table
of the generators.

python -m tests.docs
"""

import ast
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from click.testing import CliRunner

from livereload_sse.build.generators import as_markdown
from livereload_sse.cli import cli

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "livereload_sse" / "README.md"

GENERATORS_PAGE = ROOT / "examples" / "generators" / "README.md"

WHOLE = re.compile(r"(?s)\A()(.*)()\Z")
HELP = re.compile(r"(<!-- help of `(\w+)`[^>]*-->\n).*?(<!-- end of help -->)", re.DOTALL)
MAP = re.compile(r"(<!-- map of `(\w+)`[^>]*-->\n).*?(<!-- end of map -->)", re.DOTALL)


def help_of(command: str) -> str:
    """The help as a terminal of 100 columns shows it."""
    result = CliRunner().invoke(
        cli, [command, "--help"], prog_name="sse-reload", terminal_width=100
    )
    return f"```text\n{result.output}```\n"


def map_of(room: str) -> str:
    """Each module of a room with the first words it says of itself."""
    folder = ROOT / "livereload_sse" / room
    paths = [*folder.rglob("*.py"), *folder.rglob("*.js")]
    rows = [
        f"| `{path.relative_to(folder).as_posix()}` | {opening(path)} |\n"
        for path in sorted(paths, key=lambda path: (path.parent, path.name))
        if path.name != "__init__.py"
    ]
    return "\n| module | |\n|---|---|\n" + "".join(rows) + "\n"


def opening(path: Path) -> str:
    """The first sentence of a module: of its docstring, or of the comment at its top."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        text = ast.get_docstring(ast.parse(source)) or ""
    else:
        text = re.sub(r"\n \* ?", "\n", source.partition("/**")[2].partition("*/")[0]).strip()
    first = " ".join(text.partition("\n\n")[0].split())
    return re.split(r"(?<=[.?!]) (?=[A-Z])", first)[0]


QUOTES: Mapping[Path, tuple[re.Pattern[str], Callable[[str], str]]] = {
    README: (HELP, help_of),
    ARCHITECTURE: (MAP, map_of),
    GENERATORS_PAGE: (WHOLE, lambda _text: as_markdown()),
}


def up_to_date(page: Path) -> str:
    """The text of a page with each quoted block as it is now."""
    block, write = QUOTES[page]
    text = page.read_text(encoding="utf-8")
    return block.sub(lambda found: f"{found[1]}{write(found[2])}{found[3]}", text)


if __name__ == "__main__":
    for page in QUOTES:
        page.write_text(up_to_date(page), encoding="utf-8")
