"""`notify` and `events` when something is wrong with the server they are to talk to."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from livereload_sse.cli import run
from livereload_sse.cli.events import as_line, as_object
from livereload_sse.running import RunningServer, announced, runtime_folder
from livereload_sse.sse import ReceivedEvent
from tests.serving import serving, wait_until


@pytest.fixture(autouse=True)
def without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def site_folder(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def announce(url: str) -> RunningServer:
    return RunningServer(url=url, token="not its own", pid=os.getpid(), root="/site")


def test_a_server_that_does_not_answer_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with announced(announce("http://localhost:9/"), runtime_folder()):
        code = run(["notify", "reload"])

    assert code == 1
    assert capsys.readouterr().err == (
        "Error: The server does not answer ([Errno 111] Connection refused): http://localhost:9/\n"
        "Start it again: sse-reload serve DIRECTORY\n"
    )


def test_a_server_that_refuses_is_quoted(
    site_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(site_folder) as server:
        wait_until(lambda: list(runtime_folder().iterdir()))
        for path in runtime_folder().iterdir():
            path.unlink()
        with announced(announce(server.url), runtime_folder()):
            code = run(["notify", "reload"])

    assert code == 1
    assert capsys.readouterr().err == (
        f"Error: The server refused (401): {server.url}\nThis needs the token of this run.\n"
    )


@pytest.mark.parametrize(
    ("url", "error"),
    [
        (
            "http://localhost:1/",
            "Error: No server of yours runs there: http://localhost:1/\nRunning: http://localhost:9/.\n",
        ),
        (
            "ftp://localhost/",
            "Error: Not an address: ftp://localhost/\nWrite it as http://localhost:8000/\n",
        ),
        (
            "http://localhost:x/",
            "Error: Not an address: http://localhost:x/\nWrite it as http://localhost:8000/\n",
        ),
    ],
)
def test_an_address_that_is_none_of_ours_is_explained(
    url: str, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with announced(announce("http://localhost:9/"), runtime_folder()):
        run(["notify", url, "reload"])

    assert capsys.readouterr().err == error


@pytest.mark.parametrize("words", [[], ["a", "b", "c"]])
def test_notify_wants_one_event(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notify", *words]) == 2
    assert capsys.readouterr().err == (
        "Error: Give the name of one event, after an address if there is one.\n"
        "Try 'sse-reload notify --help'.\n"
    )


def test_a_name_that_would_forge_fields_is_refused(
    site_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(site_folder) as server:
        wait_until(lambda: list(runtime_folder().iterdir()))
        code = run(["notify", server.url, "a\nb", "--channel", "mine"])

    assert code == 1
    assert "The server refused (400)" in capsys.readouterr().err


def test_ctrl_c_ends_events_quietly(site_folder: Path) -> None:
    with serving(site_folder) as server:
        wait_until(lambda: list(runtime_folder().iterdir()))
        process = subprocess.Popen(
            [sys.executable, "-m", "livereload_sse", "events"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_until(lambda: server.status()["streams"] == 1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=5)

    assert (process.returncode, out) == (0, "")


def test_data_that_is_not_json_is_printed_as_text() -> None:
    event = ReceivedEvent("token", "not json", "1-0")

    assert as_line(event) == '1-0  token  "not json"'
    assert json.loads(as_object(event)) == {"id": "1-0", "event": "token", "data": "not json"}
