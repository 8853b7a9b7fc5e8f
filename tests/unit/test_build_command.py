"""What a command prints, however its bytes are cut; how it is written; what it is told of us."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.command import Command, Output, child_environment
from livereload_sse.build.results import OUTPUT_LIMIT

CUT = "… the beginning was left out\n"


def heard(pieces: list[bytes]) -> tuple[list[str], Output]:
    told: list[str] = []
    output = Output(told.append)
    for piece in pieces:
        output.feed(piece)
    output.close()
    return told, output


@given(st.binary() | st.text("aä→\r\n").map(str.encode), st.lists(st.integers(0, 40)))
def test_output_is_the_same_text_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    borders = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]

    told, output = heard([data[start:end] for start, end in pairwise(borders)])

    assert "".join(told) == output.text
    assert output.text == data.decode("utf-8", "replace").replace("\r\n", "\n")


def test_a_progress_bar_keeps_its_carriage_returns() -> None:
    assert heard([b"10%\r", b"20%\r", b"\ndone\r\n"])[1].text == "10%\r20%\ndone\n"


@given(st.lists(st.integers(1, OUTPUT_LIMIT), min_size=1, max_size=12))
def test_of_much_output_whole_lines_of_the_end_are_kept(lengths: list[int]) -> None:
    lines = [str(number % 10) * length for number, length in enumerate(lengths)]
    text = "\n".join(lines)

    _, output = heard([f"{line}\n".encode() for line in lines[:-1]] + [lines[-1].encode()])

    kept = output.text.removeprefix(CUT)
    assert text.endswith(kept)
    assert len(kept) <= OUTPUT_LIMIT
    assert (kept == text) == (len(text) <= OUTPUT_LIMIT) == (not output.text.startswith(CUT))
    assert text[: -len(kept)].endswith("\n") or kept == text


def test_of_one_endless_line_the_end_is_kept() -> None:
    assert heard([b"x" * (3 * OUTPUT_LIMIT)])[1].text == CUT + "x" * OUTPUT_LIMIT


def test_what_comes_after_the_end_is_not_heard() -> None:
    told, output = heard([b"in time"])

    output.feed(b"too late")

    assert told == ["in time"]
    assert output.text == "in time"


def test_a_command_is_shown_as_one_would_type_it() -> None:
    assert Command(("make", "the site"), Path()).shown() == "make 'the site'"
    assert Command("make html && true", Path()).shown() == "make html && true"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PY_COLORS": "1"}),
        ({"NO_COLOR": ""}, {"FORCE_COLOR": "1"}),  # empty means nothing (no-color.org)
        ({"NO_COLOR": "1"}, {"FORCE_COLOR": None, "CLICOLOR_FORCE": None, "PY_COLORS": None}),
        ({"FORCE_COLOR": "0"}, {"FORCE_COLOR": "0"}),
        ({}, {"PYTHONUNBUFFERED": "1", "COLUMNS": "100"}),
        ({}, {"PYTHONIOENCODING": "utf-8:backslashreplace"}),
        ({"PYTHONIOENCODING": "utf-8"}, {"PYTHONIOENCODING": "utf-8"}),
        ({"WORD": "ours"}, {"WORD": "the command's", "PATH": "/bin"}),
    ],
)
def test_a_command_is_told_to_print_at_once_and_in_colour(
    monkeypatch: pytest.MonkeyPatch, ours: dict[str, str], theirs: dict[str, str | None]
) -> None:
    for name in ("NO_COLOR", *theirs):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"PATH": "/bin", **ours}.items():
        monkeypatch.setenv(name, value)

    environment = child_environment({"WORD": "the command's"} if "WORD" in ours else {})

    assert {name: environment.get(name) for name in theirs} == theirs
