"""What the page about streams shows runs, and does what it says."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from livereload_sse import sse
from livereload_sse.sse import Decoder

PAGE = Path(sse.__file__).parent / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
HEAVY = {"click", "jinja2", "pathspec", "platformdirs", "starlette", "uvicorn", "watchfiles"}


def run_block(containing: str) -> dict[str, Any]:
    """Run the one block of the page that has these words in it; returns its names."""
    (block,) = (block for block in BLOCKS if containing in block)
    world: dict[str, Any] = {}
    exec(compile(block, str(PAGE), "exec"), world)  # noqa: S102 - running it is the test
    return world


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: str(block).splitlines()[0][:40])
def test_each_block_runs(block: str) -> None:
    exec(compile(block, str(PAGE), "exec"), {})  # noqa: S102 - running it is the test


def read_all(client: TestClient, method: str, url: str, **words: Any) -> list[tuple[str, str]]:
    body = client.request(method, url, **words).content
    return [(event.name, event.data) for event in Decoder().feed(body)]


def test_the_app_of_a_minute_streams_and_serves_its_client() -> None:
    world = run_block("# app.py")
    client = TestClient(world["app"])
    start = world["broadcaster"].last_id
    assert client.post("/orders/7").status_code == 200
    world["broadcaster"].close()

    assert read_all(client, "GET", f"/events?after={start}") == [("order", '{"number":7}')]
    assert "export function connect" in client.get("/sse-client.js", follow_redirects=False).text


def test_the_endpoints_have_their_channels_their_state_and_their_guard() -> None:
    world = run_block("authorize=authorize")
    client = TestClient(world["app"])
    world["broadcaster"].publish("line", "one", channel="job-3")
    world["broadcaster"].close()

    assert read_all(client, "GET", "/events") == [("state", '{"cpu":0.07}')]
    assert read_all(client, "GET", "/jobs/3/events") == [("line", '"one"')]
    assert client.get("/secret").status_code == 403
    allowed = client.get("/secret", headers={"Authorization": "Bearer open sesame"})
    assert allowed.status_code == 200


def test_the_response_has_its_own_header_and_both_channels() -> None:
    world = run_block("X-Room")
    client = TestClient(world["app"])
    start = world["broadcaster"].last_id
    for channel in ("news", "kitchen", "hall"):
        world["broadcaster"].publish(channel, channel=channel)
    world["broadcaster"].close()

    answer = client.get(f"/events?room=kitchen&after={start}")

    assert answer.headers["x-room"] == "kitchen"
    assert [event.name for event in Decoder().feed(answer.content)] == ["news", "kitchen"]


def test_the_generators_stream_resume_and_end() -> None:
    world = run_block("async def tokens")
    client = TestClient(world["app"])

    whole = read_all(client, "POST", "/answer")
    rest = read_all(client, "POST", "/answer", headers={"Last-Event-ID": "4"})
    rows = read_all(client, "GET", "/rows")

    assert [data for _, data in whole] == [*(f'"{word}"' for word in world["WORDS"]), ""]
    assert rest == [("token", '"to"'), ("token", '"sunrise"'), ("end", "")]
    assert rows == [
        *(("row", json.dumps({"number": n}).replace(" ", "")) for n in range(3)),
        ("end", ""),
    ]
    assert client.get("/rows", headers={"Last-Event-ID": "end"}).status_code == 204


def test_the_kit_is_imported_without_anything_that_it_does_not_need() -> None:
    words = "import sys, livereload_sse.sse; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)

    assert HEAVY & set(done.stdout.split()) == set()


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    named = {name: getattr(sse, name) for name in sse.__all__}

    assert [name for name, value in named.items() if not value.__doc__] == []
