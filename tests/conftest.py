"""What every circle of tests shares: the loop's name, a site to break, and the rule about skips."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.serving import LiveServer, serving, wait_until
from tests.threads import our_threads

# Apps under test are edited several times a second, to as many letters: Python would take their old
# bytecode for the new, as it knows sources by size and second. Tests that are about bytecode write it.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
# A terminal of a test's own has a size of its own.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)

EXAMPLE = Path(__file__).parent.parent / "examples" / "site"


@pytest.fixture
def anyio_backend() -> str:
    """The package is plain asyncio, so its tests run there only."""
    return "asyncio"


@pytest.fixture(scope="module", autouse=True)
def no_threads_left() -> Iterator[None]:
    """What one file of tests began has ended when the next one begins, which may count threads."""
    yield
    wait_until(lambda: not our_threads(), what=f"the threads {our_threads()} end")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the example site that a test may change."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "site"))


@pytest.fixture
def server(site: Path) -> Iterator[LiveServer]:
    """`sse-reload serve` on a copy of the example site, in a process of its own."""
    with serving(site) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where SSE_RELOAD_NO_SKIPS is set, a skipped test has failed: something was not installed."""
    report = yield
    if report.skipped and os.environ.get("SSE_RELOAD_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be: {report.longrepr}"
    return report
