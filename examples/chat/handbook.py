"""The stand-in for a model: a Markov chain over the keeper's handbook, `handbook.md`.

It knows which word has followed which two, and nothing else. What it says is fluent and means little;
it is here so that the page has something to stream without a network or a key. Whatever else has an
`answer(messages)` like this one can take its place.
"""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TypedDict

HANDBOOK = Path(__file__).with_name("handbook.md")
BREAK = "\n\n"
PARAGRAPHS = 3
SHORTEST, LONGEST = 35, 150  # words of a paragraph: it ends with the first sentence after these

# A block of code is one word of the chain: it is quoted whole, or not at all.
WORD = re.compile(r"```.*?```|\n\n|[^\s`]+", re.DOTALL)
PIECE = re.compile(r"\s*\S{1,9}|\s+")
HEADING = re.compile(r"^#.*\n+", re.MULTILINE)
MEANING = re.compile(r"[a-z]{3,}")
LITTLE = frozenset(
    MEANING.findall(
        "and are but can did does for from get has have her him his how its look not one out say she"
        " should tell that the them then there they this was were what when where which who will with"
        " you your"
    )
)


class Message(TypedDict):
    """One turn of a conversation, as models are told of it: who ("user", "assistant"), and what."""

    role: str
    content: str


Answer = Callable[[Sequence[Message]], AsyncIterator[str]]
"""What stands behind the chat: the conversation so far goes in, pieces of text come out."""


class Chain:
    """Which word follows which two, in one text; the last one is followed by the first."""

    def __init__(self, text: str) -> None:
        self.words = [*WORD.findall(HEADING.sub("", text).strip()), BREAK]
        self._next: dict[tuple[str, str], list[str]] = defaultdict(list)
        round_again = [*self.words, *self.words[:2]]
        for one, two, three in zip(round_again, round_again[1:], round_again[2:], strict=False):
            self._next[one, two].append(three)
        self._sentences = list(self._find_sentences())
        self._count = Counter(word for _, words in self._sentences for word in words)

    def _find_sentences(self) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
        """Where one may begin, and which words the sentence has that mean something."""
        starts = [
            at
            for at, before in enumerate([BREAK, *self.words[:-1]])
            if (before == BREAK or ends_sentence(before)) and self.words[at][0].isalpha()
        ]
        for at, end in zip(starts, [*starts[1:], len(self.words)], strict=True):
            yield (self.words[at], self.words[at + 1]), meaning(" ".join(self.words[at:end]))

    def find(self, question: str) -> list[tuple[str, str]]:
        """Where to begin in answer to a question, best first; the rarer a shared word, the better."""
        asked = meaning(question)
        scores = {
            start: sum(1 / self._count[word] for word in words & asked)
            for start, words in self._sentences
        }
        return sorted(filter(scores.get, scores), key=scores.__getitem__, reverse=True)

    def walk(self, start: tuple[str, str], random: Random) -> Iterator[str]:
        """Say words, from these two on, to the end of a sentence."""
        yield from start
        pair = start
        for said in range(LONGEST):
            word = random.choice(self._next[pair])
            pair = (pair[1], word)
            if said >= SHORTEST and ends_sentence(pair[0]):
                return
            yield word

    def any_starts(self, random: Random, count: int) -> list[tuple[str, str]]:
        """Some places to begin."""
        return [start for start, _ in random.sample(self._sentences, count)]


def ends_sentence(word: str) -> bool:
    """Whether a sentence ends with this word."""
    return word.endswith((".", "?"))


def meaning(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, without the ends that grammar gives them."""
    words = frozenset(MEANING.findall(text.lower())) - LITTLE
    return frozenset(word.removesuffix("s")[:6] for word in words)


class Handbook:
    """Answers out of the handbook, `pace` seconds after each piece of text."""

    def __init__(self, *, pace: float = 0.03, random: Random | None = None) -> None:
        self._chain = Chain(HANDBOOK.read_text("utf-8"))
        self._pace = pace
        self._random = random or Random()  # noqa: S311 - it picks words, and keeps no secret
        self._has_failed = False

    async def answer(self, messages: Sequence[Message]) -> AsyncIterator[str]:
        """Say something with the words of the last question in it, piece by piece."""
        question = messages[-1]["content"]
        fails = question.startswith("/fail") and not self._has_failed
        self._has_failed = fails
        for said, piece in enumerate(PIECE.findall(self.compose(question))):
            if fails and said == 20:
                raise RuntimeError("the handbook fails when it is asked to, every other time")
            yield piece
            await asyncio.sleep(self._pace)

    def compose(self, question: str) -> str:
        """Write the whole answer: a few paragraphs, each from a sentence that suits the question."""
        starts = self._chain.find(question)[: PARAGRAPHS * 2]
        opening = "" if starts else "The handbook has no word of that. It has these:" + BREAK
        if len(starts) < PARAGRAPHS:
            starts += self._chain.any_starts(self._random, PARAGRAPHS - len(starts))
        first, *others = starts
        chosen = [first, *self._random.sample(others, PARAGRAPHS - 1)]
        return opening + BREAK.join(self._paragraph(start) for start in chosen)

    def _paragraph(self, start: tuple[str, str]) -> str:
        text = " ".join(self._chain.walk(start, self._random))
        return re.sub(r" *\n\n *", BREAK, text).strip()
