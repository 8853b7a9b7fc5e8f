from pathlib import Path

import pytest

from livereload_sse.pytest_watch.messages import TestResult
from livereload_sse.pytest_watch.page.known import KnownTest
from livereload_sse.pytest_watch.page.present import LONGEST_MESSAGE, Present

ROOT = Path("/home/somebody/shop").absolute()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (ROOT / "tests" / "test_a.py", "tests/test_a.py"),
        (ROOT.parent / "shop2" / "test_a.py", "shop2/test_a.py"),
        (Path("/lib/python/json/decoder.py"), "json/decoder.py"),
    ],
)
def test_a_file_is_named_without_the_folders_it_is_kept_in(path: Path, name: str) -> None:
    assert Present(ROOT).name(str(path)) == name


def test_what_can_be_opened_has_a_key() -> None:
    present = Present(ROOT)
    present.key_of = lambda path: f"key of {Path(path).name}"

    assert present.file(str(ROOT / "a.py")) == {"name": "a.py", "key": "key of a.py"}
    assert present.place(str(ROOT / "a.py"), 3) == {"name": "a.py", "line": 3, "key": "key of a.py"}
    assert present.place("", 0) is None


def test_places_in_a_text_are_found_from_the_root() -> None:
    present = Present(ROOT)
    asked: list[str] = []

    def key_of(path: str) -> str:
        asked.append(path)
        return "key" if path.endswith("a.py") else ""

    present.key_of = key_of
    text = "tests/../a.py:3: in f\nb.py:4: in g"

    lines = present.problem("title", "message", text, "", 0)["lines"]

    assert asked == [str(ROOT / "a.py"), str(ROOT / "b.py")]
    assert [[span.get("place", {}).get("name") for span in line] for line in lines] == [
        ["a.py", None],
        [None],
    ]


def test_a_message_is_cut_where_a_line_would_be_a_page() -> None:
    test = KnownTest(1, "a.py::b", 0, "b")
    test.end(TestResult("a.py::b", "failed", 0.1, "x" * 10_000), 1)

    note = Present(ROOT).note(test)

    assert note is not None
    assert len(note["message"]) == LONGEST_MESSAGE


def test_of_a_result_without_words_there_is_nothing_to_say() -> None:
    test = KnownTest(1, "a.py::b", 0, "b")
    test.end(TestResult("a.py::b", "failed", 0.1, "wrong"), 1)
    test.end(TestResult("a.py::b", "passed", 0.1), 2)

    assert Present(ROOT).note(test) is None
