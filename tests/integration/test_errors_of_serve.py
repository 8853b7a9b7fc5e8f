"""Bad input gets one clear error: what happened, where, what to do next; and an exit code."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from livereload_sse.cli import run
from tests.permissions import let_others_in

Words = Callable[[Path], list[str]]


def complain(words: list[str], folder: Path) -> tuple[int, str]:
    """Run the program as a person does; return its exit code and all that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "livereload_sse", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place with a site, a file, and certificates that do and do not belong together."""
    (tmp_path / "site").mkdir()
    (tmp_path / "page.html").write_text("<title>page</title>")
    authority = trustme.CA()
    one, other = authority.issue_cert("localhost"), authority.issue_cert("localhost")
    one.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    one.private_key_pem.write_to_path(tmp_path / "key.pem")
    other.private_key_pem.write_to_path(tmp_path / "other-key.pem")
    (tmp_path / "not-a-cert.pem").write_text("hello")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        pytest.param(
            ["serve", "sight"],
            2,
            "Error: No such folder: sight\nGive the folder to serve: sse-reload serve DIRECTORY\n",
            id="a missing folder",
        ),
        pytest.param(
            ["serve", "page.html"],
            2,
            "Error: Not a folder: page.html\nGive the folder to serve: sse-reload serve DIRECTORY\n",
            id="a file given as folder",
        ),
        pytest.param(
            ["serve", "site", "--port", "99999"],
            2,
            "Error: Invalid value for '--port': 99999 is not in the range 0<=x<=65535.\nTry 'sse-reload serve --help'.\n",
            id="a port out of range",
        ),
        pytest.param(
            ["serve", "site", "--port", "http"],
            2,
            "Error: Invalid value for '--port': 'http' is not a valid integer range.\nTry 'sse-reload serve --help'.\n",
            id="a port that is no number",
        ),
        pytest.param(
            ["serve", "site", "--watch", "nothing"],
            2,
            "Error: No such file or folder: nothing\nGive something that exists: --watch PATH\n",
            id="a missing path to watch",
        ),
        pytest.param(
            ["serve", "site", "--ignore", "a["],
            2,
            "Error: This pattern cannot be understood: --ignore a[\n"
            "Write it as in .gitignore, for example --ignore 'drafts/' or --ignore '*.log'.\n",
            id="a bad pattern",
        ),
        pytest.param(
            ["serve", "site", "--prefix", "/a b/"],
            2,
            "Error: Not a path: /a b/\nGive a plain path: --prefix /docs/\n",
            id="a bad prefix",
        ),
        pytest.param(
            ["serve", "site", "--allow-host", "http://dev.test/"],
            2,
            "Error: Not a host name: http://dev.test/\n"
            "Give a name without scheme and path: --allow-host example.dev, or *.example.dev\n",
            id="a bad host name",
        ),
        pytest.param(
            ["serve", "site", "--host", "192.0.2.1"],
            1,
            "Error: This machine cannot listen on that address: 192.0.2.1\n"
            "Use --host localhost, an address of this machine, or 0.0.0.0 for all of them.\n",
            id="an address of another machine",
        ),
        pytest.param(
            ["serve", "site", "--certfile", "nothing.pem"],
            2,
            "Error: No such file: nothing.pem\nGive a PEM file: --certfile FILE\n",
            id="a missing certificate",
        ),
        pytest.param(
            ["serve", "site", "--keyfile", "key.pem"],
            2,
            "Error: A key without a certificate: key.pem\nName its certificate too: --certfile FILE\n",
            id="a key alone",
        ),
        pytest.param(
            ["serve", "site", "--certfile", "not-a-cert.pem", "--keyfile", "key.pem"],
            2,
            "Error: The certificate cannot be used (not PEM): not-a-cert.pem\n"
            "Give a PEM certificate and its unencrypted key: --certfile FILE --keyfile FILE\n",
            id="a file that is no certificate",
        ),
        pytest.param(
            ["serve", "site", "--certfile", "cert.pem", "--keyfile", "other-key.pem"],
            2,
            "Error: The certificate cannot be used (KEY_VALUES_MISMATCH): cert.pem\n"
            "Give a PEM certificate and its unencrypted key: --certfile FILE --keyfile FILE\n",
            id="a key of another certificate",
        ),
        pytest.param(
            ["serve", "site", "--prot", "1"],
            2,
            "Error: No such option '--prot'. (Did you mean one of: '--host', '--poll', '--port'?)\n"
            "Try 'sse-reload serve --help'.\n",
            id="a mistyped option",
        ),
        pytest.param(
            ["sevre"],
            2,
            "Error: No such command 'sevre'. Did you mean 'serve'?\nTry 'sse-reload --help'.\n",
            id="a mistyped command",
        ),
        pytest.param(
            ["notify", "deploy", "--data", "{"],
            2,
            (
                "Error: The data is not JSON (Expecting property name enclosed in double quotes: "
                """line 1 column 2 (char 1)): {\nQuote it: --data '{"key": "value"}'\n"""
            ),
            id="data that is not JSON",
        ),
    ],
)
def test_a_mistake_is_explained(folder: Path, words: list[str], code: int, text: str) -> None:
    assert complain(words, folder) == (code, text)


def test_a_broken_configuration_is_explained(folder: Path) -> None:
    (folder / "sse-reload.toml").write_text("prot = 8000\n")

    assert complain(["serve"], folder) == (
        2,
        f"Error: Unknown setting 'prot': {folder / 'sse-reload.toml'}\nDid you mean 'port'?\n",
    )


def test_a_port_that_the_configuration_has_wrong_is_explained(folder: Path) -> None:
    (folder / "sse-reload.toml").write_text("port = 123456\n")

    assert complain(["serve"], folder) == (
        2,
        "Error: Not a port: 123456\nGive a port from 0 to 65535: --port 8000\n",
    )


def test_a_busy_port_is_explained(folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]

        assert complain(["serve", "site", "--port", str(port)], folder) == (
            1,
            f"Error: Port {port} is in use: localhost\nStop the other server, or let sse-reload choose a free port: --port 0\n",
        )


@pytest.fixture
def not_root() -> Iterator[None]:
    """Nobody's rights, where the tests run as root, whom no permission stops."""
    if os.name == "posix" and os.getuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_an_unreadable_configuration_is_explained(
    folder: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = folder / "sse-reload.toml"
    path.write_text("port = 1\n")
    path.chmod(0o000)
    let_others_in(folder)
    monkeypatch.chdir(folder)
    request.getfixturevalue("not_root")

    code = run(["serve"])

    assert code == 2
    assert capsys.readouterr().err == (
        f"Error: The configuration cannot be read (Permission denied): {path}\nMake it readable, or remove it.\n"
    )


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_an_unreadable_folder_is_explained(
    folder: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o000)
    let_others_in(folder)
    request.getfixturevalue("not_root")

    code = run(["serve", str(closed)])

    assert code == 1
    assert capsys.readouterr().err == (
        f"Error: The folder may not be read: {closed}\nChange its permissions, or serve another folder.\n"
    )


def test_without_a_server_notify_and_events_say_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    text = (
        "Error: No server is running\n"
        "Start one: sse-reload serve DIRECTORY, or name one: http://localhost:8000/\n"
    )

    assert complain(["notify", "reload"], folder) == (1, text)
    assert complain(["events"], folder) == (1, text)
