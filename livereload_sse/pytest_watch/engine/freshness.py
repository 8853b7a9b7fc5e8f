"""What is installed, told apart from what was installed a moment ago: by a few looks at the disk.

Installing, upgrading and removing a package touch the folder that packages are installed in; what an
editable one points to stands in a `.pth` file there. Not seen: a file that somebody edits inside of an
installed package.
"""

import os
from collections.abc import Iterable

Installed = tuple[tuple[str, int], ...]


def installed_state(folders: Iterable[str]) -> Installed:
    """Describe what is installed in these folders; equal as long as nothing was."""
    found: list[tuple[str, int]] = []
    for folder in folders:
        try:
            found.append((folder, os.stat(folder).st_mtime_ns))  # noqa: PTH116 - texts, before each run
            with os.scandir(folder) as entries:
                found.extend(
                    (entry.path, entry.stat().st_mtime_ns)
                    for entry in entries
                    if entry.name.endswith((".pth", ".egg-link"))
                )
        except OSError:
            found.append((folder, -1))  # not there, or no folder
    return tuple(sorted(found))
