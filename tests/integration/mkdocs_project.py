"""A MkDocs project that a test writes, and a builder of it."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from livereload_sse.build.mkdocs.builder import MkDocsBuilder, Package
from livereload_sse.build.results import Finished

URL = "http://localhost:8123/docs/"

HEAD = {
    "mkdocs": "site_name: Test\ntheme: mkdocs\n",
    "properdocs": "site_name: Test\ntheme: material\n",
}
"""The first two lines of a configuration; ProperDocs comes without a theme of its own."""


class Project:
    """A folder with `mkdocs.yml` and `docs/`, its builder, and the outputs of its builds."""

    def __init__(self, folder: Path, package: Package = "mkdocs") -> None:
        self.folder = folder
        self.outputs = folder.parent / f"{folder.name}-outputs"
        self.output = self.outputs / "0"
        self.printed: list[str] = []
        self._package: Package = package
        self._number = 0
        self.make_builder()

    def make_builder(self, *, python: str = sys.executable, strict: bool = False) -> MkDocsBuilder:
        self.builder = MkDocsBuilder(
            python=Path(python),
            package=self._package,
            config=self.folder / "mkdocs.yml",
            url=URL,
            strict=strict,
        )
        return self.builder

    def write(self, files: dict[str, str]) -> frozenset[Path]:
        """Write files, and say which, as a watcher would."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            _age(path)
        return frozenset(self.folder / name for name in files)

    async def build(self, changed: frozenset[Path] = frozenset()) -> Finished:
        self._number += 1
        self.output = self.outputs / str(self._number)
        self.output.mkdir(parents=True)
        return await self.builder.build(self.output, changed, self.printed.append)

    async def quick(self, changed: frozenset[Path]) -> dict[str, str] | None:
        shown = await self.builder.quick(changed)
        if shown is None:
            return None
        return {str(path): content.decode() for path, content in shown.items()}

    def page(self, name: str) -> str:
        return (self.output / name).read_bytes().decode()


def _age(path: Path) -> None:
    """As if it had been saved a moment ago: nobody needs to wait for it."""
    then = path.stat().st_mtime - 1
    os.utime(path, (then, then))


@asynccontextmanager
async def project(
    folder: Path, files: dict[str, str], *, config: str = "", package: Package = "mkdocs"
) -> AsyncIterator[Project]:
    """Write a project; its workers have ended when the context ends."""
    made = Project(folder, package)
    made.write({"mkdocs.yml": f"{HEAD[package]}{config}", **files})
    try:
        yield made
    finally:
        await made.builder.close()
