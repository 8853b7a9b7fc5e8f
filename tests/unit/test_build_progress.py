from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.progress import Progress

SPHINX = (
    "\x1b[01mreading sources... \x1b[39;49;00m[ 50%] \x1b[35ma\x1b[39;49;00m\r"
    "\x1b[01mreading sources... \x1b[39;49;00m[100%] \x1b[35mb\x1b[39;49;00m\n"
    "looking for now-outdated files... none found\n"
    "\x1b[2K\x1b[01mwriting output... \x1b[39;49;00m[ 50%] \x1b[32ma\x1b[39;49;00m\r"
    "\x1b[2K\x1b[01mwriting output... \x1b[39;49;00m[100%] \x1b[32mb\x1b[39;49;00m\n"
)


def test_the_stages_of_sphinx_are_one_way() -> None:
    progress, seen = Progress(), []
    for piece in SPHINX.splitlines(keepends=True):
        progress.feed(piece)
        seen.append((progress.stage, progress.fraction))

    assert seen == [
        ("reading sources", 0.25),
        ("reading sources", 0.5),
        ("reading sources", 0.5),
        ("writing output", pytest.approx(0.75)),
        ("writing output", pytest.approx(0.98)),
    ]


@pytest.mark.parametrize(
    ("line", "fraction"),
    [
        ("[12/200] building a.md", 0.06),
        ("page 3 / 4 ", 0.75),
        ("Downloading 40%", 0.4),
        ("took 1.2/3.4 s", None),
        ("5/0 ( 9/4 )", None),
        ("on 2026/11/21 it was", None),
        ("nothing to count", None),
        ("250%", 1.0),
    ],
)
def test_counts_are_read_where_there_are_some(line: str, fraction: float | None) -> None:
    progress = Progress()
    progress.feed(f"{line}\n")

    assert (progress.fraction, progress.line) == (fraction, line.strip())


def test_a_bar_never_goes_back() -> None:
    progress = Progress()
    progress.feed("[90%]\n[1/10]\n")

    assert progress.fraction == 0.9


@given(st.lists(st.integers(0, len(SPHINX)), max_size=8))
def test_how_the_output_is_cut_does_not_matter(cuts: list[int]) -> None:
    whole, pieces = Progress(), Progress()
    whole.feed(SPHINX)
    borders = [0, *sorted(cuts), len(SPHINX)]
    for start, end in pairwise(borders):
        pieces.feed(SPHINX[start:end])

    assert (whole.fraction, whole.stage, whole.line) == (
        pieces.fraction,
        pieces.stage,
        pieces.line,
    )
