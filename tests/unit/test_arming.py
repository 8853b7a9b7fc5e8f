from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from livereload_sse.watch.arming import RETIRE_DELAY, Arming, Broken, Report


@dataclass
class Watches:
    paths: list[str]
    recursive: bool
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True


@dataclass
class System:
    """A kernel that starts what it is asked for, until it is told to fail."""

    started: list[Watches] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def start(self, paths: Sequence[str], *, recursive: bool, report: Report) -> Watches:
        assert report is not None
        if self.failures:
            raise self.failures.pop(0)
        self.started.append(Watches(sorted(paths), recursive))
        return self.started[-1]

    @property
    def running(self) -> list[list[str]]:
        return [watches.paths for watches in self.started if not watches.stopped]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    paths = [str(tmp_path / name) for name in ("parent", "root", "root/a", "root/a/b", "root/c")]
    for path in paths:
        Path(path).mkdir()
    return paths


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def arming(system: System, clock: Clock, folders: list[str]) -> Arming:
    return make(system, clock, folders, recursive=False)


def make(system: System, clock: Clock, folders: list[str], *, recursive: bool) -> Arming:
    parent, root, *_ = folders
    return Arming(
        system.start,
        lambda _message: None,
        roots=[root],
        always=lambda: [parent],
        recursive=recursive,
        clock=clock,
    )


def test_the_first_folders_get_one_set_with_what_is_always_watched(
    arming: Arming, system: System, folders: list[str]
) -> None:
    parent, root, a, *_ = folders
    arming.cover({root: 1, a: 2})

    assert system.running == [[parent, root, a]]
    assert not system.started[0].recursive
    assert arming.covers(a, 2)
    assert not arming.covers(a, 3)


def test_later_folders_get_a_second_set_that_replaces_itself(
    arming: Arming, system: System, clock: Clock, folders: list[str]
) -> None:
    parent, root, a, b, c = folders
    arming.cover({root: 1})
    arming.cover({a: 2})
    arming.cover({b: 3, c: 4})
    clock.now += RETIRE_DELAY
    arming.tidy()

    assert system.running == [[parent, root], sorted([parent, a, b, c])]
    assert arming.late == 3


def test_a_replaced_set_reports_a_little_longer(
    arming: Arming, system: System, clock: Clock, folders: list[str]
) -> None:
    _, root, a, b, _ = folders
    arming.cover({root: 1})
    arming.cover({a: 2})
    arming.cover({b: 3})

    assert arming.tidy() == clock.now + RETIRE_DELAY
    assert len(system.running) == 3
    clock.now += RETIRE_DELAY
    assert arming.tidy() is None
    assert len(system.running) == 2


def test_covering_anew_ends_with_one_set(
    arming: Arming, system: System, clock: Clock, folders: list[str]
) -> None:
    parent, root, a, b, _ = folders
    arming.cover({root: 1})
    arming.cover({a: 2})
    arming.cover_anew({root: 1, b: 3})
    clock.now += RETIRE_DELAY
    arming.tidy()

    assert system.running == [[parent, root, b]]
    assert arming.covered == {root: 1, b: 3}
    assert arming.late == 0


def test_a_folder_that_has_gone_takes_those_below_with_it(
    arming: Arming, folders: list[str]
) -> None:
    _, root, a, b, c = folders
    arming.cover({root: 1, a: 2, b: 3, c: 4})
    arming.uncover({a})

    assert arming.covered == {root: 1, c: 4}
    arming.keep({root})
    assert arming.covered == {root: 1}


def test_folders_that_vanish_meanwhile_are_left_out(
    arming: Arming, system: System, folders: list[str]
) -> None:
    parent, root, a, b, _ = folders
    Path(b).rmdir()
    system.failures = [FileNotFoundError(b), PermissionError(b)]
    arming.cover({root: 1, a: 2, b: 3})

    assert system.running == [[parent, root, a]]


def test_a_system_that_has_no_watches_left_says_so(
    arming: Arming, system: System, folders: list[str]
) -> None:
    system.failures = [OSError("none left")]

    with pytest.raises(OSError, match="none left"):
        arming.cover({folders[1]: 1})


def test_folders_that_vanish_faster_than_they_can_be_watched_are_a_failure_to_recover_from(
    system: System, folders: list[str]
) -> None:
    reports: list[object] = []
    arming = Arming(system.start, reports.append, roots=[], always=list, recursive=False)
    system.failures = [FileNotFoundError("again") for _ in range(100)]
    arming.cover({folders[1]: 1})

    assert [type(report) for report in reports] == [Broken]
    assert system.running == []


def test_names_that_are_not_unicode_are_left_out(
    arming: Arming, system: System, folders: list[str]
) -> None:
    parent, root, *_ = folders
    name = f"{root}/caf\udce9"
    try:
        Path(name).mkdir()
    except OSError as error:
        pytest.skip(f"no such names here: {error}")
    arming.cover({root: 1, name: 2})

    assert system.running == [[parent, root]]


def test_closing_stops_everything(arming: Arming, system: System, folders: list[str]) -> None:
    _, root, a, b, _ = folders
    arming.cover({root: 1})
    arming.cover({a: 2})
    arming.cover({b: 3})
    arming.close()

    assert system.running == []
    assert arming.covered == {}


class TestRecursive:
    def test_one_watch_covers_all_that_comes(
        self, system: System, clock: Clock, folders: list[str]
    ) -> None:
        arming = make(system, clock, folders, recursive=True)
        _, root, a, b, _ = folders
        arming.cover({root: 1})
        arming.cover({a: 2, b: 3})

        assert system.running == [[root]]
        assert system.started[0].recursive
        assert arming.covers(b, 3)

    def test_another_root_by_the_same_name_gets_another_watch(
        self, system: System, clock: Clock, folders: list[str]
    ) -> None:
        arming = make(system, clock, folders, recursive=True)
        _, root, *_ = folders
        arming.cover({root: 1})
        arming.cover({root: 9})
        clock.now += RETIRE_DELAY
        arming.tidy()

        assert [watches.stopped for watches in system.started] == [True, False]
