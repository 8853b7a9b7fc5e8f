"""`sse-reload serve` as a process: how it starts, what it prints, how it ends."""

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme

from livereload_sse import __version__
from tests.reading import Reader, command
from tests.serving import LiveServer, serving, wait_until


def test_the_version_is_told() -> None:
    assert command("--version").stdout == f"sse-reload {__version__}\n"


def test_the_first_line_says_what_is_served_and_where(small: Path) -> None:
    with serving(small) as server:
        assert server.printed[0] == f"Serving {small} at http://localhost:{server.port}/"


def test_a_page_is_served_with_the_tag(small: Path) -> None:
    with serving(small) as server:
        page = server.get("/")

    assert page.startswith('<!doctype html><script type="module" src="/__sse-reload/client/')
    assert 'data-page="/"' in page


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("streams", [0, 50])
def test_a_signal_ends_it_at_once_and_cleanly(small: Path, number: int, streams: int) -> None:
    with serving(small) as server, ExitStack() as stack:
        readers = [stack.enter_context(Reader(server)) for _ in range(streams)]
        wait_until(lambda: server.status()["streams"] == streams)
        began = time.monotonic()
        code = server.end(number)
        took = time.monotonic() - began
        for reader in readers:
            reader.read_to_end()  # raises when the stream was cut instead of ended

    assert code == 0
    assert took < 1.0  # about 0.25 s; whoever waits for streams or for a time-out takes longer
    assert server.printed == [f"Serving {small} at {server.url}"]


