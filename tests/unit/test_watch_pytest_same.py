import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.affected import same
from livereload_sse.pytest_watch.affected.same import Difference, Sources, compare, parse
from livereload_sse.watch import Change, ChangeKind, ChangeSet

CODE = "def price(item):\n    return item.price * 2\n"


def saved(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def after(tmp_path: Path, before: str, now: str, *, name: str = "a.py") -> bool:
    """Whether `now` is the same as `before`, on a disk."""
    sources = Sources()
    sources.note(saved(tmp_path / name, before))
    return sources.is_same(saved(tmp_path / name, now))


@pytest.mark.parametrize(
    "now",
    [
        CODE,
        CODE + "\n\n# a note\n",
        "def price(\n    item,\n):\n    return (\n        item.price * 2  # type: ignore\n    )\n",
        CODE.replace("\n", "\r\n"),
        "\ufeff" + CODE,
    ],
)
def test_formatting_and_comments_are_not_code(tmp_path: Path, now: str) -> None:
    assert after(tmp_path, CODE, now)


@pytest.mark.parametrize(
    "now",
    [
        CODE.replace("2", "3"),
        CODE.replace("2", "2.0"),
        CODE.replace("2", "True"),
        CODE.replace("return", '"""Twice."""\n    return'),
        CODE + "import os\n",
        "",
        "def price(item:\n",
    ],
)
def test_everything_else_is(tmp_path: Path, now: str) -> None:
    assert not after(tmp_path, CODE, now)


def test_a_file_that_was_never_seen_is_not_the_same(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.py", CODE)
    sources = Sources()

    assert not sources.is_same(path)
    assert sources.is_same(path)


def test_what_is_compared_is_what_the_next_is_compared_with(tmp_path: Path) -> None:
    sources = Sources()
    path = saved(tmp_path / "a.py", "a = 1")
    sources.note(path)

    assert not sources.is_same(saved(tmp_path / "a.py", "a = 2"))
    assert not sources.is_same(saved(tmp_path / "a.py", "a = 1"))
    assert sources.is_same(saved(tmp_path / "a.py", "a = 1  # one"))


def test_text_that_does_not_parse_is_the_same_byte_by_byte_only(tmp_path: Path) -> None:
    assert after(tmp_path, "a = (", "a = (")
    assert not after(tmp_path, "a = (", "a =  (")
    assert not after(tmp_path, "a = (", "a = [")
    assert not after(tmp_path, "a = (", "a = 1")


def test_of_a_file_that_is_no_python_each_byte_counts(tmp_path: Path) -> None:
    assert after(tmp_path, "a = 1", "a = 1", name="a.txt")
    assert not after(tmp_path, "a = 1", "a  = 1", name="a.txt")


def test_of_a_file_that_a_test_reads_each_byte_counts(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.py", "a = 1")
    sources = Sources()
    sources.note(path)

    assert not sources.is_same(saved(tmp_path / "a.py", "a  = 1"), exactly=True)
    assert sources.is_same(path, exactly=True)


def test_a_file_that_is_gone_is_not_the_same_and_nor_is_one_that_came_back(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.py", CODE)
    sources = Sources()
    sources.note(path)

    (tmp_path / "a.py").unlink()
    assert not sources.is_same(path)
    assert sources.is_same(path)
    assert not sources.is_same(saved(tmp_path / "a.py", CODE))


def test_what_cannot_be_read_is_never_the_same(tmp_path: Path) -> None:
    sources = Sources()
    sources.note(str(tmp_path))

    assert not sources.is_same(str(tmp_path))


def test_a_large_file_is_never_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same, "MOST_READ", 10)

    assert after(tmp_path, "a" * 10, "a" * 10, name="a.bin")
    assert not after(tmp_path, "a" * 11, "a" * 11, name="a.bin")


def test_what_a_run_has_used_is_noted_if_the_run_can_have_read_it(tmp_path: Path) -> None:
    began = 1_000_000.0
    old, new, missing = (str(tmp_path / name) for name in ("old.py", "new.py", "missing.py"))
    for path, moment in ((old, began - 5), (new, began - 1)):
        saved(Path(path), CODE)
        os.utime(path, (moment, moment))
    sources = Sources()

    sources.note_all([old, new, missing], before=began)

    assert sources.is_same(old)
    assert not sources.is_same(new)
    assert not sources.is_same(missing)


def test_what_was_seen_already_is_not_noted_again(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.py", "a = 1")
    sources = Sources()
    sources.note(path)
    saved(tmp_path / "a.py", "a = 2")  # nobody has told of this edit yet
    os.utime(path, (1, 1))

    sources.note_all([path], before=1_000_000.0)

    assert not sources.is_same(path)


def test_a_file_that_is_not_there_can_be_forgotten_and_another_cannot(tmp_path: Path) -> None:
    sources = Sources()
    gone, there = str(tmp_path / "gone.tmp"), saved(tmp_path / "there.py", "a = 1")
    for path in (gone, there):
        sources.note(path)
        sources.forget_missing(path)

    assert sources.is_same(there)
    assert not sources.is_same(gone)


def test_changes_are_parted(tmp_path: Path) -> None:
    sources = Sources()
    names = {"formatted.py": "a  = 1", "edited.py": "a = 2", "read.py": "a  = 1", "new.py": "a"}
    for name in names:
        saved(tmp_path / name, "a = 1")
        if name != "new.py":
            sources.note(str(tmp_path / name))
    changes = {
        name: Change(ChangeKind.MODIFIED, Path(saved(tmp_path / name, text)))
        for name, text in names.items()
    }

    sifted = sources.sift(
        ChangeSet(frozenset(changes.values()), 7), is_read=lambda path: path.endswith("read.py")
    )

    assert sifted.same == (str(tmp_path / "formatted.py"),)
    different = {changes[name] for name in ("edited.py", "read.py", "new.py")}
    assert sifted.different == ChangeSet(frozenset(different), 7)


def test_of_many_files_each_byte_counts(tmp_path: Path) -> None:
    def sifted(count: int) -> tuple[int, bool]:
        """How many are the same, and whether it is known where one differs."""
        sources = Sources()
        paths = [tmp_path / f"{number}.py" for number in range(count)]
        for path in paths:
            sources.note(saved(path, "def a(): return 1"))
            saved(path, "def a():  return 1")
        saved(paths[0], "def a(): return 2")
        changes = ChangeSet(frozenset(Change(ChangeKind.MODIFIED, path) for path in paths))
        found = sources.sift(changes, is_read=lambda _: False)
        return len(found.same), bool(sources.difference(str(paths[0])).functions)

    assert sifted(same.MOST_COMPARED) == (same.MOST_COMPARED - 1, True)
    assert sifted(same.MOST_COMPARED + 1) == (0, False)


OLD = '''
import os

def top(a, b=1):
    """Say something."""
    return a

class Shop:
    name = "shop"

    @property
    def open(self):
        return True

    @open.setter
    def open(self, value):
        self.value = value

    async def visit(self):
        def inner():
            return 1
        return inner()
'''


@pytest.mark.parametrize(
    ("old", "new", "functions"),
    [
        ("return a", "return b", {"top"}),
        ("return True", "return False", {"Shop.open"}),
        ("self.value = value", "pass", {"Shop.open"}),
        ("return 1", "return 2", {"Shop.visit.<locals>.inner"}),
        ("return inner()", "return inner", {"Shop.visit"}),
    ],
)
def test_the_functions_that_differ_are_named(old: str, new: str, functions: set[str]) -> None:
    found = compare(OLD.encode(), OLD.replace(old, new).encode())

    assert found == Difference(frozenset(functions), elsewhere=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import os", "import sys"),
        ("b=1", "b=2"),
        ("something", "nothing"),
        ('name = "shop"', 'name = "bar"'),
        ("@property", "@cached"),
        ("class Shop", "class Shop(Base)"),
    ],
)
def test_what_is_not_in_the_body_of_a_function_is_elsewhere(old: str, new: str) -> None:
    assert compare(OLD.encode(), OLD.replace(old, new).encode()).elsewhere


def test_a_function_that_came_or_went_differs_and_so_does_the_rest() -> None:
    one, two = b"def a(): pass\n", b"def a(): pass\ndef b(): pass\n"

    assert compare(one, two) == compare(two, one) == Difference(frozenset({"b"}), elsewhere=True)


def test_an_inner_function_that_is_another_is_the_outer_ones_difference_too() -> None:
    one, two = b"def a():\n  def b(): return 1\n", b"def a():\n  def c(): return 1\n"

    assert compare(one, two) == Difference(
        frozenset({"a", "a.<locals>.b", "a.<locals>.c"}), elsewhere=False
    )


@pytest.mark.parametrize("other", [None, b"def (", b"\0"])
def test_what_cannot_be_compared_differs_everywhere(other: bytes | None) -> None:
    assert compare(b"a = 1", other) == compare(other, b"a = 1") == Difference()


def test_the_difference_is_that_of_the_last_comparison(tmp_path: Path) -> None:
    sources = Sources()
    path = saved(tmp_path / "a.py", OLD)
    sources.note(path)
    sources.is_same(saved(tmp_path / "a.py", OLD.replace("return a", "return b")))

    assert sources.difference(path) == Difference(frozenset({"top"}), elsewhere=False)
    assert sources.difference("never/seen.py") == Difference()


def test_an_escape_that_warns_is_parsed_without_a_word() -> None:
    assert parse(b'a = "\\d"') is not None


def test_a_text_too_deep_to_compare_is_not_the_same(tmp_path: Path) -> None:
    deep = "a" + ".b" * 3000

    assert not after(tmp_path, deep, f"({deep})")
    assert compare(deep.encode(), f"({deep})".encode()) == Difference()


names = st.sampled_from("abc")
bodies = st.dictionaries(names, st.integers(0, 3), max_size=3)


def source(functions: dict[str, int]) -> bytes:
    return "\n".join(f"def {name}(): return {n}" for name, n in functions.items()).encode()


@given(bodies, bodies)
def test_the_functions_that_differ_are_those_whose_bodies_do(
    old: dict[str, int], new: dict[str, int]
) -> None:
    found = compare(source(old), source(new))

    assert found.functions == {n for n in old.keys() | new.keys() if old.get(n) != new.get(n)}
    assert found.elsewhere == (list(old) != list(new))
