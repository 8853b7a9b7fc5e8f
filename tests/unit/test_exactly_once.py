"""Whatever is published, read, cut and lost: each event once and in order, or a word that some are not.

A browser is on the other side of the wire: it knows what has arrived of the bytes, and comes back
with the id that it has by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeAlias

from hypothesis import example, given, settings
from hypothesis import strategies as st

from livereload_sse.sse import Broadcaster, Decoder, EventId, Limits, Overflow, ReceivedEvent
from livereload_sse.sse.events import encode_id

Action: TypeAlias = tuple[Any, ...]

NOWHERE = EventId(0, 0)
CHANNELS = ("a", "b", "c")


@dataclass(frozen=True)
class Rules:
    """How the server holds events, and what the reader wants."""

    asked: frozenset[str]
    history: int
    history_of_b: int
    max_bytes: int
    overflow: Overflow
    max_lag: int | None
    on_connect: Any  # a number, "state", or None


@dataclass
class World:
    """The server, one reader, the bytes between them, and all that was ever published."""

    rules: Rules
    moments: Any = field(default_factory=lambda: count(1000))
    published: dict[EventId, tuple[int, str]] = field(default_factory=dict)
    droppable: set[EventId] = field(default_factory=set)
    pipe: bytes = b""

    def __post_init__(self) -> None:
        self.decoder = Decoder()
        self.checks = Checks(self)
        self.start()
        self.connect()

    # The server

    def start(self) -> None:
        """A process begins, and knows nothing of the one before."""
        self.broadcaster = Broadcaster(
            origin=0,
            history=self.rules.history,
            channels={"b": Limits(history=self.rules.history_of_b)},
            max_bytes=self.rules.max_bytes,
            clock=lambda: next(self.moments),
            loss=("lost", None),
        )
        self.droppable.update(self.published)

    def publish(self, channel: str, size: int, times: int) -> None:
        for _ in range(times):
            number = len(self.published)
            event = self.broadcaster.publish("x", [number, "." * size], channel=channel)
            assert isinstance(event.id, EventId)
            self.published[event.id] = (number, channel)

    def state(self) -> list[tuple[str, Any]]:
        """Two events, so that one can be cut between them; each says what it is the state of."""
        return [("part", len(self.published)), ("state", len(self.published))]

    def connect(self) -> None:
        after = self.decoder.last_event_id
        self.decoder = Decoder(last_event_id=after)
        wants = self.rules.on_connect
        self.checks.on_connect(after)
        self.subscription = self.broadcaster.subscribe(
            *self.rules.asked,
            after=after,
            on_connect=self.state if wants == "state" else wants,
            overflow=self.rules.overflow,
            max_lag=self.rules.max_lag,
        )
        self.joined = len(self.published)
        position = self.subscription.position
        self.pipe = b"" if position is None else encode_id(position)

    def read(self, max_bytes: int) -> bool:
        self.note_what_may_be_dropped()
        taken = self.subscription.take(max_bytes=max_bytes)
        self.pipe += b"".join(event.wire for event in taken)
        if not taken and self.subscription.ended:  # too slow, and disconnected for it
            self.deliver(len(self.pipe))
            self.connect()
            return True
        return bool(taken)

    def note_what_may_be_dropped(self) -> None:
        """What is not held any more, and what is too far behind in a channel that grew so much."""
        for channel in self.rules.asked:
            ids = [event_id for event_id, (_, name) in self.published.items() if name == channel]
            there = self.broadcaster._fanout._channels.get(channel)
            held = len(there.history) if there is not None else 0
            self.droppable.update(ids[: len(ids) - held])
            most = self.rules.max_lag
            grown = sum(self.published[event_id][0] >= self.joined for event_id in ids)
            if most is not None and grown > most:
                self.droppable.update(ids[: len(ids) - most])

    # The browser

    def deliver(self, size: int) -> None:
        arrived, self.pipe = self.pipe[:size], self.pipe[size:]
        for event in self.decoder.feed(arrived):
            self.checks.on_event(event)

    def hear(self) -> None:
        """Whatever is there arrives."""
        self.read(10**6)
        self.deliver(len(self.pipe))

    def cut(self, size: int, meanwhile: Sequence[str]) -> None:
        self.deliver(size)
        self.subscription.close()
        for channel in meanwhile:
            self.publish(channel, 0, 1)
        self.connect()

    def restart(self) -> None:
        self.subscription.close()
        self.start()
        self.connect()

    def finish(self) -> None:
        while self.read(10**6):
            pass
        self.deliver(len(self.pipe))
        self.checks.on_finish()


class Checks:
    """What the browser has to have heard: everything behind these ids, one for each channel."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.behind: dict[str, EventId] = {}
        self.behind_of_last: dict[str, EventId] = {}
        self.newest = NOWHERE
        self.heard: set[EventId] = set()
        self.came_with = ""
        self.part = 0
        self.awaits_state = False

    def on_connect(self, after: str) -> None:
        """A reader without an id has heard nothing that it could go on from."""
        self.came_with = after
        self.behind_of_last = {name: self.find_last(name) for name in self.world.rules.asked}
        if not after:
            self.begin(self.behind_of_last)
            self.awaits_state = self.world.rules.on_connect == "state"

    def find_last(self, channel: str) -> EventId:
        """The id behind which the last events begin that a new reader is told."""
        wants, there = self.world.rules.on_connect, self.world.broadcaster._fanout
        held = there._channels[channel].history if channel in there._channels else None
        events = held.read(0, max_bytes=10**9) if held else []
        if not isinstance(wants, int) or wants == 0 or not held:
            return self.world.broadcaster.last_id
        return max(held.lost, there.start) if wants >= len(events) else events[-wants - 1].id

    def begin(self, behind: dict[str, EventId], newest: EventId = NOWHERE) -> None:
        self.behind, self.newest, self.heard = dict(behind), newest, set()

    def on_event(self, event: ReceivedEvent) -> None:
        last_id = event.last_event_id
        if event.name == "lost":
            assert self.world.rules.overflow is not Overflow.OLDEST
            self.on_lost(last_id)
        elif event.name == "part":
            self.part, self.awaits_state = int(event.data), True
        elif event.name == "state":
            assert self.part == int(event.data), "a state without its first part"
            self.on_everything(EventId.parse(last_id), int(event.data))
        else:
            self.on_published(EventId.parse(last_id))

    def on_lost(self, last_id: str) -> None:
        if last_id == self.came_with:  # it has no id of its own: the last events follow
            self.begin(self.behind_of_last)
        else:
            place = EventId.parse(last_id)
            self.begin(dict.fromkeys(self.world.rules.asked, place), place)

    def on_everything(self, place: EventId, number: int) -> None:
        self.awaits_state = False
        newer = [n for event_id, (n, _) in self.world.published.items() if event_id > place]
        assert all(n >= number for n in newer), "a state that is older than its id"
        self.begin(dict.fromkeys(self.world.rules.asked, place), place)

    def on_published(self, event_id: EventId) -> None:
        assert not self.awaits_state, "a state of which a part is missing"
        assert event_id > self.newest, "an event twice, or in the wrong order"
        assert self.world.published[event_id][1] in self.world.rules.asked
        assert self.find_missing(event_id) == set(), "a hole that nobody has told"
        self.newest = event_id
        self.heard.add(event_id)

    def find_missing(self, before: EventId) -> set[EventId]:
        wanted = {
            event_id
            for event_id, (_, channel) in self.world.published.items()
            if channel in self.behind and self.behind[channel] < event_id < before
        }
        missing = wanted - self.heard
        is_silent = self.world.rules.overflow is Overflow.OLDEST
        return missing - self.world.droppable if is_silent else missing

    def on_finish(self) -> None:
        assert not self.awaits_state, "a state of which a part is missing"
        assert self.find_missing(EventId(10**19, 0)) == set(), "not everything arrives"


