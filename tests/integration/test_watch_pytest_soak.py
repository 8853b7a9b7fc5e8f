"""Random edits, many of them while tests run: what is known in the end is what a cold run says, and
nothing is left behind.

A short walk in each run of the tests; `make soak` takes hundreds of edits. `SSE_RELOAD_SEED` repeats
one.
"""

import os
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.pytest_watching import (
    Watching,
    left_behind,
    once,
    open_files,
    watching,
    zombies,
)
from tests.pytest_results import Results, Run, differences
from tests.pytest_sample import Sample, broken, change, make_sample, save
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")

EDITS = int(os.environ.get("SSE_RELOAD_SOAK_EDITS_WATCHED", "15"))
SEED = int(os.environ.get("SSE_RELOAD_SEED", "0")) or random.randrange(1, 100_000)
LOOK_EVERY = 5 if EDITS < 100 else 20
"""Edits after which what is known is compared."""

MARK = "SSE_RELOAD_TEST_MARK"
ON = ("-p", "no:randomly", "--continue-on-collection-errors")

# What a run may be in the midst of when the next edit comes, and what it may do to the one that runs it.
SITUATIONS = {
    "slow": "import time\n\ndef test_slow():\n    time.sleep({number})\n",
    "slow to end": (
        "import time\nimport pytest\n\n@pytest.fixture\ndef thing():\n    yield\n    time.sleep(0.2)\n\n"
        "def test_slow_to_end(thing):\n    time.sleep({number})\n"
    ),
    "wrong": "def test_wrong():\n    assert {number} == 0\n",
    "wordy": "def test_wordy():\n    print('x' * 200_000)\n    assert {number} == 0\n",
    "crashing": "import os\n\ndef test_crashing():\n    os.kill(os.getpid(), 11)\n",
    "leaving": "import os\n\ndef test_leaving():\n    os._exit(3)\n",
    "unreadable": "def test_unreadable(:\n",
    "with a child": (
        "import subprocess\n\ndef test_with_a_child():\n    subprocess.Popen(['sleep', '600'])\n"
    ),
    "with a thread": (
        "import threading, time\n\ndef test_with_a_thread():\n"
        "    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    ),
    "harmless": "def test_harmless():\n    assert {number} >= 0\n",
}


class Walk:
    """One random walk over the project; everything it breaks it can mend."""

    def __init__(self, sample: Sample, seed: int) -> None:
        self.sample = sample
        self.random = random.Random(seed)
        self.before: dict[Path, str] = {}
        self.files = [*sample.breakable, *sample.test_files]
        self.extra = sample.folder / "tests" / "test_extra.py"

    def step(self) -> str:
        """Do one thing to the project; says which, for whoever reads why a walk went wrong."""
        return self.random.choice(
            [self.change, self.change, self.break_, self.mend, self.situation, self.situation]
        )()

    def change(self) -> str:
        path = self.some_file()
        change(path)
        if path in self.before:  # which now is the broken one's older self
            self.mend()
        return f"change {path.name}"

    def break_(self) -> str:
        path = self.some_file()
        if path not in self.before:
            self.before[path] = path.read_text(encoding="utf-8")
            save(path, broken(path))
        return f"break {path.name}"

    def mend(self) -> str:
        for path, text in self.before.items():
            save(path, text)
        count = len(self.before)
        self.before.clear()
        return f"mend {count} files"

    def situation(self) -> str:
        name = self.random.choice(list(SITUATIONS))
        text = SITUATIONS[name].replace("{number}", str(self.random.choice([0, 0.05, 0.5, 3])))
        save(self.extra, text)
        return f"a test that is {name}"

    def calm(self) -> None:
        """Leave no test that a cold run would not survive."""
        name = self.random.choice(["wrong", "harmless"])
        save(self.extra, SITUATIONS[name].replace("{number}", str(self.random.randrange(1, 1000))))

    def last(self) -> str:
        """Do one thing more, whose outcome no other can hide: what is broken may stay so."""
        said = self.mend() if len(self.before) > 3 else self.break_()
        if self.sample.conftest in self.before:  # with which pytest would not even begin
            said = self.mend()
        return said

    def some_file(self) -> Path:
        return self.random.choice(self.files)

    def pause(self) -> float:
        """Seconds until the next step: often less than a run takes."""
        return self.random.choice([0, 0, 0.03, 0.1, 0.2, 0.4, 1.0])


def known(runs: list[Run]) -> tuple[dict[str, list[str]], set[str]]:
    """Put together what all runs have said: of each test the last word, and what no run could collect."""
    results: dict[str, list[str]] = {}
    uncollected: set[str] = set()
    for run in runs:
        uncollected = (uncollected - run.collected) | run.uncollected
        # One without a teardown was cut short, and has to run again.
        whole = {test for test, said in run.results.items() if said[-1].startswith("teardown")}
        results |= {test: run.results[test] for test in whole}
    return results, uncollected


def rest(watch: Watching, silence: float = 1.0) -> None:
    """Wait until no run goes on, and none has begun for a while."""
    deadline = time.monotonic() + 60
    calm_since = time.monotonic()
    size = -1
    while time.monotonic() - calm_since < silence:
        now = watch.results.size()
        if now != size or watch.is_running():
            size, calm_since = now, time.monotonic()
        assert time.monotonic() < deadline, (
            f"it does not come to rest:\n{watch.screen.text[-3000:]}"
        )
        assert watch.screen.process.poll() is None, watch.screen.text[-3000:]
        time.sleep(0.02)


@pytest.mark.timeout(3600)
def test_random_edits_leave_the_truth_and_nothing_else(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sample = make_sample(tmp_path / "project", files=16 if EDITS < 100 else 30)
    results = Results.in_folder(tmp_path_factory.mktemp("results"))
    cold = Results.in_folder(tmp_path_factory.mktemp("cold"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {MARK: str(tmp_path), "TMPDIR": str(temporary)}
    with watching(sample.folder, results, *ON, environment=environment) as watch:
        watch.wait_for_runs(1)
        rest(watch)
        ours = both(watch, tmp_path)
        sessions = {os.getsid(pid) for pid in ours}
        before = open_files(ours)
        go(Walk(sample, SEED), watch, cold)
        assert zombies(sessions) == []
        after = open_files(both(watch, tmp_path))
        watch.screen.press("q")
        assert watch.screen.process.wait(20) in {0, 1, 2}, watch.screen.text[-2000:]

    assert all(now <= then for now, then in zip(after, before, strict=True)), (before, after)
    assert left_behind(MARK, tmp_path) == []
    assert sorted(path.name for path in temporary.iterdir()) == []
    say(results.runs())


def both(watch: Watching, mark: Path) -> list[int]:
    """Give the one that watches and its host, once whoever tries modules for it has ended."""
    wait_until(lambda: len(watch.processes(MARK, mark)) == 2, 20, "there are two processes")
    return watch.processes(MARK, mark)


def go(walk: Walk, watch: Watching, cold: Results) -> None:
    """Walk, and look now and then whether what is known is true."""
    done = [walk.last()]  # alone, as nothing but the first run is there to hide it
    rest(watch)
    expect_the_truth(walk.sample, watch.results, cold, done)
    for number in range(1, EDITS):
        done.append(walk.step())
        time.sleep(walk.pause())
        if number % LOOK_EVERY == 0 or number == EDITS - 1:
            walk.calm()
            rest(watch)
            done.append(walk.last())
            rest(watch)
            expect_the_truth(walk.sample, watch.results, cold, done)
            done.clear()


def expect_the_truth(sample: Sample, results: Results, cold: Results, done: list[str]) -> None:
    """Compare what all runs have said with what a cold one says."""
    truth = once(sample.folder, cold, *ON, "-p", "no:cacheprovider")
    said, uncollected = known(results.runs())
    found = differences(truth.results, only(said, truth))
    assert found == {}, f"SSE_RELOAD_SEED={SEED}, after {done}"
    assert uncollected & set(truth.collected | truth.uncollected) == truth.uncollected


def only(said: Mapping[str, list[str]], truth: Run) -> dict[str, list[str]]:
    """Leave out the tests that are no more."""
    return {test: words for test, words in said.items() if test in truth.results}


def say(runs: list[Run]) -> None:
    """Say what has happened; shown with -s."""
    cut = sum(run.exit_code in {None, 2} for run in runs)
    sys.stdout.write(f"\n{EDITS} edits (seed {SEED}): {len(runs)} runs, {cut} of them cut short\n")
