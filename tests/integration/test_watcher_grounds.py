"""Which paths stand for what is below our roots."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from livereload_sse.watch import Ignore
from livereload_sse.watch.arming import Arming, KernelWatches, Report
from livereload_sse.watch.grounds import Grounds, Root, parents_of
from tests.integration.watching import fill


class Watches:
    def stop(self) -> None:
        """They cost nothing here."""


def start(paths: Sequence[str], *, recursive: bool, report: Report) -> KernelWatches:
    assert paths
    assert not recursive
    assert report is not None
    return Watches()


def root(path: Path) -> Root:
    return Root(str(path), Ignore(path), is_file=path.is_file())


def grounds_of(*roots: Root) -> Grounds:
    arming = Arming(
        start,
        lambda _message: None,
        roots=[root.path for root in roots],
        always=lambda: parents_of(roots),
        recursive=False,
    )
    return Grounds(roots, arming, breathe=lambda: None)


def test_a_path_belongs_to_the_deepest_root(tmp_path: Path) -> None:
    outer, inner = root(tmp_path), root(tmp_path / "_site")
    grounds = grounds_of(outer, inner)

    assert grounds.root_of(f"{tmp_path}/a.md") == outer
    assert grounds.root_of(f"{tmp_path}/_site/a.html") == inner
    assert grounds.root_of(f"{tmp_path}/_sites/a.html") == outer
    assert grounds.root_of(f"{tmp_path.parent}/elsewhere") is None


def test_a_path_reported_where_a_link_leads_stands_for_the_one_below_the_root(
    tmp_path: Path,
) -> None:
    fill(tmp_path, ["one/a.html", "two/a.html"])
    link = tmp_path / "current"
    link.symlink_to("one")
    grounds = grounds_of(root(link))
    before = [list(grounds.places_of(f"{tmp_path}/{name}/a.html")) for name in ("one", "two")]
    link.unlink()
    link.symlink_to("two")
    grounds.everything()
    after = [list(grounds.places_of(f"{tmp_path}/{name}/a.html")) for name in ("one", "two")]

    assert before == [[f"{link}/a.html"], []]
    assert after == [[], [f"{link}/a.html"]]


def test_the_folders_of_a_linked_root_and_of_its_target_are_watched(tmp_path: Path) -> None:
    fill(tmp_path, ["builds/one/a.html"])
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "current").symlink_to("../builds/one")

    parents = parents_of([root(tmp_path / "www" / "current")])

    assert parents == [f"{tmp_path}/builds", f"{tmp_path}/www"]


def test_folders_that_have_gone_are_no_longer_covered(tmp_path: Path) -> None:
    fill(tmp_path, ["a/x.html", "b/x.html"])
    grounds = grounds_of(root(tmp_path))
    grounds.begin()
    grounds.everything()
    shutil.rmtree(tmp_path / "a")
    grounds.everything()

    assert grounds.covered.keys() == {str(tmp_path), f"{tmp_path}/b"}


def test_a_folder_is_listed_after_it_is_covered(tmp_path: Path) -> None:
    def start_late(paths: Sequence[str], *, recursive: bool, report: Report) -> KernelWatches:
        if f"{tmp_path}/a" in paths:
            fill(tmp_path, ["a/late.html", "a/deep/later.html"])
        return start(paths, recursive=recursive, report=report)

    fill(tmp_path, ["a/x.html"])
    arming = Arming(start_late, lambda _message: None, roots=[], always=list, recursive=False)
    grounds = Grounds([root(tmp_path)], arming, breathe=lambda: None)

    listings = grounds.survey([str(tmp_path)])

    assert listings[f"{tmp_path}/a"].files.keys() == {"x.html", "late.html"}
    assert listings[f"{tmp_path}/a/deep"].files.keys() == {"later.html"}
    assert f"{tmp_path}/a/deep" in grounds.covered


@pytest.mark.parametrize(
    ("folder", "unknown"), [("", None), ("/a", None), ("/a/new", "/a/new"), ("/n/e/w", "/n")]
)
def test_the_topmost_folder_that_is_not_covered(
    tmp_path: Path, folder: str, unknown: str | None
) -> None:
    fill(tmp_path, ["a/x.html"])
    grounds = grounds_of(root(tmp_path))
    grounds.survey([str(tmp_path)])

    assert grounds.unknown_above(f"{tmp_path}{folder}") == (unknown and f"{tmp_path}{unknown}")
