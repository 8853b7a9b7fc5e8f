import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.errors import EditorError
from livereload_sse.pytest_watch.messages import Collected, Finished, Started, TestResult
from livereload_sse.pytest_watch.page.application import BODY_LIMIT, Application
from livereload_sse.pytest_watch.page.commands import Command
from livereload_sse.pytest_watch.page.results import Results
from livereload_sse.sse import Broadcaster, Decoder
from livereload_sse.web.guard import Guard, Hosts
from tests.asgi import NAVIGATION, Answered, ask

ROOT = Path("/shop").absolute()
TEST = "test_a.py::test_one"
HOST = {"host": "localhost:8000"}


@dataclass
class Page:
    """The application behind its guard, and what it was asked for."""

    results: Results = field(default_factory=lambda: Results(root=ROOT, project="<shop>"))
    broadcaster: Broadcaster = field(default_factory=Broadcaster)
    commands: list[Command] = field(default_factory=list)
    opened: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.application = Application(
            self.results,
            broadcaster=self.broadcaster,
            clock=lambda: 5.0,
            on_command=self.commands.append,
            open_place=self.open,
        )
        self.app = Guard(self.application, hosts=Hosts())

    async def open(self, key: str, line: int) -> None:
        if key == "gone":
            raise EditorError("This file is not known any more")
        self.opened.append((key, line))

    async def get(self, path: str, query: bytes = b"", **more: Any) -> Answered:
        return await ask(self.app, path, headers=HOST, query_string=query, **more)

    async def find_token(self) -> str:
        page = await ask(self.app, "/", headers=NAVIGATION)
        found = re.search(rb'data-token="([^"]+)"', page.body)
        assert found
        return found[1].decode()

    async def post(self, name: str, body: object, **headers: str) -> Answered:
        fields = {
            **HOST,
            "content-type": "application/json",
            "authorization": f"Bearer {await self.find_token()}",
            **{key.replace("_", "-"): value for key, value in headers.items()},
        }
        return await ask(
            self.app,
            f"/__sse-reload/tests/{name}",
            method="POST",
            headers={key: value for key, value in fields.items() if value},
            body=[json.dumps(body).encode()],
        )


@pytest.fixture
def page() -> Page:
    return Page()


def run_one(results: Results) -> None:
    results.begin(1.0)
    results.learn(Started(1), 1.0)
    results.learn(Collected((TEST,), {"test_a.py": str(ROOT / "test_a.py")}), 1.0)
    results.learn(TestResult(TEST, "failed", 0.1, details="E  no"), 1.0)
    results.learn(Finished(1, 0.1), 2.0)


async def test_the_page_runs_nothing_but_our_own_scripts(page: Page) -> None:
    answer = await ask(page.app, "/", headers=NAVIGATION)

    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"  # a token is in it
    body = answer.body.decode()
    assert "<style" not in body
    assert re.findall(r"<script[^>]*>", body) == [
        f'<script type="module" src="{module_address(body)}">'
    ]


def module_address(body: str) -> str:
    found = re.search(r'src="([^"]+)"', body)
    assert found
    return found[1]


async def test_what_the_page_names_is_there_and_may_be_kept(page: Page) -> None:
    body = (await ask(page.app, "/", headers=NAVIGATION)).body.decode()
    sheet = re.search(r'href="(/[^"]+\.css)"', body)
    assert sheet

    answers = [await page.get(address) for address in (module_address(body), sheet[1])]

    assert [answer.status for answer in answers] == [200, 200]
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)
    assert answers[1].headers["content-type"].startswith("text/css")


async def test_the_projects_name_is_text(page: Page) -> None:
    body = (await ask(page.app, "/", headers=NAVIGATION)).body.decode()

    assert "<title>&lt;shop&gt;</title>" in body


async def test_each_server_has_a_token_of_its_own(page: Page) -> None:
    assert await page.find_token() == await page.find_token() != await Page().find_token()


