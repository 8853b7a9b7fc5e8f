import os
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from livereload_sse.pytest_watch.recorder import auditing

EVENT = "sse_reload.test"


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    found: list[Any] = []

    def note(args: tuple[Any, ...], frame: FrameType) -> None:
        found.append((args, frame.f_code.co_name))

    before = auditing.hear({EVENT: note})
    yield found
    auditing.hear(before)


def test_events_in_the_table_are_heard_with_who_caused_them(heard: list[Any]) -> None:
    sys.audit(EVENT, 1, "two")
    sys.audit(EVENT + ".other")

    assert heard == [((1, "two"), "test_events_in_the_table_are_heard_with_who_caused_them")]


def test_a_second_table_takes_the_place_of_the_first_and_hands_it_back(heard: list[Any]) -> None:
    before = auditing.hear({})
    sys.audit(EVENT)
    assert heard == []

    auditing.hear(before)
    sys.audit(EVENT)
    assert len(heard) == 1  # and not once for each time that somebody began to hear


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_process_hears_nothing(heard: list[Any]) -> None:
    pid = os.fork()
    if pid == 0:
        sys.audit(EVENT)
        os._exit(len(heard))

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
