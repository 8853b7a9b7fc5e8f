"""Edits of attributes, and of what stands in a page's head."""

import random
import re
from html import escape

from tests.browser.corpus.chance import pick, words
from tests.browser.corpus.source import Element, Source

EXTRA_SHEET = '<link rel="stylesheet" href="/extra.css">'
CLASS_NAMES = ("wide", "plain", "lead", "note", "x1", "x2")
NUMBERS = ("x", "y", "cx", "cy", "r", "width", "height", "rx")


def _set(source: Source, element: Element | None, name: str, value: str) -> str | None:
    """Write an attribute, in place of the one of that name where there is one."""
    if element is None:
        return None
    tag = source.text[element.start : element.opened]
    written = f' {name}="{escape(value)}"'
    there = rf"(\s){name}(\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?(?=[\s/>])"
    if element.attributes.get(name, "missing") != "missing":
        tag = re.sub(there, lambda _: written, tag, count=1, flags=re.IGNORECASE)
    else:
        tag = re.sub(r"^<[^\s/>]+", lambda found: found[0] + written, tag)
    return source.replace(element.start, element.opened, tag)


def _unset(source: Source, element: Element, name: str) -> str:
    there = rf"\s{name}(\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?(?=[\s/>])"
    tag = source.text[element.start : element.opened]
    tag = re.sub(there, "", tag, count=1, flags=re.IGNORECASE)
    return source.replace(element.start, element.opened, tag)


def change_attribute(chance: random.Random, source: Source) -> str | None:
    """An attribute that shows, or that does not."""
    name = chance.choice(["title", "lang", "data-note", "aria-label", "hidden"])
    value = {"lang": chance.choice(["en", "fr"]), "hidden": ""}.get(name, words(chance))
    return _set(source, pick(chance, source.find()), name, value)


def remove_attribute(chance: random.Random, source: Source) -> str | None:
    """One of the attributes that these edits add."""
    names = ("title", "lang", "data-note", "aria-label", "hidden", "style")
    pairs = [(one, name) for one in source.find() for name in names if name in one.attributes]
    pair = pick(chance, pairs)
    return _unset(source, *pair) if pair else None


def change_link(chance: random.Random, source: Source) -> str | None:
    """A link leads elsewhere."""
    return _set(source, pick(chance, source.find("a")), "href", f"#to-{chance.randrange(100)}")


def change_field(chance: random.Random, source: Source) -> str | None:
    """What a field says when nobody has typed."""
    return _set(source, pick(chance, source.find("input")), "value", words(chance))


def change_class(chance: random.Random, source: Source) -> str | None:
    """One class name more, or less."""
    element = pick(chance, source.find())
    names = ((element and element.attributes.get("class")) or "").split()
    if names and chance.random() < 0.4:
        names.remove(chance.choice(names))
    else:
        names.insert(chance.randint(0, len(names)), chance.choice(CLASS_NAMES))
    return _set(source, element, "class", " ".join(names))


def change_inline_style(chance: random.Random, source: Source) -> str | None:
    """Declarations of one element's own."""
    element = pick(chance, source.find("p", "li", "h2", "table", "section", "span", "td", "rect"))
    colour = f"rgb({chance.randrange(256)}, {chance.randrange(256)}, 9)"
    value = chance.choice([f"color: {colour}", f"margin-left: {chance.randrange(9)}px; --x: 1"])
    return _set(source, element, "style", value)


def change_drawing(chance: random.Random, source: Source) -> str | None:
    """A number of a drawing."""
    drawn = [one for one in source.find() if one.is_in(frozenset({"svg"}))]
    pairs = [(one, name) for one in drawn for name in NUMBERS if name in one.attributes]
    pair = pick(chance, pairs)
    return _set(source, *pair, str(chance.randrange(1, 60))) if pair else None


def change_title(chance: random.Random, source: Source) -> str | None:
    """The page's title."""
    new = words(chance)
    return re.sub(r"<title>[^<]*</title>", f"<title>{new}</title>", source.text, count=1)


def change_description(chance: random.Random, source: Source) -> str | None:
    """What search engines are told."""
    new = f'<meta name="description" content="{words(chance)}">'
    text, count = re.subn(r'<meta name="description"[^>]*>', new, source.text, count=1)
    return text if count else _add_to_head(source, new)


def change_sheet(chance: random.Random, source: Source) -> str | None:
    """A rule more in the page's own `<style>`, or a new one."""
    rule = f"h1 {{ letter-spacing: {chance.randrange(9)}px }}"
    head, found, rest = source.text.partition("</style>")
    return (
        f"{head}\n{rule}\n{found}{rest}"
        if found
        else _add_to_head(source, f"<style>{rule}</style>")
    )


def toggle_link(_chance: random.Random, source: Source) -> str | None:
    """A linked style sheet comes, or goes."""
    if EXTRA_SHEET in source.text:
        return source.text.replace(EXTRA_SHEET, "", 1)
    return _add_to_head(source, EXTRA_SHEET)


def _add_to_head(source: Source, html: str) -> str | None:
    head, found, rest = source.text.partition("</head>")
    return f"{head}{html}\n{found}{rest}" if found else None


def change_script(chance: random.Random, source: Source) -> str | None:
    """A statement more in one of the page's scripts, or one more script: must run, so must reload."""
    scripts = [
        one
        for one in source.elements
        if one.name == "script"
        and one.attributes.get("type") in (None, "module", "text/javascript")
        and "src" not in one.attributes
    ]
    script = pick(chance, scripts)
    statement = f"\n;window.seen = {chance.randrange(10_000)};\n"
    if script is None:
        return _add_to_head(source, f"<script>{statement}</script>")
    return source.replace(script.closing, script.closing, statement)
