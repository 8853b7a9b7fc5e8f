from pathlib import Path, PurePosixPath

import pytest

from livereload_sse.web.resolve import File, Folder, candidates, resolve


@pytest.mark.parametrize(
    ("path", "slash", "files"),
    [
        (".", True, ["index.html"]),
        ("about", False, ["about", "about.html", "about/index.html"]),
        ("about", True, ["about/index.html", "about.html"]),
        ("a/b.c", False, ["a/b.c", "a/b.c.html", "a/b.c/index.html"]),
    ],
)
def test_the_files_that_may_answer_best_first(path: str, *, slash: bool, files: list[str]) -> None:
    found = candidates(PurePosixPath(path), slash=slash)

    assert [str(file) for file in found] == files


def test_the_first_regular_file_answers(tmp_path: Path) -> None:
    (tmp_path / "about" / "index.html").mkdir(parents=True)
    (tmp_path / "about.html").touch()
    about = PurePosixPath("about")

    assert resolve(tmp_path, about, slash=False) == File(PurePosixPath("about.html"))
    assert resolve(tmp_path, about, slash=True) == File(PurePosixPath("about.html"))
    (tmp_path / "about.html").unlink()
    assert resolve(tmp_path, about, slash=True) == Folder(about)
    assert resolve(tmp_path, PurePosixPath("nothing"), slash=False) is None


def test_a_name_that_the_system_cannot_spell_is_not_there(tmp_path: Path) -> None:
    assert resolve(tmp_path, PurePosixPath("x" * 5000), slash=False) is None
    assert resolve(tmp_path, PurePosixPath("a\0b"), slash=False) is None
