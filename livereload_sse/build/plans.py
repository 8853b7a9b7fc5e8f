"""What is run for one project, and what is watched: the table's words filled in.

Knows the places of one project. Refuses to know processes.
"""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.build.command import Command
from livereload_sse.build.detect import Found
from livereload_sse.build.generators import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one site is built.

    `words` are what is run in `folder`; {output} and {cache} in them are filled in for each build.
    `watch` are absolute paths; `ignore` are patterns as in .gitignore, relative to `project`.
    `output` is the folder that is written where the command decides that itself; it is not watched.
    `unseen` are files of the site that change and do not show.
    """

    title: str
    way: Way
    project: Path
    folder: Path
    words: tuple[str, ...] | str
    watch: tuple[Path, ...]
    ignore: tuple[str, ...] = ()
    output: Path | None = None
    done: re.Pattern[str] | None = None
    unseen: tuple[str, ...] = ()
    python: Path | None = None
    config: Path | None = None

    def command(self, *, output: Path, cache: Path) -> Command:
        """Write the command of one build."""
        places = {"output": str(output), "cache": str(cache)}
        return Command(fill(self.words, places), self.folder)

    @property
    def shown(self) -> str:
        """The command as a person would type it, with the folder to write left open."""
        if isinstance(self.words, str):
            return self.words
        inside = f"{self.folder}{os.sep}"
        words = (Path(self.words[0]).name, *(word.replace(inside, "") for word in self.words[1:]))
        words = tuple("." if word == str(self.folder) else word for word in words)
        return re.sub(r"'(\{\w+\}[\w/]*)'", r"\1", Command(words, self.folder).shown())

    def ignored_below(self, root: Path) -> list[str]:
        """List the patterns for one watched root."""
        patterns = list(self.ignore) if root == self.project else []
        if self.output is not None and self.output.is_relative_to(root):
            patterns.append(_escape(self.output.relative_to(root)))
        return patterns


def plan_for(
    found: Found, *, python: Path | None, program: Path | None, url: str, port: int
) -> Plan:
    """Fill in the table's words for a project."""
    generator, source = found.generator, found.config.parent
    places = {
        "python": str(python or sys.executable),
        "program": str(program or generator.program),
        "config": str(found.config),
        "source": str(source),
        "url": url,
        "bare_url": url.rstrip("/"),
        "port": str(port),
    }
    watched = [Path(os.path.normpath(source / fill_text(one, places))) for one in generator.watch]
    words = tuple(fill_text(word, places) for word in generator.command)
    return Plan(
        title=generator.title,
        way=generator.way,
        project=source,
        folder=source,
        words=words,
        watch=tuple(watched),
        ignore=generator.ignore,
        output=source / generator.output if generator.output else None,
        done=re.compile(generator.done) if generator.done else None,
        unseen=generator.unseen,
        python=python,
        config=found.config,
    )


def fill(words: tuple[str, ...] | str, places: Mapping[str, str]) -> tuple[str, ...] | str:
    """Fill places into a command; what goes through a shell is quoted for it."""
    if isinstance(words, tuple):
        return tuple(fill_text(word, places) for word in words)
    quoted = {name: _quote(value) for name, value in places.items()}
    return fill_text(words, quoted)


def fill_text(text: str, places: Mapping[str, str]) -> str:
    """Fill {name} for the names that are known; any other stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda found: places.get(found[1], found[0]), text)


def _quote(value: str) -> str:
    if sys.platform == "win32":
        return f'"{value}"'
    import shlex  # noqa: PLC0415 - not on Windows

    return shlex.quote(value)


def _escape(relative: Path) -> str:
    text = "".join(f"\\{sign}" if sign in "\\*?[ !#" else sign for sign in relative.as_posix())
    return f"/{text}/"
