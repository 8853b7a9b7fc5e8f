import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.ansi import Span, read_lines, strip


@pytest.mark.parametrize(
    ("codes", "style"),
    [
        ("1", ("bold",)),
        ("2;3", ("dim", "italic")),
        ("1;1", ("bold",)),
        ("4:3", ("underline",)),
        ("1;4;4:0", ("bold",)),
        ("1;22", ()),
        ("1;0", ()),
        ("31", ("fg-1",)),
        ("31;32", ("fg-2",)),
        ("91;103", ("fg-9", "bg-11")),
        ("31;39", ()),
        ("38;5;9", ("fg-9",)),
        ("38;5;196", ("fg-#ff0000",)),
        ("48;5;244", ("bg-#808080",)),
        ("38;2;1;2;3", ("fg-#010203",)),
        ("38:2:1:2:3", ("fg-#010203",)),
        ("1;38:2::255:128:0", ("bold", "fg-#ff8000")),
        ("38;7", ()),
        ("38;2;1", ()),
        ("999", ()),
    ],
)
def test_colours_become_words(codes: str, style: tuple[str, ...]) -> None:
    assert read_lines(f"\x1b[{codes}mx") == [(Span("x", style),)]


def test_a_style_goes_on_over_the_end_of_a_line_until_it_is_taken_back() -> None:
    assert read_lines("\x1b[31ma\nb\x1b[mc") == [
        (Span("a", ("fg-1",)),),
        (Span("b", ("fg-1",)), Span("c")),
    ]


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("10%\r20%\r100%\n", "100%\n"),
        ("loading\rdone\n", "doneing\n"),
        ("loading\r\x1b[Kdone\n", "done\n"),
        ("loading\x1b[2K\x1b[1Gdone\n", "done\n"),
        ("loading\x1b[2K\x1b[G", ""),
        ("loading\b\b\b\x1b[1Kx", "    xng"),
        ("ab\b\bc", "cb"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\tb", "a       b"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\!", "link!"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;x\nERROR: a\nb", "\nERROR: a\nb"),
        ("\x1b[?25lhidden\x1b[?25h", "hidden"),
        ("\x1b(Bplain", "plain"),
        ("cut\x1b", "cut"),
        ("bell\a", "bell"),
        ("a\x01b", "a\\x01b"),
        ("a\u202eb", "a\\u202eb"),
        ("日本\u3000語 👩\u200d💻\u00a0!", "日本\u3000語 👩\u200d💻\u00a0!"),
    ],
)
def test_what_is_left_is_what_a_terminal_would_show(printed: str, shown: str) -> None:
    assert strip(printed) == shown


PRINTED = st.lists(
    st.sampled_from(
        [
            "a",
            "é",
            "\n",
            "\r",
            "\b",
            "\t",
            "\x1b",
            "\x1b[",
            "\x1b[31m",
            "\x1b[K",
            "\x1b]",
            "m",
            "5;",
        ]
    )
).map("".join)


@given(PRINTED)
def test_spans_joined_are_the_stripped_text(text: str) -> None:
    joined = "\n".join("".join(span.text for span in line) for line in read_lines(text))

    assert strip(text) in {joined, f"{joined}\n"}
    assert "\x1b" not in joined


@given(PRINTED)
def test_neighbouring_spans_differ_in_style_and_none_is_empty(text: str) -> None:
    for line in read_lines(text):
        assert all(span.text for span in line)
        assert all(one.style != other.style for one, other in pairwise(line))


@pytest.mark.parametrize("unit", ["a", "\x1b[", "\x1b]", "\x1b[31ma", "a\r", "\t", "0;"])
def test_no_text_takes_long(unit: str) -> None:
    text = "\x1b[" + unit * (200_000 // len(unit))
    began = time.perf_counter()

    read_lines(text)

    # Not a measurement: what is quadratic would take minutes.
    assert time.perf_counter() - began < 20
