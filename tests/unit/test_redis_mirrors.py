"""What a process knows of Redis: complete up to one id, in order, or something is said to be missing."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.sse.events import EventId
from livereload_sse.sse.redis.mirrors import Mirrors, News
from livereload_sse.sse.redis.scripts import Entry, Snapshot, Told

EPOCH = 7
NOW = 1_000_000
EXPIRE = 100_000


def at(moment: int, epoch: int = EPOCH) -> EventId:
    return EventId(NOW + moment, epoch << 20)


def entry(moment: int, before: int | None, *, epoch: int = EPOCH, is_ours: bool = True) -> Entry:
    """An entry of a moment; `before`: that of the one before it, None: a stream begins with it."""
    previous = EventId(NOW + moment - EXPIRE, 0) if before is None else at(before, epoch)
    name = str(moment)
    return Entry(at(moment, epoch), name, "", previous, begins=before is None, is_ours=is_ours)


def snapshot(last: int, *streams: Sequence[Entry], epoch: int = EPOCH) -> Snapshot:
    return Snapshot(epoch, at(last, epoch), NOW + last, streams)


def loaded(**channels: Sequence[Entry]) -> Mirrors:
    """Mirrors that know these channels, at moment 10."""
    mirrors = Mirrors(EXPIRE)
    for name in channels:
        mirrors.want(name)
    assert mirrors.catch_up(mirrors.plan(), snapshot(10, *channels.values()), {})
    mirrors.take_news()
    return mirrors


def told(news: News) -> list[str]:
    return [f"{channel}{entry.name}" for channel, entry in news.arrived]


def test_a_channel_that_is_wanted_is_loaded_with_what_is_held_and_the_newest_that_is_not() -> None:
    mirrors = Mirrors(EXPIRE)
    mirrors.want("a")
    mirrors.want("b")
    assert mirrors.plan() == ["a", "b"]
    assert "a" not in mirrors
    assert mirrors.catch_up(["a", "b"], snapshot(10, [entry(5, 3), entry(6, 5)], []), {})
    first, second = mirrors.take_news().loaded
    assert ([one.name for one in first.entries], first.lost) == (["5", "6"], at(3))
    assert (second.entries, second.lost) == ([], EventId(NOW + 10 - EXPIRE, 0))
    assert not first.has_lost
    assert mirrors.known == at(10)
    assert mirrors.places() == {"a": at(6), "b": at(10)}
    assert "a" in mirrors
    assert not mirrors.wants_any


def test_what_comes_is_told_in_the_order_of_ids_over_all_channels() -> None:
    mirrors = loaded(a=[entry(5, 3)], b=[])
    found = {"a": [entry(11, 5), entry(14, 11)], "b": [entry(12, None), entry(13, 12)]}
    assert mirrors.read(found, until=at(15))
    assert told(mirrors.take_news()) == ["a11", "b12", "b13", "a14"]
    assert mirrors.known == at(15)
    assert mirrors.take_news() == News()


def test_nothing_is_told_twice_and_what_is_beyond_waits() -> None:
    mirrors = loaded(a=[])
    assert mirrors.read({"a": [entry(11, None), entry(12, 11)]}, until=at(11))
    assert told(mirrors.take_news()) == ["a11"]
    assert mirrors.places() == {"a": at(11)}


def test_where_there_may_be_more_nothing_behind_it_is_told_of_other_channels() -> None:
    mirrors = loaded(a=[], b=[])
    found = {"a": [entry(11, None), entry(12, 11)], "b": [entry(13, None)]}
    assert not mirrors.read(found, cut=["a"])
    assert told(mirrors.take_news()) == ["a11", "a12"]
    assert mirrors.places() == {"a": at(12), "b": at(10)}
    mirrors = loaded(a=[], b=[])
    assert mirrors.read(found, cut=["a"], until=at(11)), "what is beyond is not asked for"


def test_where_something_is_missing_nothing_of_after_it_is_told() -> None:
    """What is missing may be older than what others have told already behind it."""
    mirrors = loaded(a=[entry(5, 3)], b=[])
    found = {"a": [entry(14, 12)], "b": [entry(9, None), entry(13, 9)]}
    assert not mirrors.read(found, until=at(15))
    assert told(mirrors.take_news()) == []
    assert mirrors.plan() == ["a"]
    assert "a" not in mirrors
    assert mirrors.catch_up(["a"], snapshot(15, [entry(14, 12)]), {"b": found["b"]})
    news = mirrors.take_news()
    assert [(one.channel, one.lost, one.has_lost) for one in news.loaded] == [("a", at(12), True)]
    assert told(news) == ["b9", "b13"]


def test_what_came_before_the_break_is_not_told_beside_what_was_loaded() -> None:
    mirrors = loaded(a=[entry(5, 3)])
    assert not mirrors.catch_up([], snapshot(20), {"a": [entry(11, 5), entry(14, 12)]})
    assert mirrors.catch_up(["a"], snapshot(20, [entry(11, 5), entry(14, 12)]), {})
    assert told(mirrors.take_news()) == []


def test_another_epoch_is_a_loss_of_every_channel() -> None:
    mirrors = loaded(a=[entry(5, 3)], b=[])
    assert not mirrors.catch_up([], snapshot(12, epoch=8), {"a": [entry(11, 5)]})
    assert mirrors.plan() == ["a", "b"]
    mixed = [entry(5, 3), entry(12, 5, epoch=8)]
    assert mirrors.catch_up(["a", "b"], snapshot(12, mixed, [], epoch=8), {})
    news = mirrors.take_news()
    assert [one.has_lost for one in news.loaded] == [True, True]
    assert [len(one.entries) for one in news.loaded] == [1, 0], "older ones are not to be read"
    assert told(news) == []
    assert (mirrors.epoch, mirrors.known) == (8, at(12, 8))


def test_an_entry_of_another_epoch_is_where_something_is_missing() -> None:
    mirrors = loaded(a=[entry(5, 3)])
    assert not mirrors.read({"a": [Entry(at(11, 8), "", "", at(5))]})
    assert mirrors.plan() == ["a"]


def test_a_redis_that_knows_less_than_before_is_a_loss_where_that_was_read() -> None:
    mirrors = loaded(a=[entry(5, 3), entry(9, 5)], b=[entry(4, 3)])
    assert not mirrors.catch_up([], snapshot(7), {})
    assert mirrors.plan() == ["a"]
    assert mirrors.catch_up(["a"], snapshot(7, [entry(5, 3)]), {})
    assert mirrors.known == at(7)


def test_a_stream_that_begins_anew_after_its_time_is_no_loss() -> None:
    mirrors = loaded(a=[entry(5, None)])
    later = EXPIRE + 5000
    assert mirrors.catch_up([], snapshot(later - 10), {})
    assert mirrors.read({"a": [entry(later, None)]})


def test_a_stream_that_begins_anew_before_its_time_is_a_loss() -> None:
    mirrors = loaded(a=[entry(5, None)])
    assert not mirrors.read({"a": [entry(20, None)]})


def test_a_stream_that_begins_anew_while_nobody_looked_for_long_is_a_loss() -> None:
    mirrors = loaded(a=[])
    assert not mirrors.read({"a": [entry(EXPIRE * 2, None)]})


def test_what_is_not_ours_is_skipped_and_read_over() -> None:
    mirrors = loaded(a=[entry(5, 3)])
    assert mirrors.read({"a": [entry(11, None, is_ours=False), entry(12, 11)]})
    assert told(mirrors.take_news()) == ["a12"]


def test_news_continue_what_is_known_or_they_do_not() -> None:
    mirrors = loaded(a=[])
    first, second = Told(at(12), at(10), [], []), Told(at(13), at(12), [], [])
    assert mirrors.continues([first, second])
    assert mirrors.continues([])
    assert not mirrors.continues([second])
    assert not mirrors.continues([first, Told(at(14), at(13), [], [])])


def test_new_channels_are_loaded_some_at_a_time_and_those_with_a_loss_at_once() -> None:
    mirrors = loaded(lost=[entry(5, 3)])
    for number in range(120):
        mirrors.want(str(number))
    assert not mirrors.read({"lost": [entry(12, 11)]})
    assert mirrors.plan() == ["lost", *map(str, range(50))]
    assert mirrors.wants(["x", "119"])
    assert not mirrors.wants(["x"])


def test_what_was_dropped_while_redis_was_asked_is_of_no_interest() -> None:
    mirrors = loaded(a=[], b=[])
    mirrors.want("c")
    names = mirrors.plan()
    mirrors.drop("a")
    mirrors.drop("c")
    assert mirrors.catch_up(names, snapshot(12, []), {"a": [entry(11, None)], "b": []}, ["a"])
    assert mirrors.take_news() == News()
    assert list(mirrors) == ["b"]
    assert len(mirrors) == 1


# A log of three channels, of which each keeps its newest three entries, read at any moments.
LOG = st.lists(st.sampled_from("abc"), max_size=40)


@given(LOG, st.lists(st.integers(0, 40), max_size=8), st.integers(1, 4))
def test_each_channel_is_told_without_a_hole_or_with_a_loss(
    log: list[str], moments: list[int], most: int
) -> None:
    mirrors = loaded(a=[], b=[], c=[])
    heard: dict[str, list[int]] = {channel: [] for channel in "abc"}
    last = 0
    for now in sorted({min(moment, len(log)) for moment in moments} | {len(log)}):
        streams = {channel: _stream(log[:now], channel) for channel in "abc"}
        is_all = False
        while not is_all:
            names = mirrors.plan()
            found = {
                name: [one for one in streams[name] if one.id > place][:most]
                for name, place in mirrors.places().items()
            }
            cut = [name for name, entries in found.items() if len(entries) == most]
            asked = snapshot(10 + now, *(streams[name] for name in names))
            is_all = mirrors.catch_up(names, asked, found, cut)
        news = mirrors.take_news()
        for one in news.loaded:
            assert one.has_lost
            heard[one.channel] = [int(entry.name) for entry in one.entries]
        ids = [arrived.id for _, arrived in news.arrived]
        assert ids == sorted(ids)
        for channel, arrived in news.arrived:
            heard[channel].append(int(arrived.name))
        last = now
    assert last == len(log)
    for channel, numbers in heard.items():
        all_of_it = [moment for moment, name in enumerate(log, 11) if name == channel]
        assert numbers == all_of_it[len(all_of_it) - len(numbers) :]
        assert len(numbers) >= min(3, len(all_of_it))


def _stream(log: list[str], channel: str) -> list[Entry]:
    moments = [moment for moment, name in enumerate(log, 11) if name == channel]
    return [
        entry(moment, before) for moment, before in zip(moments, [None, *moments], strict=False)
    ][-3:]
