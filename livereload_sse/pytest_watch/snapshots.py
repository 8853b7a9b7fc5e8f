"""Which arguments update the snapshots of the plugins that people use.

One table. Refuses to know what a snapshot is.
"""

import sys
from collections.abc import Container

ARGUMENTS = {
    "syrupy": "--snapshot-update",
    "inline_snapshot": "--inline-snapshot=create,fix",
    "pytest_snapshot": "--snapshot-update",
    "snapshottest": "--snapshot-update",
    "pytest_regressions": "--force-regen",
    "pytest_insta": "--insta=update",
}
"""A plugin's module → the argument by which it writes anew what differs."""


def find_update_arguments(loaded: Container[str] | None = None) -> tuple[str, ...]:
    """Give the arguments for the plugins that pytest has loaded in this process before it was taken
    over; two that share one get it once. One that is installed and switched off knows no argument.

    `loaded` are names of modules.
    """
    names = sys.modules if loaded is None else loaded
    found = [argument for module, argument in ARGUMENTS.items() if module in names]
    return tuple(dict.fromkeys(found))
