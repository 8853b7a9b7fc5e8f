"""`sse-reload proxy`, as a user has it: a real app, started, restarted, dead and alive again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.serving import LiveServer, free_port, proxying, wait_until

APP = """
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORD = "one"


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/slow":
            print("asked /slow", flush=True)
            time.sleep(3)
        if self.path == "/die":
            import os
            os._exit(3)
        body = f"<!doctype html><html><head></head><body>{WORD} {self.headers['host']}</body></html>".encode()
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        print("asked", self.path, flush=True)


time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0)
print("up", flush=True)
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
"""

PERSON = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "page.html").write_text("a template")
    return tmp_path


def command(port: int, *more: str) -> list[str]:
    return [sys.executable, "app.py", str(port), *more]


@contextmanager
def started(project: Path, *options: str, delay: str = "0") -> Iterator[LiveServer]:
    """The app behind the proxy, once it answers."""
    port = free_port()
    with proxying(project, port, *options, command=command(port, delay)) as server:
        server.wait_for_line("app answers")
        yield server


def ask(server: LiveServer, path: str = "/", *, timeout: float = 15.0) -> tuple[int, str]:
    """Ask as a person's browser does."""
    connection = http.client.HTTPConnection("localhost", server.port, timeout=timeout)
    try:
        connection.request("GET", path, headers=PERSON)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def ask_and_be_cut(server: LiveServer, path: str) -> None:
    """Ask for something that is not answered any more."""
    with suppress(OSError, http.client.HTTPException):
        ask(server, path)


@contextmanager
def listening(server: LiveServer) -> Iterator[list[tuple[str, dict[str, object]]]]:
    """What a tab is told, as it comes."""
    told: list[tuple[str, dict[str, object]]] = []
    stream = socket.create_connection(("localhost", server.port))
    stream.sendall(
        b"GET /__sse-reload/events?visible=1 HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % server.port
    )

    def read() -> None:
        name = ""
        for line in stream.makefile("r", encoding="utf-8"):
            if line.startswith("event: "):
                name = line.removeprefix("event: ").strip()
            elif line.startswith("data: "):
                told.append((name, json.loads(line.removeprefix("data: "))))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    server.wait_for_tabs(1)
    try:
        yield told
    finally:
        stream.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        stream.close()


def names(told: Sequence[tuple[str, object]]) -> list[str]:
    return [name for name, _ in told]


