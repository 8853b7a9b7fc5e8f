"""Servers that keep their templates, behind the proxy: an edited one is shown nevertheless."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.integration.test_proxy import ask, listening, names
from tests.serving import LiveServer, free_port, proxying, wait_until

BIN = Path(sys.executable).parent
EXAMPLES = Path(__file__).parents[2] / "examples"

COMMANDS = {
    "flask": ("flask", "templates/log.html", "<h1>{{ ship }}", ["flask", "run", "--port", "PORT"]),
    "runserver": (
        "django",
        "templates/plan.html",
        "<h1>{{ title }}",
        ["python", "manage.py", "runserver", "--noreload", "PORT"],
    ),
    "uvicorn": (
        "django",
        "templates/plan.html",
        "<h1>{{ title }}",
        ["uvicorn", "harbour.asgi:application", "--port", "PORT"],
    ),
    "its own reloader": (
        "django",
        "templates/plan.html",
        "<h1>{{ title }}",
        ["--no-restart", "--", "python", "manage.py", "runserver", "PORT"],
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_edited_template_is_what_the_tab_is_told_to_load(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSE_RELOAD", "0")  # the example's own wrapper would see to it
    folder, template, heading, words = COMMANDS[name]
    project = Path(shutil.copytree(EXAMPLES / folder, tmp_path / "project"))
    port = free_port()
    options, command = split([word.replace("PORT", str(port)) for word in words])
    with proxying(project, port, *options, command=command) as server:
        server.wait_for_line("app answers", timeout=30)
        assert "edited" not in ask(server)[1]
        text = (project / template).read_text().replace(heading, f"<h1>edited {heading[4:]}")
        # Django's own reloader may not have begun to look when its server answers: save again then.
        shown = any(is_shown(server, project / template, text + "\n" * n) for n in range(3))

        assert shown


def is_shown(server: LiveServer, template: Path, text: str) -> bool:
    """Save, and say whether the tab that is told gets what was saved."""
    with listening(server) as told:
        template.write_text(text)
        wait_until(lambda: "reload" in names(told), timeout=20, what="the tab is told")
        return "edited" in ask(server)[1]


def split(words: list[str]) -> tuple[list[str], list[str]]:
    """Options of the proxy, and the command with programs of this environment."""
    at = words.index("--") if "--" in words else -1
    command = [str(BIN / word) if (BIN / word).exists() else word for word in words[at + 1 :]]
    return words[: max(at, 0)], command
