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


@pytest.mark.parametrize(
    ("said", "path", "line"),
    [
        (r'ERROR building: "C:\site\a.md:2:11": unmarshal failed', r"C:\site\a.md", 2),
        (r"C:\site\index.rst:4: WARNING: undefined label", r"C:\site\index.rst", 4),
        ("/my site (2)/it's.rst:4: WARNING: undefined label", "/my site (2)/it's.rst", 4),
        ("src/(app)/a.ts(3,7): error TS1: no", "src/(app)/a.ts", 3),
        ("checking consistency... /s/a.rst: WARNING: not in a toctree", "/s/a.rst", None),
        ("/s/a.py:docstring of a.f:6: WARNING: no end", "/s/a.py", None),
        ('ERROR render of "/" failed: "/s/a.html:1:6": no field', "/s/a.html", 1),
    ],
)
def test_paths_are_read_whole(said: str, path: str, line: int | None) -> None:
    (finding,) = find_all(said)

    assert (finding.path, finding.line) == (path, line)


def test_a_number_of_any_length_is_no_trouble() -> None:
    assert find_all(f"a.rst:{'9' * 5000}: WARNING: w\n") == []


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


def test_of_a_group_of_exceptions_each_is_read() -> None:
    text = """\
  + Exception Group Traceback (most recent call last):
  |   File "/site/a.py", line 1, in f
  |     raise ExceptionGroup("two", errors)
  | ExceptionGroup: two (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/site/b.py", line 2, in g
    | ValueError: q
    +------------------------------------
"""

    read = [(frames[-1].path, frames[-1].message) for frames in find_frames(text)]

    assert read == [
        ("/site/a.py", "ExceptionGroup: two (1 sub-exception)"),
        ("/site/b.py", "ValueError: q"),
    ]


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "a.b.TemplateNotFound: x.html", "Oh: é"])
def test_what_is_raised_may_have_any_name_and_source_is_not_it(raised: str) -> None:
    text = f'  File "/site/a.py", line 1, in f\n    ValueError\n    x: int\n{raised}\nKeyError: 1\n'

    ((frame,),) = find_frames(text)

    assert frame.message == raised


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
