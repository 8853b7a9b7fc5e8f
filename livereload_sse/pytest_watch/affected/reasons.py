"""Why these tests? One line for each run, and the whole way for who asks.

Pure words. Refuses to know colours, and what is drawn where. Where the terminal is too narrow names
are left out; how many there are never is.
"""

# Paths are strings here, as in what a run tells.
# ruff: noqa: PTH118, PTH119

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from livereload_sse.lines import printable
from livereload_sse.pytest_watch.affected.choice import Choice, Reason
from livereload_sse.terminal.columns import cut, width_of

MOST_NAMES = 8
"""Names in one line, however wide the terminal is: all of them are there for who asks why."""

MOST_CHANGED = 3
"""Changed files that a header names, the newest first: while something cannot be collected, all that
has been saved since is left to be run.
"""

_ARROW = " → "


def header(
    choice: Choice,
    *,
    counts: Mapping[str, int],
    rootdir: str,
    uncollected: Collection[str] = (),
    width: int = 0,
) -> str:
    """`src/shop/cart.py → 4 of 312 tests`.

    `counts`: test file → how many tests, 0 for one that is known to have none; `uncollected`: test files that could not be collected when
    that was last tried. `width` in columns, 0: as wide as it gets.
    """
    what = _how_many(choice, counts, uncollected)
    room = _left(width, _ARROW + what)
    names = _names([_relative(path, rootdir) for path in choice.changed], room, MOST_CHANGED)
    if room and width_of(names) > room:
        names = _names([_name(path) for path in choice.changed], room, MOST_CHANGED)
    return _cut(f"{names}{_ARROW}{what}" if names else what, width)


def why(choice: Choice, *, rootdir: str, uncollected: Collection[str] = (), width: int = 0) -> str:
    """`test_cart (imports it), test_page (reads home.html)`; where all run, why all."""
    if choice.everything:
        return _cut(printable(choice.everything), width)
    if choice.tests is not None:
        return _why_these_tests(choice, rootdir, width)
    only = len(choice.changed) == 1
    stems = Counter(map(_stem, choice.files))
    groups: dict[tuple[str, str], list[str]] = {}
    for file, reason in choice.files.items():
        name = _stem(file) if stems[_stem(file)] == 1 else _relative(file, rootdir)
        words = _words(reason, only=only, is_uncollected=file in uncollected)
        groups.setdefault(words, []).append(name)
    named = [(name, words) for words, names in groups.items() for name in names]
    return _longest(lambda most: _grouped(named[:most]), len(named), width)


def _why_these_tests(choice: Choice, rootdir: str, width: int) -> str:
    """`test_cart (calls what has changed); others only import it`."""
    tests = choice.tests or frozenset()
    bases = {os.path.normpath(os.path.join(rootdir, test.partition("::")[0])) for test in tests}
    callers = [_stem(file) for file in choice.files if file in bases]
    calls = "calls" if len(callers) == 1 else "call"
    it = "it" if len(choice.changed) == 1 else "them"
    rest = f" ({calls} what has changed); others only import {it}"
    return _cut(_names(callers, _left(width, rest)) + rest, width)


def same_line(paths: Sequence[str], *, rootdir: str, width: int = 0) -> str:
    """`cart.py: same code as before, nothing to run`."""
    code = all(path.endswith(".py") for path in paths)
    what = f": same {'code as ' if code else 'as '}before, nothing to run"
    return _cut(
        _names([_relative(path, rootdir) for path in paths], _left(width, what)) + what, width
    )


def unused_line(
    paths: Sequence[str], *, rootdir: str, is_narrowed: bool = False, width: int = 0
) -> str:
    """`no test reads docs/notes.txt`; `is_narrowed`: there are tests that are not selected."""
    verb = "uses" if any(path.endswith(".py") for path in paths) else "reads"
    what = f"no test {'that is selected ' if is_narrowed else ''}{verb} "
    names = _names([_relative(path, rootdir) for path in paths], _left(width, what))
    return _cut(what + names, width)


def chain(choice: Choice, file: str, *, rootdir: str) -> str:
    """`tests/test_page.py → page.py → home.html`; empty for a file that is not chosen."""
    reason = choice.files.get(file)
    if reason is None:
        return ""
    steps = [_relative(file, rootdir), *map(_name, reason.chain[1:])]
    words = {
        "is": "changed",
        "new": "new",
        "lists": "lists its folder, or one above it",
        "names": "code that it uses names it",
        "map": "by live_watch_map",
        "everything": _feared(reason),
        "unknown": _feared(reason),
        "configuration": choice.everything,
    }.get(reason.how, "")
    return _ARROW.join(steps) + (f" ({printable(words)})" if words else "")