def test_nohup_is_respected(small: Path) -> None:
    words = ["nohup", sys.executable, "-m", "livereload_sse", "serve", str(small), "--port", "0"]
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(words, stdin=null, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split(" at ")[1].strip()
        process.send_signal(signal.SIGHUP)
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.status == 200
        process.terminate()

        assert process.wait(5) == 0


def test_a_download_that_nobody_reads_does_not_hold_up_the_end(small: Path) -> None:
    (small / "film.mp4").write_bytes(bytes(40_000_000))
    with serving(small) as server, socket.create_connection(("127.0.0.1", server.port)) as reader:
        reader.sendall(f"GET /film.mp4 HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
        reader.recv(1000)
        code = server.end(timeout=5)

    assert code == 0
    assert "Traceback" not in "\n".join(server.printed)


def test_the_state_file_is_gone_after_a_clean_end(small: Path, own_runtime_folder: Path) -> None:
    with serving(small) as server:
        wait_until(lambda: list((own_runtime_folder / "sse-reload").glob("*.json")))
        (path,) = (own_runtime_folder / "sse-reload").iterdir()
        mode = path.stat().st_mode & 0o777
        server.end()

    assert mode == 0o600
    assert not path.exists()


def test_a_change_is_one_line(small: Path) -> None:
    with serving(small) as server:
        server.get("/")
        (small / "index.html").write_text("<!doctype html><title>changed</title>")

        assert re.fullmatch(
            r"\d\d:\d\d:\d\d  index\.html → no tab is open", server.wait_for_line("→")
        )


def test_requests_are_printed_only_when_asked_for(small: Path) -> None:
    with serving(small) as quiet:
        quiet.get("/")
        quiet.end()
    with serving(small, "-v") as verbose:
        verbose.get("/")
        line = verbose.wait_for_line("GET")

    assert len(quiet.printed) == 1
    assert re.fullmatch(r"\d\d:\d\d:\d\d  GET / 200 \d+ ms", line)


def test_an_acknowledged_change_says_how_long_it_took(small: Path) -> None:
    with serving(small) as server, Reader(server) as reader:
        wait_until(lambda: server.status()["tabs"] == 1)
        (small / "index.html").write_text("<!doctype html><title>changed</title>")
        event = reader.next_event()
        acknowledge(server, event.last_event_id, "reload", 25)

        line = server.wait_for_line("→")
    took = re.search(r"index\.html → reloaded 1 tab · (\d+) ms", line)
    assert took
    assert 25 <= int(took[1]) < 2000


def acknowledge(server: LiveServer, event_id: str, action: str, milliseconds: int) -> None:
    body = json.dumps({"id": event_id, "action": action, "milliseconds": milliseconds}).encode()
    request = urllib.request.Request(
        f"http://localhost:{server.port}/__sse-reload/ack",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=5).close()


def test_a_change_event_names_url_kind_and_digest(small: Path) -> None:
    with serving(small) as server, Reader(server) as reader:
        (small / "marker.txt").write_text("what comes after this is new for sure")
        reader.next_event()
        (small / "about us.html").write_text("<!doctype html><title>new</title>")
        event = reader.next_event()

    assert event.name == "change"
    (change,) = json.loads(event.data)["changes"]
    assert (change["kind"], change["url"]) == ("added", "/about%20us")
    assert re.fullmatch("[0-9a-f]{16}", change["digest"])


def test_hidden_files_are_nobodys_business(small: Path) -> None:
    with serving(small) as server, Reader(server) as reader:
        (small / ".env").write_text("SECRET=1")
        (small / "page.html").write_text("1")
        event = reader.next_event()

    assert [change["url"] for change in json.loads(event.data)["changes"]] == ["/page"]


def test_a_reader_that_comes_back_is_told_what_it_missed(small: Path) -> None:
    with serving(small) as server:
        with Reader(server) as reader:
            (small / "one.html").write_text("1")
            first = reader.next_event()
        with Reader(server) as watching:
            (small / "two.html").write_text("2")
            watching.next_event()
        with Reader(server, **{"Last-Event-ID": first.last_event_id}) as reader:
            missed = reader.next_event()

    assert [change["url"] for change in json.loads(missed.data)["changes"]] == ["/two"]


def test_a_restarted_server_compares_the_disk_with_the_readers_id(small: Path) -> None:
    with serving(small) as server:
        last_id = server.status()["last_id"]
        server.end(signal.SIGKILL)
        (small / "one.html").write_text("1")
    with serving(small) as server, Reader(server, f"after={last_id}") as reader:
        missed = reader.next_event()

    assert [change["url"] for change in json.loads(missed.data)["changes"]] == ["/one"]


@pytest.mark.parametrize("wrong", ["99999999999999-0", "yesterday"])
def test_an_id_that_cannot_be_ours_reloads(small: Path, wrong: str) -> None:
    with serving(small) as server, Reader(server, f"after={wrong}") as reader:
        assert reader.next_event().name == "reload"


def test_a_stranger_cannot_publish(small: Path) -> None:
    with serving(small) as server:
        request = urllib.request.Request(
            f"http://localhost:{server.port}/__sse-reload/publish",
            data=b'{"event": "reload"}',
            headers={"Content-Type": "application/json"},
        )
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(request, timeout=5)


def test_serve_goes_on_when_nobody_reads_it(small: Path) -> None:
    words = [sys.executable, "-m", "livereload_sse", "serve", str(small), "--port", "0"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().split(" at ")[1].strip()
        process.stdout.close()
        for number in range(3):
            (small / f"{number}.html").write_text("1")
            time.sleep(0.1)
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.status == 200
        process.terminate()

        assert process.wait(5) == 0
        assert process.stderr.read() == ""


def test_tls_is_served_with_a_certificate(small: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certfile, keyfile = small.parent / "cert.pem", small.parent / "key.pem"
    certificate.cert_chain_pems[0].write_to_path(certfile)
    certificate.private_key_pem.write_to_path(keyfile)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with serving(small, "--certfile", str(certfile), "--keyfile", str(keyfile)) as server:
        assert server.url.startswith("https://localhost:")
        with urllib.request.urlopen(server.url, context=context, timeout=5) as answer:
            assert b"<title>small</title>" in answer.read()
        done = command("notify", "reload")

    assert done.returncode == 0, done.stderr


def test_a_wide_address_warns_and_names_the_network_address(small: Path) -> None:
    with serving(small, "--host", "0.0.0.0") as server:  # noqa: S104 - the subject of the test
        line = server.wait_for_line("network can read")

    assert line.endswith(
        "Others on your network can read this folder. --host localhost keeps it to this machine."
    )


def test_the_configuration_file_is_obeyed(small: Path) -> None:
    (small / "pyproject.toml").write_text('[tool.sse-reload]\nprefix = "/docs/"\n')
    with serving(small, cwd=small) as server:
        assert server.url.endswith("/docs/")
        assert "<title>small</title>" in server.get("/")


def test_no_process_is_left_behind(small: Path) -> None:
    with serving(small) as server:
        server.end()
        children = subprocess.run(
            ["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=False
        ).stdout

    assert children == ""
    assert not Path(f"/proc/{server.process.pid}").exists() or os.name != "posix"


def status_of(server: LiveServer, path: str, **headers: str) -> int:
    """Ask as a browser that goes to a page does; the status of the answer."""
    words = {
        "Accept": "text/html",
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("GET", path, headers=words)
        return connection.getresponse().status
    finally:
        connection.close()


def test_spa_answers_unknown_pages_with_the_index(small: Path) -> None:
    with serving(small) as plain, serving(small, "--spa") as spa:
        assert (status_of(plain, "/some/route"), status_of(spa, "/some/route")) == (404, 200)


def test_no_listing_hides_what_is_in_a_folder(small: Path) -> None:
    (small / "files").mkdir()
    with serving(small) as plain, serving(small, "--no-listing") as closed:
        assert (status_of(plain, "/files/"), status_of(closed, "/files/")) == (200, 404)


def test_allow_host_lets_the_server_be_called_by_another_name(small: Path) -> None:
    with serving(small) as plain, serving(small, "--allow-host", "dev.test") as named:
        assert (status_of(plain, "/", Host="dev.test"), status_of(named, "/", Host="dev.test")) == (
            403,
            200,
        )


def test_poll_looks_by_itself(small: Path) -> None:
    with serving(small, "--poll") as server, Reader(server) as reader:
        assert server.status()["polling"] is True
        (small / "index.html").write_text("<!doctype html><title>changed</title>")

        assert reader.next_event().name == "change"


@pytest.mark.parametrize(
    ("option", "told"), [("--gitignore", "/page"), ("--no-gitignore", "/built.css")]
)
def test_gitignore_files_count_unless_told_otherwise(small: Path, option: str, told: str) -> None:
    (small / ".git").mkdir()
    (small / ".gitignore").write_text("*.css\n")
    with serving(small, option) as server, Reader(server) as reader:
        wait_until(lambda: server.status()["files"])
        (small / "built.css").write_text("a {}")
        time.sleep(0.1)  # what is not ignored is told within a tenth of this
        (small / "page.html").write_text("1")
        event = reader.next_event()

    assert [change["url"] for change in json.loads(event.data)["changes"]] == [told]


def test_nobody_in_front_is_believed_and_nothing_is_said_of_the_server(small: Path) -> None:
    with serving(small) as server:
        connection = http.client.HTTPConnection("localhost", server.port, timeout=5)
        body = b'{"id": "1-0", "action": "none", "milliseconds": 1}'
        origin = f"http://localhost:{server.port}"
        connection.request(
            "POST", "/__sse-reload/ack", body, {"Origin": origin, "X-Forwarded-Proto": "https"}
        )
        answer = connection.getresponse()
        connection.close()

    assert (answer.status, answer.getheader("Server")) == (204, None)
