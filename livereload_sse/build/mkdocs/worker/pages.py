"""Single pages, rendered with what the last whole build has made: navigation, environment, files.

The only place that knows the inside of MkDocs 1.6 and ProperDocs 1.6: `_populate_page` and
`_build_page`. A page is rendered only where that is proven to give what a whole build would:
rendering it *unchanged* gives, to the byte, the file that the whole build has left, and an edit has
changed nothing but its body. Everything else is refused, and left to the whole build.
"""

from __future__ import annotations

import copy
import hashlib
import importlib
import inspect
import logging
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .templates import Compiled

KNOWN = {"mkdocs": ((1, 6), (2, 0)), "properdocs": ((1, 6), (1, 7))}
"""The versions whose inside is known: from the first, and before the second."""

PARAMETERS = {
    "_populate_page": ("page", "config", "files", "dirty"),
    "_build_page": ("page", "config", "doc_files", "nav", "env", "dirty", "excluded"),
}

COMPARED = 256 * 1024
"""Bytes of an asset that are read to tell whether a plugin rewrites it; of a larger one the ends."""

REHEARSED = 3
"""Pages that are proven in the time between two builds."""


class RefusedError(Exception):
    """This page is not to be shown before a whole build; the words say why."""


class Kept:
    """What one whole build has made, and what it takes to make one of its pages again."""

    def __init__(self, package: str, compiled: Compiled) -> None:
        self._package = package
        self._compiled = compiled
        self._commands: Any = importlib.import_module(f"{package}.commands.build")
        self._inclusion: Any = importlib.import_module(f"{package}.structure.files").InclusionLevel
        self._page_class: Any = importlib.import_module(f"{package}.structure.pages").Page
        self.config: Any = None
        self.complete = False
        self._files: Any = None
        self._nav: Any = None
        self._env: Any = None
        self._sources: dict[str, tuple[str, Any]] = {}
        self._written: dict[str, str] = {}
        self._documents: dict[str, Any] = {}
        self._proven: set[str] = set()

    def follow(self, config: Any) -> None:
        """Have everything noted that the coming build makes. Our ears are no plugin: they are not in
        the configuration that templates and other plugins see, and hear what those have made of it.
        """
        self.config = config
        events = config.plugins.events
        events["nav"].append(self._on_nav)
        events["env"].append(self._on_env)
        events["page_markdown"].insert(0, self._on_page_markdown)
        events["post_build"].append(self._on_post_build)

    def finish(self) -> None:
        """The build has ended well: take down what it has left, before others move it."""
        for file in self._files.documentation_pages(inclusion=self._inclusion.is_in_serve):
            if file.abs_src_path is not None and Path(file.abs_dest_path).is_file():
                self._documents[_real(file.abs_src_path)] = file
                self._written[file.src_uri] = _digest(Path(file.abs_dest_path).read_bytes())

    def assets(self) -> dict[str, str]:
        """Find the files that go straight through: source → path in the site."""
        rendered = set(self.config.extra_templates)
        return {
            file.abs_src_path: file.dest_uri
            for file in self._files
            if not file.is_documentation_page()
            and file.abs_src_path is not None
            and file.src_uri not in rendered
            and _same(file.abs_src_path, file.abs_dest_path)
        }

    def render(self, paths: list[str]) -> dict[str, Any]:
        """Render these pages as they are on the disk now, or none of them."""
        try:
            self._check_inside()
            files = [self._document(path) for path in paths]
            with self._aside() as folder:
                for file in files:
                    self._prove(file, folder)
                return {"pages": self._render(files, folder)}
        except RefusedError as refusal:
            return {"why": str(refusal)}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - plugins and extensions raise anything
            return {"why": f"{type(error).__name__}: {error}"}

    def rehearse(self, paths: Iterable[str]) -> None:
        """Prove pages now that may be asked for soon."""
        documents = [file for path in paths if (file := self._documents.get(_real(path)))]
        try:
            self._check_inside()
            with self._aside() as folder:
                for file in documents[:REHEARSED]:
                    self._prove(file, folder)
        except (RefusedError, Exception, SystemExit):  # noqa: BLE001 - said when it is asked for
            return

    def _on_nav(self, nav: Any, **_more: Any) -> None:
        self._nav = nav

    def _on_env(self, env: Any, *, config: Any, files: Any) -> None:
        self._env, self._files, self.config = env, files, config
        self._compiled.lend(env)

    def _on_page_markdown(self, markdown: str, *, page: Any, **_more: Any) -> None:
        """The source, before any plugin has seen it."""
        self._sources[page.file.src_uri] = (markdown, copy.deepcopy(page.meta))

    def _on_post_build(self, **_more: Any) -> None:
        self.complete = True

    def _check_inside(self) -> None:
        version = importlib.import_module(self._package).__version__
        first, end = KNOWN[self._package]
        if not first <= _parsed(version) < end:
            raise RefusedError(f"{self._package} {version} is not known")
        for name, parameters in PARAMETERS.items():
            function = getattr(self._commands, name, None)
            if function is None or tuple(inspect.signature(function).parameters) != parameters:
                raise RefusedError(f"{self._package} {version} has another {name}")

    def _document(self, path: str) -> Any:
        file = self._documents.get(_real(path))
        if file is None:
            raise RefusedError(f"{path} was no page of the last build")
        if type(file.page) is not self._page_class or file.generated_by is not None:
            raise RefusedError(f"{path} is made by a plugin")
        return file

    def _prove(self, file: Any, folder: str) -> None:
        """Render a page from the source that the build has read, and compare with what it left."""
        if file.src_uri in self._proven:
            return
        page, (markdown, meta) = file.page, self._sources[file.src_uri]

        def read_source(_config: Any) -> None:
            page.markdown, page.meta = markdown, copy.deepcopy(meta)

        with _restored(page):
            page.read_source = read_source
            self._commands._populate_page(page, self.config, self._files)  # noqa: SLF001 - as told above
            content = self._written_by(file, folder)
        if content is None or _digest(content) != self._written[file.src_uri]:
            raise RefusedError(f"{file.src_uri} is not made by its template alone")
        self._proven.add(file.src_uri)

    def _render(self, files: list[Any], folder: str) -> dict[str, str]:
        before = [dict(vars(file.page)) for file in files]
        sources = dict(self._sources)
        try:
            for file in files:
                self._populate(file)
            return {file.dest_uri: self._made(file, folder) for file in files}
        except BaseException:
            for file, attributes in zip(files, before):  # noqa: B905 - Python 3.9 has no `strict`
                _restore(file.page, attributes)
            self._sources = sources
            raise

    def _populate(self, file: Any) -> None:
        page = file.page
        title, (_, meta) = page.title, self._sources[file.src_uri]
        self._commands._populate_page(page, self.config, self._files)  # noqa: SLF001 - as told above
        if self._sources[file.src_uri][1] != meta:
            raise RefusedError(f"the front matter of {file.src_uri} is different")
        if page.title != title:
            raise RefusedError(f"the title of {file.src_uri} is different")

    def _made(self, file: Any, folder: str) -> str:
        content = self._written_by(file, folder)
        if content is None:
            raise RefusedError(f"{file.src_uri} makes no page")
        self._written[file.src_uri] = _digest(content)
        return content.decode("utf-8")

    def _written_by(self, file: Any, folder: str) -> bytes | None:
        """Let MkDocs write one page, aside of the site that is served."""
        documents = self._files.documentation_pages(inclusion=self._inclusion.is_in_serve)
        was, aside = file.abs_dest_path, Path(folder) / "page.html"
        file.abs_dest_path = str(aside)
        excluded = file.inclusion.is_excluded()
        try:
            self._commands._build_page(  # noqa: SLF001 - as told above
                file.page, self.config, documents, self._nav, self._env, excluded=excluded
            )
            return aside.read_bytes()
        except FileNotFoundError:
            return None
        finally:
            aside.unlink(missing_ok=True)
            file.abs_dest_path = was

    @contextmanager
    def _aside(self) -> Iterator[str]:
        """Work in a folder of its own, unheard: the whole build that follows says it all again."""
        folder = tempfile.mkdtemp(prefix="sse-reload-page-")
        site, level = self.config.site_dir, logging.root.manager.disable
        self.config.site_dir = folder
        logging.disable(logging.CRITICAL)
        try:
            yield folder
        finally:
            logging.disable(level)
            self.config.site_dir = site
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _restored(page: Any) -> Iterator[None]:
    before = dict(vars(page))
    try:
        yield
    finally:
        _restore(page, before)


def _restore(page: Any, attributes: dict[str, Any]) -> None:
    vars(page).clear()
    vars(page).update(attributes)


def _parsed(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _same(source: str, copied: str) -> bool:
    """Has a file gone through as it is? Large ones are looked at by size and by their ends."""
    try:
        size = Path(source).stat().st_size
        if size != Path(copied).stat().st_size:
            return False
        return all(_part(source, at) == _part(copied, at) for at in {0, max(0, size - COMPARED)})
    except OSError:
        return False


def _part(path: str, at: int) -> bytes:
    with Path(path).open("rb") as file:
        file.seek(at)
        return file.read(COMPARED)
