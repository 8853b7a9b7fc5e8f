"""What may be imported ahead of a run, and importing it."""

from typing import Any


def preload(names: list[str]) -> dict[str, Any]:
    """Import modules in order; what cannot be imported is left to the run that wants it."""
    import importlib  # noqa: PLC0415

    done = []
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 - whoever needs it will meet the same, where it can be shown
            continue
        done.append(name)
    return {"modules": done}
