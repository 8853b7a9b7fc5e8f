"""The pages of the corpus, and what each page's own scripts make of it.

Knows where each page comes from, and which parts of the live page no author wrote, with the reason;
refuses to know edits and browsers.
"""

import codecs
import math
import shutil
import struct
import wave
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.browser.corpus.chance import paragraph, words
from tests.browser.corpus.generators import build_all

HANDWRITTEN = Path(__file__).parent / "pages"
DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle cx="2" cy="2" r="2"/></svg>'
)


@dataclass(frozen=True)
class Made:
    """What a page's script makes: an element; or, where named, its inside, attributes or classes.

    Where it writes addresses anew (`resolved`), it counts where they lead; where it writes what a
    field says (`state`), the author's attribute counts.
    """

    selector: str
    reason: str
    inside: bool = False
    resolved: bool = False
    state: bool = False
    attributes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CorpusPage:
    """One page: its file, and how that is written."""

    name: str
    file: str
    phrase: str
    """Words that stand in it once, and that no script of it touches."""

    made: tuple[Made, ...] = ()
    encoding: str = "utf-8"

    @property
    def url(self) -> str:
        """The address below the root."""
        return self.file.removesuffix("index.html").removesuffix(".html")

    @property
    def made_values(self) -> list[dict[str, Any]]:
        """What its scripts make, as `normal_form.js` takes it."""
        return [asdict(one) for one in self.made]


COUNT = "Count the seconds from"
KEEPER = "Notes of a keeper"

SCROLLED = "follows the scroll position, which is the person's"
AT_LOAD = "made once, at load, of what is there then"

MATERIAL = (
    Made("a, link, img, script", "instant navigation writes addresses out", resolved=True),
    Made(".md-header", SCROLLED, classes=("md-header--shadow",)),
    Made(".md-header__title", SCROLLED, classes=("md-header__title--active",)),
    Made(".md-tabs", SCROLLED, attributes=("hidden",)),
    Made(".md-sidebar, .md-sidebar__scrollwrap", SCROLLED, attributes=("style",)),
    Made(".md-top", SCROLLED, attributes=("hidden", "style", "tabindex")),
    Made(
        ".md-nav--secondary .md-nav__link",
        SCROLLED,
        classes=("md-nav__link--passed", "md-nav__link--active"),
    ),
    Made(".md-code__nav", f"a copy button {AT_LOAD}"),
    Made("pre", f"a number {AT_LOAD}", attributes=("id",)),
    Made("pre > code", AT_LOAD, classes=("md-code__content",)),
    Made(".md-nav__list", AT_LOAD, attributes=("data-md-scrollfix",)),
    Made(".tabbed-labels", AT_LOAD, classes=("tabbed-labels--linked",)),
    Made(".tabbed-set", "where the open tab's mark is", attributes=("style",)),
)
MKDOCS = (
    Made(".bs-sidebar .nav-link", SCROLLED, classes=("active",)),
    Made("kbd", f"the key's name, {AT_LOAD}", inside=True),
    Made("html, .bs-sidebar", AT_LOAD, attributes=("style",)),
    Made("table", AT_LOAD, classes=("table", "table-striped", "table-hover")),
)
READTHEDOCS = (
    Made(".toctree-expand", AT_LOAD),
    Made(
        ".wy-menu ul, .wy-menu li, .wy-menu a",
        AT_LOAD,
        attributes=("aria-expanded",),
        classes=("current",),
    ),
)
FURO = (
    Made(".mobile-header", SCROLLED, classes=("scrolled",)),
    Made("section", SCROLLED, classes=("active",)),
    Made(".toc-tree li", SCROLLED, classes=("scroll-current",)),
)
ALPINE = (Made("[x-model]", "Alpine writes what the model holds", state=True),)
CONTENTS = (
    Made("#contents", AT_LOAD, inside=True),
    Made("h2", AT_LOAD, attributes=("id",)),
    Made("button.copy", AT_LOAD),
)

