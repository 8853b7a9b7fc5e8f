"""Sites made by real generators: each built twice, before and after its author's change.

Knows how each generator is called and what the author changed in its sources; refuses to know
what is done with the pages.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "sites"
BUILD_TIMEOUT = 50.0


@dataclass(frozen=True)
class Generator:
    """One generator at work: `words` are its command, in which `{out}` is the folder to fill."""

    name: str
    sources: str
    words: tuple[str, ...]
    source: str
    revisions: Mapping[str, str]


GUIDE_REVISIONS = {
    "The rhythm": "The rhythm of a light",
    "Doubt the result until you have seen it three times.": "Doubt the result.",
    "Rain swallows the red sectors first.": "Rain & fog swallow the red sectors first.",
    "flashes[1] - flashes[0]": "(flashes[-1] - flashes[0]) / (len(flashes) - 1)",
}
MKDOCS_REVISIONS = {
    **GUIDE_REVISIONS,
    "| Light vessel | Fl W 5s | 17 M |": "| Outer buoy | Q G | 3 M |\n| Light vessel | Fl W 5s | 17 M |",
}
SPHINX_REVISIONS = {
    **GUIDE_REVISIONS,
    "----------\n\nA rhythm": "---------------------\n\nA rhythm",
    "   * - Light vessel": "   * - Outer buoy\n     - Q G\n     - 3 M\n   * - Light vessel",
}
PELICAN_REVISIONS = {
    "- nothing else\n": "- a seal\n- nothing else\n",
    "## What was done": "## What was done about it",
    "    04:10  trimmed again": "    04:10  trimmed again\n    05:40  out",
    "| 06 | 1010 |": "| 06 | 1011 |",
}


def _mkdocs(name: str, file: str) -> Generator:
    words = ("mkdocs", "build", "--quiet", "--config-file", file, "--site-dir", "{out}")
    return Generator(name, "mkdocs", words, "docs/guide.md", MKDOCS_REVISIONS)


def _sphinx(name: str, theme: str) -> Generator:
    words = ("sphinx", "-q", "-E", "-D", f"html_theme={theme}", ".", "{out}")
    return Generator(name, "sphinx", words, "guide.rst", SPHINX_REVISIONS)


GENERATORS = (
    _mkdocs("material", "material.yml"),
    _mkdocs("mkdocs", "plain.yml"),
    _mkdocs("readthedocs", "readthedocs.yml"),
    _sphinx("furo", "furo"),
    _sphinx("alabaster", "alabaster"),
    Generator(
        "pelican",
        "pelican",
        ("pelican", "--quiet", "--settings", "pelicanconf.py", "--output", "{out}", "content"),
        "content/first-night.md",
        PELICAN_REVISIONS,
    ),
)


def build_all(first: Path, revised: Path) -> None:
    """Build every site into a folder of its name below `first`, and once more below `revised`."""
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_build_both, one, first, revised) for one in GENERATORS]:
            done.result()


def _build_both(generator: Generator, first: Path, revised: Path) -> None:
    work = revised / f"{generator.name} sources"
    shutil.copytree(SOURCES / generator.sources, work)
    _build(generator, work, first / generator.name)
    source = work / generator.source
    source.write_text(revise(source.read_text("utf-8"), generator.revisions), "utf-8")
    _build(generator, work, revised / generator.name)


def revise(text: str, revisions: Mapping[str, str]) -> str:
    """Make the author's changes; each must find its place."""
    for old, new in revisions.items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the source"
        text = text.replace(old, new)
    return text


def _build(generator: Generator, work: Path, out: Path) -> None:
    words = [word.replace("{out}", str(out)) for word in generator.words]
    result = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=work,
        capture_output=True,
        text=True,
        timeout=BUILD_TIMEOUT,
        check=False,
    )
    assert result.returncode == 0, f"{generator.name} failed: {result.stdout}{result.stderr}"
