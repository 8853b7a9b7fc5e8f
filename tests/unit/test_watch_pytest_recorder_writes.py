from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.pytest_watch.messages import Wrote
from livereload_sse.pytest_watch.recorder.writes import Writes

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.messages import Message


def test_each_path_is_told_once_and_all_are_known_in_the_end() -> None:
    told: list[Message] = []
    writes = Writes(told.append)

    writes.wrote(["/p/b", "/p/a"])
    writes.wrote(["/p/b", "/p/c"])

    assert told == [Wrote(("/p/b", "/p/a")), Wrote(("/p/c",))]
    assert writes.paths == ("/p/a", "/p/b", "/p/c")


def test_what_is_only_added_to_is_not_the_runs_own() -> None:
    writes = Writes(lambda _: None)

    writes.wrote(["/p/log"])
    writes.made(["/p/out"])

    assert not writes.is_own("/p/log")
    assert writes.is_own("/p/out")


def test_all_in_a_new_folder_is_the_runs_own(tmp_path: Path) -> None:
    writes = Writes(lambda _: None)

    writes.made_folder([f"{tmp_path}/new"])
    writes.made_folder([str(tmp_path)])

    assert writes.is_own(f"{tmp_path}/new/deep/file")
    assert writes.is_own(f"{tmp_path}/new")
    assert not writes.is_own(f"{tmp_path}/other")
    assert writes.paths == (f"{tmp_path}/new",)


def test_a_file_is_the_runs_own_after_a_move_if_it_was_before() -> None:
    writes = Writes(lambda _: None)
    writes.made(["/p/new.tmp"])

    writes.moved(["/p/new.tmp"], ["/p/new"])
    writes.moved(["/p/theirs"], ["/p/moved"])

    assert writes.is_own("/p/new")
    assert not writes.is_own("/p/moved")
    assert writes.paths == ("/p/moved", "/p/new", "/p/new.tmp", "/p/theirs")
