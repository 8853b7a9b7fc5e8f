"""Which arguments update the snapshots of the plugins that people use.

One table. Refuses to know what a snapshot is.
"""

import importlib.util
from collections.abc import Callable

ARGUMENTS = {
    "syrupy": "--snapshot-update",
    "inline_snapshot": "--inline-snapshot=create,fix",
    "pytest_snapshot": "--snapshot-update",
    "snapshottest": "--snapshot-update",
    "pytest_regressions": "--force-regen",
    "pytest_insta": "--insta=update",
}
"""A plugin's module → the argument by which it writes anew what differs."""


def find_update_arguments(
    is_installed: Callable[[str], bool] = lambda name: importlib.util.find_spec(name) is not None,
) -> tuple[str, ...]:
    """Give the arguments for the plugins that are installed; two that share one get it once."""
    found = [argument for module, argument in ARGUMENTS.items() if is_installed(module)]
    return tuple(dict.fromkeys(found))