def chains(choice: Choice, *, rootdir: str) -> list[str]:
    """One `chain` for each chosen file, in their order."""
    return [chain(choice, file, rootdir=rootdir) for file in choice.files]


def _words(reason: Reason, *, only: bool, is_uncollected: bool = False) -> tuple[str, str]:
    """What one file does that makes it run, and what several do; `only`: one path has changed."""
    if is_uncollected and reason.how == "unknown":
        return _both("could not be collected")
    name = _name(reason.path)
    it, its = ("it", "its") if only else (name, f"{name}'s")
    if reason.how == "imports" and len(reason.chain) > 2:
        through = f"through {_name(reason.chain[-2])}"
        return _both(through if only else f"{it} {through}")
    return {
        "is": _both("changed"),
        "new": ("is new", "are new"),
        "imports": (f"imports {it}", f"import {it}"),
        "reads": (f"reads {name}", f"read {name}"),
        "lists": (f"lists {its} folder", f"list {its} folder"),
        "names": (f"names {name}", f"name {name}"),
        "starts": (f"starts with {it}", f"start with {it}"),
        "map": _both(f"live_watch_map, for {it}"),
    }.get(reason.how) or _both(_feared(reason))


def _both(words: str) -> tuple[str, str]:
    return words, words


def _feared(reason: Reason) -> str:
    """Say why a file may use the changed one."""
    if reason.how == "unknown":
        return "may use it: never ran to its end"
    return f"may use it: {printable(reason.text)}" if reason.text else "may use it"


def _how_many(choice: Choice, counts: Mapping[str, int], uncollected: Collection[str]) -> str:
    chosen, total = sum(counts.get(file, 0) for file in choice.files), sum(counts.values())
    without = [file for file in choice.files if not counts.get(file)]
    if choice.tests is not None:
        chosen, without = len(choice.tests), []
    if choice.everything and not (total and choice.files):
        return "all tests"
    if not total:
        return _of(len(choice.files), choice.total_files, "file")
    failed = sum(file in uncollected for file in without)
    new = sum(file not in counts and file not in uncollected for file in without)
    empty = len(without) - failed - new
    parts = [
        _of(chosen, total, "test") if chosen or not without else "",
        _plural(new, "new file") if new else "",
        f"{_plural(empty, 'file')} without tests" if empty else "",
        f"{_plural(failed, 'file')} that could not be collected" if failed else "",
    ]
    return _listed([part for part in parts if part])


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _of(some: int, total: int, what: str) -> str:
    if some < total:
        return f"{some} of {_plural(total, what)}"
    return f"all {total} {what}s" if total > 1 else _plural(some, what)


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _grouped(named: Sequence[tuple[str, tuple[str, str]]]) -> str:
    """Write the names that have the same words next to each other."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, words in named:
        groups.setdefault(words, []).append(name)
    return ", ".join(
        f"{', '.join(names)} ({words[0 if len(names) == 1 else 1]})"
        for words, names in groups.items()
    )


def _names(names: Sequence[str], width: int, limit: int = MOST_NAMES) -> str:
    return _longest(lambda most: ", ".join(names[:most]), len(names), width, limit)


def _longest(write: Callable[[int], str], count: int, width: int, limit: int = MOST_NAMES) -> str:
    """Write as many of `count` names as fit, at least one, and how many are left out."""
    for most in range(min(count, limit), 0, -1):
        text = write(most) + (f" and {count - most} more" if most < count else "")
        if not width or width_of(text) <= width or most == 1:
            return text
    return ""


def _left(width: int, text: str) -> int:
    """The columns left beside a text: at least 1, and 0 where there is no end to them."""
    return max(width - width_of(text), 1) if width else 0


def _cut(text: str, width: int) -> str:
    return cut(text, width) if width else text


def _relative(path: str, rootdir: str) -> str:
    """A path as people write it: below the root without that, with slashes."""
    start = os.path.join(rootdir, "")
    return printable(path.removeprefix(start).replace(os.sep, "/"))


def _name(path: str) -> str:
    """A file's name; of a package, its folder's as well."""
    folder, name = os.path.split(path)
    return printable(f"{os.path.basename(folder)}/{name}" if name == "__init__.py" else name)


def _stem(path: str) -> str:
    return _name(path).removesuffix(".py")
