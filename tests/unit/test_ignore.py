from pathlib import Path

import pytest

from livereload_sse.errors import InvalidPatternError
from livereload_sse.watch.ignore import Ignore


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def ignored(ignore: Ignore, root: Path, *names: str) -> list[str]:
    """Which of these are ignored; a name that ends with a slash is a folder."""
    return [name for name in names if ignore.ignores(root / name.rstrip("/"), name.endswith("/"))]


def test_ordinary_files_and_folders_matter(tmp_path: Path) -> None:
    assert ignored(Ignore(tmp_path), tmp_path, "index.html", "blog/", "blog/.htaccess") == []


def test_folders_and_temporary_files_nobody_edits(tmp_path: Path) -> None:
    names = ["node_modules/", "blog/.git/", "a.css~", "blog/.a.css.swp", "4913"]

    assert ignored(Ignore(tmp_path), tmp_path, *names) == names


def test_a_file_may_have_the_name_of_such_a_folder_and_the_other_way_round(tmp_path: Path) -> None:
    assert ignored(Ignore(tmp_path), tmp_path, "node_modules", "4913/") == []


def test_names_above_the_root_are_not_judged(tmp_path: Path) -> None:
    root = tmp_path / ".venv" / "node_modules" / "site"

    assert ignored(Ignore(root), root, "index.html", "blog/") == []
    assert not Ignore(root).ignores(root, True)


class TestGitignore:
    def test_rules_of_the_root(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "# a comment\n\n*.log\n/build/\n!keep.log\n"})

        assert ignored(
            Ignore(tmp_path), tmp_path,
            "a.log", "keep.log", "blog/b.log", "build/", "blog/build/", "build", "# a comment",
        ) == ["a.log", "blog/b.log", "build/"]  # fmt: skip

    def test_deeper_rules_win(self, tmp_path: Path) -> None:
        write(
            tmp_path, {".gitignore": "*.log\n!b.log\n", "blog/.gitignore": "!a.log\nb.log\n*.tmp\n"}
        )

        assert ignored(
            Ignore(tmp_path), tmp_path,
            "a.log", "b.log", "c.tmp", "blog/a.log", "blog/b.log", "blog/x/c.tmp", "blog/c.log",
        ) == ["a.log", "blog/b.log", "blog/x/c.tmp", "blog/c.log"]  # fmt: skip

    def test_rules_above_the_root_up_to_the_repository_count(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                ".gitignore": "*.outside\n",
                "repo/.git/HEAD": "",
                "repo/.gitignore": "*.map\n/docs/secret/\n",
                "repo/docs/.gitignore": "*.bak\n!a.map\n",
            },
        )
        root = tmp_path / "repo" / "docs" / "site"
        (tmp_path / "repo" / "docs" / "secret").mkdir()

        assert ignored(Ignore(root), root, "x.map", "a.map", "x.bak", "x.outside") == [
            "x.map",
            "x.bak",
        ]
        above = tmp_path / "repo" / "docs"
        assert ignored(Ignore(above), above, "secret/", "site/") == ["secret/"]

    def test_outside_of_a_repository_nothing_above_counts(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "*.map\n"})

        assert ignored(Ignore(tmp_path / "site"), tmp_path / "site", "x.map") == []

    @pytest.mark.parametrize("rule", ["_site/", "/_site", "_site/*", "_site/**", "*", "/*"])
    def test_a_rule_that_ignores_the_root_itself_does_not_count(
        self, tmp_path: Path, rule: str
    ) -> None:
        write(tmp_path, {".git/HEAD": "", ".gitignore": f"{rule}\n*.log\n"})
        root = tmp_path / "_site"

        assert ignored(Ignore(root), root, "index.html", "a.log", "blog/") == ["a.log"]

    def test_no_gitignore(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "*.log\n"})
        ignore = Ignore(tmp_path, gitignore=False)

        assert ignored(ignore, tmp_path, "a.log", ".git/") == [".git/"]
        assert not ignore.is_rule_file(str(tmp_path / ".gitignore"))

    def test_an_edit_takes_effect_when_told(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "*.log\n"})
        ignore = Ignore(tmp_path)
        before = ignored(ignore, tmp_path, "a.log", "a.txt")
        write(tmp_path, {".gitignore": "*.txt\n"})
        assert ignore.is_rule_file(str(tmp_path / ".gitignore"))
        ignore.forget()

        assert (before, ignored(ignore, tmp_path, "a.log", "a.txt")) == (["a.log"], ["a.txt"])

    def test_lines_that_git_would_pass_over_are_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / ".gitignore").write_bytes(b"!\n[z-a]\nfoo\\\n\xff\xfe\n*.log\n")

        assert ignored(Ignore(tmp_path), tmp_path, "a.log", "a.txt") == ["a.log"]

    def test_names_that_are_not_unicode(self, tmp_path: Path) -> None:
        (tmp_path / ".gitignore").write_bytes(b"caf\xe9.html\n")

        assert ignored(Ignore(tmp_path), tmp_path, "caf\udce9.html", "th\udce9.html") == [
            "caf\udce9.html"
        ]


class TestPatterns:
    def test_are_relative_to_the_root(self, tmp_path: Path) -> None:
        ignore = Ignore(tmp_path, patterns=["/drafts/", "*.map"])

        assert ignored(ignore, tmp_path, "drafts/", "blog/drafts/", "x/y.map", "a.html") == [
            "drafts/",
            "x/y.map",
        ]

    def test_win_over_everything_else(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "public/\n!a.log\n"})
        ignore = Ignore(tmp_path, patterns=["!public/", "!node_modules/", "!*~", "a.log"])

        assert ignored(ignore, tmp_path, "public/", "node_modules/", "x~", "a.log", ".git/") == [
            "a.log",
            ".git/",
        ]

    @pytest.mark.parametrize("pattern", ["!", "foo\\", "[z-a]", "", "# comment", "/"])
    def test_one_that_cannot_be_understood_is_named(self, tmp_path: Path, pattern: str) -> None:
        with pytest.raises(InvalidPatternError) as caught:
            Ignore(tmp_path, patterns=["*.map", pattern])

        assert caught.value.where == f"--ignore {pattern}"
        assert caught.value.exit_code == 2
