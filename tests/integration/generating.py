"""Small sites as dictionaries, for tests of generations: written, read, shown."""

import shutil
from pathlib import Path, PurePosixPath

from livereload_sse.build.generations import Generations
from livereload_sse.build.manifest import Difference

Site = dict[str, str]

INDEX = PurePosixPath("index.html")


class Clock:
    """Milliseconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000

    def __call__(self) -> int:
        return self.now


def write(folder: Path, site: Site) -> Path:
    """Make a folder hold exactly these files."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return add(folder, site)


def add(folder: Path, site: Site) -> Path:
    for name, text in site.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, errors="surrogateescape")
    return folder


def read(folder: Path | None) -> Site:
    assert folder is not None
    return {
        path.relative_to(folder).as_posix(): path.read_text(errors="surrogateescape")
        for path in folder.rglob("*")
        if path.is_file()
    }


def told(differences: tuple[Difference, ...]) -> list[str]:
    return [f"{one.kind} {one.path}" for one in differences]


async def show_fresh(generations: Generations, site: Site) -> list[str]:
    return told(await generations.show(add(generations.stage(), site)))
