"""A page's source as an author sees it: which characters are an element, which are its text.

Knows where things stand in the text, so that an edit changes these characters and no others;
refuses to repair: an element without an end tag is not found. Browsers parse the result, not we.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

OPAQUE = frozenset(
    {"script", "style", "template", "noscript", "textarea", "title", "head", "iframe"}
)
"""Elements whose inside is not the page's text, or is parsed by other rules."""

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass(eq=False)
class Element:
    """One element with a start tag `[start, opened)` and an end tag `[closing, end)`."""

    name: str
    attributes: dict[str, str | None]
    start: int
    opened: int
    parent: "Element | None"
    closing: int = -1
    end: int = -1

    @property
    def path(self) -> list["Element"]:
        """The element and all that it is in, from the inside out."""
        return [self, *(self.parent.path if self.parent else [])]

    def is_in(self, names: frozenset[str]) -> bool:
        """Is it one of these elements, or inside of one?"""
        return any(element.name in names for element in self.path)


@dataclass(frozen=True, eq=False)
class Text:
    """The characters between two tags."""

    start: int
    end: int
    parent: Element | None


@dataclass
class Source:
    """A page's text with the places of its elements and of the texts between its tags."""

    text: str
    elements: list[Element] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def find(self, *names: str) -> list[Element]:
        """Find the elements of the body that are whole, by name (any when none is given)."""
        return [
            element
            for element in self.elements
            if (not names or element.name in names)
            and not element.is_in(OPAQUE)
            and element.name not in ("html", "body")
        ]

    def prose(self) -> list[Text]:
        """Find the texts that a person can read."""
        return [
            text
            for text in self.texts
            if text.parent
            and not text.parent.is_in(OPAQUE)
            and self.text[text.start : text.end].strip()
        ]

    def of(self, element: Element) -> str:
        """The whole element as written."""
        return self.text[element.start : element.end]

    def replace(self, start: int, end: int, new: str) -> str:
        """The page's text with other characters in one place."""
        return self.text[:start] + new + self.text[end:]


def read(text: str) -> Source:
    """Find the elements and texts of a page."""
    scanner = _Scanner(text)
    scanner.feed(text)
    scanner.close()
    scanner.source.elements = [one for one in scanner.source.elements if one.end > 0]
    return scanner.source


class _Scanner(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = Source(text)
        self._lines = [0]
        for line in text.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._open: list[Element] = []
        self._after = 0  # where the last tag ended, and so a text may begin

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _note_text(self, tag_end: int) -> None:
        parent = self._open[-1] if self._open else None
        start, self._after = self._after, tag_end
        if self._offset() > start:
            self.source.texts.append(Text(start, self._offset(), parent))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._offset()
        opened = start + len(self.get_starttag_text() or "")
        self._note_text(opened)
        parent = self._open[-1] if self._open else None
        element = Element(tag, dict(attrs), start, opened, parent)
        self.source.elements.append(element)
        if tag in VOID:
            element.closing = element.end = opened
        else:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        element = self.source.elements[-1]
        if tag not in VOID:
            self._open.pop()
            element.closing = element.end = element.opened

    def handle_endtag(self, tag: str) -> None:
        start = self._offset()
        end = self.source.text.index(">", start) + 1
        self._note_text(end)
        if any(element.name == tag for element in self._open):
            while self._open[-1].name != tag:
                self._open.pop()  # its end tag was left out, as authors may
            element = self._open.pop()
            element.closing, element.end = start, end

    def handle_comment(self, data: str) -> None:
        self._note_text(self._offset() + len(f"<!--{data}-->"))

    def handle_decl(self, decl: str) -> None:
        self._note_text(self._offset() + len(f"<!{decl}>"))
