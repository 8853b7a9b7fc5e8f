"""What the app behind the proxy prints, as a person sees it in the terminal or in a pipe."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import LiveServer, free_port, proxying

# Leaves a line without an end when it is ended, and a colour that nobody has reset.
APP = """
import signal, socket, sys, threading

word = "one"
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
with socket.create_server(("127.0.0.1", int(sys.argv[1]))):
    print(f"this is {word}", flush=True)
    ended.wait()
    print(f"\\x1b[31m{word} says good", end="", flush=True)
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the app ends by SIGTERM")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


@pytest.fixture
def server(project: Path) -> Iterator[LiveServer]:
    port = free_port()
    with proxying(project, port, command=[sys.executable, "app.py", str(port)]) as server:
        server.wait_for_line("app answers after")
        yield server


def test_each_line_of_the_app_has_its_name(server: LiveServer) -> None:
    assert "app │ this is one" in server.printed


def test_the_last_words_of_a_process_are_not_the_first_of_the_next(
    project: Path, server: LiveServer
) -> None:
    (project / "app.py").write_text(APP.replace('"one"', '"two"'))
    server.wait_for_line("app answers again")

    restarting = next(line for line in server.printed if line.endswith("→ restarting the app"))
    since = server.printed[server.printed.index(restarting) :]
    assert since[1:3] == ["app │ one says good", "app │ this is two"]


def test_the_last_words_are_printed_when_we_end(server: LiveServer) -> None:
    assert server.end() == 0
    server.wait_for_line("app │ one says good")
