"""What waits for Redis waits in order and within bounds, and whoever flushes is told in time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from livereload_sse.errors import BrokerFullError
from livereload_sse.sse.redis.outbox import Outbox, Posted


def event(text: str = "") -> Posted:
    return Posted("", b"x", text.encode(), 10)


def outbox(limit: int = 10, max_bytes: int = 10_000) -> Outbox:
    return Outbox(limit=limit, max_bytes=max_bytes, notice=lambda: None)


def texts(box: Outbox, count: int = 10, max_bytes: int = 10_000) -> list[str]:
    return [one.data.decode() for one in box.first(count, max_bytes)]


def test_what_was_posted_first_leaves_first() -> None:
    box = outbox()
    for text in "abc":
        box.post(event(text))
    assert texts(box, 2) == ["a", "b"]
    box.remove(2)
    assert texts(box) == ["c"]
    assert box.stored == 2


def test_a_batch_is_bounded_in_bytes_but_never_empty() -> None:
    box = outbox()
    for text in ("a" * 1000, "b" * 1000, "c" * 1000):
        box.post(event(text))
    assert len(box.first(10, 2500)) == 2
    assert len(box.first(10, 1)) == 1


def test_the_first_event_rings_and_the_next_ones_do_not() -> None:
    rung: list[int] = []
    box = Outbox(limit=10, max_bytes=10_000, notice=lambda: rung.append(1))
    box.post(event())
    box.post(event())
    assert len(rung) == 1
    box.remove(2)
    box.post(event())
    assert len(rung) == 2


def test_too_many_events_are_refused_and_nothing_that_waits_is_lost() -> None:
    box = outbox(limit=2)
    box.post(event("a"))
    box.post(event("b"))
    with pytest.raises(BrokerFullError) as caught:
        box.post(event("c"), "Redis does not answer")
    assert "2 events" in caught.value.where
    assert "Redis does not answer" in caught.value.where
    assert "flush" in caught.value.hint
    assert texts(box) == ["a", "b"]
    box.remove(1)
    box.post(event("c"))


def test_too_many_bytes_are_refused_but_one_event_may_have_any_size() -> None:
    box = outbox(max_bytes=1000)
    box.post(event("a" * 5000))
    with pytest.raises(BrokerFullError):
        box.post(event("b"))
    box.remove(1)
    assert box.size == 0
    box.post(event("b"))


def test_flushing_waits_for_what_was_posted_before_and_no_longer() -> None:
    box = outbox()
    assert box.flushed().done()
    box.post(event("a"))
    box.post(event("b"))
    flushed = box.flushed()
    box.post(event("c"))
    box.remove(1)
    assert not flushed.done()
    box.remove(1)
    assert flushed.done()
    assert len(box) == 1


def test_whoever_does_not_wait_any_more_is_in_nobodys_way() -> None:
    box = outbox()
    box.post(event())
    box.flushed().cancel()
    other = box.flushed()
    box.remove(1)
    assert other.done()


def test_giving_up_counts_what_is_left_and_tells_who_waits() -> None:
    box = outbox()
    box.post(event())
    flushed = box.flushed()
    assert box.give_up(ValueError("gone")) == 1
    with pytest.raises(ValueError, match="gone"):
        flushed.result(0)
    assert (len(box), box.size) == (0, 0)


def test_many_threads_may_post() -> None:
    box = outbox(limit=10_000, max_bytes=10**9)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2000):
            pool.submit(box.post, event("a"))
    assert len(box) == 2000
    box.remove(2000)
    assert box.size == 0
