from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.editor import (
    EDITORS,
    MOST_PLACES,
    Editor,
    Places,
    find_editor,
    parse_editor,
)
from livereload_sse.build.results import Location
from livereload_sse.errors import EditorError

PLACE = Location(Path("/site/a b.md"), 3, 7)


def installed(*names: str) -> Callable[[str], str | None]:
    return lambda name: f"/usr/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("wanted", "command"),
    [
        ("code", ("code", "--goto", "/site/a b.md:3:7")),
        ("vscode", ("code", "--goto", "/site/a b.md:3:7")),
        ("code --wait", ("code", "--goto", "/site/a b.md:3:7")),
        ("zed", ("zed", "/site/a b.md:3:7")),
        ("subl", ("subl", "/site/a b.md:3:7")),
        ("pycharm", ("pycharm", "--line", "3", "--column", "7", "/site/a b.md")),
        ("vim", ("gvim", "--remote-silent", "+3", "/site/a b.md")),
        ("emacs", ("emacsclient", "-n", "+3:7", "/site/a b.md")),
        ("/opt/my editor/code", ("/opt/my editor/code", "--goto", "/site/a b.md:3:7")),
        ("edit -l {line} '{file}'", ("edit", "-l", "3", "/site/a b.md")),
    ],
)
def test_each_editor_is_told_the_place_in_its_own_way(
    wanted: str, command: tuple[str, ...]
) -> None:
    assert parse_editor(wanted).command(PLACE) == command


def test_a_place_without_a_line_is_the_first_one() -> None:
    assert parse_editor("code").command(Location(Path("/a.md")))[-1] == "/a.md:1:1"


def test_what_a_file_is_called_is_never_a_pattern() -> None:
    editor = Editor("e", ("e", "{file}", "{line}"))

    assert editor.command(Location(Path("/{line}{column}"), 5)) == ("e", "/{line}{column}", "5")


@given(st.text(alphabet="-/ a;$`'\"{}", min_size=1, max_size=20))
def test_no_name_of_a_file_becomes_an_option_or_another_word(name: str) -> None:
    location = Location(Path("/site") / name.lstrip("/"), 1)
    for editor in EDITORS:
        command = editor.command(location)
        assert len(command) == len(editor.words)
        assert sum(str(location.path) in word for word in command) == 1
        assert not any(word.startswith("-") and str(location.path) in word for word in command)


@pytest.mark.parametrize("wanted", ["nano", "  ", "'{file}", "no such editor"])
def test_an_editor_that_is_not_known_is_refused_with_those_that_are(wanted: str) -> None:
    with pytest.raises(EditorError, match="--editor"):
        parse_editor(wanted)


@pytest.mark.parametrize(
    ("environ", "names", "found"),
    [
        ({"SSE_RELOAD_EDITOR": "zed", "VISUAL": "subl", "EDITOR": "code"}, ("zed", "subl"), "zed"),
        ({"VISUAL": "subl", "EDITOR": "code"}, ("subl", "code"), "subl"),
        ({"EDITOR": "subl --wait"}, ("code", "subl"), "subl"),
        ({"EDITOR": "vi"}, ("gvim", "code"), "gvim"),
        ({"EDITOR": "nano"}, ("code",), "code"),
        ({"EDITOR": "zed"}, ("code",), "code"),
        ({"EDITOR": "it's"}, ("code",), "code"),
        ({"EDITOR": "mine {file}"}, (), "mine"),
        ({}, ("zed", "kate"), "zed"),
    ],
)
def test_the_environment_names_an_editor_that_opens_a_window(
    environ: dict[str, str], names: tuple[str, ...], found: str
) -> None:
    editor = find_editor("", environ=environ, which=installed(*names))

    assert editor is not None
    assert editor.name == found


def test_without_an_editor_there_is_none() -> None:
    assert find_editor("", environ={"EDITOR": "nano"}, which=installed()) is None


def test_the_wanted_one_is_taken_before_the_environments() -> None:
    editor = find_editor("subl", environ={"EDITOR": "code"}, which=installed("code"))

    assert editor == parse_editor("subl")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    page = tmp_path / "project" / "a.md"
    page.parent.mkdir()
    page.write_text("one\n")
    return page


def test_a_place_is_found_by_its_key_only(page: Path) -> None:
    places = Places(page.parent)

    key = places.key_of(Location(page, 1))

    assert key is not None
    assert len(key) >= 16
    assert places.find(key) == Location(page, 1)
    assert places.key_of(Location(page, 1)) == key
    assert places.key_of(Location(page, 2)) != key
    assert places.find("") is None


def test_what_is_not_in_the_project_has_no_key(page: Path) -> None:
    project, outside = page.parent, page.parent.parent / "b.md"
    outside.write_text("two\n")
    (project / "link.md").symlink_to(outside)
    places = Places(project)

    for path in (outside, project / ".." / "b.md", project / "link.md", project, project / "no"):
        assert places.key_of(Location(path)) is None


def test_a_file_that_has_become_a_way_out_is_not_found(page: Path) -> None:
    places = Places(page.parent)
    key = places.key_of(Location(page))
    assert key is not None
    (page.parent.parent / "b.md").write_text("two\n")

    page.unlink()
    assert places.find(key) is None

    page.symlink_to(page.parent.parent / "b.md")
    assert places.find(key) is None


def test_the_places_that_were_named_longest_ago_are_forgotten(page: Path) -> None:
    places = Places(page.parent)
    kept, old = places.key_of(Location(page, 1)), places.key_of(Location(page, 2))
    assert kept
    assert old

    for line in range(3, MOST_PLACES + 3):
        places.key_of(Location(page, line))
        places.key_of(Location(page, 1))

    assert places.find(old) is None
    assert places.find(kept) == Location(page, 1)
