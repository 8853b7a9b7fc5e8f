"""From the save of a .py to a real Chromium tab that shows what the new code says.

`LiveReload(app)` under `uvicorn --reload`, and `sse-reload proxy -- uvicorn`, which restarts the app
itself; beside arel, and beside a page that asks four times a second whether it is old, both under
`uvicorn --reload`. The floor is `uvicorn --reload` asked every few milliseconds by no browser.

    python -m tests.benchmarks.restart [rounds]
"""

import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack, chdir
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from playwright.sync_api import TimeoutError  # noqa: A004 - the one that is raised here

from tests.benchmarks.peers import Peer, free_port, running
from tests.benchmarks.save_to_screen import show, wait_shown, wall_clock
from tests.benchmarks.table import Row, print_rows
from tests.browser.chromium import Tabs, driven, find_chromium
from tests.browser.pages import save

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROUNDS = 15
CALM = 1.5
"""Seconds between two saves: the tab has its stream again, and uvicorn looks for changes."""

FLOOR = "uvicorn --reload answers (the floor)"
WRAPPED = "LiveReload(app), uvicorn --reload"
PROXIED = "sse-reload proxy -- uvicorn"
POLLING = "a page that polls each 250 ms, uvicorn --reload"
AREL = "arel, uvicorn --reload"

# What a person sees is the first frame after the load.
APP = """
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute

NUMBER = "@NUMBER@"
SCRIPT = ""
ROUTES = []
lifespan = None
@BEFORE@
PAGE = f\"\"\"<!doctype html><html><head><title>{NUMBER}</title>
<script>addEventListener('load', () => requestAnimationFrame(() => setTimeout(() => {{
  window.shownAt = performance.timeOrigin + performance.now();
}})))</script>{SCRIPT}</head><body><h1>{NUMBER}</h1></body></html>\"\"\"

async def page(request):
    return HTMLResponse(PAGE)

async def number(request):
    return PlainTextResponse(NUMBER)

app = Starlette(
    routes=[Route("/", page), Route("/number", number), *ROUTES], lifespan=lifespan
)
@AFTER@
"""

LIVE = """
from livereload_sse import LiveReload
app = LiveReload(app, enabled=True)
"""

ASKS = '''
SCRIPT = """<script>
  let seen = null;
  setInterval(async () => {
    const now = await fetch('/number').then((answer) => answer.text(), () => seen);
    if (seen !== null && now !== seen) location.reload();
    seen = now;
  }, 250);
</script>"""
'''

HAS_AREL = """
import arel
hot = arel.HotReload(paths=[arel.Path(".")])
ROUTES = [WebSocketRoute("/hot-reload", hot, name="hot-reload")]

@asynccontextmanager
async def lifespan(app):
    await hot.startup()
    yield
    await hot.shutdown()

SCRIPT = hot.script("/hot-reload")
"""

UVICORN = (sys.executable, "-m", "uvicorn", "app:app", "--log-level", "warning", "--port")


@dataclass
class Project:
    """An app in a folder of its own, and what runs it."""

    name: str
    folder: Path
    before: str = ""
    after: str = ""
    url: str = ""
    missed: int = 0
    tab: "Page | None" = None

    def write(self, number: int) -> None:
        """Save the code so that it answers with a number."""
        text = APP.replace("@BEFORE@", self.before).replace("@AFTER@", self.after)
        save(self.folder / "app.py", text.replace("@NUMBER@", str(number)))

    def peer(self) -> Peer:
        if self.name != PROXIED:
            return Peer(self.name, (*UVICORN, "{port}", "--reload"))
        target = str(free_port())
        own = (sys.executable, "-m", "livereload_sse", "proxy", target, "--quiet", "--port")
        return Peer(self.name, (*own, "{port}", "--", *UVICORN, target))

    def measure(self, number: int) -> float | None:
        """Save the code; milliseconds until what it says is there. None where it never is, which is
        counted; with us it is no question of speed, and ends the measurement.
        """
        if self.tab is None:
            began = wall_clock()
            self.write(number)
            while self.ask() != str(number):
                time.sleep(0.002)
            return wall_clock() - began
        show(self.tab)
        began = wall_clock()
        self.write(number)
        try:
            return wait_shown(self.tab, str(number), began) - began
        except TimeoutError:
            if self.name in (WRAPPED, PROXIED):
                raise
            self.missed += 1
            self.tab.reload()
            return None

    def ask(self) -> str:
        """What the app says now; nothing while it is away."""
        try:
            with urlopen(f"{self.url}number", timeout=10) as answer:
                return str(answer.read().decode())
        except (OSError, HTTPException):
            return ""


def make_projects(stack: ExitStack) -> list[Project]:
    """All that are compared."""
    additions = {
        FLOOR: ("", ""),
        WRAPPED: ("", LIVE),
        PROXIED: ("", ""),
        POLLING: (ASKS, ""),
        AREL: (HAS_AREL, ""),
    }
    return [
        Project(name, Path(stack.enter_context(tempfile.TemporaryDirectory())), before, after)
        for name, (before, after) in additions.items()
    ]


def measure(executable: str, *, rounds: int = ROUNDS) -> list[Row]:
    """Measure all in turn, so that what else the machine does hits each alike."""
    taken: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        projects = make_projects(stack)
        for project in projects:
            project.write(0)
            with chdir(project.folder):
                project.url = stack.enter_context(running(project.peer(), project.folder))
        tabs = Tabs(stack.enter_context(driven(executable)).contexts[0])
        for project in projects[1:]:
            project.tab = tabs.open(project.url)
        for number in range(rounds + 1):  # the first round is to warm up
            for project in projects:
                time.sleep(CALM)
                duration = project.measure(number + 1)
                if duration is not None and number:
                    taken[project.name].append(duration)
    return [
        *(Row(name, values, "ms") for name, values in taken.items()),
        *(
            Row(f"{project.name}: never shown", [project.missed], "saves")
            for project in projects
            if project.missed
        ),
    ]


def main() -> None:
    executable = find_chromium()
    if executable is None:
        sys.exit("Restart: no Chromium; install it, or set CHROMIUM to its path.")
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    print_rows(
        f"Save of a .py → a tab shows what it says, {rounds} rounds",
        measure(executable, rounds=rounds),
    )


if __name__ == "__main__":
    main()
