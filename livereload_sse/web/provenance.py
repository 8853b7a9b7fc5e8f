"""Which URL is which file, without being told: what was served has the bytes of a file that is watched.

Knows names, digests and, for a proof, the content of a file. Refuses to know who serves it, and what
becomes of an answer: it is told of each, and proves in a thread what nobody waits for. A URL that is
not proven costs a reload where a swap would have done, nothing else.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple
from urllib.parse import unquote

from livereload_sse.digest import digest
from livereload_sse.errors import DecodingError
from livereload_sse.web.decoded import Decoded, Identity

LARGEST = 2 * 1024 * 1024
"""Bytes of an answer that is looked at: a larger image is not what somebody edits all day."""

MOST_URLS = 4096
"""URLs that are remembered; the one served longest ago is let go."""

MOST_CLAIMS = 256
"""Answers that wait to be proven; the oldest is let go, and comes again with its next request."""

MOST_FILES = 8
"""Files that one URL may stand for: the copy that is served and those that it is made from."""

MOST_READ = 64
"""Files that are read to prove one answer."""

SUFFIXES = frozenset(
    {
        "css",
        *("png", "apng", "jpg", "jpeg", "gif", "webp", "avif", "jxl", "svg", "ico", "bmp"),
        *("woff", "woff2", "ttf", "otf", "eot"),
    }
)
"""What a page can be shown anew without a reload: styles, images, fonts."""

_SEPARATORS = ".-_~"
_SHORTEST_MARK, _LONGEST_MARK = 4, 65  # `-3f2a` … `.` and a SHA-256 in hexadecimal


class Claim(NamedTuple):
    """What was served at a URL: its digest, and its size in bytes where that is known."""

    url: str
    digest: str
    size: int | None


class Proof(NamedTuple):
    """The files that a URL stands for, as far as an answer with this digest has shown."""

    digest: str
    files: tuple[Path, ...]


class Recording:
    """The digest of one answer's body, as it passes; `decoding` undoes its Content-Encoding."""

    __slots__ = ("_decoding", "_hash", "size")

    def __init__(self, decoding: Decoded | None = None) -> None:
        self._decoding = decoding or Identity()
        self._hash = blake2b(digest_size=8)  # as `digest` does
        self.size = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the body, as it is sent."""
        if 0 <= self.size <= LARGEST:
            self._take(self._decoding.feed, piece)

    def finish(self) -> str | None:
        """Name the content; None for one that was empty, too large, or damaged."""
        if 0 <= self.size <= LARGEST:
            self._take(lambda _: self._decoding.finish(), b"")
        return self._hash.hexdigest() if 0 < self.size <= LARGEST else None

    def _take(self, decode: Callable[[bytes], bytes], piece: bytes) -> None:
        try:
            content = decode(piece)
        except DecodingError:
            self.size = -1
            return
        self.size += len(content)
        self._hash.update(content)


class Provenance:
    """Learns from answers where the watched files are served.

    `find` names the watched files of a base name; it is called in another thread. `wants`, `is_new`
    and `learn` may be called in any thread: those of a WSGI server make its answers.
    """

    def __init__(
        self, *, find: Callable[[str], Sequence[Path]], most_urls: int = MOST_URLS
    ) -> None:
        self._find = find
        self._most_urls = most_urls
        self._claims: OrderedDict[str, Claim] = OrderedDict()
        self._claimed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._proofs: OrderedDict[str, Proof] = OrderedDict()
        self._urls: dict[Path, dict[str, None]] = {}  # a dict keeps the order in which they came
        self._asked: OrderedDict[str, None] = OrderedDict()

    def wants(self, path: str, content_type: str, length: int | None) -> bool:
        """Say whether an answer may show a file's bytes; asked for each. `length`: as announced."""
        if not may_be_shown(path) or (length is not None and not 0 < length <= LARGEST):
            return False
        kind = content_type.partition(";")[0].strip().lower()
        return kind.startswith(("image/", "font/", "application/")) or kind in ("text/css", "")

    def is_new(self, url: str) -> bool:
        """Say so the first time that a URL is asked for: then its bytes are needed, and the word
        that they have not changed is no answer.
        """
        with self._lock:
            is_new = url not in self._asked
            self._asked[url] = None
            self._asked.move_to_end(url)
            if len(self._asked) > self._most_urls:
                self._asked.popitem(last=False)
        return is_new

    def learn(self, url: str, digest: str, *, size: int | None = None) -> None:
        """Note what was served at a URL (canonical, without its query), to be proven later."""
        with self._lock:
            known = self._proofs.get(url)
            if known is not None and known.digest == digest:
                self._proofs.move_to_end(url)
                return
            self._claims[url] = Claim(url, digest, size)
            self._claims.move_to_end(url)
            if len(self._claims) > MOST_CLAIMS:
                self._claims.popitem(last=False)
        self._stir()

    def take(self, url: str, path: Path) -> None:
        """Learn from a server that says which file it sends: no proof is needed."""
        self._keep(url, Proof("", (path,)))

    def urls(self, path: Path) -> tuple[str, ...]:
        """Name the URLs at which a file is served, as far as they are known."""
        return tuple(self._urls.get(path, ()))

    async def prove(self) -> None:
        """Prove what was served until now; what cannot be is forgotten."""
        self._claimed.clear()
        with self._lock:
            claims, self._claims = list(self._claims.values()), OrderedDict()
        for url, proof in await asyncio.to_thread(self._prove_all, claims):
            self._keep(url, proof)

    async def keep_proving(self) -> None:
        """Prove what is served, for as long as this task is let run."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._claimed.wait()
            await self.prove()

    def _stir(self) -> None:
        """Wake whoever keeps proving; a loop that has ended has nobody."""
        if self._loop is None:
            self._claimed.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._claimed.set)

    def _prove_all(self, claims: Iterable[Claim]) -> list[tuple[str, Proof]]:
        proven = ((claim, prove(claim, self._find)) for claim in claims)
        return [(claim.url, Proof(claim.digest, files)) for claim, files in proven if files]

    def _keep(self, url: str, proof: Proof) -> None:
        """Remember a proof. Those of before stay: the file of before may only have changed since."""
        with self._lock:
            before = self._proofs.get(url)
            files = dict.fromkeys((*proof.files, *(before.files if before else ())))
            self._forget(url)
            self._proofs[url] = Proof(proof.digest, tuple(files)[:MOST_FILES])
            for path in self._proofs[url].files:
                self._urls.setdefault(path, {})[url] = None
            if len(self._proofs) > self._most_urls:
                self._forget(next(iter(self._proofs)))

    def _forget(self, url: str) -> None:
        proof = self._proofs.pop(url, None)
        for path in proof.files if proof else ():
            urls = self._urls[path]
            del urls[url]
            if not urls:
                del self._urls[path]


def may_be_shown(path: str) -> bool:
    """Say whether the path of a URL ends as a style, an image or a font does."""
    return find_suffix(path) in SUFFIXES


def find_suffix(path: str) -> str:
    """Find what follows the last dot of a path, where it is as short as that of a known file; else
    nothing.
    """
    at = path.rfind(".", -6)  # asked of each request, most of which have none
    return "" if at < 0 else path[at + 1 :].lower()


def prove(claim: Claim, find: Callable[[str], Sequence[Path]]) -> tuple[Path, ...]:
    """Find the files with these bytes: of the same name, else of the name without a mark.

    Of several the ones that lie as the URL says: `/static/css/main.css` is rather
    `shop/static/css/main.css` than `old/main.css`. Those that lie alike are all of them.
    """
    parts = unquote(claim.url, errors="surrogateescape").split("/")
    left = MOST_READ
    for name in candidate_names(parts[-1]):
        tail = [*parts[:-1], name]
        found = sorted(find(name), key=lambda path: -likeness(path, tail))[:left]
        left -= len(found)
        for _, alike in groupby(found, key=lambda path: likeness(path, tail)):
            files = tuple(path for path in alike if _has(path, claim))
            if files:
                return files
    return ()


def likeness(path: Path, tail: Sequence[str]) -> int:
    """Count the names in which the ends of two paths agree."""
    count = 0
    for one, other in zip(reversed(path.parts), reversed(tail), strict=False):
        if one != other:
            break
        count += 1
    return count


def candidate_names(name: str) -> Iterator[str]:
    """Name the files that may be served under a name: it, and it without a mark of its content.

    Tools put a digest into names: `main.3f2a9c1b.css`, `main-B_x-12ab.css`, `3f2a9c1b-main.css`. Any
    part that could be one is left out in turn; the bytes decide.
    """
    yield name
    stem, dot, suffix = name.rpartition(".")
    cuts = [0, *(at for at, letter in enumerate(stem) if letter in _SEPARATORS)][:9]
    ends = [*cuts[1:], len(stem)]
    for begin in reversed(cuts):
        for end in reversed(ends):
            if _SHORTEST_MARK <= end - begin <= _LONGEST_MARK:
                rest = stem[:begin] + stem[end if begin else end + 1 :]
                if rest:
                    yield rest + dot + suffix


def _has(path: Path, claim: Claim) -> bool:
    """Whether a file has the bytes that were served. One that cannot be read has not."""
    with suppress(OSError):
        status = path.stat()
        size = status.st_size
        if S_ISREG(status.st_mode) and size <= LARGEST and claim.size in (None, size):
            return digest(path.read_bytes()) == claim.digest
    return False
