"""`sse-client.js` in a real browser, against real streams that are cut, refused, ended and left."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any, cast

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Tabs
from tests.browser.sse.lab import Cut, Lab, Refuse
from tests.browser.sse.serving import serving_app
from tests.serving import wait_until

FETCH = {"transport": "fetch"}
BOTH = pytest.mark.parametrize("options", [{}, FETCH], ids=["eventsource", "fetch"])


@dataclass(frozen=True)
class Room:
    """A lab that is open, and its address."""

    lab: Lab
    url: str


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    lab = Lab()
    with serving_app(lab.app()) as url:
        yield Room(lab, url)


@pytest.fixture
def page(room: Room, tabs: Tabs) -> Page:
    """A page that has no stream yet."""
    return open_page(room, tabs)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A stream of the test's own."""
    return cast("str", request.node.name)


def open_page(room: Room, tabs: Tabs) -> Page:
    page = tabs.open(f"{room.url}/client.html")
    page.wait_for_function("window.read !== undefined")
    return page


def read(page: Page, path: str, **options: Any) -> None:
    page.evaluate(
        "([url, options]) => window.read(url, options)", [path, {"retry": 0.05, **options}]
    )


def states_of(page: Page) -> list[str]:
    return cast("list[str]", page.evaluate("diary.states.map(({ state }) => state)"))


def numbers_of(page: Page) -> list[Any]:
    return cast("list[Any]", page.evaluate("diary.numbers"))


def wait_for_numbers(page: Page, count: int) -> list[Any]:
    page.wait_for_function("count => diary.numbers.length >= count", arg=count)
    return numbers_of(page)


def wait_for_state(page: Page, state: str) -> None:
    page.wait_for_function("state => diary.events.state === state", arg=state)


def wait_for_readers(room: Room, name: str, count: int) -> None:
    wait_until(lambda: room.lab.open[name] == count, what=f"{count} read {name}")


def finish(page: Page) -> str:
    page.wait_for_function("['ended', 'failed', 'closed'].includes(diary.events.state)")
    return cast("str", page.evaluate("diary.events.done"))


@BOTH
def test_a_stream_that_is_cut_again_and_again_loses_and_doubles_nothing(
    room: Room, page: Page, name: str, options: dict[str, Any]
) -> None:
    after = str(room.lab.broadcaster.last_id)
    cuts = [Cut(size) for size in (12, 20, 55, 90, 173, 200, 400, 401, 402, 900)]
    room.lab.plans[name] += cuts
    room.lab.publish(name, *range(60))
    # A stream that is cut before it has told anything is waited for longer each time, by chance.
    read(page, f"events/{name}", after=after, maxRetry=0.5, **options)
    room.lab.publish(name, *range(60, 120))

    assert wait_for_numbers(page, 120) == list(range(120))
    room.lab.publish(name, 120)
    assert wait_for_numbers(page, 121) == list(range(121))
    assert len(room.lab.asked[name]) == len(cuts) + 1


@BOTH
def test_a_stream_that_is_refused_for_a_while_goes_on_where_it_was(
    room: Room, page: Page, name: str, options: dict[str, Any]
) -> None:
    room.lab.plans[name] += [Cut(200), *[Refuse(status) for status in (503, 502, 429)]]
    read(page, f"events/{name}", after=str(room.lab.broadcaster.last_id), **options)
    wait_for_state(page, "open")
    wait_for_readers(room, name, 1)
    room.lab.publish(name, *range(10))

    assert wait_for_numbers(page, 10) == list(range(10))
    wait_for_state(page, "open")
    statuses = page.evaluate("diary.states.flatMap(({ status = [] }) => status)")
    # The browser does not tell the first one; asked again it is the second one already.
    assert statuses == ([502, 429] if not options else [503, 502, 429])


@BOTH
def test_a_stream_ends_with_its_end_event_and_nobody_asks_again(
    room: Room, page: Page, name: str, options: dict[str, Any]
) -> None:
    read(page, f"events/{name}", after=str(room.lab.broadcaster.last_id), **options)
    room.lab.publish(name, 1)
    room.lab.broadcaster.end(channel=name, data="bye")

    assert finish(page) == "ended"
    assert numbers_of(page) == [1, ["end", "bye"]]
    assert len(room.lab.asked[name]) == 1


