"""What an author might write: words and small pieces of HTML, drawn from a seeded generator.

All words are in windows-1252 too, so that any page of the corpus can hold them.
"""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

WORDS = ("lamp", "bell", "fog", "tide", "mast", "rope", "café", "light", "gale", "naïve", "£5")


def words(chance: random.Random, least: int = 1, most: int = 6) -> str:
    """Some words; the number makes most of them unlike any other on the page."""
    chosen = chance.choices(WORDS, k=chance.randint(least, most))
    return " ".join([*chosen, str(chance.randrange(1000))])


def paragraph(chance: random.Random) -> str:
    """A paragraph with an element and entities in it."""
    return f"<p>{words(chance)} <em>{words(chance)}</em> &amp; {words(chance)}&hellip;</p>"


def pick(chance: random.Random, options: Sequence[T]) -> T | None:
    """One of them, or `None` where there is none."""
    return chance.choice(options) if options else None
