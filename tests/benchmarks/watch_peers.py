"""Who else runs tests again on a save: how they are installed, started, and when they are done.

Each has an environment of its own beside the user's caches, made once. The watchers of pytest get the
sample project and what it imports; jest and vitest get a project of their own, of thirty trivial test
files, and so do we once more beside them.
"""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from tests.environments import environment
from tests.pytest_sample import NEEDED, make_sample

SUMMARY = r"= \d+ passed[^\n]* in [\d.]+s"
"""All of them passed; a watcher whose tests fail is not set up as it should be."""

FIRST = r"\.py (?:\x08|\s)*[.F]"
NPM = ("vitest@4", "jest@30")
FILES = 30


@dataclass(frozen=True, slots=True)
class Watcher:
    """A program that watches: its command, the project it gets, and its words for an end.

    `test_file` is the file that is saved, below the project's folder; `first` matches the first
    result of a test, where it shows one; `ready` what it says once it waits, where that is another.
    """

    name: str
    command: tuple[str, ...]
    make: Callable[[Path], object]
    test_file: str = "tests/features/test_feat_03.py"
    summary: str = SUMMARY
    first: str = FIRST
    ready: str = ""


def commands(name: str, *packages: str, with_ours: bool = False) -> Path:
    """Install a watcher beside what the sample imports; returns the folder of its commands."""
    return environment(f"watch-{name}", ["pytest", *NEEDED, *packages], with_ours=with_ours)


def sample(folder: Path) -> None:
    make_sample(folder, heavy=True)


def ours(*options: str, name: str = "") -> Watcher:
    """Give `pytest --watch`, installed as this tree is."""
    folder = commands("ours", with_ours=True)
    return Watcher(
        name or " ".join(["pytest --watch", *options]),
        (str(folder / "pytest"), "--live-watch", *options),
        sample,
    )


def plain() -> Watcher:
    """Give the pytest that does not know us, which runs once and ends."""
    folder = commands("ours", with_ours=True)
    return Watcher("pytest", (str(folder / "pytest"), "-p", "no:sse-reload"), sample)


def python_peers() -> list[Watcher]:
    """Everybody who runs pytest again."""
    # With watchdog 7, which a fresh install brings, pytest-watcher notices no save at all.
    watcher = commands("pytest-watcher", "pytest-watcher", "watchdog<7")
    watch = commands("pytest-watch", "pytest-watch")
    xdist = commands("xdist", "pytest-xdist")
    return [
        Watcher("pytest-watcher, watchdog<7", (str(watcher / "ptw"), ".", "--now"), sample),
        Watcher("pytest-watch", (str(watch / "ptw"),), sample),
        Watcher("xdist -f", (str(xdist / "pytest"), "-f"), sample, ready="waiting for changes"),
    ]


def trivial_peers() -> list[Watcher]:
    """The watchers of JavaScript, and ourselves on a project as small as theirs."""
    trivial = ours(name="pytest --watch, trivial project")
    mine = Watcher(trivial.name, trivial.command, write_trivial_python, "test_03.py")
    if shutil.which("npm") is None:
        return [mine]
    modules = npm_modules()
    vitest = ("node", str(modules / "vitest" / "vitest.mjs"), "--watch")
    jest = ("node", str(modules / "jest" / "bin" / "jest.js"), "--watch")
    return [
        mine,
        Watcher(
            "vitest", vitest, lambda folder: write_trivial_javascript(folder, modules, VITEST),
            "test/t03.test.js", r"Duration  \d", "", "Waiting for file changes",
        ),
        Watcher(
            "jest --watch", jest, lambda folder: write_trivial_javascript(folder, modules, JEST),
            "test/t03.test.js", r"Ran all test suites", "", "Press (w|a|p)|Usage",
        ),
    ]  # fmt: skip


def npm_modules() -> Path:
    """Install vitest and jest, once."""
    folder = user_cache_path("sse-reload-benchmarks", ensure_exists=True) / "watch-npm"
    modules = folder / "node_modules"
    if not all((modules / package.split("@")[0]).is_dir() for package in NPM):
        quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder))
        folder.mkdir(exist_ok=True)
        subprocess.run(["npm", "install", *quiet, *NPM], check=True, stdout=subprocess.DEVNULL)
    return modules


def write_trivial_python(folder: Path) -> None:
    for number in range(FILES):
        write(
            folder / f"m_{number:02}.py",
            f"REVISION = 0\n\n\ndef add(n):\n    return n + {number}\n",
        )
        tests = "".join(
            f"\n\ndef test_{n}():\n    assert add({n}) == {n + number}\n" for n in range(5)
        )
        other = (number + 1) % FILES
        used = f"import m_{other:02}  # noqa: F401\nfrom m_{number:02} import add\n\nREVISION = 0\n"
        write(folder / f"test_{number:02}.py", used + tests)
    write(folder / "pytest.ini", "[pytest]\npythonpath = .\n")


VITEST = (
    'import {{ test, expect }} from "vitest";\nimport {{ add }} from "../src/m{number:02}.js";\n'
    'import "../src/m{other:02}.js";\n'
)
JEST = 'const {{ add }} = require("../src/m{number:02}.js");\nrequire("../src/m{other:02}.js");\n'


def write_trivial_javascript(folder: Path, modules: Path, imports: str) -> None:
    is_module = imports is VITEST
    for number in range(FILES):
        ends = "export { add };" if is_module else "module.exports = { add };"
        source = f"const REVISION = 0;\nconst add = (n) => n + {number};\n{ends}\n"
        write(folder / "src" / f"m{number:02}.js", source)
        tests = "".join(
            f'test("{n}", () => {{ expect(add({n})).toBe({n + number}); }});\n' for n in range(5)
        )
        used = imports.format(number=number, other=(number + 1) % FILES)
        write(folder / "test" / f"t{number:02}.test.js", f"{used}const REVISION = 0;\n{tests}")
    kind = '"type": "module"' if is_module else '"jest": {}'
    write(folder / "package.json", f'{{"name": "trivial", "private": true, {kind}}}\n')
    (folder / "node_modules").symlink_to(modules)
    write(folder / ".gitignore", "node_modules\n")
    git(folder, "init", "--quiet")  # jest asks it what has changed
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "all")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def chosen(watchers: Sequence[Watcher], wanted: Sequence[str]) -> list[Watcher]:
    """Those whose name holds one of the wanted words; all without any."""
    return [one for one in watchers if not wanted or any(word in one.name for word in wanted)]
