"""The page's server: inside a loop that runs already, without signals, on a port that is free."""

import asyncio
import json
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from livereload_sse.addresses import listen
from livereload_sse.errors import AddressError, EditorError
from livereload_sse.pytest_watch.messages import Collected, Started, TestResult
from livereload_sse.pytest_watch.page import serving
from livereload_sse.pytest_watch.page.commands import Command
from livereload_sse.pytest_watch.page.results import Results
from livereload_sse.pytest_watch.page.serving import DEFAULT_PORT, serving_page
from livereload_sse.sse import Decoder, ReceivedEvent

TIMEOUT = 10.0


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(root=tmp_path)


async def ask(address: str, path: str, method: str = "GET", body: str = "", **headers: str) -> str:
    """Ask the server in the loop in which it runs; returns the whole answer."""
    async with connected(address) as (reader, writer):
        fields = {"Host": address.split("/")[2], "Connection": "close", **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{key}: {fields[key]}" for key in fields)]
        lines.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join([*lines, "", body]).encode())
        async with asyncio.timeout(TIMEOUT):
            return (await reader.read()).decode()


@asynccontextmanager
async def connected(
    address: str,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


class Listener:
    """A reader of the stream."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._decoder = Decoder()
        self.events: list[ReceivedEvent] = []

    async def wait_for(self, is_it: Callable[[ReceivedEvent], bool]) -> ReceivedEvent:
        async with asyncio.timeout(TIMEOUT):
            while True:
                for event in self.events:
                    if is_it(event):
                        return event
                # Its chunks' sizes stand on lines of their own, which no field is.
                self.events += self._decoder.feed(await self._reader.readuntil(b"\r\n"))


@asynccontextmanager
async def listening(address: str, after: str) -> AsyncIterator[Listener]:
    async with connected(address) as (reader, writer):
        host = address.split("/")[2]
        writer.write(
            f"GET /__sse-reload/events?after={after} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        )
        yield Listener(reader)


def collect(results: Results, *tests: str) -> None:
    results.begin(time.monotonic())
    results.learn(Started(1), time.monotonic())
    files = {"test_a.py": str(results.root / "test_a.py")}
    results.learn(Collected(tests, files), time.monotonic())


async def test_the_page_is_there_for_as_long_as_the_context_lasts(results: Results) -> None:
    async with serving_page(results, lambda _: None, port=0) as address:
        answer = await ask(address, "/")

        assert answer.startswith("HTTP/1.1 200")
        assert results.project in answer
    with pytest.raises(OSError, match=r"refused|Connect"):
        await ask(address, "/")


async def test_what_the_results_learn_is_streamed(results: Results) -> None:
    tests = [f"test_a.py::test_{number}" for number in range(3)]
    async with serving_page(results, lambda _: None, port=0) as address:
        state = json.loads((await ask(address, "/__sse-reload/tests")).partition("\r\n\r\n")[2])
        async with listening(address, state["id"]) as listener:
            collect(results, *tests)
            for test in tests:
                results.learn(TestResult(test, "passed", 0.1), time.monotonic())

            # Two of them were held back for a moment; nobody else asks for them.
            await listener.wait_for(lambda event: '"results":[[2,' in event.data)

    assert [event.name for event in listener.events] == [
        "tests-started",
        "tests-collected",
        "test-result",
        "test-result",
    ]


async def test_a_run_that_is_over_at_once_is_told_at_once(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And in one piece: nothing is drawn while it takes place."""
    monkeypatch.setattr(serving, "HOLD_DELAY", 1000.0)  # however busy the machine is
    async with serving_page(results, lambda _: None, port=0) as address:
        before = await last_id(address)
        collect(results, "test_a.py::test_one")
        results.learn(TestResult("test_a.py::test_one", "passed", 0.1), time.monotonic())
        during = await last_id(address)
        async with listening(address, before) as listener:
            results.end(time.monotonic(), ending="finished")
            await listener.wait_for(lambda event: event.name == "tests-finished")

    assert during == before
    assert [event.name for event in listener.events] == [
        "tests-started",
        "tests-collected",
        "test-result",
        "tests-finished",
    ]


async def test_what_is_told_after_a_run_is_not_held_back(results: Results) -> None:
    async with serving_page(results, lambda _: None, port=0) as address:
        collect(results, "test_a.py::test_one")
        results.end(time.monotonic(), ending="finished")
        before = await last_id(address)
        results.wait("", paused=True)
        assert await last_id(address) != before


async def last_id(address: str) -> str:
    """Ask after which event the state is."""
    answer = await ask(address, "/__sse-reload/tests")
    return str(json.loads(answer.partition("\r\n\r\n")[2])["id"])


async def test_streams_end_with_the_server(results: Results) -> None:
    async with asyncio.timeout(TIMEOUT):
        async with serving_page(results, lambda _: None, port=0) as address:
            reader, writer = await asyncio.open_connection(
                "localhost", int(address[:-1].rsplit(":")[2])
            )
            host = address.split("/")[2]
            writer.write(f"GET /__sse-reload/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            await reader.readuntil(b"still here")
        rest = await reader.read()
        writer.close()
        await writer.wait_closed()

    assert rest.endswith(b"0\r\n\r\n")  # it was said goodbye to, not cut off


async def test_signals_stay_as_they_were(results: Results) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async with serving_page(results, lambda _: None, port=0):
        during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    assert during == before


async def test_a_port_that_is_taken_is_passed_over(results: Results) -> None:
    async with (
        serving_page(results, lambda _: None) as first,
        serving_page(results, lambda _: None) as second,
    ):
        assert first != second
        assert int(first.rstrip("/").rsplit(":", 1)[1]) >= DEFAULT_PORT


async def test_a_port_that_was_asked_for_is_not(results: Results) -> None:
    taken = listen("localhost", 0)
    try:
        with pytest.raises(AddressError, match=f"Port {taken.port} is in use"):
            async with serving_page(results, lambda _: None, port=taken.port):
                pass
    finally:
        taken.close()


async def test_an_editor_that_nobody_knows_is_told_before_a_port_is_taken(
    results: Results,
) -> None:
    with pytest.raises(EditorError):
        async with serving_page(results, lambda _: None, port=0, editor="no-such-editor"):
            pass


async def test_nothing_of_the_server_is_imported_with_the_results() -> None:
    code = (
        "import sys; import livereload_sse.pytest_watch.page.results as it;"
        "print([name for name in ('uvicorn', 'livereload_sse.build.ansi', 'jinja2')"
        " if name in sys.modules])"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()

    assert printed.decode().strip() == "[]"


async def test_a_person_at_the_page_asks_and_opens(results: Results) -> None:
    file = results.root / "test_a.py"
    file.write_text("def test_one(): pass\n")
    opened = results.root / "opened"
    script = (
        f"import pathlib, sys; pathlib.Path({str(opened)!r}).write_text(' '.join(sys.argv[1:]))"
    )
    (results.root / "editor.py").write_text(script)
    editor = f"{sys.executable} {results.root / 'editor.py'} {{file}} {{line}}"
    commands: list[Command] = []
    async with serving_page(results, commands.append, port=0, editor=editor) as address:
        collect(results, "test_a.py::test_one")
        key = results.state(0.0)["files"][0]["key"]
        found = re.search(r'data-token="([^"]+)"', await ask(address, "/"))
        assert found
        fields = {"Authorization": f"Bearer {found[1]}", "Content-Type": "application/json"}

        ran = await ask(address, "/__sse-reload/tests/run", "POST", '{"what":[1]}', **fields)
        body = json.dumps({"key": key, "line": 7})
        shown = await ask(address, "/__sse-reload/tests/open", "POST", body, **fields)
        body = json.dumps({"key": "guessed", "line": 7})
        guessed = await ask(address, "/__sse-reload/tests/open", "POST", body, **fields)

    assert [answer.split()[1] for answer in (ran, shown, guessed)] == ["204", "204", "422"]
    assert commands == [Command("tests", ("test_a.py::test_one",))]
    assert opened.read_text() == f"{file} 7"


async def test_what_lies_outside_of_the_project_has_no_key(
    results: Results, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "test_b.py"
    elsewhere.write_text("")
    async with serving_page(results, lambda _: None, port=0):
        results.begin(0.0)
        results.learn(Collected(("test_b.py::test_x",), {"test_b.py": str(elsewhere)}), 0.0)

        assert results.state(0.0)["files"][0]["key"] == ""


async def test_the_same_results_can_be_served_again(results: Results) -> None:
    for _ in range(2):
        async with serving_page(results, lambda _: None, port=0) as address:
            assert (await ask(address, "/__sse-reload/tests")).startswith("HTTP/1.1 200")
        assert not results._listeners
