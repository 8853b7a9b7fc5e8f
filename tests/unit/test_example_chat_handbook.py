"""The stand-in of the chat says what its handbook could have said, and in pieces what it says whole."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

CHAT = Path(__file__).parents[2] / "examples" / "chat"
FENCE = "```"


@pytest.fixture(scope="module")
def handbook() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CHAT)
        yield import_module("handbook")
        del sys.modules["handbook"]


async def pieces_of(model: Any, question: str) -> list[str]:
    return [piece async for piece in model.answer([{"role": "user", "content": question}])]


def test_the_longer_words_of_a_question_say_where_an_answer_begins(handbook: ModuleType) -> None:
    chain = handbook.Chain((CHAT / "handbook.md").read_text("utf-8"))

    assert chain.find("How do I trim the wick?")[0] == ("Trim", "the")
    assert chain.find("what is it that you do") == []


@settings(deadline=None)
@given(seed=st.integers())
def test_what_is_said_follows_in_the_handbook_three_words_at_a_time(
    handbook: ModuleType, seed: int
) -> None:
    chain, random = handbook.Chain((CHAT / "handbook.md").read_text("utf-8")), Random(seed)
    [start] = chain.any_starts(random, 1)
    said = list(chain.walk(start, random))
    again = [*chain.words, *chain.words[:2]]

    known = set(zip(again, again[1:], again[2:], strict=False))
    assert set(zip(said, said[1:], said[2:], strict=False)) <= known
    assert said[-1].endswith((".", "?"))
    assert len(said) >= handbook.SHORTEST


def test_a_block_of_code_is_one_word(handbook: ModuleType) -> None:
    book = (CHAT / "handbook.md").read_text("utf-8")
    code = [word for word in handbook.Chain(book).words if word.startswith(FENCE)]

    assert len(code) == book.count(FENCE) / 2 == 3
    assert all(word in book for word in code)


@settings(deadline=None)
@given(seed=st.integers())
def test_code_is_quoted_whole(handbook: ModuleType, seed: int) -> None:
    text = handbook.Handbook(random=Random(seed)).compose("fog, the log and the rhythm")
    blocks = text.split(FENCE)

    book = (CHAT / "handbook.md").read_text("utf-8")
    assert len(blocks) % 2 == 1
    assert all(f"{FENCE}{block}{FENCE}" in book for block in blocks[1::2])
    assert all(before.endswith("\n\n") for before in blocks[:-1:2])


async def test_the_pieces_are_the_whole(handbook: ModuleType) -> None:
    spoken = handbook.Handbook(pace=0, random=Random(7))
    written = handbook.Handbook(pace=0, random=Random(7))
    pieces = await pieces_of(spoken, "And the boat?")

    assert "".join(pieces) == written.compose("And the boat?")
    assert len(pieces) > 50


async def test_a_question_that_it_has_no_word_of_is_answered_all_the_same(
    handbook: ModuleType,
) -> None:
    said = "".join(await pieces_of(handbook.Handbook(pace=0), "Xyzzy?"))

    assert said.startswith("The handbook has no word of that.")
    assert len(said) > 300


async def test_it_fails_when_it_is_asked_to_every_other_time(handbook: ModuleType) -> None:
    model = handbook.Handbook(pace=0)
    with pytest.raises(RuntimeError, match="every other time"):
        await pieces_of(model, "/fail")
    assert await pieces_of(model, "/fail")
    with pytest.raises(RuntimeError):
        await pieces_of(model, "/fail")
