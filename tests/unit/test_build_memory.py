"""What is remembered of a site beyond one run: on a real disk, as that is what it is for."""

import os
from pathlib import Path, PurePosixPath

import pytest

from livereload_sse.build.manifest import Difference
from livereload_sse.build.memory import MOST_DELETED, Memory
from livereload_sse.watch.changes import ChangeKind


def urls(differences: tuple[Difference, ...]) -> list[tuple[str, str]]:
    return [(one.kind, str(one.path)) for one in differences]


def test_the_first_site_is_all_new_where_nothing_is_known() -> None:
    memory = Memory(None)

    assert memory.is_empty
    assert urls(memory.learn({"a.html": "1"}, 100)) == [("added", "a.html")]


def test_another_run_knows_what_was_there_and_since_when(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    Memory(path).learn({"a.html": "1", "b.html": "1", "c.html": "1"}, 100)

    again = Memory(path)
    told = again.learn({"a.html": "1", "b.html": "2"}, 200)

    assert urls(told) == [("modified", "b.html"), ("deleted", "c.html")]
    assert urls(again.changed_since(100)) == [
        ("modified", "a.html"),
        ("modified", "b.html"),
        ("deleted", "c.html"),
    ]
    assert urls(again.changed_since(101)) == [("modified", "b.html"), ("deleted", "c.html")]
    assert again.changed_since(201) == ()


def test_what_stays_the_same_keeps_its_time(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.learn({"a.html": "1"}, 100)
    memory.learn({"a.html": "1"}, 200)

    assert memory.changed_since(150) == ()


def test_what_came_back_is_there_again() -> None:
    memory = Memory(None)
    for milliseconds, site in ((100, {"a.html": "1"}), (200, {}), (300, {"a.html": "1"})):
        memory.learn(site, milliseconds)

    assert memory.changed_since(250) == (
        Difference(PurePosixPath("a.html"), ChangeKind.MODIFIED, "1"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 99, "files": {}}',
        '{"format": 1, "files": {"a": 1}}',
        '{"format": 1, "files": {"a": ["1", "x"]}}',
        '{"format": 1}',
        "\u00e4",
    ],
)
def test_what_cannot_be_read_counts_as_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "memory.json"
    path.write_text(text, encoding="utf-8")

    assert Memory(path).is_empty


def test_of_deleted_files_the_latest_are_remembered() -> None:
    memory = Memory(None)
    for number in range(MOST_DELETED + 5):
        memory.learn({f"{number}.html": "1"}, number)
    memory.learn({}, 10_000)

    assert len(memory.changed_since(0)) == MOST_DELETED


def test_a_name_that_is_no_text_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    name = os.fsdecode(b"\xff.html")
    Memory(path).learn({name: "1"}, 100)

    assert Memory(path).digests() == {name: "1"}


def test_where_nothing_can_be_written_this_run_goes_on(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "missing" / "memory.json")

    memory.learn({"a.html": "1"}, 100)

    assert urls(memory.learn({"a.html": "2"}, 200)) == [("modified", "a.html")]
