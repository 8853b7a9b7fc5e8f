import ast

import pytest

from livereload_sse.pytest_watch.affected.imports import LONGEST_WORD, Named, names_in


def named(text: str) -> Named:
    return names_in(ast.parse(text))


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import a", {(0, "a")}),
        ("import a.b as c, d", {(0, "a.b"), (0, "d")}),
        ("from a import b", {(0, "a"), (0, "a.b")}),
        ("from a.b import c as d, e", {(0, "a.b"), (0, "a.b.c"), (0, "a.b.e")}),
        ("from a import *", {(0, "a")}),
        ("from . import a", {(1, ""), (1, "a")}),
        ("from ..a import b", {(2, "a"), (2, "a.b")}),
        ("if TYPE_CHECKING:\n  import a", {(0, "a")}),
        ("def f():\n  import a", {(0, "a")}),
        ("try:\n  import a\nexcept ImportError:\n  import b", {(0, "a"), (0, "b")}),
        ("importlib.import_module('a')", {(0, "a")}),
        ("import_module('.a', __package__)", {(1, "a")}),
        ("__import__('a')", {(0, "a")}),
        ("pytest.importorskip('a')", {(0, "a")}),
        ("importlib.resources.files('a')", {(0, "a")}),
        ("import_module(name)", set()),
        ("import_module()", set()),
        ("import_module(1)", set()),
        ("other('a')", set()),
        ("functions[0]('a')", set()),
        ("pytest_plugins = 'a'", {(0, "a")}),
        ("pytest_plugins = ['a', 'b']", {(0, "a"), (0, "b")}),
        ("pytest_plugins: list[str] = ['a']", {(0, "a")}),
        ("pytest_plugins: list[str]", set()),
        ("other = 'a'", set()),
        ("mock.patch('a.b.c')", {(0, "a.b.c")}),
    ],
)
def test_modules_are_found(text: str, modules: set[tuple[int, str]]) -> None:
    assert named(text).modules == modules


def test_words_that_may_be_files_are_found_with_those_that_may_be_folders() -> None:
    found = named("a = Path('data') / 'prices.json'; b = open('static/x/home.html'); c = 'shop'")

    assert found.files == {"prices.json", "static/x/home.html"}
    assert found.folders == {"data", "shop"}


def test_folders_count_beside_files_only() -> None:
    assert named("a = 'data'").folders == frozenset()


@pytest.mark.parametrize(
    "word", ["a sentence: no.name", "*.json", "a\\nb.txt", "x" * LONGEST_WORD + ".py", ""]
)
def test_other_texts_are_not(word: str) -> None:
    assert named(f"a = '{word}'") == Named()


def test_a_module_s_name_may_be_a_file_s_as_well() -> None:
    found = named("a = 'shop.cart'")

    assert found.modules == {(0, "shop.cart")}
    assert found.files == {"shop.cart"}
