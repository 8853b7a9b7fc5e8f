"""What is learnt about modules worth importing ahead, and how it is kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.engine.needing import NOT_STEADY
from livereload_sse.pytest_watch.engine.preloading import Learning, load_modules, save_modules
from livereload_sse.pytest_watch.messages import Needed, decode, encode

NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True).map(tuple)


def needed(*modules: str, **more: Any) -> Needed:
    return Needed(modules, **{"start": ({},), **more})


def groups(learning: Learning) -> list[tuple[Any, list[str]]]:
    return [(state, names) for state, names in learning.as_request()["groups"]]


def test_modules_are_asked_for_in_the_order_of_the_run_that_needed_them() -> None:
    learning = Learning()
    learning.learn(needed("b", "a"))
    learning.learn(needed("c", "a"))
    assert groups(learning) == [({}, ["b", "a", "c"])]


def test_a_module_is_imported_in_the_environment_it_was_imported_in() -> None:
    learning = Learning()
    mode, none = {"MODE": "x"}, {"MODE": None}
    learning.learn(
        needed("a", "b", "c", "d", environments={"b": mode, "d": none}, start=({}, mode, none))
    )
    assert groups(learning) == [({}, ["a"]), (mode, ["b", "c"]), (none, ["d"])]


def test_what_is_refused_is_not_asked_for_again() -> None:
    learning = Learning()
    learning.learn(needed("a", "b", refused={"c": "why"}))
    learning.refuse({"a": "because"})
    learning.learn(needed("a", "c"))
    learning.add(["a", "d"])
    assert groups(learning) == [({}, ["b", "d"])]
    assert learning.as_request()["refused"] == {"c": "why", "a": "because"}


@given(NAMES, NAMES)
def test_learning_twice_is_learning_once(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    learning, twice = Learning(), Learning()
    for modules in (one, other):
        learning.learn(needed(*modules))
        twice.learn(needed(*modules))
        before = twice.changes
        twice.learn(needed(*modules))
        assert twice.changes == before
    assert twice == learning


def test_something_new_counts_as_a_change() -> None:
    learning = Learning()
    learning.learn(needed("a"))
    before = learning.changes
    learning.learn(needed("a"))
    assert learning.changes == before
    learning.learn(needed("b"))
    assert learning.changes > before


def test_after_a_doubt_all_is_learnt_anew() -> None:
    learning = Learning()
    learning.learn(needed("a"))
    learning.learn(needed(doubt="it was another", start=({}, {"MODE": "x"})))
    assert learning.is_doubted
    assert groups(learning) == []
    learning.learn(needed("a", start=({}, {"MODE": "x"})))
    assert groups(learning) == [({}, ["a"])]


def test_a_variable_that_differs_each_time_is_found_and_what_follows_it_refused() -> None:
    learning = Learning()
    first, second, third = ({"RUN": number} for number in "123")
    learning.learn(needed("a", "b", environments={"b": first}, start=({}, first)))
    learning.learn(needed(doubt="it was another", start=({}, second)))
    assert learning.unsteady == {"RUN"}
    learning.learn(needed("a", "b", environments={"b": third}, start=({}, third)))
    assert groups(learning) == [({}, ["a"])]
    assert learning.refused == {"b": NOT_STEADY}


def test_what_an_earlier_session_learnt_in_another_environment_is_dropped() -> None:
    learning = Learning(names={"old": {}}, start=({},))
    learning.learn(needed("new", start=({}, {"MODE": "x"})))
    assert groups(learning) == [({}, ["new"])]


def test_what_it_needs_travels() -> None:
    message = needed("a", environments={"a": {"M": None}}, start=({}, {"M": None}), later=("X",))
    assert decode(encode(message)) == message


@given(NAMES, st.dictionaries(st.sampled_from("xyz"), st.text()))
def test_what_is_saved_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, modules: tuple[str, ...], refused: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("cache") / "new folder" / "modules.json"
    learning = Learning()
    learning.learn(needed(*modules, refused=refused, later=("L",), rewritten=modules[:1]))
    assert save_modules(path, learning) == ""
    loaded, notice = load_modules(path)
    assert notice == ""
    assert loaded.as_request() == learning.as_request()
    assert list(path.parent.iterdir()) == [path]


def test_the_values_of_variables_are_never_saved(tmp_path: Path) -> None:
    learning = Learning()
    learning.learn(
        needed("a", environments={"a": {"KEY": "secret"}}, start=({}, {"KEY": "secret"}))
    )
    save_modules(tmp_path / "modules.json", learning)
    assert "secret" not in (tmp_path / "modules.json").read_text()
    assert load_modules(tmp_path / "modules.json")[0].names == {}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', "\x00"])
def test_a_file_that_cannot_be_read_is_dropped_with_a_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "modules.json"
    path.write_text(text)
    learning, notice = load_modules(path)
    assert learning == Learning()
    assert notice.startswith("modules.json could not be read and is begun anew")


def test_a_file_of_another_python_is_dropped_silently(tmp_path: Path) -> None:
    path = tmp_path / "modules.json"
    learning = Learning()
    learning.learn(needed("a"))
    save_modules(path, learning)
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "python": "3.1"}))
    assert load_modules(path) == (Learning(), "")
    path.write_text(json.dumps({**kept, "format": 0}))
    assert load_modules(path) == (Learning(), "")
    assert load_modules(tmp_path / "nothing") == (Learning(), "")


def test_a_file_that_cannot_be_saved_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    notice = save_modules(tmp_path / "file" / "modules.json", Learning())
    assert notice.startswith("modules.json could not be saved")
