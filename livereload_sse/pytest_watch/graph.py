"""What a test file imports, read from the sources: until it has run, nothing better is known."""

from collections.abc import Iterable, Mapping, Sequence

from livereload_sse.pytest_watch.messages import Use


class Graph:
    """Files below `roots`, found by way of `import_roots` (as on `sys.path`; the nearest folder
    without `__init__.py` above each test file and conftest counts as well). Absolute paths.
    """

    def __init__(self, roots: Sequence[str], import_roots: Sequence[str] = ()) -> None:
        raise NotImplementedError

    def uses(self, test_file: str) -> Mapping[str, Use]:
        """Path → its use. Holds paths as well that are not there and would be imported if they were."""
        raise NotImplementedError

    def uses_of(self, test_files: Iterable[str]) -> Mapping[str, Mapping[str, Use]]:
        """The same for several, with one look at the disk for all of them."""
        raise NotImplementedError
