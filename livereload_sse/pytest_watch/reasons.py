"""Why these tests? One line, and the whole chain for who asks."""

from collections.abc import Mapping, Sequence

from livereload_sse.pytest_watch.choose import Choice


def header(choice: Choice, *, counts: Mapping[str, int], rootdir: str, width: int = 0) -> str:
    """`src/shop/cart.py → 4 of 312 tests`; `width` 0: as long as it gets."""
    raise NotImplementedError


def why(choice: Choice, *, rootdir: str, width: int = 0) -> str:
    """`test_cart (imports it), test_page (reads home.html)`."""
    raise NotImplementedError


def line(choice: Choice, *, counts: Mapping[str, int], rootdir: str, width: int = 0) -> str:
    """`cart.py → 4 of 312 tests: test_cart (imports it), test_page (reads home.html)`."""
    raise NotImplementedError


def same_line(paths: Sequence[str], *, rootdir: str, width: int = 0) -> str:
    """`cart.py: same code as before, nothing to run`."""
    raise NotImplementedError


def unused_line(paths: Sequence[str], *, rootdir: str, width: int = 0) -> str:
    """`no test reads notes.txt`."""
    raise NotImplementedError


def chain(choice: Choice, file: str, *, rootdir: str) -> str:
    """`tests/test_page.py → page.py → home.html`; empty for a file that is not chosen."""
    raise NotImplementedError


def chains(choice: Choice, *, rootdir: str) -> list[str]:
    """One `chain` for each chosen file."""
    raise NotImplementedError
