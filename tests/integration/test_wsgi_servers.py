"""`LiveReloadWSGI` under the development servers of Flask and Django, with their reloaders, and
behind uvicorn: restarts, and Ctrl-C.
"""

import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.app_servers import Project, all_heard, app_server, tabs, until

FLASK = """
import os
import flask
from livereload_sse.wsgi import LiveReloadWSGI

app = flask.Flask(__name__)
live = app.wsgi_app = LiveReloadWSGI(app.wsgi_app, grace={grace})

@app.get("/")
def page():
    return f"<!doctype html><title>app</title><p>{answer}</p><i>{{os.getpid()}}</i>"

@app.get("/mark")
def mark():
    live.publish("mark")
    return {{}}
"""

DJANGO = """
import os
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path
from livereload_sse.wsgi import LiveReloadWSGI

def page(request):
    return HttpResponse(f"<!doctype html><title>app</title><p>{answer}</p><i>{{os.getpid()}}</i>")

def mark(request):
    application.publish("mark")
    return JsonResponse({{}})

urlpatterns = [path("", page), path("mark", mark)]
application = LiveReloadWSGI(get_wsgi_application(), grace={grace})
"""

SETTINGS = """
DEBUG = True
ROOT_URLCONF = "app"
WSGI_APPLICATION = "app.application"
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "for this test"
"""

MANAGE = """
import os
import sys
from django.core.management import execute_from_command_line

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
"""

ASGI = """
import asyncio
import os
import flask
from livereload_sse import LiveReload

app = flask.Flask(__name__)
loop = None

@app.get("/")
def page():
    return f"<!doctype html><title>app</title><p>{answer}</p><i>{{os.getpid()}}</i>"

@app.get("/mark")
def mark():
    asyncio.run_coroutine_threadsafe(live.publish("mark"), loop).result()
    return {{}}

live = LiveReload.wsgi(app, enabled=True, grace={grace})

async def served(scope, receive, send):
    global loop
    loop = asyncio.get_running_loop()
    await live(scope, receive, send)
"""


@dataclass(frozen=True)
class Kind:
    """How an application is written, and how it is run by those who develop it."""

    source: str
    command: str

    def write(self, project: Project, answer: str) -> None:
        project.replace("app.py", self.source.format(answer=answer, grace=10.0))


KINDS = {
    "flask": Kind(FLASK, "flask run --debug -p PORT"),
    "django": Kind(DJANGO, "manage runserver 127.0.0.1:PORT"),
    "uvicorn": Kind(ASGI, "uvicorn app:served --reload --port PORT"),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[str(request.param)]


@pytest.fixture
def project(tmp_path: Path, kind: Kind) -> Project:
    """An application's folder. Werkzeug would use watchdog, which looks at all installed packages
    and restarts for each of them; it shall look at the application alone.
    """
    (tmp_path / "watchdog.py").write_text("raise ImportError")
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "settings.py").write_text(SETTINGS)
    project = Project(tmp_path)
    kind.write(project, "one")
    return project


async def test_a_restart_with_new_code_reloads_each_tab_once(project: Project, kind: Kind) -> None:
    with app_server(project, kind.command) as server:
        async with tabs(server, 3) as opened:
            before = server.get()
            kind.write(project, "two")
            await until(lambda: all(tab.shown == "two" for tab in opened), "each shows new code")
            await all_heard(server, opened)
            assert pid_in(server.get()) != pid_in(before)
            assert [tab.told for tab in opened] == [["code"]] * 3
            assert sum(tab.cut for tab in opened) <= 3  # their process is gone, with its sockets


async def test_ctrl_c_is_not_delayed_by_open_streams(project: Project, kind: Kind) -> None:
    with app_server(project, kind.command) as server:
        async with tabs(server, 3):
            server.ask_to_end(signal.SIGINT)
            code, duration = server.wait()
    assert duration < 2
    assert "GET / " in server.output()
    assert "__sse-reload" not in server.output()
    assert "Traceback" not in server.output()
    assert code == code_without_us(project, kind)


def pid_in(page: str) -> str:
    """Which process has answered."""
    return page.partition("<i>")[2].partition("</i>")[0]


def code_without_us(project: Project, kind: Kind) -> int:
    """What the same server ends with where live reload is not enabled."""
    plain = (project.folder / "app.py").read_text().replace("grace=10.0", "enabled=False")
    project.replace("app.py", plain.replace("enabled=True, enabled", "enabled"))
    with app_server(project, kind.command) as server:
        assert "__sse-reload" not in server.get()
        server.ask_to_end(signal.SIGINT)
        return server.wait()[0]
