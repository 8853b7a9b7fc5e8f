"""Who it is that uses something: the nearest code of the project on the stack.

Knows frames. Refuses to know what is used.
"""

from collections.abc import Iterator
from types import FrameType
from typing import NamedTuple

from livereload_sse.pytest_watch.recorder.ledger import AT_IMPORT
from livereload_sse.pytest_watch.recorder.places import Places

MODULE = "<module>"
"""The name of the code that a module is made of."""

CONFTEST = "conftest.py"


class Caller(NamedTuple):
    """The nearest frame of the project, and the file it belongs to."""

    file: str
    frame: FrameType

    @property
    def name(self) -> str:
        """The outermost function or class in whose code it is, or `AT_IMPORT`.

        What a function does while its own file is being imported belongs to the import.
        """
        code = self.frame.f_code
        if code.co_name == MODULE or any(
            above.f_code.co_name == MODULE and above.f_code.co_filename == code.co_filename
            for above in frames_above(self.frame)
        ):
            return AT_IMPORT
        return code.co_qualname.partition(".")[0]


def frames_above(frame: FrameType | None) -> Iterator[FrameType]:
    """Go through a stack from this frame outwards."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def find_caller(frame: FrameType | None, places: Places) -> Caller | None:
    """Find the nearest frame of the project."""
    source_of = places.source_of
    while frame is not None:
        if file := source_of(frame.f_code.co_filename):
            return Caller(file, frame)
        frame = frame.f_back
    return None


def first_beyond(frame: FrameType | None, *packages: str) -> FrameType | None:
    """Find the nearest frame that is not of one of these packages of the standard library."""
    for above in frames_above(frame):
        if module_of(above).partition(".")[0] not in packages:
            return above
    return None


def module_of(frame: FrameType) -> str:
    """Give the name of the module whose code runs in a frame."""
    name = frame.f_globals.get("__name__")
    return name if isinstance(name, str) else ""


def is_within_import(frame: FrameType | None, caller: Caller | None) -> bool:
    """Whether a module that is not the project's is being imported below the project's frame."""
    for above in frames_above(frame):
        if caller is not None and above is caller.frame:
            return False
        if above.f_code.co_name == MODULE:
            return True
    return False


def is_conftest_import(caller: Caller, places: Places) -> bool:
    """Whether all this happens because a conftest is being imported."""
    ours = [one for one in frames_above(caller.frame) if places.source_of(one.f_code.co_filename)]
    code = ours[-1].f_code
    return code.co_name == MODULE and code.co_filename.endswith(CONFTEST)
