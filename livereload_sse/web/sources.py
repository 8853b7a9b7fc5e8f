"""What was served: the bytes of pages and style sheets, by URL and digest.

A tab that changes its page in place needs the HTML that it was made from, which the disk does not
have any more. Knows how much may be held and what was used last. Refuses to know why it is asked.
"""

from collections import OrderedDict
from typing import NamedTuple

MEMORY_LIMIT = 32 * 1024 * 1024
"""Bytes held at once. What a tab needs and is gone costs it a reload, nothing else."""


class Version(NamedTuple):
    """One version of one file as it was served."""

    digest: str
    raw: bytes


class Sources:
    """Versions of files, the least recently used let go first."""

    def __init__(self, *, memory_limit: int = MEMORY_LIMIT) -> None:
        self._memory_limit = memory_limit
        self._held: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0

    def keep(self, url: str, digest: str, raw: bytes) -> None:
        """Hold what is being served. A file larger than all that may be held is not kept."""
        if len(raw) > self._memory_limit:
            return
        if (url, digest) not in self._held:
            self._held[url, digest] = raw
            self._size += len(raw)
        self._held.move_to_end((url, digest))
        while self._size > self._memory_limit:
            _, dropped = self._held.popitem(last=False)
            self._size -= len(dropped)

    def find(self, url: str, digest: str) -> Version | None:
        """Return one version, if it is still held."""
        raw = self._held.get((url, digest))
        if raw is None:
            return None
        self._held.move_to_end((url, digest))
        return Version(digest, raw)

    def find_other(self, url: str, digest: str) -> Version | None:
        """Return the version used last that is not this one: what was there before a change."""
        for held_url, held_digest in reversed(self._held):
            if held_url == url and held_digest != digest:
                return self.find(url, held_digest)
        return None

    def look_up(self, url: str, digest: str, before: str) -> Version | None:
        """Answer the endpoint: the version with this digest, else the last before that one."""
        return self.find(url, digest) if digest else self.find_other(url, before)
