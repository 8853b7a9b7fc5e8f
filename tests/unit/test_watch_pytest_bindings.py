from typing import get_args

import pytest

from livereload_sse.errors import ConfigurationError
from livereload_sse.pytest_watch.screen.bindings import DEFAULTS, Action, Bindings
from livereload_sse.pytest_watch.screen.spans import text_of


def test_every_action_has_one_key_and_a_meaning() -> None:
    assert {one.action for one in DEFAULTS} == set(get_args(Action))
    assert len({one.key for one in DEFAULTS}) == len(DEFAULTS)
    assert all(one.meaning for one in DEFAULTS)


@pytest.mark.parametrize(
    ("press", "action"),
    [
        ("a", "all"),
        ("f", "failed"),
        ("l", "last"),
        ("o", "affected"),
        ("t", "tests"),
        ("p", "files"),
        ("c", "clear"),
        ("x", "stop"),
        ("u", "snapshots"),
        ("d", "debug"),
        ("w", "page"),
        ("y", "why"),
        ("s", "pause"),
        ("C", "cold"),
        ("i", "screen"),
        ("?", "help"),
        ("q", "quit"),
        ("enter", "run"),
        ("z", None),
        ("escape", None),
        ("", None),
    ],
)
def test_a_press_does_what_the_table_says(press: str, action: str | None) -> None:
    assert Bindings().find_action(press) == action


def test_a_project_binds_otherwise() -> None:
    bindings = Bindings.from_lines(["", "  all = A", "# a comment", "run=Space", "Cold = none"])

    assert bindings.find_action("A") == "all"
    assert bindings.find_action("a") is None
    assert bindings.find_action("space") == "run"
    assert bindings.find_action("enter") is None
    assert bindings.find_action("C") is None
    assert bindings.find_action("q") == "quit"
    assert [bindings.key_of(one) for one in ("all", "run", "cold")] == ["A", "Space", ""]


def test_two_actions_can_change_their_keys_with_each_other() -> None:
    bindings = Bindings.from_lines(["all = f", "failed = a"])

    assert bindings.find_action("f") == "all"
    assert bindings.find_action("a") == "failed"


def test_any_sign_can_be_a_key() -> None:
    bindings = Bindings.from_lines(["all = =", "clear = #"])

    assert bindings.find_action("=") == "all"
    assert bindings.find_action("#") == "clear"


def test_several_actions_can_do_without_a_key() -> None:
    bindings = Bindings.from_lines(["all = none", "cold = none"])

    assert bindings.find_action("") is None


@pytest.mark.parametrize(
    ("lines", "what", "hint"),
    [
        (["al = A"], "No action is called 'al'", "Did you mean `all`?"),
        (["xyzzy = A"], "No action is called 'xyzzy'", "There are: run, all, failed"),
        (["all A"], "'all A' binds nothing", "`all = A`"),
        (["all ="], "'all =' binds nothing", "`all = A`"),
        (["all = AB"], "'AB' is no key that 'all' can have", "enter"),
        (["all = escape"], "'escape' is no key", "one sign"),
        (["all = \x1b"], "'\\x1b' is no key", "one sign"),
        (["all = A", "all = B"], "'all' is bound twice", "Keep one"),
        (["all = f"], "'all' and 'failed' have the same key, 'f'", "`failed = none`"),
        (["quit = a"], "'all' and 'quit' have the same key, 'a'", "`all = none`"),
        (["all = Z", "last = Z"], "'all' and 'last' have the same key, 'Z'", "`all = none`"),
    ],
)
def test_what_cannot_be_bound_is_refused_with_a_way_out(
    lines: list[str], what: str, hint: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Bindings.from_lines(lines, where="live_watch_keys in pytest.ini")

    assert refused.value.what.startswith(what)
    assert refused.value.where == "live_watch_keys in pytest.ini"
    assert hint in refused.value.hint


def texts(bindings: Bindings, width: int, **more: object) -> list[str]:
    return [text_of(line) for line in bindings.help_lines(width, **more)]  # type: ignore[arg-type]  # passed on


def test_the_help_names_every_key() -> None:
    assert texts(Bindings(), 40) == [
        "  Enter  run now",
        "  a      run all tests",
        "  o      run what changes affect",
        "  l      run the same again",
        "  C      run from a cold start",
        "  d      debug the first failure",
        "  u      update snapshots",
        "  f      only what failed",
        "  x      stop at the first failure",
        "  t      filter by test name",
        "  p      filter by file",
        "  c      clear the filters",
        "  s      pause, and go on",
        "  i      clear the screen first",
        "  w      open the results page",
        "  y      why these tests",
        "  ?      show this help",
        "  q      quit",
    ]


def test_the_help_has_two_columns_where_they_fit() -> None:
    lines = texts(Bindings(), 80)

    assert len(lines) == len(DEFAULTS) // 2
    assert lines[0].startswith("  Enter  run now   ")
    assert lines[0].endswith("  t      filter by test name")
    assert all(len(line) <= 80 for line in lines)


def test_the_columns_come_no_nearer_than_three_and_fill_the_width() -> None:
    width = max(map(len, texts(Bindings(), 80)))

    assert len(texts(Bindings(), width)) == len(DEFAULTS) // 2
    assert len(texts(Bindings(), width - 1)) == len(DEFAULTS)
    assert texts(Bindings(), 80)[-1] == "  x      stop at the first failure     q      quit"


def test_the_second_column_stands_straight_also_beside_what_is_switched_on() -> None:
    lines = texts(Bindings(), 80, on={"all", "stop"})

    column = lines[0].index("t      filter")
    assert "".join(line[column] for line in lines) == "tpcsiwy?q"


def test_an_odd_number_of_keys_leaves_a_place_empty() -> None:
    lines = texts(Bindings(), 80, without=["snapshots"])

    assert len(lines) == len(DEFAULTS) // 2
    assert "snapshots" not in "\n".join(lines)


def test_the_help_says_what_is_switched_on_and_leaves_out_what_has_no_key() -> None:
    bindings = Bindings.from_lines(["cold = none"])

    lines = texts(bindings, 40, on={"stop"})

    assert "  x      stop at the first failure (on)" in lines
    assert sum("(on)" in line for line in lines) == 1
    assert not any("cold" in line for line in lines)
