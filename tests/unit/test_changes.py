from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.watch.changes import Change, ChangeKind, ChangeSet

PATH = Path("/site/index.html")
A, M, D = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.DELETED


def one(kind: ChangeKind, digest: str | None = None, seen_at: int = 0) -> ChangeSet:
    return ChangeSet(frozenset({Change(kind, PATH, digest)}), seen_at)


@pytest.mark.parametrize(
    ("first", "then", "merged"),
    [
        (A, M, A),
        (A, D, None),
        (M, M, M),
        (M, D, D),
        (D, A, M),
        # These cannot follow each other on one disk; they end sensibly all the same.
        (A, A, A),
        (M, A, M),
        (D, M, M),
        (D, D, D),
    ],
)
def test_two_changes_of_a_file_become_one(
    first: ChangeKind, then: ChangeKind, merged: ChangeKind | None
) -> None:
    changes = (one(first) | one(then)).changes

    assert {change.kind for change in changes} == ({merged} if merged else set())


def test_the_later_digest_wins() -> None:
    assert one(M, "old") | one(M, "new") == one(M, "new")
    assert one(D) | one(A, "new") == one(M, "new")
    assert one(M, "old") | one(M) == one(M)


def test_changes_of_other_files_stay() -> None:
    other = ChangeSet(frozenset({Change(A, Path("/site/other.html"))}))

    assert (one(M) | other).changes == one(M).changes | other.changes


def test_the_later_moment_holds_for_both() -> None:
    assert (one(M, seen_at=5) | one(M, seen_at=9)).seen_at == 9


def test_a_set_is_false_when_it_is_empty() -> None:
    assert not ChangeSet()
    assert not ChangeSet(seen_at=9)
    assert one(M)


def test_kinds_are_the_words_of_the_wire() -> None:
    assert [str(kind) for kind in ChangeKind] == ["added", "modified", "deleted"]


NAMES = ["a", "b", "c"]
step = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3), min_size=1)


def history(steps: list[dict[str, int]]) -> list[ChangeSet]:
    """Change sets as one disk makes them; content 0 is no file."""
    disk = dict.fromkeys(NAMES, 0)
    sets = []
    for moment, wanted in enumerate(steps):
        changes = {change(name, disk[name], new) for name, new in wanted.items()}
        disk |= wanted
        sets.append(ChangeSet(frozenset(c for c in changes if c is not None), moment))
    return sets


def change(name: str, old: int, new: int) -> Change | None:
    if old == new:
        return None
    kind = M if old and new else A if new else D
    return Change(kind, Path(name), str(new) if new else None)


def merge(sets: list[ChangeSet]) -> ChangeSet:
    merged = ChangeSet()
    for one_set in sets:
        merged |= one_set
    return merged


@given(st.lists(step, max_size=6), st.integers(0, 6))
def test_merging_does_not_depend_on_where_it_begins(steps: list[dict[str, int]], at: int) -> None:
    sets = history(steps)

    assert merge(sets) == merge(sets[:at]) | merge(sets[at:])


@given(st.lists(step, min_size=1, max_size=6))
def test_what_is_merged_is_the_way_from_the_first_state_to_the_last(
    steps: list[dict[str, int]],
) -> None:
    last = {name: content for wanted in steps for name, content in wanted.items()}
    there = {name: content for name, content in last.items() if content}

    merged = merge(history(steps))

    # The disk was empty before, so what has come is what is there.
    assert {(c.kind, c.path.name, c.digest) for c in merged.changes} == {
        (A, name, str(content)) for name, content in there.items()
    }


@given(st.lists(step, max_size=3))
def test_the_empty_set_is_neutral(steps: list[dict[str, int]]) -> None:
    merged = merge(history(steps))

    assert ChangeSet() | merged == merged == merged | ChangeSet()
