"""The disk as a stream of change sets. Knows files, contents and time; refuses to know HTTP."""

from livereload_sse.watch.changes import Change, ChangeKind, ChangeSet
from livereload_sse.watch.ignore import Ignore
from livereload_sse.watch.tree import Signature, coarse_milliseconds, signature_of
from livereload_sse.watch.watcher import Watcher

__all__ = [
    "Change",
    "ChangeKind",
    "ChangeSet",
    "Ignore",
    "Signature",
    "Watcher",
    "coarse_milliseconds",
    "signature_of",
]
