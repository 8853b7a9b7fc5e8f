"""Edits of a page's words: text changed, put in, taken out, written otherwise."""

import random
import re
from collections.abc import Sequence

from tests.browser.corpus.chance import pick, words
from tests.browser.corpus.source import Source, Text

CODE = frozenset({"pre", "code"})
VERBATIM = frozenset({"pre", "textarea", "script", "style"})
WORD = re.compile(r"(?<![&#\w])\w+(?![\w;])")
ENTITIES = ("&lt;b&gt;", "caf&eacute;", "&#8212;", "&amp;amp;", "&nbsp;", "R&D", "a&b;", "1 &lt; 2")


def change_word(chance: random.Random, source: Source) -> str | None:
    """Another word for one that is there."""
    return _change_word(chance, source, source.prose())


def change_code(chance: random.Random, source: Source) -> str | None:
    """Another word in a block of code."""
    return _change_word(chance, source, [text for text in source.prose() if _is_in(text, CODE)])


def _is_in(text: Text, names: frozenset[str]) -> bool:
    return text.parent is not None and text.parent.is_in(names)


def _change_word(chance: random.Random, source: Source, texts: Sequence[Text]) -> str | None:
    text = pick(chance, texts)
    found = [] if text is None else list(WORD.finditer(source.text, text.start, text.end))
    word = pick(chance, found)
    return source.replace(*word.span(), words(chance, 1, 2)) if word else None


def add_entities(chance: random.Random, source: Source) -> str | None:
    """Characters that are written as entities, or that look like some."""
    text = pick(chance, source.prose())
    if text is None:
        return None
    place = chance.choice([text.start, text.end])
    return source.replace(place, place, f" {chance.choice(ENTITIES)} {words(chance)} ")


def reindent(chance: random.Random, source: Source) -> str | None:
    """White space between tags as another editor, or another template, writes it."""
    white = [
        text
        for text in source.texts
        if source.text[text.start : text.end].isspace() and not _is_in(text, VERBATIM)
    ]
    if not white:
        return None
    result = source
    for text in sorted(chance.sample(white, min(5, len(white))), key=lambda text: -text.start):
        new = chance.choice(["\n", "\n\n", "\n    ", " ", "\n\t"])
        result = Source(result.replace(text.start, text.end, new))
    return result.text


def join_lines(chance: random.Random, source: Source) -> str | None:
    """No white space at all between two elements."""
    blank = [one for one in source.texts if source.text[one.start : one.end].isspace()]
    text = pick(chance, [one for one in blank if not _is_in(one, VERBATIM)])
    return source.replace(text.start, text.end, "") if text else None


def emphasise(chance: random.Random, source: Source) -> str | None:
    """A word becomes an element in the middle of its text."""
    text = pick(chance, [one for one in source.prose() if not _is_in(one, CODE | {"svg", "math"})])
    found = [] if text is None else list(WORD.finditer(source.text, text.start, text.end))
    word = pick(chance, found)
    tag = chance.choice(["em", "strong", "a", "span", "code"])
    return source.replace(*word.span(), f"<{tag}>{word[0]}</{tag}>") if word else None


def comment(chance: random.Random, source: Source) -> str | None:
    """A note to other authors, before an element."""
    element = pick(chance, source.find("p", "ul", "table", "h2", "section"))
    return (
        source.replace(element.start, element.start, f"<!-- {words(chance)} -->")
        if element
        else None
    )


def rename_everywhere(chance: random.Random, source: Source) -> str | None:
    """A heading's words change wherever they stand: in the title, in menus, in lists of contents."""
    heading = pick(chance, source.find("h1", "h2", "h3"))
    texts = [one for one in source.texts if heading and one.parent is heading]
    name = texts and source.text[texts[0].start : texts[0].end].strip()
    if not name or len(name) < 4:
        return None
    new = words(chance)
    return re.sub(rf"(?<=>)(\s*){re.escape(name)}(?=[^<>]*<)", rf"\g<1>{new}", source.text)
