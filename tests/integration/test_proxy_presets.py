"""The proxy in front of servers as people have them: each started, restarted and asked for real.

The commands are those of `examples/proxy/README.md`.
"""

import http.client
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.integration.test_proxy import PERSON, ask, listening, names, save
from tests.serving import LiveServer, free_port, proxying, wait_until

BIN = Path(sys.executable).parent
PAGE = Path(__file__).parent.parent.parent / "examples" / "proxy" / "README.md"


def command_of(name: str, port: int) -> list[str]:
    """The command that the page of presets gives for a server, on another port."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(
        rf"^## {re.escape(name)}\n.*?\$ sse-reload proxy (\d+) (.*?)$",
        text,
        re.DOTALL | re.MULTILINE,
    )
    assert found, name
    return shlex.split(found[2].replace(found[1], str(port)))


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Options of the proxy, and the command with programs of this environment."""
    at = words.index("--")
    command = [str(BIN / word) if (BIN / word).exists() else word for word in words[at + 1 :]]
    return list(words[:at]), command


def preset(name: str, project: Path) -> AbstractContextManager[LiveServer]:
    """The server of that name, started by the page's own command."""
    port = free_port()
    options, command = split(command_of(name, port))
    return proxying(project, port, *options, command=command)


def write(project: Path, name: str, text: str) -> Path:
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))
    return path


def sees_new_code(server: LiveServer, code: Path, old: str, new: str) -> None:
    """Save, and see that a tab is told exactly once, and that the answer is then the new one.

    A reloader of the server's own may not have begun to look when its server answers: what it does
    not see it does not restart for, and is saved again.
    """
    assert old in ask(server)[1]
    text = code.read_text().replace(old, new)
    for attempt in range(3):
        with listening(server) as told:
            code.write_text(text + "\n" * attempt)
            wait_until(lambda: "reload" in names(told), timeout=20, what="the tab is told")
            status, body = ask(server)

            assert status == 200
            assert names(told).count("reload") == 1
            assert "/__sse-reload/client/" in body
            if new in body:
                return
    raise AssertionError(f"the old answer is still given: {server.printed}")


def sees_new_template(server: LiveServer, template: Path) -> None:
    """Save, and see that the tab that is told gets the new page at once."""
    assert "<p>one</p>" in ask(server, "/page")[1]
    with listening(server) as told:
        save(template, "one", "two")
        wait_until(lambda: "reload" in names(told), timeout=20, what="the tab is told")

        assert "<p>two</p>" in ask(server, "/page")[1]


def test_flask(tmp_path: Path) -> None:
    code = write(
        tmp_path,
        "app.py",
        """
        from flask import Flask, render_template

        app = Flask(__name__)

        @app.route("/")
        def home():
            return "<h1>first</h1>"

        @app.route("/page")
        def page():
            return render_template("page.html")
        """,
    )
    template = write(tmp_path, "templates/page.html", "<p>one</p>")
    with preset("Flask", tmp_path) as server:
        server.wait_for_line("app answers")
        sees_new_code(server, code, "first", "second")
        sees_new_template(server, template)


def test_flask_with_its_own_reloader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test's tool brings watchdog, by which Flask would watch this whole environment.
    write(tmp_path, "hidden/watchdog.py", "raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hidden"))
    code = write(
        tmp_path,
        "app.py",
        """
        from flask import Flask

        app = Flask(__name__)

        @app.route("/")
        def home():
            return "<h1>first</h1>"
        """,
    )
    with preset("Flask, with its own reloader", tmp_path) as server:
        server.wait_for_line("app answers")
        sees_new_code(server, code, "first", "second")


@pytest.fixture
def django(tmp_path: Path) -> Path:
    subprocess.run([BIN / "django-admin", "startproject", "shop", "."], cwd=tmp_path, check=True)
    write(
        tmp_path,
        "shop/urls.py",
        """
        from django.http import HttpResponse
        from django.template.loader import get_template
        from django.urls import path

        def home(request):
            return HttpResponse(f"<h1>first</h1>{request.get_host()}")

        def page(request):
            return HttpResponse(get_template("page.html").render({}))

        urlpatterns = [path("", home), path("page", page)]
        """,
    )
    write(tmp_path, "templates/page.html", "<p>one</p>")
    save(tmp_path / "shop" / "settings.py", "'DIRS': []", "'DIRS': ['templates']")
    return tmp_path


