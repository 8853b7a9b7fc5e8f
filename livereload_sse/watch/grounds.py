"""The folders in our care: which root a path belongs to, what is entered, what is listed.

Joins the rules (`ignore`), the disk (`scan`) and the kernel watches (`arming`) so that a folder is
always covered before it is listed: what happens after that is reported, what happened before is in
the listing. Refuses to know what was told, and when anything is.
"""

# Paths are strings here: each folder of a tree passes, and Path objects are ten times slower.
# ruff: noqa: PTH118, PTH120

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from livereload_sse.watch.arming import Arming
from livereload_sse.watch.ignore import Ignore
from livereload_sse.watch.scan import list_folder, scan, signature_at, status_at
from livereload_sse.watch.tree import Listing, signature_of

_ROUNDS = 20  # of covering what appeared while we were covering; a tree may grow quickly
_SMALL = 4000  # so many folders are covered anew in 20 ms


@dataclass(frozen=True, slots=True)
class Root:
    """A folder, or a single file, to look after; `path` is absolute, as given, with its links."""

    path: str
    ignore: Ignore
    is_file: bool


def parents_of(roots: Iterable[Root]) -> list[str]:
    """Name the folders in which the roots themselves can be replaced, as it is now."""
    places = [place for root in roots for place in (root.path, os.path.realpath(root.path))]
    found = {os.path.dirname(place) for place in places}
    return sorted(found - {root.path for root in roots})


