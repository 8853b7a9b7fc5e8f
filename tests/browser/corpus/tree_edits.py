"""Edits of a page's structure: elements put in, taken out, moved, copied, wrapped."""

import random
import re

from tests.browser.corpus.chance import paragraph, pick, words
from tests.browser.corpus.source import Element, Source

BLOCKS = ("p", "ul", "ol", "table", "pre", "blockquote", "h2", "h3", "dl", "section", "details")
SECTIONS = ("section", "ul", "ol", "table", "pre", "blockquote", "dl", "details", "aside", "div")


def insert_paragraph(chance: random.Random, source: Source) -> str | None:
    """A new paragraph after something."""
    return _insert_after(source, pick(chance, source.find(*BLOCKS)), paragraph(chance))


def insert_image(chance: random.Random, source: Source) -> str | None:
    """A picture after a paragraph."""
    image = (
        f'<img src="/dot.svg" width="{chance.randint(8, 80)}" height="20" alt="{words(chance)}">'
    )
    return _insert_after(source, pick(chance, source.find("p")), image)


def insert_section(chance: random.Random, source: Source) -> str | None:
    """A heading with all that belongs to it."""
    name = f"new-{chance.randrange(10_000)}"
    html = (
        f'\n<section id="{name}"><h2>{words(chance)}</h2>\n{paragraph(chance)}\n'
        f"<ul>\n<li>{words(chance)}</li>\n<li>{words(chance)}</li>\n</ul></section>\n"
    )
    return _insert_after(source, pick(chance, source.find("p", "section", "table")), html)


def _insert_after(source: Source, element: Element | None, html: str) -> str | None:
    return source.replace(element.end, element.end, html) if element else None


def remove_paragraph(chance: random.Random, source: Source) -> str | None:
    """One paragraph less."""
    return _remove(source, pick(chance, source.find("p")))


def remove_section(chance: random.Random, source: Source) -> str | None:
    """A section, a list, a table less, if it is a small part of the page."""
    small = [one for one in source.find(*SECTIONS) if one.end - one.start < len(source.text) / 5]
    return _remove(source, pick(chance, small))


def remove_item(chance: random.Random, source: Source) -> str | None:
    """One entry of a list, row of a table or mark of a drawing less."""
    return _remove(source, pick(chance, source.find("li", "tr", "circle", "use", "dd")))


def _remove(source: Source, element: Element | None) -> str | None:
    return source.replace(element.start, element.end, "") if element else None


def move_item(chance: random.Random, source: Source) -> str | None:
    """An entry of a list, or a row, goes to another place among its neighbours."""
    item = pick(chance, source.find("li", "tr", "circle", "p", "section"))
    others = item and [
        one for one in source.find(item.name) if one.parent is item.parent and one is not item
    ]
    other = pick(chance, others or [])
    if item is None or other is None:
        return None
    if other.start > item.start:
        between = source.text[item.end : other.end]
        return source.replace(item.start, other.end, between + source.of(item))
    between = source.text[other.start : item.start]
    return source.replace(other.start, item.end, source.of(item) + between)


def copy_item(chance: random.Random, source: Source) -> str | None:
    """The same once more: neighbours that cannot be told apart."""
    item = pick(chance, source.find("li", "p", "tr", "circle", "use"))
    return source.replace(item.end, item.end, source.of(item)) if item else None


def add_row(chance: random.Random, source: Source) -> str | None:
    """A row of a table, with as many cells as the one before it."""
    row = pick(chance, source.find("tr"))
    cells = re.findall(r"<t([dh])\b", source.of(row)) if row else []
    html = "".join(f"<t{cell}>{words(chance)}</t{cell}>" for cell in cells)
    return source.replace(row.end, row.end, f"\n<tr>{html}</tr>") if row else None


def wrap(chance: random.Random, source: Source) -> str | None:
    """An element goes into a new one."""
    element = pick(chance, source.find("p", "ul", "table", "pre"))
    if element is None:
        return None
    html = f"<div class='wrap'>{source.of(element)}</div>"
    return source.replace(element.start, element.end, html)


def rename(chance: random.Random, source: Source) -> str | None:
    """An element becomes one of another name."""
    names = {"h2": "h3", "h3": "h2", "em": "strong", "strong": "em", "ul": "ol", "ol": "ul"}
    element = pick(chance, source.find(*names))
    if element is None:
        return None
    new, whole = names[element.name], source.of(element)
    whole = re.sub(rf"^<{element.name}", f"<{new}", whole, flags=re.IGNORECASE)
    whole = re.sub(rf"</{element.name}\s*>$", f"</{new}>", whole, flags=re.IGNORECASE)
    return source.replace(element.start, element.end, whole)
