"""Answers are made once, told to whoever reads, and end when they are told to."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from livereload_sse.sse import Broadcaster
from tests.logs import hearing

CHAT = Path(__file__).parents[2] / "examples" / "chat"


class Model:
    """A model whose pieces a test says; an exception among them is raised."""

    def __init__(self) -> None:
        self.asked: list[list[dict[str, str]]] = []
        self.hung_up = 0
        self._said: asyncio.Queue[str | Exception | None] = asyncio.Queue()

    def say(self, *pieces: str | Exception | None) -> None:
        """Say these next; None is the end."""
        for piece in pieces:
            self._said.put_nowait(piece)

    async def answer(self, messages: Sequence[dict[str, str]]) -> AsyncIterator[str]:
        self.asked.append(list(messages))
        try:
            while (piece := await self._said.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        except asyncio.CancelledError:
            self.hung_up += 1
            raise


@pytest.fixture(scope="module")
def module() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CHAT)
        yield import_module("answers")
        del sys.modules["answers"], sys.modules["handbook"]


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
async def answers(module: ModuleType, model: Model) -> AsyncIterator[Any]:
    made = module.Answers(model.answer, Broadcaster())
    yield made
    await made.close()


async def read_all(answers: Any, turn: Any, after: str = "") -> list[tuple[str, Any]]:
    """Read to the end of an answer: names and data."""
    async with answers.read(turn, after) as told:
        return [(event.name, event.json()) async for event in told]


async def read_some(answers: Any, turn: Any, count: int) -> list[Any]:
    """Read so many events, and leave."""
    async with answers.read(turn, "") as told:
        return [await anext(told) for _ in range(count)]


async def test_pieces_are_told_in_order_and_then_how_it_has_ended(
    answers: Any, model: Model
) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    model.say("It ", "is.", None)

    assert await read_all(answers, turn) == [
        ("text", ""),
        ("piece", "It "),
        ("piece", "is."),
        ("end", {"state": "done"}),
    ]
    assert (turn.text, turn.state, answers.running) == ("It is.", "done", [])


async def test_whoever_comes_back_with_an_id_gets_what_was_missed_and_nothing_twice(
    answers: Any, model: Model
) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    model.say("It ", "is ", "lit.", None)
    heard = await read_some(answers, turn, 2)
    rest = await read_all(answers, turn, str(heard[-1].id))

    assert rest[-1] == ("end", {"state": "done"})
    pieces = [event.json() for event in heard] + [data for _, data in rest[:-1]]
    assert "".join(pieces) == "It is lit."


async def test_asked_again_under_the_same_name_nothing_begins_anew(
    answers: Any, model: Model
) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    model.say("Yes.", None)
    await turn.task

    assert answers.ask("talk", "one", "Is it lit?") is turn
    assert len(model.asked) == 1


@pytest.mark.parametrize("after", ["", "0-1"], ids=["no id", "an id that nobody knows"])
async def test_whoever_has_no_place_is_told_the_whole_and_the_end(
    answers: Any, model: Model, after: str
) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    model.say("Yes.", None)
    await turn.task

    assert await read_all(answers, turn, after) == [("text", "Yes."), ("end", {"state": "done"})]


async def test_a_page_goes_on_after_the_text_that_it_was_made_with(
    answers: Any, model: Model
) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    model.say("It ")
    await read_some(answers, turn, 2)
    page = turn.as_json()
    model.say("is.", None)

    assert (page["text"], page["state"]) == ("It ", "running")
    assert await read_all(answers, turn, page["last"]) == [
        ("piece", "is."),
        ("end", {"state": "done"}),
    ]


async def test_stopping_ends_the_model_and_the_readers(answers: Any, model: Model) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    model.say("It ")
    await read_some(answers, turn, 2)
    reading = asyncio.create_task(read_all(answers, turn))
    await answers.stop("talk", "one")

    assert model.hung_up == 1
    assert turn.task.done()
    assert answers.running == []
    assert await reading == [("text", "It "), ("end", {"state": "stopped"})]


async def test_what_is_stopped_before_it_has_begun_is_stopped_all_the_same(
    answers: Any, model: Model
) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    await answers.stop("talk", "one")

    assert model.asked == []
    assert (turn.state, answers.running) == ("stopped", [])
    assert await read_all(answers, turn) == [("text", ""), ("end", {"state": "stopped"})]


async def test_closing_ends_them_all(answers: Any, model: Model) -> None:
    turns = [answers.ask(talk, "one", "Is it lit?") for talk in ("talk", "another")]
    await asyncio.sleep(0)
    await answers.close()

    assert model.hung_up == 2
    assert [turn.state for turn in turns] == ["stopped", "stopped"]


async def test_what_has_ended_stays_as_it_ended(answers: Any, model: Model) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    model.say("Yes.", None)
    await turn.task
    await answers.stop("talk", "one")
    await answers.stop("talk", "nobody knows this one")

    assert turn.state == "done"


async def test_one_that_fails_says_so_and_another_takes_its_place(
    answers: Any, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    failing = answers.ask("talk", "one", "Is it lit?")
    model.say("It ", OSError("no oil"))
    with hearing(caplog):
        told = await read_all(answers, failing)
    answers.ask("talk", "two", "Is it lit?", instead="one")

    assert told[-1] == ("end", {"state": "failed"})
    assert "no oil" in caplog.text
    assert list(answers.turns("talk")) == ["two"]


async def test_only_one_that_has_failed_gives_its_place_away(answers: Any, model: Model) -> None:
    turn = answers.ask("talk", "one", "Is it lit?")
    model.say("Yes.", None)
    await turn.task
    answers.ask("talk", "two", "Is it?", instead="one")

    assert list(answers.turns("talk")) == ["one", "two"]


async def test_the_model_is_told_the_conversation_without_what_has_failed(
    answers: Any, model: Model
) -> None:
    for name, said in (("one", ["Yes.", None]), ("two", ["No", OSError()])):
        turn = answers.ask("talk", name, f"{name}?")
        model.say(*said)
        await asyncio.wait([turn.task])
    answers.ask("talk", "three", "three?")
    answers.ask("another", "four", "four?")
    await asyncio.sleep(0)

    assert model.asked[2] == [
        {"role": "user", "content": "one?"},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "three?"},
    ]
    assert model.asked[3] == [{"role": "user", "content": "four?"}]


async def test_the_conversation_untouched_for_longest_goes_first_and_runs_no_longer(
    answers: Any, module: ModuleType
) -> None:
    oldest = answers.ask("oldest", "one", "Is it lit?")
    second = answers.ask("second", "one", "Is it lit?")
    for number in range(module.KEPT - 2):
        answers.ask(f"{number}", "one", "Is it lit?")
    answers.ask("oldest", "two", "And now?")
    answers.ask("newest", "one", "Is it lit?")

    assert answers.turns("second") == {}
    assert list(answers.turns("oldest")) == ["one", "two"]
    await asyncio.wait([second.task])
    assert (second.state, oldest.state) == ("stopped", "running")
