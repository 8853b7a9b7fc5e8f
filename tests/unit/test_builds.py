import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from livereload_sse.build.news import Failed, Started, Succeeded
from livereload_sse.build.report import make_report
from livereload_sse.build.results import Ending, Finished
from livereload_sse.builds import Builds
from livereload_sse.errors import EditorError

if TYPE_CHECKING:
    from livereload_sse.build.news import News

STARTED = Started(1, "make", ("a.md",), expected=None)
BUILT = Succeeded(build=1, duration=1.0, changed=0, pages=0, files=1, first=True)


class Told:
    """The builds of a session, and what they told whom."""

    def __init__(self, project: Path) -> None:
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.news: list[News] = []
        self.site: list[object] = []
        self.builds = Builds(
            "make",
            project=project,
            editor=None,
            publish=lambda name, data: self.published.append((name, data)),
            on_news=self.news.append,
            rebuild=lambda: None,
        )
        self.builds.on_site(
            self.site.append, wait=lambda: self.site.append("wait"), fail=self.site.append
        )


def failed(project: Path) -> Failed:
    output = f"{project / 'a.md'}:3: ERROR: this is wrong\n"
    finished = Finished(Ending.EXITED, 1, 0.5, output)
    report = make_report(finished, project=project, read=lambda path: path.read_text())
    return Failed(2, "make", Ending.EXITED, 1, 0.5, shown=False, report=report)


def test_before_anything_was_built_there_is_nothing_to_tell(tmp_path: Path) -> None:
    state = Told(tmp_path).builds.state()

    assert (state["event"], state["build"]) == ("idle", 0)


def test_everybody_is_told_and_who_asks_later_too(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.builds.tell(STARTED)
    told.builds.tell(BUILT)

    assert [name for name, _ in told.published] == ["build-started", "build-succeeded"]
    assert told.news == [STARTED, BUILT]
    assert told.builds.state() == {"event": "build-succeeded", **told.published[-1][1]}
    assert {data["run"] for _, data in told.published} == {told.builds.state()["run"]}


def test_two_runs_are_told_apart(tmp_path: Path) -> None:
    assert Told(tmp_path).builds.state()["run"] != Told(tmp_path).builds.state()["run"]


def test_the_site_hears_of_folders_of_waiting_and_of_failing(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.builds.tell(STARTED)
    told.builds.tell(failed(tmp_path))
    told.builds.switch(tmp_path)

    assert told.site == ["wait", "this is wrong", tmp_path]


def test_a_place_is_known_by_its_key_only(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one\ntwo\nthree\n")
    told = Told(tmp_path)
    told.builds.tell(failed(tmp_path))
    (problem,) = told.builds.state()["report"]["problems"]

    assert (problem["place"]["name"], problem["place"]["line"]) == ("a.md", 3)
    with pytest.raises(EditorError, match="not known any more"):
        asyncio.run(told.builds.open_place("a.md"))
    with pytest.raises(EditorError, match="No editor was found"):
        asyncio.run(told.builds.open_place(problem["place"]["key"]))
