"""What a test can see of the process that it runs in is what it sees under plain pytest: in the first
run, in a warm one, and in a cold one.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.pytest_watched import start
from tests.integration.pytest_watching import once
from tests.pytest_results import Results

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the warm runs are forked on Linux")

LOOK = """
import gc, json, os, signal, sys, threading, pytest

def test_look():
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    facts = {
        "depth": depth,
        "referrers": any(one is vars(pytest) for one in gc.get_referrers(pytest.Item)),
        "objects": any(one is vars(pytest) for one in gc.get_objects()),
        "frozen": gc.get_freeze_count(),
        "ignored": [one.name for one in signal.Signals if signal.getsignal(one) is signal.SIG_IGN],
        "threads": threading.active_count(),
    }
    with open(os.environ["FACTS"], "a") as file:
        file.write(json.dumps(facts) + "\\n")
"""

OF_THE_BACKGROUND = {"SIGTTIN", "SIGTTOU"}
"""Ignored in a run: it is in the terminal's background, where a read of it would stand still for ever,
and so would one of a process that a test starts."""

DEEPER = 4
"""Frames that a run may have more on its stack: those of the hooks that listen to it."""


@pytest.mark.parametrize("kind", [(), ("--watch-standby",)])
def test_a_run_is_what_plain_pytest_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: tuple[str, ...]
) -> None:
    folder, file = tmp_path / "project", tmp_path / "facts"
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:randomly\n")
    (folder / "test_look.py").write_text(LOOK)
    monkeypatch.setenv("FACTS", str(file))
    once(folder, Results.in_folder(tmp_path / "plain"))

    with start(folder, *kind) as watched:
        watched.sees("waiting for changes")
        for key in "aaC":
            watched.press(key)
            assert " PASS  1 passed" in watched.waits()

    plain, *others = map(json.loads, file.read_text().splitlines())
    assert len(others) == 4
    for facts in others:
        assert _comparable(facts) == _comparable(plain)
        assert facts["depth"] <= plain["depth"] + DEEPER


def _comparable(facts: dict[str, Any]) -> dict[str, Any]:
    ignored = set(facts["ignored"]) - OF_THE_BACKGROUND
    return {**facts, "depth": 0, "ignored": sorted(ignored)}
