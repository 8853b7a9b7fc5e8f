"""What came after an id, and the reasons for not knowing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.sse.events import EventId
from livereload_sse.sse.history import ORIGIN_BITS, EncodedEvent, Gap, History


def event(
    milliseconds: int, sequence: int = 0, *, channel: str = "", size: int = 1
) -> EncodedEvent:
    return EncodedEvent(EventId(milliseconds, sequence), channel, b"x" * size)


def held(*events: EncodedEvent, limit: int = 1000, max_bytes: int = 10**6) -> History:
    history = History(limit, start=EventId(100, 0), max_bytes=max_bytes)
    for each in events:
        history.append(each)
    return history


def test_what_came_after_an_id_is_told_in_order() -> None:
    history = held(event(101), event(102), event(102, 1), event(103))

    assert history.after(EventId(102, 0)) == [event(102, 1), event(103)]


def test_after_the_start_comes_everything_and_after_the_last_nothing() -> None:
    history = held(event(101), event(102))

    assert history.after(EventId(100, 0)) == [event(101), event(102)]
    assert history.after(EventId(102, 0)) == []


def test_an_id_between_two_events_is_as_good_as_an_events_own() -> None:
    history = held(event(101), event(105))

    assert history.after(EventId(103, 7)) == [event(105)]


@pytest.mark.parametrize("wanted", [EventId(99, 999), EventId(0, 0)])
def test_an_id_from_before_the_start_is_from_before_this_process(wanted: EventId) -> None:
    assert held(event(101)).after(wanted) is Gap.BEFORE


@pytest.mark.parametrize("wanted", [EventId(101, 1), EventId(10**19, 0)])
def test_an_id_that_was_never_given_out_is_from_the_future(wanted: EventId) -> None:
    assert held(event(101)).after(wanted) is Gap.FUTURE


def test_with_nothing_told_yet_only_the_start_itself_is_known() -> None:
    history = held()

    assert history.after(EventId(100, 0)) == []
    assert history.after(EventId(100, 1)) is Gap.FUTURE
    assert history.after(EventId(99, 0)) is Gap.BEFORE


def test_an_id_whose_next_event_was_evicted_is_too_old() -> None:
    history = held(event(101), event(102), event(103), limit=2)

    assert history.after(EventId(100, 0)) is Gap.TOO_OLD
    assert history.after(EventId(100, 5)) is Gap.TOO_OLD


def test_the_id_of_the_last_evicted_event_itself_is_still_good() -> None:
    history = held(event(101), event(102), event(103), limit=2)

    assert history.after(EventId(101, 0)) == [event(102), event(103)]


def test_only_the_asked_channels_are_told() -> None:
    history = held(event(101), event(102, channel="a"), event(103, channel="b"))

    assert history.after(EventId(100, 0), ["a"]) == [event(102, channel="a")]
    assert history.after(EventId(100, 0), ["", "b"]) == [event(101), event(103, channel="b")]


def test_a_busy_channel_makes_no_gap_in_a_quiet_one() -> None:
    quiet, busy = event(101), [event(200 + i, channel="busy") for i in range(50)]
    history = held(quiet, *busy, limit=10)

    assert history.after(EventId(101, 0), [""]) == []
    assert history.after(EventId(101, 0), ["never used"]) == []
    assert history.after(EventId(100, 0), [""]) is Gap.TOO_OLD
    assert history.after(EventId(101, 0), ["", "busy"]) is Gap.TOO_OLD


def test_many_short_lived_channels_are_forgotten_on_the_safe_side() -> None:
    history = held(*[event(101 + i, channel=f"c{i}") for i in range(1000)], limit=10)

    assert len(history._evicted_ids) <= 10
    assert history.after(EventId(100, 0), ["c0"]) is Gap.TOO_OLD
    assert history.after(EventId(1095, 0), ["c0"]) == []


def test_forgetting_a_channel_does_not_bring_back_what_another_one_lost() -> None:
    told = [event(101 + i, channel=channel) for i, channel in enumerate("abacdef")]
    history = held(*told, limit=2)

    assert history.after(EventId(102, 0), ["a"]) is Gap.TOO_OLD


def test_big_events_are_evicted_by_their_size() -> None:
    history = held(*[event(101 + i, size=400) for i in range(5)], max_bytes=1000)

    assert history.after(EventId(103, 0)) == [event(104, size=400), event(105, size=400)]
    assert history.after(EventId(102, 0)) is Gap.TOO_OLD


def test_the_newest_event_is_held_however_big_it_is() -> None:
    history = held(event(101), event(102, size=5000), max_bytes=1000)

    assert history.after(EventId(101, 0)) == [event(102, size=5000)]


def test_a_read_stops_after_the_event_that_reaches_the_size_and_goes_on_from_there() -> None:
    history = held(*[event(101 + i, size=100) for i in range(5)])

    first, cursor = history.read(0, [""], max_bytes=150)
    rest, end = history.read(cursor, [""])

    assert [each.id.milliseconds for each in first] == [101, 102]
    assert [each.id.milliseconds for each in rest] == [103, 104, 105]
    assert end == history.end


channels = st.sampled_from(["", "a", "b", "c"])


@given(
    st.lists(st.tuples(st.integers(0, 2), channels), max_size=30),
    st.integers(1, 8),
    st.integers(99, 140),
    st.sets(channels, min_size=1),
)
def test_the_answer_is_everything_or_a_gap_and_never_a_part(
    steps: list[tuple[int, str]], limit: int, wanted: int, asked: set[str]
) -> None:
    told: list[EncodedEvent] = []
    last = EventId(100, 0)
    for step, channel in steps:
        last = EventId(last.milliseconds + step, 0 if step else last.sequence + 1)
        told.append(EncodedEvent(last, channel, b"x"))
    history = held(*told, limit=limit)

    answer = history.after(EventId(wanted, 0), asked)

    missed = [each for each in told if each.id > EventId(wanted, 0) and each.channel in asked]
    evicted = told[:-limit]
    if wanted < 100:
        assert answer is Gap.BEFORE
    elif EventId(wanted, 0) > last:
        assert answer is Gap.FUTURE
    elif isinstance(answer, Gap):
        assert answer is Gap.TOO_OLD
        assert any(each.id > EventId(wanted, 0) for each in evicted)
    else:
        assert answer == missed


def test_an_id_that_another_process_has_told_cannot_be_compared() -> None:
    history = History(start=EventId(5, 3 << ORIGIN_BITS))
    own, other = EventId(6, 3 << ORIGIN_BITS), EventId(6, 4 << ORIGIN_BITS)
    history.append(EncodedEvent(own, "", b""))

    assert history.after(own) == []
    assert history.after(other) is Gap.ELSEWHERE
    assert history.after(EventId(7, 0)) is Gap.ELSEWHERE
