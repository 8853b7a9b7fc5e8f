"""All that authors do to a page in this corpus, and how often.

Pure: the page's text in, the edited text out. Refuses to know what becomes of it in a browser.
"""

import random
from collections.abc import Callable, Mapping

from tests.browser.corpus import attribute_edits, text_edits, tree_edits
from tests.browser.corpus.source import Source, read

Edit = Callable[[random.Random, Source], str | None]

EDITS: Mapping[str, Edit] = {
    "word changed": text_edits.change_word,
    "code block edited": text_edits.change_code,
    "entities in text": text_edits.add_entities,
    "reindented": text_edits.reindent,
    "lines joined": text_edits.join_lines,
    "word emphasised": text_edits.emphasise,
    "comment added": text_edits.comment,
    "heading renamed everywhere": text_edits.rename_everywhere,
    "paragraph inserted": tree_edits.insert_paragraph,
    "image added": tree_edits.insert_image,
    "section inserted": tree_edits.insert_section,
    "paragraph removed": tree_edits.remove_paragraph,
    "section removed": tree_edits.remove_section,
    "item removed": tree_edits.remove_item,
    "item moved": tree_edits.move_item,
    "item copied": tree_edits.copy_item,
    "table row added": tree_edits.add_row,
    "element wrapped": tree_edits.wrap,
    "element renamed": tree_edits.rename,
    "attribute changed": attribute_edits.change_attribute,
    "attribute removed": attribute_edits.remove_attribute,
    "link changed": attribute_edits.change_link,
    "field changed": attribute_edits.change_field,
    "class changed": attribute_edits.change_class,
    "inline style changed": attribute_edits.change_inline_style,
    "drawing changed": attribute_edits.change_drawing,
    "title changed": attribute_edits.change_title,
    "description changed": attribute_edits.change_description,
    "style sheet changed": attribute_edits.change_sheet,
    "style sheet linked or not": attribute_edits.toggle_link,
    "script changed": attribute_edits.change_script,
}

MUST_RELOAD = frozenset({"script changed"})
"""Edits whose effect only a fresh load can have."""


def edit(chance: random.Random, text: str, kind: str) -> str | None:
    """Make one edit of a kind; `None` where the page has no place for it, or nothing changes."""
    result = EDITS[kind](chance, read(text))
    return None if result == text else result


class Author:
    """One author at one page: edits it again and again, and sometimes takes an edit back."""

    def __init__(self, chance: random.Random, original: str, revised: str | None = None) -> None:
        self._chance = chance
        self._starts = [original] if revised is None else [original, revised]
        self.texts = [original]

    def edit(self) -> tuple[str, str]:
        """Do something: what it was, and the page's text after it, which is never the one before."""
        while True:
            kind, text = self._try()
            if text is not None and text != self.texts[-1]:
                return kind, self.write(text)

    def write(self, text: str) -> str:
        """Note a text that is the page's now."""
        self.texts.append(text)
        return text

    def _try(self) -> tuple[str, str | None]:
        dice = self._chance.random()
        if dice < 0.06:
            return "begun anew", self._chance.choice(self._starts)
        if dice < 0.14:
            return "undone", self.texts[-2] if len(self.texts) > 1 else None
        kind = self._chance.choice(list(EDITS))
        text = edit(self._chance, self.texts[-1], kind)
        if dice < 0.3 and text is not None:
            return self._twice(kind, text)
        return kind, text

    def _twice(self, kind: str, text: str) -> tuple[str, str | None]:
        other = self._chance.choice(list(EDITS))
        return " and ".join(sorted([kind, other])), edit(self._chance, text, other)


def must_reload(kind: str) -> bool:
    """Is the edit, or one of two, of a kind that cannot be shown in place?"""
    return not MUST_RELOAD.isdisjoint(kind.split(" and "))
