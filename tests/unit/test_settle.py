from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.watch.settle import (
    BURST_FILES,
    BURST_TIMEOUT,
    BURST_WINDOW,
    INTERRUPTED_DELAY,
    JOINING_DELAY,
    QUIET_DELAY,
    Settle,
)


def test_a_save_is_told_at_once() -> None:
    settle = Settle()
    settle.see("a", now=1.0)

    assert settle.deadline() == 1.0
    assert settle.due(1.0) == ["a"]
    assert settle.deadline() is None
    assert settle.due(9.0) == []


def test_as_many_files_as_a_person_saves_are_never_delayed() -> None:
    settle = Settle()
    for n in range(BURST_FILES):
        settle.see(f"{n}", now=1.0)

    assert not settle.in_burst
    assert len(settle.due(1.0)) == BURST_FILES


def test_one_file_saved_again_and_again_is_no_burst() -> None:
    settle = Settle()
    for n in range(50):
        settle.see("a", now=1.0 + n / 100)

        assert settle.due(1.0 + n / 100) == ["a"]


def test_files_saved_one_after_another_by_a_person_are_no_burst() -> None:
    settle = Settle()
    for n in range(50):
        now = 1.0 + n * (BURST_WINDOW / BURST_FILES) * 1.01
        settle.see(f"{n}", now=now)

        assert settle.due(now) == [f"{n}"]


def test_only_what_was_seen_within_the_window_counts() -> None:
    settle = Settle()
    for path in "abcde":
        settle.see(path, now=1.0)
    settle.see("a", now=1.0 + BURST_WINDOW * 0.9)
    settle.see("f", now=1.0 + BURST_WINDOW * 1.1)

    assert not settle.in_burst


def test_one_file_more_is_a_burst_and_is_held_until_it_is_quiet() -> None:
    settle = Settle()
    for n in range(BURST_FILES + 1):
        settle.see(f"{n}", now=1.0)

    assert settle.in_burst
    assert settle.deadline() == 1.0 + QUIET_DELAY
    assert settle.due(1.0 + QUIET_DELAY - 0.001) == []
    assert len(settle.due(1.0 + QUIET_DELAY)) == BURST_FILES + 1
    assert not settle.in_burst


def test_a_generator_is_one_change_set_but_for_its_first_files() -> None:
    settle = Settle()
    told = []
    for n in range(500):  # a file each 4 ms
        now = 1.0 + n * 0.004
        settle.see(f"{n}", now=now)
        told.append(settle.due(now))

    assert [len(paths) for paths in told[:BURST_FILES]] == [1] * BURST_FILES
    assert not any(told[BURST_FILES:])
    assert len(settle.due(3.0 + QUIET_DELAY)) == 500 - BURST_FILES


def test_a_burst_that_does_not_end_is_told_now_and_then() -> None:
    settle = Settle()
    sizes = []
    for n in range(700):  # 7 s
        now = 1.0 + n * 0.01
        settle.see(f"{n}", now=now)
        sizes.append(len(settle.due(now)))

    counts = [size for size in sizes if size > 1]
    assert len(counts) == 2
    assert all(abs(count - BURST_TIMEOUT / 0.01) < 10 for count in counts)
    assert settle.in_burst


def test_the_deadline_of_an_endless_burst_is_its_cap() -> None:
    settle = Settle()
    for n in range(300):
        settle.see(f"{n}", now=1.0 + n * 0.01)

    assert settle.deadline() == 1.0 + 0.05 + BURST_TIMEOUT


def test_after_a_burst_a_save_is_told_at_once_again() -> None:
    settle = Settle()
    for n in range(20):
        settle.see(f"{n}", now=1.0)
    settle.due(1.0 + QUIET_DELAY)
    settle.see("a", now=1.2)

    assert settle.due(1.2) == ["a"]


def test_a_file_that_became_empty_is_held_a_moment() -> None:
    settle = Settle()
    settle.see("a", now=1.0, interrupted=True)

    assert settle.due(1.0) == []
    assert settle.deadline() == 1.0 + INTERRUPTED_DELAY
    assert settle.due(1.0 + INTERRUPTED_DELAY) == ["a"]


def test_a_file_that_is_whole_again_is_told_at_once() -> None:
    settle = Settle()
    settle.see("a", now=1.0, interrupted=True)
    settle.see("a", now=1.01)

    assert settle.due(1.01) == ["a"]


