"""A warm run does what a cold one does, test by test, over the tests of packages that many use.

Their sources come from PyPI, once. Each run of the tests takes two small ones, `make soak` all of them.
"""

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from tests.environments import environment, source
from tests.integration.pytest_watching import once, watching
from tests.pytest_results import Results, Run, differences

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")

PATIENCE = 120.0
ON = "--continue-on-collection-errors"
WAITING = "waiting for changes"


@dataclass(frozen=True, slots=True)
class Suite:
    """A package at a version, and what its tests need beside what it needs itself."""

    package: str
    needs: tuple[str, ...] = ()
    is_small: bool = False

    @property
    def name(self) -> str:
        return self.package.partition("==")[0]


SUITES = (
    Suite("itsdangerous==2.2.0", ("freezegun==1.5.5",), is_small=True),
    Suite("jinja2==3.1.6", ("trio==0.34.0",)),
    Suite("flask==3.1.3", ("python-dotenv", "asgiref"), is_small=True),
    Suite("click==8.5.1"),
    Suite(
        "structlog==26.1.0",
        ("freezegun", "simplejson", "time-machine", "pytest-asyncio", "pretend", "rich", "twisted"),
    ),
    Suite("attrs==26.1.0", ("hypothesis", "cloudpickle")),
    Suite("sqlite-utils==4.2.1", ("hypothesis",)),
    Suite(
        "starlette==1.10.0",
        ("httpx", "httpx2", "itsdangerous", "python-multipart", "jinja2", "pyyaml", "trio"),
    ),
)


def wanted() -> list[Suite]:
    """The small ones, or all in a soak."""
    return [suite for suite in SUITES if suite.is_small or os.environ.get("SSE_RELOAD_SOAK_SUITES")]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A suite in a folder, and the pytest that runs it."""

    folder: Path
    command: tuple[str, ...]
    results: Results

    @property
    def path(self) -> tuple[Path, ...]:
        """Its own sources, and not the installed ones, which only say their version."""
        return (self.folder / "src", self.folder)

    def cold(self) -> Run:
        """Run its tests as everybody does."""
        return once(self.folder, self.results, ON, command=self.command, path=self.path)

    def warm(self) -> tuple[Run, Run]:
        """Watch it: the first run, and all tests once more on a key."""
        count = len(self.results.ended())
        with watching(self.folder, self.results, ON, command=self.command, path=self.path) as watch:
            first = watch.wait_for_runs(count + 1, PATIENCE)
            watch.screen.wait_for(WAITING)
            watch.screen.press("a")
            again = watch.wait_for_runs(count + 2, PATIENCE)
            watch.screen.press("q")
            watch.screen.process.wait(20)
        return first, again


@pytest.fixture(params=wanted(), ids=lambda suite: suite.name)
def unpacked(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Unpacked:
    suite: Suite = request.param
    kept = user_cache_path("sse-reload-benchmarks", ensure_exists=True) / "suites"
    kept.mkdir(exist_ok=True)
    needs = ["pytest", suite.package, *suite.needs]
    try:
        file = source(suite.package, kept)
        commands = environment(f"suite-{suite.name}", needs, with_ours=True)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"{suite.package} cannot be had from PyPI: {error.stderr[-200:]!r}")
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path, filter="data")
    [folder] = tmp_path.iterdir()
    results = Results.in_folder(tmp_path_factory.mktemp("results"))
    return Unpacked(folder, (str(commands / "pytest"),), results)


@pytest.mark.timeout(900)
def test_warm_runs_do_what_cold_ones_do(unpacked: Unpacked) -> None:
    cold = unpacked.cold()
    first, again = unpacked.warm()

    assert len(cold.results) > 100
    sys.stdout.write(  # shown with -s
        f"\n{unpacked.folder.name}: {len(cold.results)} tests, {cold.took:.2f} s cold, "
        f"{first.took:.2f} s first, {again.took:.2f} s warm\n"
    )
    for run in (first, again):
        expect_the_same(cold, run, unpacked)


def expect_the_same(cold: Run, warm: Run, unpacked: Unpacked) -> None:
    """Compare test by test; a test that does not do the same in two cold runs is nobody's fault."""
    found = differences(cold.results, warm.results)
    if found:
        moody = differences(cold.results, unpacked.cold().results)
        found = {test: what for test, what in found.items() if test not in moody}
    assert found == {}
    assert (warm.exit_code, warm.uncollected) == (cold.exit_code, cold.uncollected)
