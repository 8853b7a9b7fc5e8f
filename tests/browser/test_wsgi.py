"""A tab of a Flask application under Flask's own server, reloader and debugger."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Tabs
from tests.integration.app_servers import Project, app_server

pytestmark = pytest.mark.browser

APP = """
import flask
from livereload_sse.wsgi import LiveReloadWSGI

app = flask.Flask(__name__)
app.wsgi_app = LiveReloadWSGI(app.wsgi_app, grace=10)

@app.get("/")
def page():
    return {answer}
"""

COMMAND = "flask run --debug -p PORT"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An application that renders a template. Werkzeug shall not use watchdog, which restarts for
    whatever is installed.
    """
    (tmp_path / "watchdog.py").write_text("raise ImportError")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text("<!doctype html><title>t</title><p>one</p>")
    made = Project(tmp_path)
    write(made, 'flask.render_template("page.html")')
    return made


def write(project: Project, answer: str) -> None:
    project.replace("app.py", APP.format(answer=answer))


def test_a_template_is_shown_without_a_restart(tabs: Tabs, project: Project) -> None:
    with app_server(project, COMMAND) as server:
        page = tabs.open(server.url)
        (project.folder / "templates" / "page.html").write_text("<!doctype html><p>two</p>")
        expect(page.locator("body > p")).to_have_text("two")
        assert "Detected change" not in server.output()


def test_the_debugger_s_page_goes_away_when_the_error_is_mended(
    tabs: Tabs, project: Project
) -> None:
    with app_server(project, COMMAND) as server:
        page = tabs.open(server.url)
        write(project, "1 / 0")
        expect(page.locator("h1")).to_have_text("ZeroDivisionError")
        write(project, '"<!doctype html><p>two</p>"')
        expect(page.locator("body > p").first).to_have_text("two")


def test_a_tab_waits_for_an_application_that_cannot_be_loaded(tabs: Tabs, project: Project) -> None:
    with app_server(project, COMMAND) as server:
        page = tabs.open(server.url)
        write(project, '"unfinished')
        expect(page.get_by_role("status")).to_be_visible()
        expect(page.locator("body > p")).to_have_text("one")
        write(project, '"<!doctype html><p>two</p>"')
        expect(page.locator("body > p")).to_have_text("two")
