import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.watch.tree import (
    Listing,
    Signature,
    Tree,
    changed_since,
    coarse_milliseconds,
    difference,
    difference_in,
    is_within,
    listed,
    signature_of,
)

OLD = Signature(1_000_000_000, 1_000_000_000, 10, 1)
NEW = OLD._replace(mtime_ns=2_000_000_000)


def listing(**files: Signature) -> Listing:
    return Listing(Signature(0, 0, 0, 7), files)


def stamped(listing: Listing, *, modified_ms: int, changed_ms: int) -> Listing:
    folder = Signature(modified_ms * 1_000_000, changed_ms * 1_000_000, 0, 7)
    return listing._replace(folder=folder)


@pytest.fixture
def tree() -> Tree:
    tree = Tree()
    tree.put("/site/a", OLD)
    tree.put("/site/blog/b", OLD)
    tree.put("/site/blog/one/c", OLD)
    return tree


class TestTree:
    def test_gives_back_what_was_put(self, tree: Tree) -> None:
        assert tree.get("/site/a") == OLD
        assert tree.get("/site/b") is None
        assert tree.get("/else/a") is None
        assert (tree.files, tree.folders) == (3, 3)

    def test_finds_files_by_their_name(self, tree: Tree) -> None:
        tree.put("/site/blog/a", OLD)

        assert set(tree.named("a")) == {"/site/a", "/site/blog/a"}
        assert tree.named("z") == []

    def test_forgets_what_is_gone(self, tree: Tree) -> None:
        tree.put("/site/a", None)
        tree.put("/site/never", None)

        assert tree.get("/site/a") is None
        assert tree.known_folders() == {"/site/blog", "/site/blog/one"}

    def test_remembers_a_digest_of_the_same_content_only(self, tree: Tree) -> None:
        assert tree.remember("/site/a", OLD, "0123")
        assert not tree.remember("/site/blog/b", NEW, "4567")
        assert not tree.remember("/site/unknown", OLD, "89ab")

        assert tree.digest_of("/site/a") == "0123"
        assert tree.digest_of("/site/blog/b") is None
        assert tree.digest_of("/site/unknown") is None

    def test_a_digest_ends_with_its_content(self, tree: Tree) -> None:
        tree.remember("/site/a", OLD, "0123")
        tree.put("/site/a", NEW)
        assert tree.digest_of("/site/a") is None

        tree.put("/site/a", None)
        tree.put("/site/a", OLD)
        assert tree.digest_of("/site/a") is None

    def test_names_what_is_beneath_folders(self, tree: Tree) -> None:
        assert set(tree.beneath({"/site/blog"})) == {"/site/blog/b", "/site/blog/one/c"}
        assert set(tree.beneath({"/site/bl"})) == set()

    def test_knows_a_folder_by_what_is_below_it(self, tree: Tree) -> None:
        assert tree.holds_folder("/site/blog")
        assert tree.holds_folder("/site/blog/one")
        assert not tree.holds_folder("/site/a")
        assert not tree.holds_folder("/site/blog/on")


class TestDifference:
    def test_nothing(self, tree: Tree) -> None:
        same = {
            "/site": listing(a=OLD),
            "/site/blog": listing(b=OLD),
            "/site/blog/one": listing(c=OLD),
        }

        assert difference(tree, same) == set()

    def test_added_modified_and_deleted_files(self, tree: Tree) -> None:
        now = {"/site": listing(a=NEW, z=OLD), "/site/blog": listing()}

        assert difference(tree, now) == {"/site/a", "/site/z", "/site/blog/b", "/site/blog/one/c"}

    @pytest.mark.parametrize("field", Signature._fields)
    def test_each_part_of_a_signature_counts(self, tree: Tree, field: str) -> None:
        other = OLD._replace(**{field: 99})

        assert difference_in(tree, "/site", {"a": other}) == {"/site/a"}

    @given(
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from([OLD, NEW])),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from([OLD, NEW])),
    )
    def test_is_what_brings_the_tree_up_to_date(
        self, told: dict[str, Signature], there: dict[str, Signature]
    ) -> None:
        tree = Tree()
        tree.replace("/s", told)
        now = {"/s": listing(**there)}

        for path in difference(tree, now):
            assert tree.get(path) != listed(path, now)
            tree.put(path, listed(path, now))

        assert difference(tree, now) == set()
        assert tree.listing("/s") == there


class TestChangedSince:
    def test_counts_modification_and_change_times_from_the_moment_on(self) -> None:
        now = {
            "/s": listing(
                before=Signature(999_999_999, 999_999_999, 1, 1),
                modified=Signature(1_000_000_000, 1, 1, 1),
                renamed=Signature(1, 1_000_000_001, 1, 1),
            )
        }

        assert changed_since(now, 1000) == {"/s/modified", "/s/renamed"}

    def test_all_of_a_folder_that_was_moved_into_place(self) -> None:
        old = Signature(1, 1, 1, 1)
        now = {
            "/s": stamped(listing(a=old), modified_ms=2000, changed_ms=2000),
            "/s/moved": stamped(listing(b=old), modified_ms=5, changed_ms=2000),
            "/s/moved/below": stamped(listing(c=old), modified_ms=5, changed_ms=5),
            "/s/moved-not": stamped(listing(d=old), modified_ms=5, changed_ms=5),
        }

        assert changed_since(now, 1000) == {"/s/moved/b", "/s/moved/below/c"}


def test_within_means_the_folder_itself_or_below() -> None:
    assert is_within("/a/b", {"/a/b"})
    assert is_within("/a/b/c", {"/x", "/a"})
    assert is_within("/a", {"/"})
    assert not is_within("/ab", {"/a"})
    assert not is_within("/a", {"/a/b"})


def test_a_signature_is_taken_from_a_stat(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("four")
    status = path.stat()

    assert signature_of(status) == (status.st_mtime_ns, status.st_ctime_ns, 4, status.st_ino)


def test_a_file_never_carries_an_earlier_time_than_the_clock_read_before(tmp_path: Path) -> None:
    for n in range(50):
        before = coarse_milliseconds()
        (tmp_path / f"{n}").touch()

        assert (tmp_path / f"{n}").stat().st_mtime_ns // 1_000_000 >= before
    assert abs(coarse_milliseconds() - time.time() * 1000) < 100
