import pytest

from livereload_sse.watch.names import is_ignored_folder, is_temporary


@pytest.mark.parametrize(
    "name",
    [
        "a.css~", ".a.css.swp", ".a.css.swx", ".a.css.swo", "4913", ".#a.css", "#a.css#",
        "a.css___jb_tmp___", "a.css___jb_old___", "sedRhqL5x", ".goutputstream-8ZK2A1",
        ".DS_Store", "._a.css", "Thumbs.db", "a.css.crswap", ".a.css.Xa12bC", "..htaccess.Xa12bC",
        ".~lock.table.ods#", "~$table.docx", "a.css.kate-swp", ".a.css.kate-swp", "a.css.vsctmp",
        ".nfs00000000001a2b3c00000001", "page.cpython-311.pyc", "a.css.sb-1a2b3c4d-AbCdEf",
    ],
)  # fmt: skip
def test_names_that_programs_leave_beside_a_file(name: str) -> None:
    assert is_temporary(name)


@pytest.mark.parametrize(
    "name",
    [
        "index.html", "main.css", "app.js", "sedan.css", "sediment", "sedentary", "sed.html", "4913.html",
        "a.swp.html", "notes.swf", "hash#tag.html", "#top", "~home", ".htaccess", ".well-known",
        ".env.local", ".gitignore", ".eslintrc.json", "page.py", "dot.Xa12bC", "file.tmp.html",
        ".prettierrc.config", "caf\udce9.html", "",
    ],
)  # fmt: skip
def test_names_that_people_give(name: str) -> None:
    assert not is_temporary(name)


@pytest.mark.parametrize("name", [".git", "node_modules", "__pycache__", ".venv", ".idea", ".tox"])
def test_folders_nobody_edits(name: str) -> None:
    assert is_ignored_folder(name)


@pytest.mark.parametrize("name", ["blog", "_site", ".well-known", "git", "node_modules2", "build"])
def test_folders_somebody_edits(name: str) -> None:
    assert not is_ignored_folder(name)
