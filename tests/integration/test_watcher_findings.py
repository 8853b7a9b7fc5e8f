"""What a report about a file that looks the same may hide."""

from pathlib import Path

import pytest

from livereload_sse.digest import digest
from livereload_sse.watch import Ignore, signature_of
from livereload_sse.watch.arming import Batch
from livereload_sse.watch.findings import YOUNG_DELAY, Findings
from livereload_sse.watch.grounds import Grounds, Root
from livereload_sse.watch.tree import Tree


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Disk:
    """A file, and findings about it, with a clock that stands still."""

    def __init__(self, root: Path) -> None:
        self.path = root / "a.css"
        self.path.write_text("second")
        self.tree = Tree()
        self.clock = Clock()
        grounds = Grounds(
            [Root(str(root), Ignore(root), is_file=False)], None, breathe=lambda: None
        )
        self.findings = Findings(self.tree, grounds, clock=self.clock, breathe=lambda: None)

    def tell(self, content: bytes) -> None:
        """Have told the file as it is, though another content was read then."""
        signature = signature_of(self.path.stat())
        self.tree.put(str(self.path), signature)
        self.tree.remember(str(self.path), signature, digest(content))
        self.findings.told([str(self.path)])

    def report(self) -> list[str]:
        """Get a report about the file; returns what is to be told."""
        self.findings.consider([(str(self.path), signature_of(self.path.stat()))])
        return self.findings.take_due(self.clock.now)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def test_other_content_under_the_same_stamps_is_found(disk: Disk) -> None:
    disk.tell(b"first.")

    assert disk.report() == [str(disk.path)]


def test_the_same_content_under_the_same_stamps_is_nothing(disk: Disk) -> None:
    disk.tell(b"second")

    assert disk.report() == []


def test_only_a_report_that_follows_at_once_is_looked_into(disk: Disk) -> None:
    disk.tell(b"first.")
    disk.clock.now += YOUNG_DELAY + 0.01

    assert disk.report() == []


def test_a_file_that_had_been_old_when_told_is_not_looked_into(disk: Disk) -> None:
    signature = signature_of(disk.path.stat())
    old = signature._replace(ctime_ns=signature.ctime_ns - 10**9)
    disk.tree.put(str(disk.path), old)
    disk.tree.remember(str(disk.path), old, digest(b"first."))
    disk.findings.told([str(disk.path)])
    disk.findings.consider([(str(disk.path), old)])

    assert disk.findings.take_due(disk.clock.now) == []


def test_a_second_look_at_what_is_held_does_not_prolong_a_burst(disk: Disk, tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{n}") for n in range(20)]
    seen = [(path, signature_of(disk.path.stat())) for path in paths]
    disk.findings.consider(seen)
    deadline = disk.findings.settle.deadline()
    disk.clock.now += 0.1
    disk.findings.consider(seen)

    assert disk.findings.settle.in_burst
    assert disk.findings.settle.deadline() == deadline


@pytest.mark.parametrize("kind", ["hard link", "name that is not Unicode", "link", "edit"])
def test_what_the_system_does_not_report_is_not_held_against_it(disk: Disk, kind: str) -> None:
    path = str(disk.path)
    signature = signature_of(disk.path.stat())
    disk.tree.put(path, signature._replace(ctime_ns=1) if kind == "hard link" else None)
    if kind == "link":
        path = str(disk.path.with_name("link"))
        Path(path).symlink_to(disk.path)
    if kind == "name that is not Unicode":
        path = f"{path}\udce9"

    assert disk.findings.should_be_reported(path) == (kind == "edit")


def test_a_report_is_a_hint_and_not_the_truth(disk: Disk) -> None:
    disk.tell(b"second")
    nowhere = str(disk.path.with_name("never-was"))
    disk.findings.look_at(Batch(frozenset({nowhere}), frozenset({nowhere})))

    assert disk.findings.take_due(disk.clock.now) == []
