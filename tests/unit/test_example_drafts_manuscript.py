"""What the list of drafts says of a text is true of it."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "drafts"
NOW = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)

TEXT = """
Words before the title, over
two lines. And more.

# The *one* title

| A | table |
| --- | --- |
| of `four` | words |

- it's a well-known list

```text
code counts
```
"""


@pytest.fixture(scope="module")
def manuscript() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLE)
        yield import_module("manuscript")
        del sys.modules["manuscript"]


def test_a_text_has_a_title_an_opening_and_so_many_words(manuscript: ModuleType) -> None:
    draft = manuscript.parse("name", TEXT, NOW)

    assert draft.title == "The one title"
    assert draft.opening == "Words before the title, over two lines."
    assert draft.words == 9 + 3 + 5 + 4 + 2
    assert draft.minutes == 1


@pytest.mark.parametrize("text", ["", "\n\n", "---\n", "```\ncode\n"])
def test_a_text_that_has_hardly_begun_is_a_draft_too(manuscript: ModuleType, text: str) -> None:
    draft = manuscript.parse("ropes", text, NOW)

    assert (draft.title, draft.opening, draft.minutes) == ("ropes", "", 1)


def test_html_in_a_draft_is_shown_and_not_believed(manuscript: ModuleType) -> None:
    body = manuscript.parse("x", "<script>alert(1)</script>\n\n[a](javascript:alert(1))", NOW).body

    assert "&lt;script&gt;" in body
    assert "href" not in body


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 3, 1), "today at 09:05"),
        (date(2026, 3, 2), "yesterday at 09:05"),
        (date(2026, 3, 3), "on 1 March 2026"),
        (date(2026, 2, 28), "on 1 March 2026"),
    ],
)
def test_when_it_was_changed_is_said_as_today_would_say_it(
    manuscript: ModuleType, today: date, said: str
) -> None:
    assert manuscript.parse("x", "", NOW).when(today) == said


def test_the_draft_that_was_saved_last_is_first_and_what_is_none_is_left_out(
    manuscript: ModuleType, tmp_path: Path
) -> None:
    for number, name in enumerate(("b.md", "a.md", "c.md", ".d.md", "e.txt")):
        (tmp_path / name).write_text("# x")
        os.utime(tmp_path / name, (number, number))

    (tmp_path / "a folder.md").mkdir()

    assert [draft.name for draft in manuscript.find_all(tmp_path)] == ["c", "a", "b"]
    assert manuscript.find(tmp_path, "a").changed.timestamp() == 1
    assert manuscript.find(tmp_path, "e") is None
    assert manuscript.find(tmp_path, "../a") is None