@pytest.mark.parametrize("name", ["Django", "Django, with its own reloader"])
def test_django(django: Path, name: str) -> None:
    with preset(name, django) as server:
        server.wait_for_line("app answers", timeout=30)
        assert f"localhost:{server.port}" in ask(server)[1]
        sees_new_code(server, django / "shop" / "urls.py", "first", "second")
        if name == "Django":
            sees_new_template(server, django / "templates" / "page.html")


@pytest.mark.parametrize(
    "name", ["uvicorn: FastAPI, Starlette, Litestar, Quart", "uvicorn --reload"]
)
def test_uvicorn(tmp_path: Path, name: str) -> None:
    code = write(
        tmp_path,
        "app.py",
        """
        from fastapi import FastAPI
        from fastapi.responses import HTMLResponse

        app = FastAPI()

        @app.get("/", response_class=HTMLResponse)
        def home():
            return "<h1>first</h1>"
        """,
    )
    with preset(name, tmp_path) as server:
        server.wait_for_line("app answers")
        sees_new_code(server, code, "first", "second")


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_node(tmp_path: Path) -> None:
    write(tmp_path, "package.json", '{"scripts": {"dev": "node --watch server.mjs"}}')
    code = write(
        tmp_path,
        "server.mjs",
        """
        import { createServer } from 'node:http';
        createServer((request, response) => {
          response.setHeader('content-type', 'text/html');
          response.end('<h1>first</h1>');
        }).listen(process.env.PORT);
        """,
    )
    port = free_port()
    options, command = split(command_of("Node", port))
    assert command == ["npm", "run", "dev"]
    os.environ["PORT"] = str(port)
    try:
        with proxying(tmp_path, port, *options, command=command) as server:
            server.wait_for_line("app answers", timeout=30)
            sees_new_code(server, code, "first", "second")
    finally:
        del os.environ["PORT"]


def test_tornado_with_a_websocket(tmp_path: Path) -> None:
    code = write(
        tmp_path,
        "app.py",
        """
        import sys
        from tornado import ioloop, web, websocket

        class Home(web.RequestHandler):
            def get(self):
                self.set_cookie("a", "1")
                self.write("<h1>first</h1>")

        class Echo(websocket.WebSocketHandler):
            def open(self):
                self.write_message(self.request.host)

            def on_message(self, message):
                self.write_message(message, binary=isinstance(message, bytes))
                if message == "end":
                    self.close(4001, "as you wish")

        web.Application([("/", Home), ("/echo", Echo)]).listen(int(sys.argv[1]), "localhost")
        ioloop.IOLoop.current().start()
        """,
    )
    with preset("Tornado, Jupyter, and others with WebSockets", tmp_path) as server:
        server.wait_for_line("app answers")
        origin = Origin(f"http://localhost:{server.port}")
        with connect(f"ws://localhost:{server.port}/echo", origin=origin) as socket:
            # Tornado compares Origin with Host, so both have to arrive as the browser sent them.
            assert socket.recv() == f"localhost:{server.port}"
            socket.send("hello")
            assert socket.recv() == "hello"
            socket.send(b"\x00\xff")
            assert socket.recv() == b"\x00\xff"
            socket.send("end")
            assert socket.recv() == "end"
            with pytest.raises(ConnectionClosed):
                socket.recv()
            assert socket.close_code == 4001
            assert socket.close_reason == "as you wish"
        sees_new_code(server, code, "first", "second")


def test_a_redirect_stays_with_us(tmp_path: Path) -> None:
    write(
        tmp_path,
        "app.py",
        """
        from flask import Flask, redirect, url_for

        app = Flask(__name__)

        @app.route("/")
        def home():
            return redirect(url_for("there", _external=True))

        @app.route("/there")
        def there():
            return "<h1>there</h1>"
        """,
    )
    with preset("Flask", tmp_path) as server:
        server.wait_for_line("app answers")
        connection = http.client.HTTPConnection("localhost", server.port)
        connection.request("GET", "/", headers=PERSON)
        location = connection.getresponse().headers["location"]
        connection.close()

    assert location == f"http://localhost:{server.port}/there"
