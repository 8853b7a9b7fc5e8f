"""The words of the command line that mean watching.

Pure. pytest's own parser never hears of them: an option that somebody declares twice stops every run
of a project, so these are taken out before a run begins, and only where nobody else has them.
Refuses to know where else they may have been declared (`taken`).
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from livereload_sse.errors import ConfigurationError

WATCH, ALWAYS = "--watch", "--live-watch"
"""The flag, and the name of it that no conftest is likely to have taken."""

COLD, STANDBY, FUNCTIONS = "--watch-cold", "--watch-standby", "--watch-functions"
PAGE, SHARE, JOBS, TIMEOUT = "--watch-ui", "--watch-share", "--watch-jobs", "--watch-timeout"

VALUED = (SHARE, JOBS, TIMEOUT)
"""The flags after which a value stands."""

FLAGS = (WATCH, ALWAYS, COLD, STANDBY, FUNCTIONS, PAGE, *VALUED)


class Spoken(NamedTuple):
    """What the words say, and those that are somebody else's, in their order.

    `timeout` is in seconds; `share` are addresses of servers. `is_any`: whether any word was ours.
    """

    rest: tuple[str, ...]
    watch: bool = False
    cold: bool = False
    standby: bool = False
    functions: bool = False
    page: bool = False
    share: tuple[str, ...] = ()
    jobs: int = 1
    timeout: float | None = None
    is_any: bool = False


def read(words: Iterable[str], *, taken: Collection[str] = ()) -> Spoken:
    """Tell our words from the others. `taken` are names that somebody else has declared.

    Raises ConfigurationError for a value that is none.
    """
    rest: list[str] = []
    said: dict[str, list[str]] = {}
    left = iter(words)
    for word in left:
        name, is_given, value = word.partition("=")
        if word == "--":
            rest.extend([word, *left])
        elif name not in FLAGS or name in taken or (is_given and name not in VALUED):
            rest.append(word)
        else:
            given = value if is_given or name not in VALUED else next(left, "")
            said.setdefault(name, []).append(given)
    return Spoken(
        rest=tuple(rest),
        watch=WATCH in said or ALWAYS in said,
        cold=COLD in said,
        standby=STANDBY in said,
        functions=FUNCTIONS in said,
        page=PAGE in said,
        share=tuple(map(_address, said.get(SHARE, ()))),
        jobs=_count(said[JOBS][-1]) if JOBS in said else 1,
        timeout=_seconds(said[TIMEOUT][-1]) if TIMEOUT in said else None,
        is_any=bool(said),
    )


def without_flags(words: Iterable[str], *, taken: Collection[str] = ()) -> list[str]:
    """Leave out what means watching, as far as the options end."""
    return list(read(words, taken=taken).rest)


def expanded(words: Sequence[str], read_lines: Callable[[str], Sequence[str]]) -> list[str]:
    """Put the lines of a file of arguments (`@file`) in its place where one of our words is in it.

    `read_lines` gives the lines of a file. Raises OSError when it does; for pytest to tell of, any
    other file of arguments stays what it is.
    """
    return [part for word in words for part in _opened(word, read_lines)]


def is_ours(word: str) -> bool:
    """Say whether a word may be one of ours, or a file that has some: cheaply, for every run asks."""
    return word.startswith(("--watch", "--live-watch", "@"))


def _opened(word: str, read_lines: Callable[[str], Sequence[str]]) -> Iterator[str]:
    lines = read_lines(word[1:]) if word.startswith("@") else ()
    inner = expanded(lines, read_lines)
    if any(line.partition("=")[0] in FLAGS for line in inner):
        yield from inner
    else:
        yield word


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ConfigurationError(
            "A time limit is a number of seconds above 0",
            where=f"{TIMEOUT} {text}".rstrip(),
            hint=f"For half a minute for each test: {TIMEOUT}=30",
        )
    return seconds


def _count(text: str) -> int:
    if text == "auto":
        return os.cpu_count() or 1
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise ConfigurationError(
        "A number of processes is 1 or more",
        where=f"{JOBS} {text}".rstrip(),
        hint=f"For as many as there are cores: {JOBS}=auto",
    )


def _address(text: str) -> str:
    if text.startswith(("http://", "https://")):
        return text
    raise ConfigurationError(
        "A server to share with is named by its address",
        where=f"{SHARE} {text}".rstrip(),
        hint=f"Give the address that its tabs show: {SHARE}=http://localhost:8000",
    )