async def test_the_state_says_where_the_stream_goes_on(page: Page) -> None:
    run_one(page.results)
    page.broadcaster.publish("tests-waiting", {})

    state = json.loads((await page.get("/__sse-reload/tests")).body)

    assert state["id"] == str(page.broadcaster.last_id)
    assert state["tests"] == [[1, 0, "test_one", 0, "failed", 0.1, 1]]


async def test_a_stream_that_cannot_be_caught_up_begins_with_the_state(page: Page) -> None:
    run_one(page.results)

    missed = await page.get("/__sse-reload/missed", b"after=1-0")

    (event,) = json.loads(missed.body)["events"]
    assert event["name"] == "tests-state"
    assert json.loads(event["data"])["project"] == "<shop>"


async def test_the_stream_tells_what_is_published(page: Page) -> None:
    page.broadcaster.publish("tests-started", {"run": 1})
    page.broadcaster.close()

    answer = await page.get("/__sse-reload/events", b"after=0-0")

    assert [one.name for one in Decoder().feed(answer.body)] == ["tests-state"]


async def test_details_are_those_of_one_test(page: Page) -> None:
    run_one(page.results)

    found = await page.get("/__sse-reload/tests/details", b"number=1")
    others = [
        await page.get("/__sse-reload/tests/details", query)
        for query in (b"number=2", b"number=-1", b"number=x", b"")
    ]

    assert json.loads(found.body)["lines"] == [[{"text": "E  no"}]]
    assert [answer.status for answer in others] == [404] * 4


async def test_a_wish_is_handed_on(page: Page) -> None:
    run_one(page.results)

    answers = [await page.post("run", {"what": what}) for what in ("failed", [1])]

    assert [answer.status for answer in answers] == [204, 204]
    assert page.commands == [Command("failed"), Command("tests", (TEST,))]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": "Bearer "}, 401),
        ({"content_type": "text/plain"}, 415),
        ({"origin": "http://evil.example"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"host": "evil.example"}, 403),
    ],
)
@pytest.mark.parametrize("name", ["run", "open"])
async def test_nobody_else_may_ask_for_anything(
    page: Page, name: str, headers: Mapping[str, str], status: int
) -> None:
    body = {"what": "all", "key": "k", "line": 1}

    assert (await page.post(name, body, **headers)).status == status
    assert (page.commands, page.opened) == ([], [])


@pytest.mark.parametrize("body", [{"what": "everything"}, {}, {"what": [7]}])
async def test_a_wish_that_nobody_understands_is_refused(
    page: Page, body: dict[str, object]
) -> None:
    answer = await page.post("run", body)

    assert answer.status == 400
    assert answer.body.endswith(b".\n")


async def test_a_wish_without_end_is_refused(page: Page) -> None:
    assert (await page.post("run", {"what": "x" * BODY_LIMIT})).status == 413


async def test_a_file_is_opened_by_its_key(page: Page) -> None:
    assert (await page.post("open", {"key": "k", "line": 3})).status == 204
    gone = await page.post("open", {"key": "gone", "line": 3})

    assert page.opened == [("k", 3)]
    assert (gone.status, json.loads(gone.body)) == (
        422,
        {"error": "This file is not known any more"},
    )


@pytest.mark.parametrize("body", [{"key": "k"}, {"key": 1, "line": 1}, {"key": "k", "line": "1"}])
async def test_a_place_is_a_key_and_a_line(page: Page, body: dict[str, object]) -> None:
    assert (await page.post("open", body)).status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/", 405),
        ("GET", "/__sse-reload/tests/run", 405),
        ("GET", "/__sse-reload/nothing", 404),
        ("POST", "/__sse-reload/publish", 401),
        ("HEAD", "/", 200),
        ("GET", "/__sse-reload/status", 200),
    ],
)
async def test_other_addresses_and_methods_say_what_is_there(
    page: Page, method: str, path: str, status: int
) -> None:
    assert (await page.get(path, method=method)).status == status