@BOTH
def test_one_that_comes_back_to_what_has_ended_is_told_so_once(
    room: Room, page: Page, name: str, options: dict[str, Any]
) -> None:
    room.lab.broadcaster.end(channel=name)
    read(page, f"events/{name}", after=str(room.lab.broadcaster.last_id), **options)

    assert finish(page) == "ended"
    assert page.evaluate("diary.states.at(-1)") == {"state": "ended", "status": 204}
    assert len(room.lab.asked[name]) == (1 if options else 2)


@BOTH
def test_one_that_may_not_read_is_told_why(page: Page, options: dict[str, Any]) -> None:
    read(page, "events/secret", **options)

    assert finish(page) == "failed"
    assert page.evaluate("diary.states.at(-1)") == {"state": "failed", "status": 403}


def test_a_header_may_open_the_door(room: Room, page: Page) -> None:
    read(
        page,
        "events/secret",
        after=str(room.lab.broadcaster.last_id),
        headers={"Authorization": "Bearer sesame"},
    )
    room.lab.publish("secret", 7)

    assert wait_for_numbers(page, 1) == [7]


@BOTH
def test_a_page_in_place_of_a_stream_is_a_failure(page: Page, options: dict[str, Any]) -> None:
    read(page, "other.html", **options)

    assert finish(page) == "failed"


def test_a_request_with_a_body_is_made_again_with_its_body_and_its_place(
    room: Room, page: Page, name: str
) -> None:
    first, second = Event(), Event()
    room.lab.plans[name] += [Cut(150, first), Refuse(503), Cut(250, second)]
    read(page, f"counted/{name}", method="POST", body="40")
    before = len(wait_for_numbers(page, 2))
    first.set()
    wait_for_numbers(page, before + 2)
    second.set()

    assert finish(page) == "ended"
    assert numbers_of(page) == [*range(40), ["end", ""]]
    asked = room.lab.asked[name]
    assert [(one.method, one.body) for one in asked] == [("POST", "40")] * 4
    assert asked[0].last_id == ""
    assert 0 < int(asked[1].last_id) == int(asked[2].last_id) < int(asked[3].last_id) < 39


@BOTH
def test_one_that_is_closed_leaves_nothing_open(
    room: Room, page: Page, name: str, options: dict[str, Any]
) -> None:
    read(page, f"events/{name}", **options)
    wait_for_readers(room, name, 1)
    page.evaluate("diary.events.close()")

    assert finish(page) == "closed"
    wait_for_readers(room, name, 0)
    assert states_of(page)[-1] == "closed"


@BOTH
def test_a_page_behind_the_back_button_holds_no_stream_and_catches_up_when_it_returns(
    room: Room, page: Page, name: str, options: dict[str, Any]
) -> None:
    read(page, f"events/{name}", after=str(room.lab.broadcaster.last_id), **options)
    room.lab.publish(name, 1)
    wait_for_numbers(page, 1)

    page.click("a")
    page.wait_for_url("**/other.html")
    wait_for_readers(room, name, 0)
    room.lab.publish(name, 2, 3)
    page.go_back(wait_until="commit")

    assert wait_for_numbers(page, 3) == [1, 2, 3]
    assert page.evaluate("window.wasKept") is True
    wait_for_readers(room, name, 1)
    assert states_of(page) == ["connecting", "open", "connecting", "open"]


def test_one_that_waits_long_tries_at_once_when_the_network_is_back(
    room: Room, page: Page, name: str
) -> None:
    room.lab.plans[name] += [Refuse(503)]
    read(page, f"events/{name}", **FETCH | {"retry": 3600, "maxRetry": 3600})
    wait_for_state(page, "waiting")

    page.context.set_offline(True)
    page.context.set_offline(False)

    wait_for_state(page, "open")


@BOTH
def test_a_server_that_is_started_again_finds_its_readers_where_they_were(
    tabs: Tabs, name: str, options: dict[str, Any]
) -> None:
    lab = Lab()
    with serving_app(lab.app()) as url:
        page = open_page(Room(lab, url), tabs)
        read(page, f"events/{name}", after=str(lab.broadcaster.last_id), maxRetry=0.2, **options)
        lab.publish(name, 1)
        wait_for_numbers(page, 1)
    lab.publish(name, 2)
    page.wait_for_function("diary.states.length > 5")
    with serving_app(lab.app(), port=int(url.rsplit(":", 1)[1])):
        lab.publish(name, 3)

        assert wait_for_numbers(page, 3) == [1, 2, 3]
        page.evaluate("diary.events.close()")
