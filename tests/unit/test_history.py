"""The events of one channel: which are held, and which came after an id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.history import START, EncodedEvent, History


def event(
    milliseconds: int, sequence: int = 0, *, size: int = 1, final: bool = False
) -> EncodedEvent:
    return EncodedEvent(EventId(milliseconds, sequence), "", b"x" * size, final)


def held(*events: EncodedEvent, limit: int = 1000) -> History:
    history = History(limit, lost=EventId(100, 0))
    for each in events:
        history.append(each)
    return history


def after(history: History, event_id: EventId) -> list[EncodedEvent] | None:
    cursor = history.find_cursor(event_id)
    return None if cursor is None else history.read(cursor, max_bytes=10**9)


def test_what_came_after_an_id_is_told_in_order() -> None:
    history = held(event(101), event(102), event(102, 1), event(103))

    assert after(history, EventId(102, 0)) == [event(102, 1), event(103)]


def test_after_the_start_comes_everything_and_after_the_last_nothing() -> None:
    history = held(event(101), event(102))

    assert after(history, EventId(100, 0)) == [event(101), event(102)]
    assert after(history, EventId(102, 0)) == []


def test_an_id_between_two_events_is_as_good_as_an_events_own() -> None:
    assert after(held(event(101), event(105)), EventId(103, 7)) == [event(105)]


def test_an_id_whose_next_event_is_not_held_has_no_place() -> None:
    history = held(event(101), event(102), event(103), limit=2)

    assert after(history, EventId(100, 0)) is None
    assert after(history, EventId(100, 5)) is None


def test_the_id_of_the_last_evicted_event_itself_is_still_good() -> None:
    history = held(event(101), event(102), event(103), limit=2)

    assert after(history, EventId(101, 0)) == [event(102), event(103)]


def test_what_was_lost_before_it_began_is_lost_to_it() -> None:
    assert after(held(), EventId(99, 0)) is None
    assert after(held(), EventId(100, 0)) == []
    assert after(History(), START) == []


@pytest.mark.parametrize("limit", [-1, 0, 1])
def test_the_newest_event_is_always_held(limit: int) -> None:
    history = held(event(101), event(102), limit=limit)

    assert (history.read(0, max_bytes=10), len(history)) == ([event(102)], 1)


def test_its_size_is_that_of_what_is_held() -> None:
    history = held(event(101, size=5), event(102, size=7), event(103, size=11), limit=2)

    assert history.size == 18
    history.evict()
    assert history.size == 11


def test_the_last_id_is_known_also_when_nothing_is_held_any_more() -> None:
    history = held(event(101), event(102))
    before = history.last_id
    history.evict()
    history.evict()

    assert before == EventId(102, 0)
    assert (len(history), history.last_id, history.lost) == (0, EventId(102, 0), EventId(102, 0))
    assert held().last_id == EventId(100, 0)


def test_a_cursor_stays_where_it_is_when_older_events_go() -> None:
    history = held(event(101), event(102), event(103))
    cursor = history.end
    history.evict()
    history.append(event(104))

    assert (history.begin, history.end) == (1, 4)
    assert history.read(cursor, max_bytes=10) == [event(104)]


def test_a_read_stops_after_the_event_that_reaches_the_size_and_goes_on_from_there() -> None:
    history = held(*[event(101 + i, size=100) for i in range(5)])

    first = history.read(0, max_bytes=150)
    rest = history.read(len(first), max_bytes=10**6)

    assert [each.id.milliseconds for each in first] == [101, 102]
    assert [each.id.milliseconds for each in rest] == [103, 104, 105]
    assert len(history.read(0, max_bytes=100)) == 1


def test_the_last_event_of_a_channel_is_known_until_another_one_comes() -> None:
    history = held(event(101), event(102, final=True))
    ended = history.is_final
    while len(history):
        history.evict()
    forgotten = history.is_final
    history.append(event(103))

    assert (held().is_final, ended, forgotten, history.is_final) == (False, True, True, False)


def test_an_event_reads_its_name_and_data_from_the_wire() -> None:
    named = EncodedEvent(START, "", Event("step", '{"städte":\r\n[1]}', "7").encode())
    unnamed = EncodedEvent(START, "", Event("", "plain").encode())

    assert (named.name, named.data, named.json()) == ("step", '{"städte":\n[1]}', {"städte": [1]})
    assert (unnamed.name, unnamed.data) == ("message", "plain")
    with pytest.raises(ValueError, match="Expecting value"):
        unnamed.json()


@given(
    st.lists(st.integers(0, 2), max_size=30),
    st.integers(1, 8),
    st.integers(0, 3),
    st.integers(99, 140),
)
def test_the_answer_is_everything_or_nothing_and_never_a_part(
    steps: list[int], limit: int, evicted: int, wanted: int
) -> None:
    told: list[EncodedEvent] = []
    last = EventId(100, 0)
    for step in steps:
        last = EventId(last.milliseconds + step, 0 if step else last.sequence + 1)
        told.append(EncodedEvent(last, "", b"x"))
    history = held(*told, limit=limit)
    for _ in range(min(evicted, len(history))):
        history.evict()

    answer = after(history, EventId(wanted, 0))

    missed = [each for each in told if each.id > EventId(wanted, 0)]
    is_known = wanted >= 100 and missed == told[len(told) - len(missed) :]
    gone = told[: len(told) - len(history)]
    if is_known and not any(each.id > EventId(wanted, 0) for each in gone):
        assert answer == missed
    else:
        assert answer is None