PAGES: tuple[CorpusPage, ...] = (
    CorpusPage("material", "material/guide/index.html", COUNT, MATERIAL),
    CorpusPage("mkdocs", "mkdocs/guide/index.html", COUNT, MKDOCS),
    CorpusPage("readthedocs", "readthedocs/guide/index.html", COUNT, READTHEDOCS),
    CorpusPage("furo", "furo/guide.html", COUNT, FURO),
    CorpusPage("alabaster", "alabaster/guide.html", COUNT),
    CorpusPage("pelican", "pelican/first-night.html", "a lamp that nobody looked at"),
    CorpusPage("studio", "pages/studio.html", "it is on no disk"),
    CorpusPage("alpine", "pages/alpine.html", "Ring the bell in fog.", ALPINE),
    CorpusPage("htmx", "pages/htmx.html", "Pilot cutter, at call"),
    CorpusPage("sorted", "pages/sorted.html", "Subtract half for rain."),
    CorpusPage("contents", "pages/contents.html", "never when it is calm", CONTENTS),
    CorpusPage("components", "pages/components.html", "Copper; holds a night."),
    CorpusPage("drawing", "pages/drawing.html", "Depths in metres"),
    CorpusPage("article", "pages/article.html", KEEPER),
    CorpusPage("windows-1252", "pages/old.html", KEEPER, encoding="windows-1252"),
    CorpusPage("byte order mark", "pages/marked.html", KEEPER, encoding="utf-8-sig"),
)


def make_all(root: Path, revised: Path, packages: Path) -> None:
    """Fill the folders: every page below `root`, and generated ones after their author's change."""
    shutil.copytree(HANDWRITTEN, root / "pages")
    (root / "pages" / "vendor").mkdir()
    for name, file in (
        ("alpine", "alpinejs/dist/cdn.min.js"),
        ("htmx", "htmx.org/dist/htmx.min.js"),
    ):
        shutil.copy(packages / file, root / "pages" / "vendor" / f"{name}.min.js")
    (root / "dot.svg").write_text(DOT)
    (root / "extra.css").write_text("p { letter-spacing: 0.01em }\n")
    _write_bell(root / "pages" / "bell.wav")
    (root / "pages" / "article.html").write_text(_article(60_000, "utf-8"), "utf-8")
    (root / "pages" / "old.html").write_text(_article(3000, "windows-1252"), "windows-1252")
    marked = _article(3000, "").replace("<meta charset=>\n", "").encode()
    (root / "pages" / "marked.html").write_bytes(codecs.BOM_UTF8 + marked)
    build_all(root, revised)


def _article(size: int, charset: str) -> str:
    """A plain article of about so many characters, the same each time."""
    chance = Random(size)
    head = f"<!DOCTYPE html>\n<html lang=en>\n<head><meta charset={charset}>\n<title>Notes</title></head>"
    parts = [f"{head}\n<body>\n<h1>Notes of a keeper</h1>\n"]
    while sum(map(len, parts)) < size:
        name = words(chance)
        parts.append(f"<section>\n<h2 id='s{len(parts)}'>{name}</h2>\n")
        parts.extend(f"{_long_paragraph(chance)}\n" for _ in range(chance.randint(2, 6)))
        items = "".join(f"<li>{words(chance)}\n" for _ in range(chance.randint(0, 4)))
        parts.append(f"<ul>\n{items}</ul>\n</section>\n")
    return "".join([*parts, "</body>\n</html>\n"])


def _long_paragraph(chance: Random) -> str:
    return paragraph(chance).replace("</p>", f" {words(chance, 10, 50)}.</p>")


def _write_bell(path: Path) -> None:
    """Two seconds of a bell, which any browser can play."""
    rate = 8000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        times = (tick / rate for tick in range(2 * rate))
        swings = (int(9000 * math.exp(-3 * t) * math.sin(2 * math.pi * 440 * t)) for t in times)
        file.writeframes(b"".join(struct.pack("<h", swing) for swing in swings))
