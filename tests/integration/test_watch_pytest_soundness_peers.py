"""No test file of two packages from PyPI is passed over when their modules break, and what testmon makes
of the sample. Takes minutes: only `make soak` does it.
"""

import re
import subprocess
from pathlib import Path
from tarfile import open as open_archive

import pytest
from platformdirs import user_cache_path

from tests.environments import environment, source
from tests.integration.breaking import (
    EVERY,
    MUTANTS,
    ON,
    PATIENCE,
    QUIET,
    Project,
    holding,
    measure,
    some,
)
from tests.pytest_sample import broken, make_sample

__test__ = bool(MUTANTS)

pytestmark = pytest.mark.timeout(3600)


def raises(path: Path) -> str:
    """Give a module a text that cannot be imported; `from __future__` must stay the first."""
    return f"{path.read_text()}\nraise RuntimeError('broken')\n"


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


RAN = re.compile(r"^(?:PASSED|FAILED|ERROR) ([^\s:]+\.py)", re.MULTILINE)


def picked_by_testmon(project: Project) -> set[str]:
    """Run what testmon chooses, by what it knows: the test files that take part."""
    done = subprocess.run(
        [project.python, "-m", "pytest", "--testmon", *QUIET[:1], ON, "-rA", "--tb=no"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode == pytest.ExitCode.USAGE_ERROR:
        return {EVERY}
    return set(RAN.findall(done.stdout))


def test_testmon_is_measured_beside_us(tmp_path: Path) -> None:
    sample = make_sample(tmp_path / "sample")
    commands = environment("soundness-testmon", ["pytest", "pytest-testmon", "jinja2"])
    cold, project = Project(sample.folder), Project(sample.folder, str(commands / "python"))
    files = picked_by_testmon(project)
    known = {path: path.read_bytes() for path in sample.folder.glob(".testmondata*")}
    assert known
    needed, chosen, missed = 0, 0, []
    for victim in some(sample.breakable, MUTANTS):
        with holding(victim, broken(victim)):
            picked, failing = picked_by_testmon(project), cold.failing()
        for path in sample.folder.glob(".testmondata*"):
            path.unlink()
        for path, content in known.items():
            path.write_bytes(content)
        picked, failing = (files if EVERY in one else one for one in (picked, failing))
        needed, chosen = needed + len(failing), chosen + len(picked)
        missed += [f"{victim.name}: {len(failing - picked)}"] if failing - picked else []

    print(f"\ntestmon: {needed} fail, {chosen} chosen; missed: {missed}")  # noqa: T201 - likewise
    assert needed
