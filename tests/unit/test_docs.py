"""What the documentation says is so."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from livereload_sse import __version__
from livereload_sse.cli import cli
from livereload_sse.pytest_watch import plugin
from livereload_sse.settings import Settings
from livereload_sse.sse import Decoder
from tests.asgi import ask
from tests.docs import ARCHITECTURE, QUOTES, README, ROOT, up_to_date

PAGES = sorted(
    path
    for pattern in ("*.md", "livereload_sse/*.md", "examples/**/*.md")
    for path in ROOT.glob(pattern)
)


@pytest.mark.parametrize("page", QUOTES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_quotes_is_as_it_is_now(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == up_to_date(page), "run: python -m tests.docs"


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"Usage: sse-reload {command} " in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_commands_of_the_readme_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"`make (\w+)`", README.read_text(encoding="utf-8"))

    assert targets
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


def test_the_architecture_page_names_every_module_and_room() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    rooms = [
        path.name
        for path in (ROOT / "livereload_sse").iterdir()
        if not path.name.startswith("_") and path.suffix in ("", ".py")
    ]

    assert [room for room in rooms if room not in text] == []


def test_the_settings_of_the_readme_exist() -> None:
    shown = settings_block("sse-reload")

    assert {name.replace("-", "_") for name in shown} <= set(Settings.__dataclass_fields__)


def test_the_settings_of_pytest_in_the_readme_exist() -> None:
    shown = settings_block("pytest")["ini_options"]

    assert set(shown) == set(plugin.SETTINGS)


def settings_block(tool: str) -> dict[str, Any]:
    """Read the one block of TOML in the README that has this tool's settings."""
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (table,) = (read["tool"][tool] for read in map(tomllib.loads, blocks) if tool in read["tool"])
    return dict(table)


def test_the_changelog_tells_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (\S+)", text, re.MULTILINE)[0] == __version__


def run_block(phrase: str) -> dict[str, Any]:
    """Run the one block of Python in the README that holds a phrase."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if phrase in block)
    world: dict[str, Any] = {"__name__": "__main__"}  # Flask looks for the folder of a module
    exec(compile(block, "README.md", "exec"), world)  # noqa: S102 - running it is the test
    return world


async def test_the_app_of_the_readme_is_tagged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    app = run_block("LiveReload(api)")["app"]

    async with app.running():
        answered = await ask(app)

    assert re.search(rb'^<script type="module"[^>]*></script><h1>Hello</h1>$', answered.body)


def test_the_test_of_the_readme_passes(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if "sse_reload.write" in block)
    backend = "import pytest\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n"
    (tmp_path / "conftest.py").write_text(backend)
    (tmp_path / "test_readme.py").write_text(block)

    words = [sys.executable, "-m", "pytest", "-o", "anyio_mode=auto", "-p", "no:cacheprovider"]
    done = subprocess.run(
        words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert "1 passed" in done.stdout, done.stdout


def test_the_flask_app_of_the_readme_is_a_flask_app() -> None:
    assert run_block("LiveReloadWSGI")["app"].test_client().get("/none").status_code == 404


def test_the_example_of_the_readme_streams() -> None:
    world = run_block("Broadcaster()")
    client, broadcaster = TestClient(world["app"]), world["broadcaster"]
    start = broadcaster.last_id
    assert client.post("/greetings/you").status_code == 200
    broadcaster.close()

    events = Decoder().feed(client.get(f"/events?after={start}").content)
    letters = Decoder().feed(client.post("/letters?word=ab").content)

    assert [(event.name, event.data) for event in events] == [("greeting", '{"text":"hello you"}')]
    assert [event.data for event in letters] == ['"a"', '"b"', ""]
    assert client.get("/sse-client.js", follow_redirects=False).status_code == 200
