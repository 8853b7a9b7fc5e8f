"""Bounds on channels, readers and bytes, and the reasons for not knowing what came after an id."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import TooManyChannelsError, TooManyStreamsError
from livereload_sse.sse.events import EventId
from livereload_sse.sse.fanout import Channel, Fanout, Limits, read_merged
from livereload_sse.sse.history import ORIGIN_BITS, EncodedEvent, Gap

BEGAN = EventId(100, 0)


class Reader:
    """Counts what it is told; stands in for a subscription."""

    def __init__(self) -> None:
        self.woken = 0
        self.let_gone = 0

    def wake(self, _thread: int | None = None) -> None:
        self.woken += 1

    def let_go(self) -> None:
        self.let_gone += 1


def new_reader() -> Any:
    return Reader()


def event(
    milliseconds: int, sequence: int = 0, *, channel: str = "", size: int = 1
) -> EncodedEvent:
    return EncodedEvent(EventId(milliseconds, sequence), channel, b"x" * size)


def fanned(*events: EncodedEvent, **words: Any) -> Fanout:
    fanout = Fanout(**{"start": BEGAN, **words})
    for each in events:
        fanout.append(each)
    return fanout


@contextmanager
def channels_of(fanout: Fanout, *names: str) -> Iterator[list[Channel]]:
    """The channels as somebody sees them who reads them for a moment."""
    reader = new_reader()
    channels = fanout.enter(reader, names)
    yield channels
    fanout.leave(reader, channels)


def after(fanout: Fanout, event_id: EventId, *names: str) -> list[EncodedEvent] | Gap:
    with channels_of(fanout, *(names or ("",))) as channels:
        gap = fanout.find_gap(event_id, channels)
        if gap is not None:
            return gap
        cursors = [cast("int", channel.history.find_cursor(event_id)) for channel in channels]
        return read_merged(channels, cursors, 10**9)


def names_held(fanout: Fanout) -> list[str]:
    return list(fanout._channels)


# Gaps


def test_what_came_after_an_id_is_told_in_the_order_of_all_asked_channels() -> None:
    fanout = fanned(event(101), event(102, channel="a"), event(102, 1), event(103, channel="b"))

    assert after(fanout, BEGAN, "a") == [event(102, channel="a")]
    assert after(fanout, BEGAN, "b", "") == [event(101), event(102, 1), event(103, channel="b")]
    assert after(fanout, EventId(103, 0), "", "a", "b") == []


@pytest.mark.parametrize("wanted", [EventId(99, 999), EventId(0, 0)])
def test_an_id_from_before_the_start_is_from_before_this_process(wanted: EventId) -> None:
    assert after(fanned(event(101)), wanted) is Gap.BEFORE


@pytest.mark.parametrize("wanted", [EventId(101, 1), EventId(10**19, 0)])
def test_an_id_that_was_never_given_out_is_from_the_future(wanted: EventId) -> None:
    assert after(fanned(event(101)), wanted) is Gap.FUTURE


def test_with_nothing_told_yet_only_the_start_itself_is_known() -> None:
    assert after(fanned(), EventId(100, 0)) == []
    assert after(fanned(), EventId(100, 1)) is Gap.FUTURE
    assert after(fanned(), EventId(99, 0)) is Gap.BEFORE


def test_an_id_whose_next_event_was_evicted_is_too_old_and_the_evicted_ones_own_is_good() -> None:
    fanout = fanned(event(101), event(102), event(103), history=2)

    assert after(fanout, EventId(100, 5)) is Gap.TOO_OLD
    assert after(fanout, EventId(101, 0)) == [event(102), event(103)]


def test_the_newest_id_of_all_channels_is_good_in_each_of_them() -> None:
    fanout = fanned(event(101), event(105, channel="a"))

    assert fanout.last_id == EventId(105, 0)
    assert after(fanout, EventId(105, 0), "") == []
    assert after(fanout, EventId(105, 0), "never used") == []


def test_a_busy_channel_makes_no_gap_in_a_quiet_one() -> None:
    busy = [event(200 + i, channel="busy") for i in range(50)]
    fanout = fanned(event(101), *busy, history=10)

    assert after(fanout, EventId(100, 0), "") == [event(101)]
    assert after(fanout, EventId(100, 0), "never used") == []
    assert after(fanout, EventId(101, 0), "", "busy") is Gap.TOO_OLD


def test_an_id_that_another_process_has_told_cannot_be_compared() -> None:
    own, other = EventId(6, 3 << ORIGIN_BITS), EventId(6, 4 << ORIGIN_BITS)
    fanout = fanned(EncodedEvent(own, "", b""), start=EventId(5, 3 << ORIGIN_BITS))

    assert after(fanout, own) == []
    assert after(fanout, other) is Gap.ELSEWHERE
    assert after(fanout, EventId(7, 0)) is Gap.ELSEWHERE


names = st.sampled_from(["", "a", "b", "c"])


@given(
    st.lists(st.tuples(st.integers(0, 2), names, st.integers(1, 9)), max_size=30),
    st.integers(1, 8),
    st.integers(1, 60),
    st.integers(1, 4),
    st.integers(99, 140),
    st.sets(names, min_size=1, max_size=2),
)
def test_the_answer_is_everything_or_a_gap_and_never_a_part(  # each bound at work at once
    steps: list[tuple[int, str, int]],
    history: int,
    max_bytes: int,
    max_channels: int,
    wanted: int,
    asked: set[str],
) -> None:
    told: list[EncodedEvent] = []
    last = BEGAN
    fanout = fanned(
        history=history, max_bytes=max_bytes, max_channels=max(max_channels, len(asked))
    )
    for step, channel, size in steps:
        last = EventId(last.milliseconds + step, 0 if step else last.sequence + 1)
        told.append(EncodedEvent(last, channel, b"x" * size))
        fanout.append(told[-1])

    answer = after(fanout, EventId(wanted, 0), *asked)

    if wanted < 100:
        assert answer is Gap.BEFORE
    elif EventId(wanted, 0) > last:
        assert answer is Gap.FUTURE
    elif isinstance(answer, Gap):
        assert answer is Gap.TOO_OLD
    else:
        assert answer == [e for e in told if e.id > EventId(wanted, 0) and e.channel in asked]


# Bytes


def test_the_channel_that_grows_gives_way_first() -> None:
    fanout = fanned(event(101, channel="a", size=400), max_bytes=1000)
    for number in range(4):
        fanout.append(event(102 + number, channel="b", size=300))

    assert after(fanout, BEGAN, "a") == [event(101, channel="a", size=400)]
    assert after(fanout, EventId(102, 0), "b") is Gap.TOO_OLD
    assert after(fanout, EventId(103, 0), "b") == [
        event(104, channel="b", size=300),
        event(105, channel="b", size=300),
    ]


def test_then_give_way_those_that_were_published_to_longest_ago() -> None:
    told = [event(101 + i, channel=name, size=300) for i, name in enumerate("abcab")]
    fanout = fanned(*told, max_bytes=1600)
    fanout.append(event(110, channel="d", size=700))

    assert after(fanout, BEGAN, "c") is Gap.TOO_OLD
    assert after(fanout, EventId(103, 0), "a") == [told[3]]
    assert after(fanout, BEGAN, "b") == [told[1], told[4]]


def test_the_newest_event_is_held_however_big_it_is() -> None:
    fanout = fanned(event(101), event(102, channel="a"), max_bytes=1000)
    fanout.append(event(103, size=5000))

    assert after(fanout, EventId(101, 0)) == [event(103, size=5000)]
    assert after(fanout, EventId(101, 0), "a") is Gap.TOO_OLD


def test_bytes_are_counted_also_of_what_the_history_let_go() -> None:
    fanout = fanned(*[event(101 + i, size=300) for i in range(50)], history=2, max_bytes=1000)
    fanout.append(event(200, channel="a", size=300))

    assert after(fanout, EventId(148, 0)) == [event(149, size=300), event(150, size=300)]
    assert after(fanout, BEGAN, "a") == [event(200, channel="a", size=300)]


def test_bytes_of_a_forgotten_channel_are_free_again() -> None:
    fanout = fanned(event(101, channel="a", size=900), max_bytes=1000)
    fanout.forget("a")
    fanout.append(event(102, size=500))
    fanout.append(event(103, size=500))

    assert after(fanout, EventId(101, 0)) == [event(102, size=500), event(103, size=500)]


# Channels


def test_of_many_short_lived_channels_the_newest_are_held_and_the_others_lost() -> None:
    told = [event(101 + i, channel=f"c{i}") for i in range(1000)]
    fanout = fanned(*told, max_channels=10)

    assert len(names_held(fanout)) == 10
    assert after(fanout, EventId(1095, 0), "c999") == [told[999]]
    assert after(fanout, BEGAN, "c0") is Gap.TOO_OLD
    assert after(fanout, EventId(1095, 0), "c0") == []


def test_what_was_published_to_longest_ago_is_forgotten_first() -> None:
    fanout = fanned(*[event(101 + i, channel=name) for i, name in enumerate("abac")])
    fanout._max_channels = 3
    fanout.append(event(110, channel="d"))

    assert names_held(fanout) == ["a", "c", "d"]


def test_a_channel_with_readers_is_never_forgotten() -> None:
    fanout = fanned(event(101, channel="a"), max_channels=2)
    with channels_of(fanout, "a") as channels:
        for number in range(5):
            fanout.append(event(102 + number, channel=f"c{number}"))

        assert after(fanout, BEGAN, "a") == [event(101, channel="a")]
        assert fanout.find_channel("a") is channels[0]


def test_where_all_have_readers_a_new_name_is_refused_and_nothing_has_changed() -> None:
    fanout = fanned(max_channels=2)
    with channels_of(fanout, "a", "b") as channels:
        with pytest.raises(TooManyChannelsError) as caught:
            fanout.append(event(101, channel="c"))
        with pytest.raises(TooManyChannelsError):
            fanout.enter(new_reader(), ["a", "c"])
        fanout.append(event(102, channel="a"))

        assert "max_channels" in caught.value.hint
        assert fanout.last_id == EventId(102, 0)
        assert [len(channel.readers) for channel in channels] == [1, 1]
        assert len(fanout.open) == 1


def test_a_readers_own_channels_do_not_give_way_to_one_another() -> None:
    fanout = fanned(event(101, channel="idle"), max_channels=2)
    reader = new_reader()
    fanout.enter(reader, ["idle", "b"])
    fanout.append(event(102, channel="idle"))
    fanout.append(event(103, channel="b"))

    assert reader.woken == 2
    with pytest.raises(TooManyChannelsError):
        fanned(max_channels=1).enter(new_reader(), ["a", "b"])


def test_a_name_that_was_only_asked_for_leaves_nothing_behind() -> None:
    fanout = fanned(event(101, channel="used"))
    with channels_of(fanout, "a", "used"):
        pass

    assert names_held(fanout) == ["used"]


def test_nor_does_one_that_was_asked_for_in_vain() -> None:
    fanout = fanned(limits={"full": Limits(readers=0)})
    with pytest.raises(TooManyStreamsError):
        fanout.enter(new_reader(), ["a", "full", "b"])

    assert names_held(fanout) == []
    assert fanout.open == {}


def test_leaving_twice_takes_nothing_from_whoever_came_in_between() -> None:
    fanout = fanned()
    first, second = new_reader(), new_reader()
    channels = fanout.enter(first, ["a"])
    fanout.leave(first, channels)
    fanout.enter(second, ["a"])
    fanout.leave(first, channels)
    fanout.append(event(101, channel="a"))

    assert (first.woken, second.woken) == (0, 1)


def test_forgetting_a_channel_lets_its_readers_go_on_and_tells_all_others() -> None:
    fanout = fanned(event(101, channel="a"), event(102, channel="a"), event(103))
    reader = new_reader()
    [channel] = fanout.enter(reader, ["a"])
    fanout.forget("a")
    fanout.append(event(104, channel="a"))

    assert reader.woken == 1
    assert channel.history.read(0, max_bytes=10) == [event(104, channel="a")]
    assert after(fanout, EventId(101, 0), "a") is Gap.TOO_OLD
    assert after(fanout, EventId(102, 0), "a") == [event(104, channel="a")]


def test_forgetting_a_channel_does_not_bring_back_what_another_one_lost() -> None:
    told = [event(101 + i, channel=name) for i, name in enumerate("abacdef")]
    fanout = fanned(*told, max_channels=2)

    assert after(fanout, EventId(102, 0), "a") is Gap.TOO_OLD


def test_nor_does_an_older_one_that_is_forgotten_later() -> None:
    fanout = fanned(event(101, channel="old"), event(105, channel="new"))
    fanout.forget("new")
    fanout.forget("old")

    assert after(fanout, EventId(103, 0), "new") is Gap.TOO_OLD
    assert after(fanout, EventId(105, 0), "new") == []


# Limits


def test_the_first_limits_that_fit_a_name_count_and_none_means_that_of_all() -> None:
    limits = {"job-1": Limits(history=1), "job-*": Limits(history=3), "*": Limits(readers=1)}
    fanout = fanned(history=2, limits=limits)
    for name in ("job-1", "job-2", "other", "Job-2"):
        for number in range(5):
            fanout.append(event(fanout.last_id.milliseconds + number + 1, channel=name))

    held = {}
    for name in names_held(fanout):
        with channels_of(fanout, name) as [channel]:
            held[name] = len(channel.history)
    assert held == {"job-1": 1, "job-2": 3, "other": 2, "Job-2": 2}


def test_a_channels_own_limit_of_readers_holds_for_it_alone() -> None:
    fanout = fanned(limit=10, limits={"few": Limits(readers=2)})
    first = new_reader()
    channels = fanout.enter(first, ["few"])
    fanout.enter(new_reader(), ["few", "a"])

    with pytest.raises(TooManyStreamsError, match="all 2 of channel 'few' are taken"):
        fanout.enter(new_reader(), ["few"])
    with pytest.raises(TooManyStreamsError):
        fanout.enter(new_reader(), ["a", "few"])
    fanout.enter(new_reader(), ["a"])
    fanout.leave(first, channels)
    fanout.enter(new_reader(), ["few"])

    assert len(fanout.open) == 3


def test_the_limit_of_all_readers_counts_each_once_whatever_it_reads() -> None:
    fanout = fanned(limit=2)
    fanout.enter(new_reader(), ["a", "b", "c"])
    fanout.enter(new_reader(), ["a"])

    with pytest.raises(TooManyStreamsError, match="all 2 are taken"):
        fanout.enter(new_reader(), ["d"])


# Readers


def test_an_event_wakes_the_readers_of_its_channel_in_the_order_in_which_they_came() -> None:
    fanout, order = fanned(), []

    class Named(Reader):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def wake(self, _thread: int | None = None) -> None:
            order.append(self.name)

    for name, channels in {"x": ["a"], "y": ["b"], "z": ["b", "a"], "w": ["a"]}.items():
        fanout.enter(cast("Any", Named(name)), channels)
    fanout.append(event(101, channel="a"))

    assert order == ["x", "z", "w"]


def test_closing_wakes_everybody_and_hanging_up_lets_go_of_those_who_are_there() -> None:
    fanout = fanned()
    there = new_reader()
    fanout.enter(there, ["a"])
    fanout.hang_up()
    fanout.close()
    late = new_reader()
    fanout.enter(late, ["a"])

    assert (there.let_gone, there.woken, late.let_gone) == (1, 1, 0)
    assert fanout.closed
