"""What the worker tells, as our own values.

Knows the shapes of `worker.problems`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livereload_sse.build.results import Location, Problem


def problem_from(told: Mapping[str, Any]) -> Problem:
    """Read one problem."""
    place = Location(Path(told["path"]), told["line"], told["column"]) if told["path"] else None
    return Problem(told["severity"], told["message"], place)
