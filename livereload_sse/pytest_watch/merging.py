"""What several changes concern together.

Pure. Refuses to know what of it has run meanwhile.
"""

from typing import TYPE_CHECKING

from livereload_sse.pytest_watch.affected.choose import Choice

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.affected.choose import Reason


def merged(earlier: Choice, later: Choice) -> Choice:
    """Join two choices; the later one's changes, reasons and order come first."""
    files: dict[str, Reason] = {**later.files}
    for file, reason in earlier.files.items():
        files.setdefault(file, reason)
    return Choice(
        changed=tuple(dict.fromkeys([*later.changed, *earlier.changed])),
        files=files,
        everything=later.everything or earlier.everything,
        unused=later.unused,
        total_files=max(earlier.total_files, later.total_files),
        first=tuple(dict.fromkeys([*later.first, *earlier.first])),
        tests=_joined(earlier, later),
    )


def _joined(earlier: Choice, later: Choice) -> frozenset[str] | None:
    """Join what two choices are narrowed to; one that is empty says nothing."""
    narrowed = [choice.tests for choice in (earlier, later) if choice.files or choice.everything]
    if not narrowed or None in narrowed:
        return None
    return frozenset().union(*(tests for tests in narrowed if tests is not None))
