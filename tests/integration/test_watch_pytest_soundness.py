"""No test file is passed over: each file is broken in its turn, and those that fail then must be among
those that are known to use it. Prints how many are chosen beside how many fail.

Each run of the tests breaks some files of the sample; `make soak` breaks all of them, and the modules
of two packages from PyPI.
"""

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tarfile import open as open_archive

import pytest
from platformdirs import user_cache_path

from tests.environments import environment, source
from tests.pytest_sample import Sample, broken, make_sample
from tests.recording import record

PATIENCE = 300
MUTANTS = int(os.environ.get("SSE_RELOAD_SOAK_MUTANTS", "0"))
"""How many files of each project are broken; 0 for a few of the sample's."""

FEW = 6
EVERY = "*"
ON = "--continue-on-collection-errors"
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:sse-reload", "-rfE", "--tb=no")
FAILING = re.compile(r"^(?:FAILED|ERROR) ([^\s:]+\.py)", re.MULTILINE)
soak = pytest.mark.skipif(not MUTANTS, reason="takes minutes: `make soak` does it")


@dataclass(frozen=True)
class Project:
    """Tests in a folder, and how they are run."""

    folder: Path
    python: str = sys.executable
    path: tuple[Path, ...] = ()
    args: tuple[str, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        ours = Path(__file__).parent.parent.parent
        return {"PYTHONPATH": os.pathsep.join(map(str, [*self.path, ours]))}

    def used(self) -> dict[str, set[str]]:
        """Run all tests with the recorder: what each test file uses."""
        recorded = record(self.folder, *self.args, python=self.python, environment=self.environment)
        everything = {file for file, told in recorded.files.items() if told.everything}
        assert recorded.files, recorded.output
        return {
            file: recorded.uses(file) | ({EVERY} if file in everything else set())
            for file in recorded.files
        }

    def failing(self) -> set[str]:
        """Run all tests as everybody does: the files of which some fail, `*` when none could run."""
        done = subprocess.run(
            [self.python, "-m", "pytest", *QUIET, ON, *self.args],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode == pytest.ExitCode.USAGE_ERROR:
            return {EVERY}  # a conftest cannot be loaded
        return set(FAILING.findall(done.stdout + done.stderr))


@dataclass(frozen=True)
class Score:
    """What came out: numbers of test files, summed over all that was broken."""

    needed: int
    chosen: int
    runs: int
    missed: Mapping[str, Sequence[str]]

    def __str__(self) -> str:
        return f"{self.needed} fail, {self.chosen} chosen, of {self.runs}; missed: {self.missed}"


@contextmanager
def holding(path: Path, text: str) -> Iterator[None]:
    """Give a file another text for a while."""
    before = path.read_text()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(before)


def measure(
    project: Project,
    victims: Sequence[Path],
    *,
    spoil: Callable[[Path], str] = broken,
    chosen_by: Mapping[str, set[str]] | None = None,
) -> Score:
    """Break one file after the other."""
    used = chosen_by or project.used()
    before = project.failing()
    needed, chosen = 0, 0
    missed: dict[str, list[str]] = {}
    for victim in victims:
        name = victim.relative_to(project.folder).as_posix()
        with holding(victim, spoil(victim)):
            found = project.failing()
        failing = set(used) if EVERY in found else found & used.keys() - before
        picked = {file for file, paths in used.items() if {name, EVERY} & paths or file == name}
        needed, chosen = needed + len(failing), chosen + len(picked)
        if lost := failing - picked:
            missed[name] = sorted(lost)
    return Score(needed, chosen, len(used) * len(victims), missed)


def some(paths: Sequence[Path], count: int) -> list[Path]:
    """Choose so many, the same ones each time."""
    return random.Random(6).sample(list(paths), min(count, len(paths)))


def choose(sample: Sample) -> list[Path]:
    if MUTANTS:
        return some(sample.breakable, MUTANTS)
    special = [sample.conftest, sample.data, *sample.templates[-2:]]
    return [*special, *some(sample.modules, FEW - len(special))]


def test_no_test_file_is_missed_when_a_file_of_the_sample_breaks(tmp_path: Path) -> None:
    sample = make_sample(tmp_path / "sample")

    score = measure(Project(sample.folder), choose(sample))

    print(f"\nthe sample: {score}")  # noqa: T201 - the number is what the experiment is for
    assert not score.missed
    assert score.chosen <= 1.15 * score.needed + 4


def test_the_experiment_notices_what_is_not_recorded(tmp_path: Path) -> None:
    sample = make_sample(tmp_path / "sample", files=10)
    name = sample.data.relative_to(sample.folder).as_posix()
    project = Project(sample.folder)
    blind = {file: paths - {name} for file, paths in project.used().items()}

    assert measure(project, [sample.data], chosen_by=blind).missed


def raises(path: Path) -> str:
    """Give a module a text that cannot be imported; `from __future__` must stay the first."""
    return f"{path.read_text()}\nraise RuntimeError('broken')\n"


@soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("package", "modules", "needs"),
    [
        (
            "starlette==1.10.0",
            "starlette",
            ("httpx", "httpx2", "itsdangerous", "python-multipart", "jinja2", "pyyaml", "trio"),
        ),
        ("sqlite-utils==4.2.1", "sqlite_utils", ("hypothesis",)),
    ],
)
def test_no_test_file_is_missed_when_a_module_of_a_package_breaks(
    tmp_path: Path, package: str, modules: str, needs: tuple[str, ...]
) -> None:
    name = package.partition("==")[0]
    commands = environment(f"soundness-{name}", ["pytest", package, *needs], with_ours=True)
    kept = user_cache_path("sse-reload-benchmarks") / "sources"
    with open_archive(source(package, kept)) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    project = Project(folder, str(commands / "python"), (folder,), ("-W", "default", "tests"))
    victims = [path for path in (folder / modules).rglob("*.py") if path.stat().st_size]

    score = measure(project, some(victims, MUTANTS), spoil=raises)

    print(f"\n{name}: {score}")  # noqa: T201 - likewise
    assert not score.missed
