"""What is different between two sites: laws of the comparison."""

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.manifest import Difference, Entry, difference, digests
from livereload_sse.watch.changes import ChangeKind
from livereload_sse.watch.tree import Signature

NAMES = st.sampled_from(["a", "b", "c.html", "é", "\udcff"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
SITES = st.dictionaries(PATHS, st.sampled_from(["1", "2", "3"]))


def apply(differences: tuple[Difference, ...], site: dict[str, str]) -> dict[str, str]:
    """Do to a site what is said to be different; refuses what cannot be done to it."""
    after = dict(site)
    for one in differences:
        path = one.path.as_posix()
        assert (path in site) == (one.kind is not ChangeKind.ADDED)
        if one.digest is None:
            assert one.kind is ChangeKind.DELETED
            del after[path]
        else:
            assert site.get(path) != one.digest
            after[path] = one.digest
    return after


@given(SITES, SITES)
def test_the_differences_lead_from_the_old_site_to_the_new(
    old: dict[str, str], new: dict[str, str]
) -> None:
    assert apply(difference(old, new), old) == new


@given(SITES)
def test_a_site_does_not_differ_from_itself(site: dict[str, str]) -> None:
    assert difference(site, dict(site)) == ()


@given(SITES, SITES)
def test_each_path_is_told_once_and_in_order(old: dict[str, str], new: dict[str, str]) -> None:
    paths = [one.path for one in difference(old, new)]

    assert paths == sorted(set(paths))


def test_a_file_that_became_a_folder_is_gone_and_what_is_in_it_is_new() -> None:
    assert difference({"a": "1"}, {"a/index.html": "1"}) == (
        Difference(PurePosixPath("a"), ChangeKind.DELETED),
        Difference(PurePosixPath("a/index.html"), ChangeKind.ADDED, "1"),
    )


def test_a_name_that_differs_only_in_case_is_another_file() -> None:
    assert [one.kind for one in difference({"About": "1"}, {"about": "1"})] == [
        ChangeKind.DELETED,
        ChangeKind.ADDED,
    ]


def test_only_the_names_of_contents_are_kept() -> None:
    assert digests({"a": Entry("1", Signature(1, 2, 3, 4))}) == {"a": "1"}
