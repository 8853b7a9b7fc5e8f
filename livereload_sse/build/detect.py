"""Which generator is a project made for?

Looks for the marks of the table, and for what the configuration says of folders. Refuses to know
what is run. Nothing of the project is executed.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from livereload_sse.build.generators import GENERATORS, Generator, find_generator
from livereload_sse.build.python_settings import read_path_entries, read_settings
from livereload_sse.errors import GeneratorChoiceError, GeneratorMissingError, NotReadableError

BELOW = ("docs", "doc", "docs/source", "doc/source", "source", "website", "site")
"""Folders that are looked at when the project's own has nothing."""

SAME_FILE = {"mkdocs": ("properdocs", "zensical"), "properdocs": ("mkdocs",)}
"""Generators that read the configuration of another one."""

_READ = 256 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A generator, the project, and the file by which it was recognised.

    `generator` is the row of the table with what the configuration says added to it. `why` is a
    sentence for the user where the choice is not what the file's name says.
    """

    generator: Generator
    project: Path
    config: Path
    why: str = ""


def detect(project: Path, *, wanted: str = "") -> Found:
    """Find the generator of a project: a folder, or its configuration file.

    `wanted` names the one to take. Raises `GeneratorChoiceError` when none or more than one is found,
    `NotReadableError` for a configuration that may not be read.
    """
    project = project.resolve()
    chosen = _wanted(wanted)
    folder = project if project.is_dir() else project.parent
    found = [one for one in _search(project) if chosen is None or one.generator is chosen]
    if not found and chosen is not None:
        found = [Found(chosen, folder, config) for config in _any_configs(project, chosen)][:1]
    if not found:
        raise GeneratorChoiceError(
            f"No configuration of {chosen.title if chosen else 'a generator that is known'}",
            where=str(project),
            hint="Name the generator (--generator NAME), or give the command that builds the site: "
            "sse-reload serve OUTPUT --build 'make html' --watch SOURCES",
        )
    if len({one.generator.name for one in found}) > 1:
        several = ", ".join(f"{one.config.name} ({one.generator.name})" for one in found)
        raise GeneratorChoiceError(
            "More than one generator could build this",
            where=f"{project}: {several}",
            hint=f"Say which: --generator {found[0].generator.name}",
        )
    return _with_details(Found(found[0].generator, folder, found[0].config))


def first_installed(found: Found, find: Callable[[Generator], Path]) -> tuple[Found, Path]:
    """Take the generator that is installed, of those that read the same file.

    `find` says where one is installed, or raises `GeneratorMissingError`; where none is, the error
    is about the one that the file is named after.
    """
    try:
        return found, find(found.generator)
    except GeneratorMissingError:
        for other in map(find_generator, SAME_FILE.get(found.generator.name, ())):
            if other is None:
                continue
            try:
                where = find(other)
            except GeneratorMissingError:
                continue
            why = f"{found.generator.title} is not installed, {other.title} is, and reads the same file"
            return _with_details(Found(other, found.project, found.config, why)), where
        raise


def _wanted(name: str) -> Generator | None:
    if not name:
        return None
    generator = find_generator(name.lower())
    if generator is None:
        raise GeneratorChoiceError(
            "This generator is not known",
            where=name,
            hint=f"Known are: {', '.join(sorted(one.name for one in GENERATORS))}. For any other: "
            "sse-reload serve OUTPUT --build 'command' --watch SOURCES",
        )
    return generator


def _search(project: Path) -> list[Found]:
    """List what is found in the project's folder or, when that has nothing, in the usual ones below."""
    if project.is_file():
        return list(_matches(project.parent, only=project))
    for folder in (project, *(project / name for name in BELOW)):
        found = list(_matches(folder))
        if found:
            return found
    return []


def _matches(folder: Path, only: Path | None = None) -> Iterator[Found]:
    taken: set[Path] = set()
    for generator in GENERATORS:
        config = _config(folder, generator)
        if config is None or config in taken or (only is not None and config != only):
            continue
        taken.add(config)  # two read conf.py: the one whose marks say more comes first
        yield Found(generator, folder, config)


def _config(folder: Path, generator: Generator) -> Path | None:
    for mark in generator.marks:
        for path in sorted(folder.glob(mark.path)):
            if path.is_file() and (not mark.says or re.search(mark.says, _beginning(path))):
                return path
    return None


def _any_configs(project: Path, generator: Generator) -> Iterator[Path]:
    """List files with the right name, whatever they say: the user has named the generator."""
    if project.is_file():
        yield project
        return
    others = (find_generator(name) for name, also in SAME_FILE.items() if generator.name in also)
    marks = [*generator.marks, *(mark for one in others if one for mark in one.marks)]
    for folder in (project, *(project / name for name in BELOW)):
        for mark in marks:
            yield from filter(Path.is_file, sorted(folder.glob(mark.path)))


def _with_details(found: Found) -> Found:
    """Add to the table's row what the configuration says of folders."""
    generator, text = found.generator, _beginning(found.config)
    says = re.search(generator.output_says, text) if generator.output_says else None
    output = says[1].strip() if says else generator.output
    watch = [*generator.watch, *_more_to_watch(generator, text, found.config.parent)]
    return replace(found, generator=replace(generator, watch=tuple(watch), output=output))


def _more_to_watch(generator: Generator, text: str, folder: Path) -> list[str]:
    """List the folders outside of the configuration's own that it names."""
    if not generator.folders:
        return []
    settings = read_settings(text)
    values = [_as_list(settings.get(name)) for name in generator.folders]
    named = [folder / name for names in values for name in names if isinstance(name, str)]
    packages = [one for entry in read_path_entries(text, folder) for one in _packages(entry)]
    own = folder.resolve()
    outside = {
        str(path.resolve())
        for path in [*named, *packages]
        if path.exists() and not path.resolve().is_relative_to(own)
    }
    return sorted(path for path in outside if not own.is_relative_to(path))


def _as_list(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else [value]


def _packages(entry: Path) -> Iterator[Path]:
    """List the packages in a folder of `sys.path`. The folder itself may be all of the repository."""
    for path in sorted(entry.glob("*/__init__.py")):
        yield path.parent


def _beginning(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_READ).decode("utf-8", "replace")
    except PermissionError as error:
        raise NotReadableError(
            "This file may not be read", where=str(path), hint="Change its permissions."
        ) from error
