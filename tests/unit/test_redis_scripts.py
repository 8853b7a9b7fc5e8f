"""What Redis answers is read as it was written."""

import pytest

from livereload_sse.errors import InvalidEventIdError
from livereload_sse.sse.events import EventId
from livereload_sse.sse.redis.scripts import (
    LOAD,
    PUBLISH,
    Entry,
    Keys,
    Told,
    epoch_of,
    first_of,
    read_entries,
    read_news,
    read_snapshot,
)

KEYS = Keys("sse")
A, B = KEYS.stream("a"), KEYS.stream("b")


def test_all_keys_are_in_the_slot_of_the_prefix() -> None:
    names = [KEYS.meta, KEYS.news, KEYS.publisher("x"), KEYS.stream(""), KEYS.stream("{a}")]
    assert all(name.startswith(b"{sse}:") for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("channel", ["", "a", "a:b", "städte", "{a}", "\ud800"])
def test_a_streams_channel_is_the_one_it_was_named_after(channel: str) -> None:
    assert KEYS.channel(KEYS.stream(channel)) == channel


def test_an_epoch_is_in_the_upper_bits_of_the_sequence() -> None:
    event_id = EventId(5, (7 << 20) + 3)
    assert epoch_of(event_id) == 7
    assert first_of(7) < event_id
    assert epoch_of(first_of(7)) == 7


def test_entries_are_read() -> None:
    raw = [
        (b"5-7", [b"n", b"x", b"d", "ü".encode(), b"p", b"4-1", b"s", b"1"]),
        (b"6-7", [b"n", b"", b"d", b"", b"p", b"5-7", b"f", b"1"]),
        (b"7-0", [b"somebody", b"else's"]),
        (b"8-0", [b"p", b"garbage"]),
    ]
    first, second, *others = read_entries(raw)
    assert first == Entry(EventId(5, 7), "x", "ü", EventId(4, 1), begins=True)
    assert second == Entry(EventId(6, 7), "", "", EventId(5, 7), final=True)
    assert [one.is_ours for one in others] == [False, False]


def test_a_snapshot_is_read_and_its_entries_are_turned_round() -> None:
    newer, older = [(b"%d-0" % at, [b"n", b"x", b"d", b"1", b"p", b"0-0"]) for at in (6, 5)]
    snapshot = read_snapshot([b"3", b"6-0", b"1700000000000", [[newer, older], []]])
    assert (snapshot.epoch, snapshot.last_id, snapshot.now) == (3, EventId(6, 0), 1700000000000)
    assert [[entry.id.milliseconds for entry in one] for one in snapshot.entries] == [[5, 6], []]


def test_news_are_read_with_what_is_in_them_and_what_is_not() -> None:
    fields = [b"p", b"4-0", b"k", A, b"i", b"5-0", b"n", b"k", b"d", b"1", b"p", b"3-0"]
    fields += [b"k", B, b"i", b"5-1", b"n", b"y", b"d", b"2", b"p", b"2-0", b"f", b"1"]
    long = [b"p", b"5-1", b"k", A, b"k", B, b"k", A]
    foreign = [(b"5-8", [b"somebody", b"else's"]), (b"5-9", [b"p", b"garbage"])]
    news = read_news([(b"5-1", fields), *foreign, (b"6-0", long)])
    assert news[0] == Told(
        EventId(5, 1),
        EventId(4, 0),
        [
            (A, Entry(EventId(5, 0), "k", "1", EventId(3, 0))),
            (B, Entry(EventId(5, 1), "y", "2", EventId(2, 0), final=True)),
        ],
        [],
    )
    assert news[1] == Told(EventId(6, 0), EventId(5, 1), [], [A, B, A])
    assert len(news) == 2


def test_an_id_that_is_none_is_said() -> None:
    with pytest.raises(InvalidEventIdError):
        read_entries([(b"x", [])])


def test_the_digest_of_a_script_is_the_one_redis_makes() -> None:
    assert PUBLISH.digest != LOAD.digest
    assert len(LOAD.digest) == 40
