"""How many columns a text takes on a terminal, and how to cut or spell it so that it fits.

Pure. Refuses to know what is drawn, and where.
"""

import unicodedata

VARIATION = "\N{VARIATION SELECTOR-16}"
"""Makes a small sign an emoji, which takes a column more."""

_PLAINER = str.maketrans("·…│┆→", "-~||>")


def width_of(text: str) -> int:
    """Count the columns of a text: letters of East Asia take two, marks on a letter none."""
    return sum(map(_columns, text))


def cut(text: str, width: int) -> str:
    """Cut a text to so many columns, with an ellipsis where something is left out."""
    if width_of(text) <= width:
        return text
    kept, used = [], 0
    for sign in text:
        used += _columns(sign)
        if used > width - 1:
            break
        kept.append(sign)
    return "".join(kept) + "…"


def spelt(text: str, encoding: str) -> str:
    """Spell what this encoding cannot carry, column by column, so that a line stays as wide."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(map(_one_spelt, text, [encoding] * len(text)))
    return text


def _one_spelt(sign: str, encoding: str) -> str:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        plainer = sign.translate(_PLAINER)
        return plainer if plainer != sign else "?" * _columns(sign)
    return sign


def _columns(sign: str) -> int:
    if sign == VARIATION:
        return 1
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"F", "W"} else 1
