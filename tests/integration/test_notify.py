"""`notify` and `events` with a server that runs."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.reading import Reader, command
from tests.serving import serving, wait_until


def test_notify_reaches_the_tabs_of_the_only_server(small: Path) -> None:
    with serving(small) as server, Reader(server) as reader:
        done = command("notify", "deploy", "--data", '{"version": 3}')
        event = reader.next_event()

    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Published 'deploy' as {event.last_event_id} to {server.url}\n"
    assert (event.name, json.loads(event.data)) == (
        "custom",
        {"name": "deploy", "data": {"version": 3}},
    )


def test_notify_reload_reloads(small: Path) -> None:
    with serving(small) as server, Reader(server) as reader:
        command("notify", server.url, "reload")

        assert reader.next_event().name == "reload"


def test_notify_wants_to_know_which_of_two_servers(small: Path) -> None:
    with serving(small) as one, serving(small) as two:
        wait_until(lambda: all(server.get_internal("status") for server in (one, two)))
        done = command("notify", "reload")
        named = command("notify", f"http://127.0.0.1:{two.port}/", "reload")

    assert done.returncode == 2
    assert done.stderr == (
        f"Error: Several servers are running: {one.url}, {two.url}\nName the one you mean.\n"
    )
    assert named.returncode == 0, named.stderr


@contextmanager
def printing_events(*words: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "livereload_sse", "events", *words],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(5)
        assert process.stdout is not None
        process.stdout.close()


def test_events_prints_the_stream_as_it_comes(small: Path) -> None:
    with serving(small) as server, printing_events() as plain, printing_events("--json") as as_json:
        wait_until(lambda: server.status()["streams"] == 2)
        (small / "one.html").write_text("1")
        assert plain.stdout is not None
        assert as_json.stdout is not None
        line, item = plain.stdout.readline(), json.loads(as_json.stdout.readline())
        server.end()
        code = plain.wait(5)

    assert re.match(r'\d+-\d+  change  \{"changes": \[\{"kind": "added", "url": "/one"', line)
    assert item["event"] == "change"
    assert item["data"]["changes"][0]["url"] == "/one"
    assert code == 0


def test_events_ends_quietly_when_nobody_reads_it(small: Path) -> None:
    words = f"{sys.executable} -m livereload_sse events | head -n 1"
    with serving(small) as server:
        pipe = subprocess.Popen(
            ["sh", "-c", words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        wait_until(lambda: server.status()["streams"] == 1)
        for number in range(200):  # until one is written into the closed pipe
            (small / f"{number}.html").write_text("1")
            if pipe.poll() is not None:
                break
            time.sleep(0.05)
        out, err = pipe.communicate(timeout=5)

    assert out.count("\n") == 1
    assert err == ""


def test_events_does_not_count_as_a_tab(small: Path) -> None:
    with serving(small) as server, printing_events():
        wait_until(lambda: server.status()["streams"] == 1)

        assert server.status()["tabs"] == 0