def test_an_interrupted_file_does_not_hold_another() -> None:
    settle = Settle()
    settle.see("a", now=1.0, interrupted=True)
    settle.see("b", now=1.0)

    assert settle.due(1.0) == ["b"]
    assert settle.due(1.0 + INTERRUPTED_DELAY) == ["a"]


def test_a_file_emptied_again_and_again_is_held_only_once() -> None:
    settle = Settle()
    settle.see("a", now=1.0, interrupted=True)
    settle.see("a", now=1.09, interrupted=True)

    assert settle.due(1.0 + INTERRUPTED_DELAY) == ["a"]


def test_what_is_forgotten_is_not_told() -> None:
    settle = Settle()
    settle.see("a", now=1.0, interrupted=True)
    settle.forget("a")
    settle.forget("never seen")

    assert settle.deadline() is None
    assert settle.due(9.0) == []


def test_what_is_held_can_be_looked_at() -> None:
    settle = Settle()
    settle.see("a", now=1.0, interrupted=True)
    settle.see("a", now=1.05, interrupted=True)

    assert dict(settle.pending) == {"a": 1.0}


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.floats(0, 0.4), st.booleans()), min_size=1, max_size=60
    )
)
def test_everything_is_told_once_and_within_the_cap(
    steps: list[tuple[int, float, bool]],
) -> None:
    settle = Settle()
    now, waiting = 0.0, dict[str, float]()
    for number, delay, interrupted in steps:
        now += delay
        for path in settle.due(now):
            del waiting[path]  # a KeyError would be a path told twice
        settle.see(f"{number}", now=now, interrupted=interrupted)
        waiting.setdefault(f"{number}", now)
        assert settle.deadline() is not None
        longest = BURST_TIMEOUT + INTERRUPTED_DELAY + 0.4  # the last: how late we may ask here
        assert all(now - since <= longest for since in waiting.values())
    while (deadline := settle.deadline()) is not None:
        now = max(now, deadline)
        for path in settle.due(now):
            del waiting[path]

    assert waiting == {}


def test_the_first_files_of_a_burst_belong_to_it_although_they_were_told() -> None:
    settle = Settle()
    for n in range(BURST_FILES + 1):
        settle.see(f"{n}", now=1.0 + n * 0.004)
        settle.due(1.0 + n * 0.004)

    assert settle.holds("0", now=1.1)
    assert settle.holds(f"{BURST_FILES}", now=1.1)
    assert not settle.holds("elsewhere", now=1.1)


def test_a_burst_that_is_over_holds_nothing() -> None:
    settle = Settle()
    for n in range(BURST_FILES + 1):
        settle.see(f"{n}", now=1.0)
    settle.due(1.0 + QUIET_DELAY)

    assert not settle.holds("0", now=1.0 + QUIET_DELAY)


def test_a_burst_that_takes_too_long_lets_go_of_what_it_has_told() -> None:
    settle = Settle()
    now = 1.0
    while now < 1.0 + BURST_TIMEOUT + 0.1:
        settle.see(f"{now}", now=now)
        settle.due(now)
        now += 0.01

    assert settle.in_burst
    assert not settle.holds("1.0", now=now)


def test_a_file_is_held_while_others_join_it_for_it_may_become_a_burst() -> None:
    settle = Settle()
    settle.see("page", now=1.0)
    settle.see("other", now=1.01)

    assert settle.holds("page", now=1.01)
    assert not settle.holds("elsewhere", now=1.01)
    assert not settle.holds("page", now=1.01 + JOINING_DELAY)


def test_a_file_saved_alone_is_never_held() -> None:
    settle = Settle()
    settle.see("page", now=1.0)

    assert not settle.holds("page", now=1.0)


def test_a_file_that_is_written_all_the_time_holds_no_other() -> None:
    settle = Settle()
    for n in range(100):
        settle.see("log", now=1.0 + n * 0.01)
    settle.see("page", now=2.0)
    for n in range(1, 10):
        settle.see("log", now=2.0 + n * 0.01)

    assert not settle.holds("page", now=2.0 + JOINING_DELAY)


def test_two_files_saved_one_after_the_other_by_a_person_are_not_held() -> None:
    settle = Settle()
    settle.see("page", now=1.0)
    settle.see("styles", now=1.0 + JOINING_DELAY)

    assert not settle.holds("styles", now=1.0 + JOINING_DELAY)
