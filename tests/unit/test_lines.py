from collections import Counter
from typing import Any

import pytest

from livereload_sse.lines import files_phrase, help_lines, hint_lines, milliseconds, update_line
from livereload_sse.updates import Update


def update(
    tabs: int, actions: dict[str, int], duration: float | None = None, **more: Any
) -> Update:
    return Update(("index.html",), tabs, Counter(actions), duration, **more)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (update(0, {}), "index.html → no tab is open"),
        (update(1, {"reload": 1}, 0.0612), "index.html → reloaded 1 tab · 61 ms"),
        (update(3, {"swap-styles": 3}, 0.014), "index.html → swapped styles in 3 tabs · 14 ms"),
        (
            update(3, {"reload": 2, "none": 1}, 0.06),
            "index.html → reloaded 2 tabs, unused by 1 tab · 60 ms",
        ),
        (update(2, {"none": 2}), "index.html → not used by 2 tabs"),
        (
            update(2, {"reload": 1}, 0.06),
            "index.html → reloaded 1 tab, no answer from 1 tab · 60 ms",
        ),
        (update(0, {}, hidden=2), "index.html → kept for 2 hidden tabs"),
        (
            update(3, {"patch-page": 3}, 0.0144, nodes=2),
            "index.html → patched 2 nodes in 3 tabs · 14 ms",
        ),
        (
            update(1, {"patch-page": 1}, 0.0144, nodes=1),
            "index.html → patched 1 node in 1 tab · 14 ms",
        ),
        (
            update(1, {"patch-page": 1}, 0.0144, nodes=0),
            "index.html → already shown in 1 tab · 14 ms",
        ),
        (
            update(1, {"reload": 1}, 0.053, reasons=("script changed (line 12)",)),
            "index.html → reloaded: script changed (line 12) · 1 tab · 53 ms",
        ),
        (
            update(2, {"reload": 2}, 0.053, reasons=("one", "t\x1bo")),
            "index.html → reloaded: one; t\\x1bo · 2 tabs · 53 ms",
        ),
        (update(2, {"swap-images": 2}, 0.02), "index.html → swapped images in 2 tabs · 20 ms"),
        (update(1, {"paused": 1}), "index.html → paused in 1 tab"),
        (
            update(2, {"reload": 1, "swap-styles": 1}, 0.06),
            "index.html → reloaded 1 tab, swapped styles in 1 tab · 60 ms",
        ),
    ],
)
def test_a_change_is_one_line(told: Update, line: str) -> None:
    assert update_line(told) == line


@pytest.mark.parametrize(
    ("files", "phrase"),
    [
        (("a.html",), "a.html"),
        (("a.html", "b.css"), "a.html, b.css"),
        (("a.html", "b.css", "c.js"), "a.html and 2 more"),
        (("a\x1b[2J.html",), "a\\x1b[2J.html"),
        (("a\udcff.html",), "a\\udcff.html"),
        (("grüße 猫.html",), "grüße 猫.html"),
    ],
)
def test_files_are_named_as_a_terminal_can_bear(files: tuple[str, ...], phrase: str) -> None:
    assert files_phrase(files) == phrase


def test_durations_are_milliseconds_until_they_are_long() -> None:
    assert [milliseconds(0.0154), milliseconds(1.5), milliseconds(12.34)] == [
        "15 ms",
        "1500 ms",
        "12.3 s",
    ]


def test_the_hint_fits_a_narrow_terminal() -> None:
    assert len(hint_lines(keys=True, width=80)) == 1
    assert max(len(line) for line in hint_lines(keys=True, width=40)) < 42


def test_the_help_names_what_b_does_where_it_does_something() -> None:
    assert "  b  restart the app" in help_lines(rebuild="restart the app")
    assert not any(line.startswith("  b ") for line in help_lines())
