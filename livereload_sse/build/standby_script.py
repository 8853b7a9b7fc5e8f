"""What a Python does that stands by: imports a generator ahead of time, waits for the word, and runs it.

    python standby_script.py FILE      then one line on its input: {"module": "sphinx", "words": […]}

`FILE` lists modules (JSON); after a good run it lists those that the run has used. Run by the
project's Python, which may be as old as 3.8, so: the standard library only, and nothing of our own.
Only what is installed is imported ahead, never the project's own modules, which are about to change.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__" and sys.path[0] == os.path.dirname(os.path.abspath(__file__)):  # noqa: PTH100, PTH120 - nothing may be imported before this
    del sys.path[0]  # our own folder, whose names are not for others to import

import importlib
import importlib.util
import json
import runpy
import site
import sysconfig
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

NOT_CLEAN = 3
"""The exit code when something of the project was imported with what was to be imported."""


def main() -> None:
    """Stand by, and run."""
    learned = sys.argv[1]
    before = set(sys.modules)
    silence = Silence()
    import_ahead(_read(learned))
    silence.end()
    if not is_clean(module for name, module in list(sys.modules.items()) if name not in before):
        sys.exit(NOT_CLEAN)
    line = sys.stdin.readline()
    if not line:
        return  # who started us has ended
    request = json.loads(line)
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as `python -m` does, which wants a text
    run(request["module"], request["words"])
    _write(learned, installed(sys.modules.items()))


def run(module: str, words: list[str]) -> None:
    """Run a module as `python -m module words…` does, to the end of a good run."""
    sys.argv = [module, *words]
    sys.excepthook = _as_if_alone
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as error:
        if error.code not in (None, 0):
            raise


def import_ahead(modules: Iterable[str]) -> None:
    """Import modules, as far as they are installed; one that cannot be imported is left for later."""
    for name in modules:
        try:
            if is_installed(_origin(name.partition(".")[0])):
                importlib.import_module(name)
        except BaseException:  # noqa: BLE001, S112 - some exit; the run will say what is wrong
            continue


def installed(modules: Iterable[tuple[str, ModuleType]]) -> list[str]:
    """List those that are installed, in the order in which they were imported."""
    return [
        name
        for name, module in list(modules)
        if not name.endswith("__main__") and is_installed(getattr(module, "__file__", None))
    ]


def is_clean(modules: Iterable[ModuleType]) -> bool:
    """Whether all modules are of Python itself or installed."""
    own = (*_places(), *_standard_places())
    main = sys.modules["__main__"]  # multiprocessing gives it a second name
    files = [getattr(module, "__file__", None) for module in modules if module is not main]
    return all(os.path.abspath(file).startswith(own) for file in files if file)  # noqa: PTH100 - links are kept


def is_installed(file: str | None) -> bool:
    """Whether a module's file is where pip installs."""
    return bool(file) and os.path.abspath(str(file)).startswith(_places())  # noqa: PTH100 - links


def _origin(name: str) -> str | None:
    spec = importlib.util.find_spec(name)
    if spec is None:
        return None
    places = list(spec.submodule_search_locations or [])
    return spec.origin or (places[0] if len(places) == 1 else None)


def _places() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    found = {paths["purelib"], paths["platlib"], *site.getsitepackages()}
    if site.ENABLE_USER_SITE:
        found.add(site.getusersitepackages())
    return tuple(os.path.join(path, "") for path in found)  # noqa: PTH118 - compared as texts


def _standard_places() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple(os.path.join(paths[name], "") for name in ("stdlib", "platstdlib"))  # noqa: PTH118


class Silence:
    """What modules print when they are imported is not the run's output."""

    def __init__(self) -> None:
        self._kept = [os.dup(number) for number in (1, 2)]
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for number in (1, 2):
            os.dup2(nowhere, number)
        os.close(nowhere)

    def end(self) -> None:
        """Print again."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for number, kept in zip((1, 2), self._kept):  # noqa: B905 - Python 3.8 has no `strict`
            os.dup2(kept, number)
            os.close(kept)


def _as_if_alone(kind: type[BaseException], error: BaseException, _traceback: object) -> None:
    """Print a traceback without this file's part of it."""
    shown = error.__traceback__
    while shown is not None and shown.tb_frame.f_code.co_filename == __file__:
        shown = shown.tb_next
    sys.__excepthook__(kind, error.with_traceback(shown), shown)


def _read(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow to import
            names = json.load(file)
    except (OSError, ValueError):
        return []
    return [name for name in names if isinstance(name, str)]


def _write(path: str, names: list[str]) -> None:
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - as above
        json.dump(names, file)


if __name__ == "__main__":
    main()
