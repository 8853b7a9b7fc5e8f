"""A project whose tests are watched: what is saved in it, what is pressed, what the screen says since."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.pytest_watching import Watching, left_behind, watching
from tests.integration.terminals import Terminal
from tests.pytest_results import Results
from tests.serving import wait_until

CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")

RUN_IS_OVER = re.compile(r"\d\d:\d\d:\d\d  .*waiting for changes", re.DOTALL)
"""A line that says why a run begins, and then how things stand."""

MARK = "SSE_RELOAD_TEST_MARK"


@dataclass
class Watched:
    """A project whose tests are watched."""

    folder: Path
    watching: Watching
    mark: int = 0

    @property
    def screen(self) -> Terminal:
        return self.watching.screen

    @property
    def news(self) -> str:
        """What the screen has shown since the last save or press, without what moves the cursor."""
        return _plain(self.screen.shown[self.mark :])

    @property
    def everything(self) -> str:
        """What it has shown since the beginning."""
        return _plain(self.screen.shown)

    def look_away(self) -> None:
        """What is on the screen by now is no news."""
        self.mark = len(self.screen.shown)

    def write(self, name: str, text: str) -> None:
        """Save a file, all at once as editors do."""
        self.look_away()
        beside = self.folder / f".{name.replace('/', '-')}.swp"
        beside.write_text(text)
        beside.replace(self.folder / name)

    def press(self, keys: str) -> None:
        self.look_away()
        self.screen.press(keys)

    def sees(self, *wanted: str) -> str:
        """Wait until all of this has been shown since the last save or press."""
        for one in wanted:
            wait_until(lambda: one in self.news, 20, lambda: f"{one!r}:\n{self.news[-3000:]}")  # noqa: B023 - asked at once
        return self.news

    def waits(self) -> str:
        """Wait until a run that has begun since is over, and what is waited for is on the screen."""
        wait_until(
            lambda: RUN_IS_OVER.search(self.news), 20, lambda: f"a run:\n{self.news[-3000:]}"
        )
        return self.news

    def exits(self, code: int) -> None:
        process = self.screen.process
        wait_until(lambda: process.poll() is not None, 10, lambda: f"the end:\n{self.news}")
        assert process.returncode == code


def _plain(shown: bytearray) -> str:
    return CONTROLS.sub("", shown.decode("utf-8", "replace"))


def write_shop(tmp_path: Path) -> Path:
    """Write a project: two modules, a template, three test files."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\naddopts = -p no:randomly\n")
    (project / "cart.py").write_text("def total(prices): return sum(prices)\n")
    (project / "page.py").write_text(
        "from pathlib import Path\n"
        "def render(): return Path(__file__).with_name('home.html').read_text()\n"
    )
    (project / "home.html").write_text("<h1>Shop</h1>")
    (project / "test_cart.py").write_text(
        "import cart\n"
        "def test_total(): assert cart.total([1, 2]) == 3\n"
        "def test_empty(): assert cart.total([]) == 0\n"
    )
    (project / "test_page.py").write_text(
        "import page\ndef test_title(): assert 'Shop' in page.render()\n"
    )
    (project / "test_other.py").write_text("def test_other(): pass\n")
    for file in project.iterdir():  # nobody has saved them a moment ago
        os.utime(file, (time.time() - 60, time.time() - 60))
    return project


@contextmanager
def start(folder: Path, *options: str, **environment: str) -> Iterator[Watched]:
    """Watch a project's tests until the context ends; nothing may be left of it."""
    results = Results.in_folder(folder.parent / "results")
    given = {MARK: str(folder), **environment}
    with watching(folder, results, *options, environment=given) as watched:
        yield Watched(folder, watched)
        if watched.screen.process.poll() is None:
            watched.screen.press("q")
            wait_until(lambda: watched.screen.process.poll() is not None, 10, "the end")
    wait_until(lambda: not left_behind(MARK, folder), 5, f"{left_behind(MARK, folder)}")


@contextmanager
def begun(folder: Path, *options: str, **environment: str) -> Iterator[Watched]:
    """Watch a project's tests; all have run once."""
    with start(folder, *options, **environment) as watched:
        watched.sees("waiting for changes")
        record = folder / ".pytest_cache" / "sse-reload" / "record.json"
        wait_until(record.exists, 5, "what was learnt is kept")
        yield watched
