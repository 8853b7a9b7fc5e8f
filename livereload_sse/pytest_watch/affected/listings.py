"""Which files are in a folder: asked of the disk once in each look, however often it is needed.

Refuses to know what the files are for.
"""

# Paths are strings here: each import of each file asks.
# ruff: noqa: PTH118, PTH208

import os

Names = frozenset[str]


class Listings:
    """The names in folders. Between two calls of `look_again` the disk stands still."""

    def __init__(self) -> None:
        self._names: dict[str, Names] = {}

    def look_again(self) -> bool:
        """Read the known folders again; says whether one differs."""
        before = self._names
        self._names = {folder: _names_in(folder) for folder in before}
        return self._names != before

    def names_in(self, folder: str) -> Names:
        """Give the names in a folder; none for what is not one or may not be read."""
        names = self._names.get(folder)
        if names is None:
            names = self._names[folder] = _names_in(folder)
        return names

    def has(self, path: str) -> bool:
        """Whether a path is there, as a file or a folder."""
        folder, name = os.path.split(path)
        return name in self.names_in(folder)

    def find_folder(self, base: str, below: str) -> str | None:
        """Find the folder `below` (parts with slashes) in `base`, a part after the other."""
        for part in below.split("/"):
            if part not in self.names_in(base):
                return None
            base = os.path.join(base, part)
        return base if self.names_in(base) else None


def _names_in(folder: str) -> Names:
    try:
        return frozenset(os.listdir(folder))
    except OSError:  # a file, gone, or not for us: then nothing can be imported from it
        return frozenset()
