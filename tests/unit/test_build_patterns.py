import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.patterns import PATTERNS, Pattern, find_all, find_frames


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: str(pattern.name))
def test_each_shape_reads_its_example_among_other_lines(pattern: Pattern) -> None:
    text = f"Building …\n\n{pattern.example}\n\nDone.\n"

    (finding,) = find_all(text)

    assert (finding.path, finding.line, finding.message) == pattern.read
    assert text[finding.start :].startswith(pattern.example[:5])


def test_what_a_message_calls_itself_counts() -> None:
    findings = find_all("a.rst:1: WARNING: one\nb.rst:2: ERROR: two\nWARNING: three\n")

    assert [(one.severity, one.message) for one in findings] == [
        ("warning", "one"),
        ("error", "two"),
        ("warning", "three"),
    ]


def test_a_drive_letter_is_no_end_of_a_path() -> None:
    (finding,) = find_all(r'ERROR building: "content/a.md:2:11": unmarshal failed')

    assert (finding.path, finding.line, finding.column) == ("content/a.md", 2, 11)


TRACEBACK = """\
Traceback (most recent call last):
  File "/usr/lib/python3/jinja2/environment.py", line 942, in handle_exception
    raise rewrite_traceback_stack(source=source)
  File "/site/theme/main.html", line 3, in template
    {% if %}
    ^^^^^^^^^
jinja2.exceptions.TemplateSyntaxError: Expected an expression, got 'end of statement block'
"""


def test_a_traceback_is_read_frame_by_frame() -> None:
    (frames,) = find_frames(f"Building\n{TRACEBACK}Done\n")

    assert [(frame.path, frame.line) for frame in frames] == [
        ("/usr/lib/python3/jinja2/environment.py", 942),
        ("/site/theme/main.html", 3),
    ]
    assert frames[0].message == (
        "jinja2.exceptions.TemplateSyntaxError: Expected an expression, got 'end of statement block'"
    )


def test_of_chained_tracebacks_each_is_read() -> None:
    joined = (
        f"{TRACEBACK}\nDuring handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "/site/hooks.py", line 7, in on_page\n    1/0\n'
        "ZeroDivisionError: division by zero\n"
    )

    first, second = find_frames(joined)

    assert (len(first), len(second)) == (2, 1)
    assert second[0].message == "ZeroDivisionError: division by zero"


def test_an_indented_syntax_error_is_read_too() -> None:
    text = (
        '    Traceback (most recent call last):\n      File "/site/conf.py", line 2\n'
        "        html_theme = \n                     ^\n    SyntaxError: invalid syntax\n"
    )

    ((frame,),) = find_frames(text)

    assert (frame.path, frame.line, frame.message) == (
        "/site/conf.py",
        2,
        "SyntaxError: invalid syntax",
    )


@pytest.mark.parametrize(
    "unit", ["a", ":", " ", "a:", "a.b:1", "WARNING: ", "[11ty] ", "\n", "a\n "]
)
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.perf_counter()

    find_all(text)
    list(find_frames(text))

    # Not a measurement: a shape that backtracks would take minutes.
    assert time.perf_counter() - began < 20


@given(st.text(alphabet="aW:1 \n(),-[]\"'.", max_size=300))
def test_whatever_is_printed_nothing_is_raised(text: str) -> None:
    for finding in find_all(text):
        assert finding.message == finding.message.strip()
