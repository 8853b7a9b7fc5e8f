"""What goes into the lookout's thread and what comes out of it.

Shapes only; refuses to know who is at either end.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from livereload_sse.watch.changes import ChangeSet


@dataclass(frozen=True, slots=True)
class Question:
    """What changed at or after this moment, by the disk's own times, in milliseconds since 1970?

    `answer` is called in the lookout's thread and returns at once.
    """

    milliseconds: int
    answer: Callable[[ChangeSet], None]


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told. Each function is called in the lookout's thread and returns at once.

    `told`: something is different on disk. `stands`: what happens directly in these folders from
    now on will be seen. `stands_everywhere`: so will what happens anywhere. `released`: a burst has
    been told; call `Lookout.let_go` when that has been heard. `notice`: a line that the user should know.
    """

    told: Callable[[ChangeSet], None]
    stands: Callable[[Collection[str]], None]
    stands_everywhere: Callable[[], None]
    released: Callable[[], None]
    notice: Callable[[str], None]