class Grounds:
    """All roots. Without `arming` nothing is covered, only listed."""

    def __init__(
        self, roots: Sequence[Root], arming: Arming | None, *, breathe: Callable[[], None]
    ) -> None:
        self.arming = arming
        self._breathe = breathe
        # The deepest root first: a root within a root has rules of its own.
        self._roots = sorted(roots, key=lambda root: len(root.path), reverse=True)
        self._tops = frozenset(root.path for root in roots)
        self._reals = _where_links_lead(roots)
        self._twins: dict[str, tuple[str, ...]] = {}

    @property
    def tops(self) -> list[str]:
        """The roots that are folders, whether or not they exist now."""
        return [root.path for root in self._roots if not root.is_file]

    @property
    def covered(self) -> Mapping[str, int]:
        """The folders that the kernel watches for us, each with its inode."""
        return self.arming.covered if self.arming is not None else {}

    def root_of(self, path: str) -> Root | None:
        """Find the root that a path belongs to; the path begins with it."""
        for root in self._roots:
            if path == root.path:
                return root
            if not root.is_file and path.startswith(_prefix(root.path)):
                return root
        return None

    def places_of(self, path: str) -> Iterator[str]:
        """Turn a path as reported into the paths below our roots that it stands for.

        The system may report where links lead; and of two paths to one folder, it reports one.
        """
        if self.root_of(path) is not None:
            yield path
        for root, real in self._reals.items():
            if (path + os.sep).startswith(_prefix(real)):
                yield root + path[len(real) :]
        if self._twins:
            folder, name = os.path.split(path)
            yield from (os.path.join(twin, name) for twin in self._twins.get(folder, ()))

    def ignores(self, path: str, *, is_dir: bool) -> bool:
        """Whether a path does not matter; one outside of all roots does not."""
        root = self.root_of(path)
        return root is None or root.ignore.ignores(path, is_dir)

    def unknown_above(self, folder: str) -> str | None:
        """Find the topmost folder at or above this one that is not covered; None if it is."""
        unknown = None
        while folder not in self.covered:
            unknown = folder
            if folder in self._tops:
                break
            folder = os.path.dirname(folder)
        return unknown

    @property
    def exact(self) -> bool:
        """Whether paths are reported letter by letter as the disk has them."""
        return self.arming is None or not self.arming.recursive

    def lose(self, moved: Collection[str]) -> None:
        """Note folders that came or went: a watch on what was there by that name is lost."""
        if self.arming is not None and not self.arming.covered.keys().isdisjoint(moved):
            self.arming.uncover(moved)

    def cover_tops(self) -> dict[str, Listing]:
        """Cover and list the roots themselves, nothing below them."""
        seen = {top: status for top in self.tops if (status := status_at(top)) is not None}
        if self.arming is not None:
            self.arming.cover({top: status.st_ino for top, status in seen.items()})
        lists = {top: list_folder(top) for top in seen}
        return {top: found[0] for top, found in lists.items() if found is not None}

    def begin(self) -> None:
        """Cover all folders there are; what is in them is not looked at."""
        if self.arming is not None and not self.arming.recursive:
            found = self._scan(self.tops, files=False)
            self._cover_anew({folder: listing.folder.inode for folder, listing in found})

    def survey(self, tops: Iterable[str]) -> dict[str, Listing]:
        """List folders and all below them, covering what is not yet.

        Raises OSError when the system has no watches left.
        """
        listings = dict(self._scan(tops))
        for _ in range(_ROUNDS if self.arming is not None else 0):
            fresh = self._uncovered(listings)
            if not fresh:
                break
            self._cover(fresh)
            for folder in fresh:
                self._relist(folder, listings)
        return listings

    def everything(self) -> dict[str, Listing]:
        """List all roots, and let go of the folders that are no longer there."""
        self._reals = _where_links_lead(self._roots)
        listings = self.survey(self.tops)
        if self.arming is not None:
            self.arming.keep(listings)
        for root in self._roots:
            if root.is_file:
                _add_file(root.path, listings)
        return listings

    def list_one(self, folder: str) -> tuple[Listing, list[str]] | None:
        """List one folder, and name the folders in it that matter; None where it is gone."""
        seen = list_folder(folder)
        return seen and (seen[0], [path for path in seen[1] if self._enters(path)])

    def renew(self) -> None:
        """Cover all covered folders with one new set of watches."""
        if self.arming is not None:
            self._cover_anew(dict(self.arming.covered))

    def unite(self) -> None:
        """Join the two sets of watches into one, when it costs little or gains much."""
        if self.arming is not None and self.arming.late:
            count = len(self.arming.covered)
            if count <= _SMALL or self.arming.late > count // 10:
                self.renew()

    def _scan(self, tops: Iterable[str], *, files: bool = True) -> Iterator[tuple[str, Listing]]:
        return scan(tops, enters=self._enters, breathe=self._breathe, files=files)

    def _enters(self, folder: str) -> bool:
        return folder not in self._tops and not self.ignores(folder, is_dir=True)

    def _uncovered(self, listings: Mapping[str, Listing]) -> dict[str, int]:
        covered = self.covered
        return {
            folder: listing.folder.inode
            for folder, listing in listings.items()
            if covered.get(folder) != listing.folder.inode
        }

    def _cover(self, fresh: dict[str, int]) -> None:
        if self.arming is not None:
            self.arming.cover(fresh)
            self._find_twins()

    def _cover_anew(self, folders: dict[str, int]) -> None:
        if self.arming is not None:
            self.arming.cover_anew(folders)
            self._find_twins()

    def _relist(self, folder: str, listings: dict[str, Listing]) -> None:
        """List a folder again now that it is covered; it may have got folders meanwhile."""
        seen = self.list_one(folder)
        if seen is None:
            del listings[folder]
            if self.arming is not None:
                self.arming.uncover({folder})
            return
        listings[folder], subfolders = seen
        listings.update(self._scan(path for path in subfolders if path not in listings))

    def _find_twins(self) -> None:
        """Find the folders that have more than one path here, through a link or a mount."""
        by_inode: dict[int, list[str]] = {}
        for folder, inode in self.covered.items():
            by_inode.setdefault(inode, []).append(folder)
        self._twins = {
            folder: tuple(other for other in folders if other != folder)
            for folders in by_inode.values()
            if len(folders) > 1
            for folder in folders
        }


def _prefix(folder: str) -> str:
    return folder if folder.endswith(os.sep) else folder + os.sep


def _where_links_lead(roots: Iterable[Root]) -> dict[str, str]:
    """Path of a root → its real path, for those where they differ."""
    reals = {root.path: os.path.realpath(root.path) for root in roots}
    return {path: real for path, real in reals.items() if real != path}


def _add_file(path: str, listings: dict[str, Listing]) -> None:
    """Put one file, or its absence, into the listings."""
    folder, name = os.path.split(path)
    signature, status = signature_at(path), status_at(folder)
    if status is not None:
        files = listings.setdefault(folder, Listing(signature_of(status), {})).files
        files.update({} if signature is None else {name: signature})
