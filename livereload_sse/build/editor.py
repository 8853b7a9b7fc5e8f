"""Opening a place of a source in the user's editor, because a page of ours asks for it.

Knows how editors are told a line. A page can name a place only by a key that it was given, and never
what is run: places are below the project, and the command comes from the user.
"""

import asyncio
import os
import re
import secrets
import shlex
import shutil
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.build.command import own_group
from livereload_sse.build.results import Location
from livereload_sse.errors import EditorError

MOST_PLACES = 2000

STAY_TIMEOUT = 1.0
"""Seconds after which an editor that has not ended is taken to be open."""

Which = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor that opens a window of its own: the words to run, with {file}, {line}, {column}."""

    name: str
    words: tuple[str, ...]

    def command(self, location: Location) -> tuple[str, ...]:
        """Write the command for one place. The path is absolute, so it is never an option."""
        facts = {
            "file": str(location.path),
            "line": str(location.line or 1),
            "column": str(location.column or 1),
        }
        return tuple(_fill(word, facts) for word in self.words)


def _editors(words: str, *names: str) -> tuple[Editor, ...]:
    return tuple(Editor(name, (name, *words.split())) for name in names)


EDITORS: tuple[Editor, ...] = (
    *_editors("--goto {file}:{line}:{column}", "code", "code-insiders", "codium", "cursor"),
    *_editors("{file}:{line}:{column}", "zed", "subl", "sublime_text"),
    *_editors("--line {line} --column {column} {file}", "pycharm", "idea", "webstorm"),
    *_editors("--remote-silent +{line} {file}", "gvim", "mvim"),
    *_editors("-n +{line}:{column} {file}", "emacsclient"),
    *_editors("-n{line} -c{column} {file}", "notepad++"),
    *_editors("-l {line}:{column} {file}", "mate", "kate"),
)
"""Editors, by the name of their command; the first that is installed is taken by itself."""

_ALIASES: Mapping[str, str] = {
    "vim": "gvim",
    "vi": "gvim",
    "emacs": "emacsclient",
    "vscode": "code",
}
"""What people call an editor → the command that opens a place in a window."""

_VARIABLES = ("SSE_RELOAD_EDITOR", "VISUAL", "EDITOR")


def find_editor(
    wanted: str,
    *,
    environ: Mapping[str, str] = os.environ,
    which: Which = shutil.which,
) -> Editor | None:
    """Find the editor: the one that is `wanted`, else one of the environment, else one that is there.

    A wanted one is taken as it is. Of the environment's, only those that open a window are: one for
    a terminal has none to open in.
    """
    if wanted:
        return parse_editor(wanted)
    for variable in _VARIABLES:
        editor = _known(environ.get(variable, ""), which)
        if editor is not None:
            return editor
    return next((editor for editor in EDITORS if which(editor.name)), None)


def parse_editor(text: str) -> Editor:
    """Read what the user wants: a name, or a command with {file} and perhaps {line} and {column}."""
    words = _split(text)
    if words and "{file}" in text:
        return Editor(words[0], tuple(words))
    for program in (text, *words[:1]):  # a path with spaces, or a name with options
        stem = Path(program).stem
        name = _ALIASES.get(stem, stem)
        for editor in EDITORS:
            if editor.name == name:
                return Editor(program, (program if name == stem else name, *editor.words[1:]))
    raise EditorError(
        "This editor is not known",
        where=text,
        hint=f"Give one of {', '.join(editor.name for editor in EDITORS)}, or a command with the file"
        " in it: --editor 'edit {file} --line {line}'",
    )


def _known(text: str, which: Which) -> Editor | None:
    """Find an editor that a variable names, if it is one of ours and there."""
    words = _split(text)
    if not words:
        return None
    if any("{file}" in word for word in words):
        return Editor(words[0], tuple(words))
    name = Path(words[0]).stem
    name = _ALIASES.get(name, name)
    found = next((editor for editor in EDITORS if editor.name == name), None)
    return found if found and which(found.words[0]) else None


def _split(text: str) -> list[str]:
    """Split a command into words; none where its quotes are not closed."""
    try:
        return shlex.split(text, posix=os.name != "nt")
    except ValueError:
        return []


class Places:
    """The places of reports, each under a key that nobody can guess; the oldest are forgotten."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._locations: OrderedDict[str, Location] = OrderedDict()
        self._keys: dict[Location, str] = {}

    def key_of(self, location: Location) -> str | None:
        """Give the key of a place; None for one that is not in the project, or not there."""
        if location in self._keys:
            self._locations.move_to_end(self._keys[location])
            return self._keys[location]
        if not self._is_inside(location.path):
            return None
        key = secrets.token_urlsafe(12)
        self._locations[key], self._keys[location] = location, key
        while len(self._locations) > MOST_PLACES:
            del self._keys[self._locations.popitem(last=False)[1]]
        return key

    def find(self, key: str) -> Location | None:
        """Return the place of a key, if it is known and its file still there."""
        location = self._locations.get(key)
        return location if location and self._is_inside(location.path) else None

    def _is_inside(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))
        return real.is_relative_to(os.path.realpath(self._project)) and real.is_file()


async def open_in_editor(editor: Editor | None, location: Location) -> None:
    """Start the editor and leave it to itself. Raises `EditorError` when it cannot be started, or
    ends at once with an error.
    """
    if editor is None:
        raise EditorError(
            "No editor was found that opens in a window",
            hint="Name one when you start the server: --editor code",
        )
    ending: Future[int] = Future()
    # A thread of its own: asyncio ends the processes that it has started, and the editor stays.
    threading.Thread(target=_run, args=(editor, location, ending), daemon=True).start()
    try:
        # Most editors hand the file to a window that is open and end; others stay.
        code = await asyncio.wait_for(asyncio.wrap_future(ending), STAY_TIMEOUT)
    except TimeoutError:
        return
    except OSError as error:
        raise EditorError(
            f"The editor cannot be started ({error.strerror})",
            where=editor.name,
            hint="Name another one when you start the server: --editor code",
        ) from None
    if code:
        raise EditorError(
            f"The editor ended with exit code {code}",
            where=editor.name,
            hint="Try its command in a terminal.",
        )


def _run(editor: Editor, location: Location, ending: "Future[int]") -> None:
    ending.set_running_or_notify_cancel()
    program, *arguments = editor.command(location)
    try:
        process = subprocess.Popen(  # noqa: S603 - what the user has named, with a place that we know
            # Windows starts only an .exe by its bare name, and most editors are a .cmd there.
            [shutil.which(program) or program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=location.path.parent,
            **own_group(),
        )
    except OSError as error:
        ending.set_exception(error)
    else:
        ending.set_result(process.wait())


def _fill(word: str, facts: Mapping[str, str]) -> str:
    return re.sub(r"\{(file|line|column)\}", lambda found: facts[found[1]], word)