rules = st.builds(
    Rules,
    asked=st.sampled_from([frozenset("ab"), frozenset("a")]),
    history=st.integers(1, 6),
    history_of_b=st.integers(1, 3),
    max_bytes=st.sampled_from([10**6, 300]),
    overflow=st.sampled_from(Overflow),
    max_lag=st.sampled_from([None, None, 1, 3]),
    on_connect=st.sampled_from([None, "state", 0, 1, 3]),
)
channel = st.sampled_from(CHANNELS)
actions = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), channel, st.sampled_from([0, 90]), st.integers(1, 5)),
        st.tuples(st.just("read"), st.sampled_from([1, 100])),
        st.tuples(st.just("deliver"), st.integers(1, 100)),
        st.tuples(st.just("cut"), st.integers(0, 100), st.lists(channel, max_size=5)),
        st.tuples(st.just("hear")),
        st.tuples(st.just("restart")),
    ),
    min_size=5,
    max_size=40,
)


QUIET_AND_BUSY = Rules(frozenset("ab"), 5, 1, 10**6, Overflow.OLDEST, None, None)


@settings(max_examples=600, deadline=None)
@example(
    QUIET_AND_BUSY, [("publish", "a", 0, 1), ("hear",), ("publish", "b", 0, 3), ("cut", 0, [])]
)
@example(QUIET_AND_BUSY, [("publish", "a", 0, 1), ("hear",), ("publish", "b", 0, 3), ("hear",)])
@given(rules, actions)
def test_each_event_is_heard_once_and_in_order_or_a_loss_is(
    rules: Rules, actions: list[Action]
) -> None:
    world = World(rules)
    for name, *arguments in actions:
        getattr(world, name)(*arguments)
    world.finish()
