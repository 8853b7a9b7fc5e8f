import pytest

from livereload_sse.pytest_watch.page.lines import MOST_CHARACTERS, MOST_LINES, read_text
from livereload_sse.pytest_watch.page.shapes import Place

KNOWN = {"tests/test_a.py", "src/a b.py", "C:\\shop\\test_a.py", "/lib/x.py"}


def locate(path: str, line: int) -> Place | None:
    return {"name": path, "line": line, "key": f"key of {path}"} if path in KNOWN else None


def places(text: str) -> list[tuple[str, int]]:
    """What is a place in this text: its words, and the line it leads to."""
    lines, _ = read_text(text, locate)
    return [
        (span["text"], span["place"]["line"]) for line in lines for span in line if "place" in span
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tests/test_a.py:48: AssertionError", [("tests/test_a.py:48", 48)]),
        ("in tests/test_a.py:4, and tests/test_a.py:5", [("tests/test_a.py:4", 4), ("tests/test_a.py:5", 5)]),
        ('  File "/lib/x.py", line 3, in f', [('File "/lib/x.py", line 3', 3)]),
        ('  File "src/a b.py", line 9', [('File "src/a b.py", line 9', 9)]),
        ("C:\\shop\\test_a.py:7: in f", [("C:\\shop\\test_a.py:7", 7)]),
        ("tests/other.py:48: not one of ours", []),
        ("tests/test_a.py without a line", []),
        ("12:30:01 and a:b", []),
    ],
)  # fmt: skip
def test_places_are_found_as_pytest_and_python_write_them(
    text: str, found: list[tuple[str, int]]
) -> None:
    assert places(text) == found


def test_a_place_may_change_its_colour_half_way() -> None:
    lines, _ = read_text("\x1b[1m\x1b[31mtests/test_a.py\x1b[0m:48: Assertion", locate)

    place = {"name": "tests/test_a.py", "line": 48, "key": "key of tests/test_a.py"}
    assert lines == [
        [
            {"text": "tests/test_a.py", "style": ["bold", "fg-1"], "place": place},
            {"text": ":48", "place": place},
            {"text": ": Assertion"},
        ]
    ]


def test_a_place_may_end_early_in_a_long_piece() -> None:
    lines, _ = read_text("tests/test_a.\x1b[1mpy:48 is where it went wrong", locate)

    assert [(span["text"], "place" in span) for span in lines[0]] == [
        ("tests/test_a.", True),
        ("py:48", True),
        (" is where it went wrong", False),
    ]


def test_no_letter_is_lost_around_places() -> None:
    text = "a tests/test_a.py:1 b\x1b[31mtests/test_a.py:2\x1b[0mc tests/test_a.py:3"

    lines, _ = read_text(text, locate)

    words = "".join(span["text"] for span in lines[0])
    assert words == "a tests/test_a.py:1 btests/test_a.py:2c tests/test_a.py:3"


def test_empty_lines_stay_but_not_around_it_all() -> None:
    assert read_text("\n\n  a\n", locate) == ([[{"text": "  a"}]], False)
    assert read_text("a\n\nb\n\n", locate) == ([[{"text": "a"}], [], [{"text": "b"}]], False)
    assert read_text("", locate) == ([], False)


def test_of_a_long_text_the_end_is_shown() -> None:
    lines, cut = read_text("\n".join(str(number) for number in range(MOST_LINES + 5)), locate)

    assert cut
    assert (lines[0], len(lines)) == ([{"text": "5"}], MOST_LINES)


def test_of_a_long_line_the_end_is_shown() -> None:
    lines, cut = read_text("a" * MOST_CHARACTERS + "b", locate)

    assert cut
    assert lines[0][0]["text"].endswith("ab")
    assert len(lines[0][0]["text"]) == MOST_CHARACTERS
