from collections import Counter
from collections.abc import Callable

import pytest

from livereload_sse.sse import EventId
from livereload_sse.updates import Update, Updates

ONE, TWO = EventId(1, 0), EventId(2, 0)


class Alarm:
    """A timer that a test rings by hand."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self.ring = ring
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Reports:
    """Updates under test, with what they reported and the alarms they set."""

    def __init__(self) -> None:
        self.seen: list[Update] = []
        self.alarms: list[Alarm] = []
        self.updates = Updates(self.seen.append, call_later=self.call_later)

    def call_later(self, _delay: float, ring: Callable[[], None]) -> Alarm:
        self.alarms.append(Alarm(ring))
        return self.alarms[-1]


@pytest.fixture
def reports() -> Reports:
    return Reports()


def test_a_change_without_tabs_is_reported_at_once(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.html",), tabs=0, delay=0.01)

    assert reports.seen == [Update(("a.html",), 0, Counter(), None)]


def test_a_change_is_reported_when_the_last_tab_has_answered(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.html",), tabs=2, delay=0.01)
    reports.updates.acknowledge(ONE, action="reload", duration=0.05)
    before = list(reports.seen)
    reports.updates.acknowledge(ONE, action="none", duration=0.5)

    assert before == []
    (seen,) = reports.seen
    assert (seen.files, seen.tabs, seen.actions) == (("a.html",), 2, Counter(reload=1, none=1))
    assert seen.duration == pytest.approx(0.06)
    assert reports.alarms[0].cancelled


def test_the_slowest_tab_that_shows_it_counts(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.css",), tabs=2, delay=0.0)
    reports.updates.acknowledge(ONE, action="swap-styles", duration=0.03)
    reports.updates.acknowledge(ONE, action="swap-styles", duration=0.02)

    assert reports.seen[0].duration == pytest.approx(0.03)


def test_patience_ends_with_the_answers_that_came(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.css",), tabs=2, delay=0.0)
    reports.updates.acknowledge(ONE, action="swap-styles", duration=0.03)
    reports.alarms[0].ring()

    assert reports.seen[0].silent == 1


def test_an_update_is_reported_once(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.css",), tabs=1, delay=0.0)
    reports.updates.acknowledge(ONE, action="none", duration=0.0)
    reports.alarms[0].ring()
    reports.updates.acknowledge(ONE, action="none", duration=0.0)

    assert len(reports.seen) == 1


def test_two_changes_are_kept_apart(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.css",), tabs=1, delay=0.0)
    reports.updates.begin(TWO, files=("b.css",), tabs=1, delay=0.0)
    reports.updates.acknowledge(TWO, action="none", duration=0.0)

    assert [update.files for update in reports.seen] == [("b.css",)]


def test_closing_reports_what_is_open(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.css",), tabs=1, delay=0.0)
    reports.updates.close()

    assert [update.silent for update in reports.seen] == [1]


@pytest.mark.parametrize("action", ["none", "paused"])
def test_a_tab_that_showed_nothing_took_no_time(reports: Reports, action: str) -> None:
    reports.updates.begin(ONE, files=("a.css",), tabs=1, delay=0.5)
    reports.updates.acknowledge(ONE, action=action, duration=0.5)

    assert reports.seen[0].duration is None


def test_hidden_tabs_are_told_and_not_waited_for(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.html",), tabs=0, hidden=2, delay=0.01)
    reports.updates.begin(TWO, files=("a.html",), tabs=1, hidden=2, delay=0.01)
    reports.updates.acknowledge(TWO, action="none", duration=0.0)

    assert [(update.tabs, update.hidden, update.silent) for update in reports.seen] == [
        (0, 2, 0),
        (1, 2, 0),
    ]


def test_of_changed_nodes_the_most_in_any_tab_are_reported(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.html",), tabs=3, delay=0.0)
    for nodes in (1, 3, 2):
        reports.updates.acknowledge(ONE, action="patch-page", duration=0.0, nodes=nodes)

    assert reports.seen[0].nodes == 3


def test_each_reason_is_reported_once_and_not_too_many(reports: Reports) -> None:
    reports.updates.begin(ONE, files=("a.html",), tabs=6, delay=0.0)
    for reason in ("b", "a", "b", "", "c", "d"):
        reports.updates.acknowledge(ONE, action="reload", duration=0.0, reason=reason)

    assert reports.seen[0].reasons == ("b", "a", "c")