def save(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def test_a_page_of_the_app_carries_the_tag_and_our_name(project: Path) -> None:
    with started(project) as server:
        status, body = ask(server)

    assert status == 200
    assert '<head><script type="module" src="/__sse-reload/client/' in body
    assert f"one localhost:{server.port}" in body


def test_a_template_reloads_and_the_app_goes_on(project: Path) -> None:
    with started(project) as server, listening(server) as told:
        save(project / "page.html", "template", "new template")
        server.wait_for_line("page.html → ")

    assert told == [("reload", {"reason": "page.html modified"})]


def test_code_restarts_the_app_and_the_tabs_are_told_once_it_answers(project: Path) -> None:
    with started(project, delay="0.4") as server, listening(server) as told:
        save(project / "app.py", '"one"', '"two"')
        server.wait_for_line("app.py → restarting the app")
        wait_until(lambda: "reload" in names(told), what="the tab is told")
        status, body = ask(server)

    assert (status, "two localhost" in body) == (200, True)
    assert names(told) == ["build-started", "build-succeeded", "reload"]


def test_a_request_during_a_restart_is_answered_by_the_new_process(project: Path) -> None:
    with started(project, delay="0.5") as server:
        save(project / "app.py", '"one"', '"two"')
        server.wait_for_line("restarting the app")
        answers = [ask(server) for _ in range(3)]

    assert [status for status, _ in answers] == [200, 200, 200]
    assert all("two localhost" in body for _, body in answers)


def test_no_request_fails_while_code_is_saved_again_and_again(project: Path) -> None:
    answers: list[tuple[int, str]] = []
    ending = threading.Event()

    def keep_asking(server: LiveServer) -> None:
        while not ending.is_set():
            answers.append(ask(server))

    with started(project, delay="0.1") as server:
        asking = [threading.Thread(target=keep_asking, args=(server,)) for _ in range(4)]
        for thread in asking:
            thread.start()
        for number in range(4):
            seen = len(answers)
            save(project / "app.py", "WORD = ", f"NUMBER{number} = 0\nWORD = ")
            server.wait_for_line("app answers again")
            wait_until(lambda seen=seen: len(answers) > seen + 8)  # type: ignore[misc]
        ending.set()
        for thread in asking:
            thread.join(20)

    assert {status for status, _ in answers} == {200}


def test_saves_during_a_start_are_one_more_start(project: Path) -> None:
    with started(project, delay="0.6") as server, listening(server) as told:
        save(project / "app.py", '"one"', '"two"')
        server.wait_for_line("restarting the app")
        save(project / "app.py", '"two"', '"three"')
        server.wait_for_line("restarting the app")
        server.wait_for_line("app answers again")
        wait_until(lambda: "reload" in names(told), what="the tab is told")

        assert "three localhost" in ask(server)[1]
    assert names(told).count("reload") == 1


def test_other_files_may_mean_a_restart(project: Path) -> None:
    (project / "settings.toml").write_text("a = 1")
    with started(project, "--restart-on", "*.toml") as server:
        (project / "settings.toml").write_text("a = 2")

        server.wait_for_line("settings.toml → restarting the app")
        server.wait_for_line("app answers again")


def test_an_app_that_cannot_start_is_told_with_its_traceback_and_comes_back(project: Path) -> None:
    with started(project) as server, listening(server) as told:
        save(project / "app.py", 'WORD = "one"', 'WORD = "one')
        server.wait_for_line(r"app │ .*SyntaxError: unterminated string literal")
        server.wait_for_line(r"app ended after .* \(exit code 1\)")
        status, body = ask(server)
        state = json.loads(server.get_internal("build"))

        assert (status, "The app has ended: SyntaxError" in body) == (503, True)
        assert state["event"] == "build-failed"
        assert state["report"]["excerpt"]["place"]["name"] == "app.py"
        assert "reload" not in names(told)  # the page that is there stays

        save(project / "app.py", 'WORD = "one', 'WORD = "two"')
        server.wait_for_line("app answers again")
        wait_until(lambda: "reload" in names(told), what="the tab is told")
        assert "two localhost" in ask(server)[1]


def test_an_app_that_dies_by_itself_is_started_by_the_next_save(project: Path) -> None:
    with started(project) as server:
        ask(server, "/die")
        server.wait_for_line(r"app ended after .* \(exit code 3\)")
        assert ask(server)[0] == 503

        save(project / "page.html", "template", "other")
        server.wait_for_line("app answers again")
        assert ask(server)[0] == 200


def test_a_target_that_is_down_has_a_page_that_waits_and_heals(project: Path) -> None:
    port = free_port()
    with proxying(project, port) as server:
        server.wait_for_line(f"waiting for http://localhost:{port}")
        status, body = ask(server)
        assert status == 503
        assert 'data-kind="waiting"' in body
        with listening(server) as told:
            app = subprocess.Popen(command(port), cwd=project, stdout=subprocess.DEVNULL)
            try:
                wait_until(lambda: "reload" in names(told), what="the tab is told")
                assert ask(server)[0] == 200
            finally:
                app.kill()
                app.wait()


def test_an_app_that_somebody_else_restarts_is_waited_for(project: Path) -> None:
    """A reloader that keeps the listening socket: nobody is ever refused."""
    (project / "reloader.py").write_text(
        textwrap.dedent(
            """
            import os, socket, subprocess, sys, time
            listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
            code = '''
            import os, socket, sys, time
            from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
            time.sleep(0.3)
            WORD = open("word.py").read()
            class App(BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.send_header("content-type", "text/html")
                    self.end_headers()
                    self.wfile.write(f"<head>{WORD}".encode())
            server = ThreadingHTTPServer(("127.0.0.1", 0), App, bind_and_activate=False)
            server.socket = socket.socket(fileno=int(sys.argv[1]))
            server.serve_forever()
            '''
            def start():
                number = listener.fileno()
                return subprocess.Popen([sys.executable, "-c", code, str(number)], pass_fds=[number])
            child, before = start(), os.stat("word.py").st_mtime_ns
            while True:
                time.sleep(0.2)
                if os.stat("word.py").st_mtime_ns != before:
                    before = os.stat("word.py").st_mtime_ns
                    child.kill(); child.wait()
                    child = start()
            """
        )
    )
    (project / "word.py").write_text("one")
    port = free_port()
    words = [sys.executable, "reloader.py", str(port)]
    with proxying(project, port, "--no-restart", command=words) as server:
        server.wait_for_line("app answers")
        assert ask(server)[1].endswith("one")
        with listening(server) as told:
            (project / "word.py").write_text("two")
            wait_until(lambda: "reload" in names(told), what="the tab is told")

            assert ask(server)[1].endswith("two")
            assert names(told) == ["reload"]


def test_a_command_that_dies_under_its_own_reloader_is_started_by_the_next_save(
    project: Path,
) -> None:
    port = free_port()
    with proxying(project, port, "--no-restart", command=command(port)) as server:
        server.wait_for_line("app answers")
        save(project / "app.py", '"one"', '"two"')
        time.sleep(0.5)  # nobody tells that a reloader is being waited for
        ask(server, "/die")
        server.wait_for_line("app ended")

        save(project / "app.py", '"two"', '"three"')
        server.wait_for_line("app answers again")
        assert "three localhost" in ask(server)[1]


def test_a_command_that_does_not_listen_where_it_was_said_to_is_not_waited_for_in_silence(
    project: Path,
) -> None:
    port, other = free_port(), free_port()
    with proxying(project, port, command=command(other)) as server:
        server.wait_for_line(f"waiting for http://localhost:{port} to answer")


def test_the_command_ends_with_us(project: Path) -> None:
    with started(project) as server:
        assert server.end(signal.SIGINT) == 0
        target = next(line for line in server.printed if line.startswith("Serving "))
    port = int(target.split(" at ")[0].rpartition(":")[2])

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_leaving_takes_no_time_with_tabs_and_a_slow_answer_open(project: Path) -> None:
    with started(project) as server, listening(server):
        slow = threading.Thread(target=ask_and_be_cut, args=(server, "/slow"))
        slow.start()
        server.wait_for_line("asked /slow")
        began = time.monotonic()
        assert server.end(signal.SIGTERM) == 0
        took = time.monotonic() - began
        slow.join(5)

    assert took < 5  # the command has two seconds to end when it is asked


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ["nowhere.invalid:80"],
            "Error: No such host (Name or service not known): nowhere.invalid",
        ),
        (["http://localhost:1/app"], "Error: An address with a path: http://localhost:1/app"),
        (["ftp://localhost"], "Error: Not an address of a web server: ftp://localhost"),
        (["99999"], "Error: Not an address: 99999"),
        (
            ["8009", "--port", "8009"],
            "Error: The proxy would be its own target: http://localhost:8009",
        ),
        (["8009", "--", "no-such-program"], "Error: Command not found: no-such-program"),
        (["8009", "--watch", "nowhere"], "Error: No such file or folder: nowhere"),
        (["8009", "--static", "/static"], "Error: Not a URL and a folder: /static"),
    ],
)
def test_a_mistake_is_explained_in_a_few_lines(
    tmp_path: Path, words: list[str], error: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "livereload_sse", "proxy", *words],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "NO_COLOR": "1"},
    )

    first, *rest = ended.stderr.splitlines()
    assert first == error
    assert len(rest) == 1
    assert ended.returncode == 2


def test_two_proxies_that_are_each_others_target_say_so(project: Path) -> None:
    port, named = free_port(), ("--allow-host", "localhost")
    with (
        proxying(project, port, *named) as first,
        proxying(project, first.port, *named, port=port) as second,
    ):
        status, body = ask(second)

    assert status == 508
    assert "own target" in body
