"""What the fan-out of a process is told from elsewhere: whole channels, losses, and words in between."""

from livereload_sse.sse import Broadcaster, EncodedEvent, Event, EventId, Subscription
from livereload_sse.sse.fanout import Fanout


def events(*moments: int, size: int = 0) -> list[EncodedEvent]:
    return [
        EncodedEvent(EventId(at, 0), "", Event("x", str(at) + " " * size, EventId(at, 0)).encode())
        for at in moments
    ]


def fan_out(broadcaster: Broadcaster) -> Fanout:
    return broadcaster._fanout


def names(reader: Subscription) -> list[str]:
    return [event.name if event.name != "x" else event.data for event in reader.take()]


def test_what_is_held_elsewhere_is_read_by_who_comes_and_not_by_who_is_there() -> None:
    broadcaster = Broadcaster(origin=0, clock=lambda: 0)
    there = broadcaster.subscribe()
    fan_out(broadcaster).hold("", events(5, 6), lost=EventId(4, 0), has_lost=False)
    fan_out(broadcaster).last_id = EventId(6, 0)
    assert names(there) == ["5", "6"], "who was told nothing yet has missed nothing"
    assert names(broadcaster.subscribe(after=EventId(5, 0))) == ["6"]
    assert names(broadcaster.subscribe(after=EventId(4, 0))) == ["5", "6"]
    assert names(broadcaster.subscribe(after=EventId(3, 0))) == ["reload"]


def test_who_has_lost_something_is_told_once_and_goes_on_behind_what_is_held() -> None:
    broadcaster = Broadcaster(clock=lambda: 0)
    reader = broadcaster.subscribe()
    fan_out(broadcaster).hold("", events(5, 6), lost=EventId(4, 0), has_lost=True)
    fan_out(broadcaster).last_id = EventId(6, 0)
    assert names(reader) == ["reload"]
    assert reader.position == EventId(6, 0)
    fan_out(broadcaster).append(events(7)[0])
    assert names(reader) == ["7"]


def test_a_channel_that_is_replaced_takes_up_the_bytes_of_the_new_one_only() -> None:
    broadcaster = Broadcaster(clock=lambda: 0, max_bytes=10_000)
    for _ in range(20):
        fan_out(broadcaster).hold("", events(5, 6, size=2000), lost=EventId(4, 0), has_lost=False)
    channel = fan_out(broadcaster).peek("")
    assert channel is not None
    assert len(channel.history) == 2
    fan_out(broadcaster).hold(
        "", events(*range(5, 15), size=2000), lost=EventId(4, 0), has_lost=False
    )
    assert len(channel.history) == 4


def test_a_word_in_between_has_no_id_and_moves_nobody() -> None:
    broadcaster = Broadcaster(clock=lambda: 5)
    reader = broadcaster.subscribe(on_connect=lambda: [("state", 1)])
    place = broadcaster.last_id
    reader.interject(Event("broker", "{}"))
    assert [event.name for event in reader.take()] == ["broker", "state"]
    assert reader.position == place
    assert names(reader) == []
