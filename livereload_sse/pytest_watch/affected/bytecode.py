"""Compiled modules that Python would take for the source beside them, and that may not be.

Python, and pytest for what it rewrites, know a source again by its size and the second in which it
was written. Who saves twice in one second, and changes no more than a digit, gets the code of the
first save: where a run takes a tenth of a second, that happens. Refuses to know who imports what.
"""

import os
from collections import defaultdict
from collections.abc import Iterable

SLACK_NS = 1_000_000_000
"""Nanoseconds that may pass between the reading of a source and the writing of what was compiled."""

_SECOND_NS = 1_000_000_000


def drop_doubtful(sources: Iterable[str]) -> list[str]:
    """Delete what was compiled from these sources in the second of their last change, or soon after.

    Call it when no run goes on any more that could write it again. Returns the paths deleted.
    """
    folders: dict[str, dict[str, int]] = defaultdict(dict)
    for source in sources:
        folder, name = os.path.split(source)
        written = _written_at(source) if name.endswith(".py") else None
        if written is not None:
            folders[os.path.join(folder, "__pycache__")][name.removesuffix(".py")] = written  # noqa: PTH118 - texts
    return [path for folder, names in folders.items() for path in _drop_in(folder, names)]


def _drop_in(folder: str, names: dict[str, int]) -> list[str]:
    dropped = []
    for name in _files_in(folder):
        written = names.get(name.partition(".")[0])
        path = os.path.join(folder, name)  # noqa: PTH118 - texts
        if written is not None and name.endswith(".pyc") and _is_doubtful(path, written):
            dropped.extend(_delete(path))
    return dropped


def _is_doubtful(compiled: str, source_written: int) -> bool:
    made = _written_at(compiled)
    ends = (source_written // _SECOND_NS + 1) * _SECOND_NS
    return made is not None and made < ends + SLACK_NS


def _files_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - texts
    except OSError:
        return []  # nothing was compiled, or not there


def _written_at(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - texts
    except OSError:
        return None


def _delete(path: str) -> list[str]:
    try:
        os.unlink(path)  # noqa: PTH108 - texts
    except OSError:
        return []  # somebody else was faster, or may what we may not
    return [path]
