"""What a file of Markdown is to its author: a title, an opening, so many words, a page.

Knows Markdown and the folder. Refuses to know HTTP, and who reads.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

WORDS_A_MINUTE = 220
WORD = re.compile(r"\w+(?:[\u2019'-]\w+)*")
SENTENCE = re.compile(r".+?[.?!…](?=\s|$)|.+", re.DOTALL)

markdown = MarkdownIt("commonmark", {"typographer": True, "html": False}).enable(
    ["table", "strikethrough", "smartquotes", "replacements"]
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was when it was read. `name` is its address, `changed` when it was saved."""

    name: str
    title: str
    opening: str
    words: int
    changed: datetime
    body: Markup

    @property
    def minutes(self) -> int:
        """How long it takes to read."""
        return max(1, round(self.words / WORDS_A_MINUTE))

    def when(self, today: date | None = None) -> str:
        """When it was saved, as one would say it today."""
        days = ((today or datetime.now().astimezone().date()) - self.changed.date()).days
        if days in (0, 1):
            return f"{'yesterday' if days else 'today'} at {self.changed:%H:%M}"
        return f"on {self.changed.day} {self.changed:%B %Y}"


def find_all(folder: Path) -> list[Draft]:
    """The drafts of a folder, the one that was saved last first."""
    found = []
    for path in folder.glob("[!.]*.md"):
        with suppress(OSError):  # it has just been deleted, is a folder, or may not be read
            found.append(load(path))
    return sorted(found, key=lambda draft: (draft.changed, draft.name), reverse=True)


def find(folder: Path, name: str) -> Draft | None:
    """One draft of a folder, if there is one of this name."""
    return next((draft for draft in find_all(folder) if draft.name == name), None)


def load(path: Path) -> Draft:
    """Read a draft. Raises OSError."""
    changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    return parse(path.stem, path.read_text("utf-8", errors="replace"), changed)


def parse(name: str, text: str, changed: datetime) -> Draft:
    """Make a draft of Markdown; one without a heading has its name for a title."""
    tokens = markdown.parse(text)
    titles, paragraphs = list(texts(tokens, "heading_open")), list(texts(tokens, "paragraph_open"))
    return Draft(
        name=name,
        title=next(iter(titles), name),
        opening=SENTENCE.findall(next(iter(paragraphs), "") or " ")[0].strip(),
        words=sum(len(WORD.findall(plain(token))) for token in tokens),
        changed=changed,
        body=Markup(markdown.renderer.render(tokens, markdown.options, {})),  # noqa: S704 - escaped by markdown-it: html is False
    )


def texts(tokens: Iterable[Token], opened_by: str) -> Iterator[str]:
    """The words of each block that begins with such a token."""
    before = ""
    for token in tokens:
        if token.type == "inline" and before == opened_by:
            yield plain(token)
        before = token.type


def plain(token: Token) -> str:
    """The words of a token, without what only says how they look."""
    children = token.children or ()
    breaks = {"softbreak": " ", "hardbreak": " "}
    own = token.content if token.type in ("fence", "code_block") else ""
    return own + "".join(breaks.get(child.type, child.content) for child in children)
