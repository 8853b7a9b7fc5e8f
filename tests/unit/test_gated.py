"""What stands in front of a server that comes and goes."""

import asyncio
from typing import Any

from livereload_sse.web.gate import Gate, UnansweredError
from livereload_sse.web.gated import ATTEMPTS, Gated
from tests.asgi import App, answering, ask

PLAIN = {"host": "localhost:8000", "accept": "*/*", "sec-fetch-mode": "cors"}


def gated(app: App, gate: Gate, patience: float = 5.0) -> Gated:
    return Gated(
        app, gate=gate, tag=lambda page, *, kind: f"<TAG {page} {kind}>".encode(), patience=patience
    )


class Refusing:
    """Has nobody to take a request, for so many times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        if self.asked <= self.times:
            raise UnansweredError
        await answering(b"here")(scope, receive, send)


async def test_a_request_waits_and_is_answered_by_whoever_comes() -> None:
    gate = Gate()
    gate.close()
    asking = asyncio.create_task(ask(gated(answering(b"here"), gate)))
    await asyncio.sleep(0.01)
    assert not asking.done()

    gate.open()

    assert (await asking).body == b"here"


async def test_a_request_that_nobody_has_taken_is_asked_again() -> None:
    refused: list[int] = []
    gate = Gate(lambda: refused.append(1))

    answered = await ask(gated(Refusing(2), gate))

    assert answered.body == b"here"
    assert refused == [1, 1]


async def test_what_is_refused_closes_the_gate_for_the_next_attempt() -> None:
    gate = Gate()
    gate.on_refused = gate.close
    asking = asyncio.create_task(ask(gated(Refusing(1), gate)))
    await asyncio.sleep(0.01)
    assert not asking.done()

    gate.open()

    assert (await asking).body == b"here"


async def test_nothing_is_asked_for_ever() -> None:
    app = Refusing(1000)

    answered = await ask(gated(app, Gate()), headers=PLAIN)

    assert answered.status == 503
    assert app.asked == ATTEMPTS


async def test_a_person_gets_a_page_that_waits_and_heals() -> None:
    gate = Gate()
    gate.shut("It has died: <NameError>")

    answered = await ask(gated(answering(b"here"), gate), "/a")

    assert answered.status == 503
    assert b"<TAG /a waiting>" in answered.body
    assert b"It has died: &lt;NameError&gt;" in answered.body
    assert answered.headers["retry-after"] == "1"


async def test_others_get_a_line() -> None:
    gate = Gate()
    gate.close()

    answered = await ask(gated(answering(b"here"), gate, patience=0.01), headers=PLAIN)

    assert answered.status == 503
    assert answered.body == b"The app does not answer.\n"
