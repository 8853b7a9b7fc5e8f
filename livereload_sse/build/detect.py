"""Which generator is a project made for?

Looks for the marks of the table. Refuses to know what is run. Nothing of the project is executed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.build.generators import GENERATORS, Generator, find_generator
from livereload_sse.errors import GeneratorChoiceError

BELOW = ("docs", "doc", "docs/source", "doc/source", "source", "website", "site")
"""Folders that are looked at when the project's own has nothing."""

_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A generator, the project, and the file by which it was recognised."""

    generator: Generator
    project: Path
    config: Path


def detect(project: Path, *, wanted: str = "") -> Found:
    """Find the generator of a project: a folder, or its configuration file.

    `wanted` names the one to take. Raises `GeneratorChoiceError` when none or more than one is found.
    """
    project = project.resolve()
    chosen = _wanted(wanted)
    folder = project if project.is_dir() else project.parent
    found = [one for one in _search(project) if chosen is None or one.generator is chosen]
    if not found and chosen is not None:
        config = project if project.is_file() else _any_config(project, chosen)
        if config is not None:
            return Found(chosen, folder, config)
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
    return Found(found[0].generator, folder, found[0].config)


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


def _any_config(project: Path, generator: Generator) -> Path | None:
    """Find a file with the right name, whatever it says: the user has named the generator."""
    folders = (project, *(project / name for name in BELOW))
    shared = {"zensical": ("mkdocs.y*ml",), "properdocs": ("mkdocs.y*ml",)}
    names = [mark.path for mark in generator.marks] + list(shared.get(generator.name, ()))
    return next(
        (path for folder in folders for name in names for path in sorted(folder.glob(name))), None
    )


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_READ).decode("utf-8", "replace")
