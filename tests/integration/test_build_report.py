"""What real programs print about broken projects; `/site` in it stands for the project."""

from pathlib import Path

import pytest

from livereload_sse.build.report import make_report
from livereload_sse.build.results import Ending, Finished

REPORTS = Path(__file__).parent.parent / "data" / "reports"

# Output, file of the place, its line; what the title says of it.
SAID: tuple[tuple[str, str, int | None, str], ...] = (
    ("esbuild", "m.js", 1, 'Could not resolve "./nope"'),
    ("hugo-conf", "hugo.yaml", 1, "sequence end token ']' not found"),
    ("hugo-field", "layouts/home.html", 1, "can't evaluate field Nope"),
    ("hugo-front", "content/a.md", 2, "sequence end token ']' not found"),
    ("hugo-template", "layouts/single.html", 2, "missing value for if"),
    ("make-fail", "Makefile", 2, "[Makefile:2: all] Error 1"),
    ("mkdocs-hook", "hooks.py", 2, "ZeroDivisionError: division by zero"),
    ("mkdocs-jinja", "theme/main.html", 1, "Expected an expression, got 'end of statement block'"),
    ("mkdocs-notfound", "theme/main.html", 1, "TemplateNotFound: 'nope.html' not found"),
    ("mkdocs-strict", "docs/index.md", None, "contains a link 'nope.md'"),
    ("mkdocs-yaml", "mkdocs.yml", 4, "expected the node content"),
    ("pelican-conf", "pelicanconf.py", 1, "SyntaxError: invalid syntax"),
    ("pelican-date", "content/a.md", None, "'nonsense' is not a valid date"),
    ("properdocs-plugin", "", None, "Unrecognised theme name: 'mkdocs'"),
    ("properdocs-yaml", "properdocs.yml", 4, "expected the node content"),
    ("sass", "main.scss", 3, 'expected ";"'),
    ("sphinx-conf", "conf.py", 1, "There is a syntax error in your configuration file"),
    ("sphinx-docstring", "mod.py", None, "Inline interpreted text"),
    ("sphinx-ext", "", None, "Could not import extension nope.ext"),
    ("sphinx-template", "", None, "An error happened in rendering the page index"),
    ("sphinx-warn", "index.rst", 9, 'Unknown directive type "nope"'),
    ("tsc-pretty", "a.ts", 1, "Type 'string' is not assignable to type 'number'"),
    ("zensical-link", "docs/index.md", 2, "page does not exist"),
)


@pytest.mark.parametrize(("name", "file", "line", "title"), SAID, ids=[row[0] for row in SAID])
def test_what_real_programs_say_is_understood(
    name: str, file: str, line: int | None, title: str, tmp_path: Path
) -> None:
    if file:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("".join(f"line {number}\n" for number in range(1, 12)))
    output = (REPORTS / f"{name}.txt").read_text("utf-8").replace("/site/", f"{tmp_path}/")

    report = make_report(
        Finished(Ending.EXITED, 1, 1.0, output),
        project=tmp_path,
        read=lambda path: path.read_text("utf-8"),
    )

    place = next((one.location for one in report.problems if one.location), None)
    assert title in report.title
    if not file:
        assert place is None
    else:
        assert place is not None
        assert (place.path, place.line) == (tmp_path / file, line)
    if line:
        assert report.excerpt is not None
        assert (line, f"line {line}") in report.excerpt.lines


def test_every_output_that_was_kept_is_read() -> None:
    assert {path.stem for path in REPORTS.glob("*.txt")} == {row[0] for row in SAID}
