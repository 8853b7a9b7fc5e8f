"""How one gets from a test file to a path that it uses, step by step.

Pure. Refuses to know where the steps are known from.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from livereload_sse.pytest_watch.messages import How


@dataclass(frozen=True, slots=True)
class Way:
    """`how` is the last step's; `chain` goes from the test file to the path, both included."""

    how: How
    chain: tuple[str, ...]


def way_along(path: str, how: How, via: Mapping[str, str], file: str) -> Way:
    """Follow `via` (path → the path that uses it) from `path` back to the test file.

    What is not known of the way is left out: it ends in the test file whatever happens.
    """
    chain = [path]
    while chain[-1] != file:
        before = via.get(chain[-1], "") or file
        chain.append(file if before in chain else before)
    return Way(how, tuple(reversed(chain)))
