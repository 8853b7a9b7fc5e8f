"""A warning, as it travels from one process to another that was forked from the same one.

Knows what is shown of a warning. Refuses to import for it: a category that is not known where it
arrives is made up, by its name.
"""

import sys
import warnings
from typing import Any


def pack(warning: warnings.WarningMessage) -> dict[str, Any]:
    """Describe a warning in what JSON knows."""
    return {
        "text": str(warning.message),
        "category": [warning.category.__module__, warning.category.__qualname__],
        "filename": warning.filename,
        "lineno": warning.lineno,
        "line": warning.line,
    }


def unpack(data: dict[str, Any]) -> warnings.WarningMessage:
    """Make a warning again of what `pack` gave."""
    return warnings.WarningMessage(
        message=Warning(data["text"]),
        category=_find(*data["category"]),
        filename=data["filename"],
        lineno=data["lineno"],
        line=data["line"],
    )


def _find(module: str, name: str) -> type[Warning]:
    """Find a category where it is loaded."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if isinstance(found, type) and issubclass(found, Warning):
        return found
    return type(name.rpartition(".")[2], (Warning,), {"__module__": module})
