"""Answers while they are made: each in a task of its own, told to a channel of its own.

Whoever reads may come, go and come back; the task does not know. Refuses to know HTTP, pages, and
who it is that answers.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from handbook import Answer, Message

from livereload_sse.sse import Broadcaster, Subscription

State = Literal["running", "done", "stopped", "failed"]

KEPT = 500
"""How many conversations are kept; the one that nobody has touched for longest goes first."""

log = logging.getLogger("uvicorn.error")


@dataclass(slots=True, eq=False)
class Turn:
    """A question and its answer so far; `last` is the id of the newest piece of it."""

    id: str
    prompt: str
    channel: str
    text: str = ""
    state: State = "running"
    last: str = ""
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def as_json(self) -> dict[str, str]:
        """What a page needs to show it, and to go on reading after what it shows."""
        return {name: getattr(self, name) for name in ("id", "prompt", "text", "state", "last")}


class Answers:
    """All conversations, in memory, and the tasks that answer.

    `answer` is called with the messages so far, for each question.
    """

    def __init__(self, answer: Answer, broadcaster: Broadcaster) -> None:
        self._answer = answer
        self._broadcaster = broadcaster
        self._conversations: OrderedDict[str, dict[str, Turn]] = OrderedDict()

    def turns(self, conversation: str) -> dict[str, Turn]:
        """The turns of a conversation by their ids, oldest first; of an unknown one, none."""
        return self._conversations.get(conversation, {})

    def ask(self, conversation: str, name: str, prompt: str, instead: str = "") -> Turn:
        """Begin to answer; asked again under the same name, it is the answer that was begun.

        `instead` names a turn that has failed, and is forgotten.
        """
        turns = self._touch(conversation)
        if name not in turns:
            if instead in turns and turns[instead].state == "failed":
                del turns[instead]
            turn = turns[name] = Turn(name, prompt, channel=f"answer-{conversation}-{name}")
            turn.task = asyncio.create_task(self._tell(turn, list(messages(turns))))
            turn.task.add_done_callback(partial(self._end, turn))
        return turns[name]

    async def _tell(self, turn: Turn, conversation: list[Message]) -> None:
        async for piece in self._answer(conversation):
            turn.text += piece
            turn.last = str(self._broadcaster.publish("piece", piece, channel=turn.channel).id)

    def _end(self, turn: Turn, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error:
            log.error("An answer has failed", exc_info=error)
        turn.state = "stopped" if task.cancelled() else "failed" if error else "done"
        self._broadcaster.end(channel=turn.channel, data={"state": turn.state})

    def read(self, turn: Turn, after: str) -> Subscription:
        """What is told of an answer after an id; without one, the text so far comes first."""
        return self._broadcaster.subscribe(
            turn.channel, after=after, on_connect=lambda: [("text", turn.text)]
        )

    async def stop(self, conversation: str, name: str) -> None:
        """End an answer; when this returns, nothing of it runs any more."""
        turn = self.turns(conversation).get(name)
        await end([turn] if turn else [])

    @property
    def running(self) -> list[Turn]:
        """The turns whose answer is being made."""
        conversations = self._conversations.values()
        return [turn for one in conversations for turn in one.values() if turn.state == "running"]

    async def close(self) -> None:
        """End them all."""
        await end(self.running)

    def _touch(self, conversation: str) -> dict[str, Turn]:
        turns = self._conversations.setdefault(conversation, {})
        self._conversations.move_to_end(conversation)
        if len(self._conversations) > KEPT:
            _, forgotten = self._conversations.popitem(last=False)
            cancel(forgotten.values())
        return turns


def cancel(turns: Iterable[Turn]) -> list["asyncio.Task[None]"]:
    """Cancel the tasks of turns, and return them."""
    tasks = [turn.task for turn in turns if turn.task]
    for task in tasks:
        task.cancel()
    return tasks


async def end(turns: Iterable[Turn]) -> None:
    """Cancel the tasks of turns, and wait until they have ended."""
    if tasks := cancel(turns):
        await asyncio.wait(tasks)


def messages(turns: dict[str, Turn]) -> Iterator[Message]:
    """A conversation as models are told of it. The last answer is still to be given."""
    for turn in turns.values():
        if turn.state != "failed":
            yield {"role": "user", "content": turn.prompt}
            if turn.text:
                yield {"role": "assistant", "content": turn.text}
