"""Projects on disk, and the generator that they are found to be made for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from livereload_sse.build.detect import Found, detect, first_installed
from livereload_sse.build.generators import Generator
from livereload_sse.errors import (
    GeneratorChoiceError,
    GeneratorMissingError,
    NotReadableError,
)

SPHINX = 'project = "A"\nextensions = []\n'

FILES = {
    "mkdocs.yml": ("mkdocs", ""),
    "mkdocs.yaml": ("mkdocs", ""),
    "properdocs.yml": ("properdocs", ""),
    "zensical.toml": ("zensical", ""),
    "conf.py": ("sphinx", SPHINX),
    "docs/conf.py": ("sphinx", SPHINX),
    "doc/source/conf.py": ("sphinx", SPHINX),
    "source/conf.py": ("sphinx", SPHINX),
    "pelicanconf.py": ("pelican", ""),
    "hugo.toml": ("hugo", ""),
    "hugo.yaml": ("hugo", ""),
    "config.toml": ("hugo", 'baseURL = "https://example.org/"\n'),
    "config/_default/hugo.toml": ("hugo", ""),
    "_config.yml": ("jekyll", "title: A\ntheme: minima\n"),
    ".eleventy.js": ("eleventy", ""),
    "eleventy.config.mjs": ("eleventy", ""),
    "astro.config.ts": ("astro", ""),
    "Site.lektorproject": ("lektor", ""),
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("name", FILES)
def test_a_project_is_recognised_by_its_configuration(tmp_path: Path, name: str) -> None:
    generator, text = FILES[name]
    write(tmp_path, {name: text})

    found = detect(tmp_path)

    assert (found.generator.name, found.config) == (generator, tmp_path / name)
    assert found.project == tmp_path


def test_a_configuration_file_may_be_named_itself(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": "", "pelicanconf.py": ""})

    assert detect(tmp_path / "pelicanconf.py").generator.name == "pelican"
    assert detect(tmp_path / "pelicanconf.py").project == tmp_path


def test_a_file_of_another_name_goes_with_a_generator_that_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"publishconf.py": "", "pelicanconf.py": ""})

    found = detect(tmp_path / "publishconf.py", wanted="pelican")

    assert found.config == tmp_path / "publishconf.py"


def test_nikola_and_sphinx_share_a_name_and_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, {"conf.py": 'BLOG_TITLE = "A"\nPOSTS = ()\nproject = "both could"\n'})

    assert detect(tmp_path).generator.name == "nikola"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"conf.py": "import asyncio\n"}, id="another conf.py"),
        pytest.param({"config.toml": "[server]\nport = 1\n"}, id="another config.toml"),
        pytest.param({"_config.yml": "title: A\nexecute:\n  x: 1\n"}, id="Jupyter Book"),
        pytest.param({"_config.yml": "title: A\nnew_post_name: x\n"}, id="Hexo"),
        pytest.param({"mkdocs.yml/a": ""}, id="a folder of that name"),
        pytest.param({"deep/er/mkdocs.yml": ""}, id="too deep"),
    ],
)
def test_where_there_is_none_both_ways_out_are_named(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)

    with pytest.raises(GeneratorChoiceError) as caught:
        detect(tmp_path)

    assert caught.value.where == str(tmp_path)
    assert "--generator" in caught.value.hint
    assert "--build" in caught.value.hint


def test_where_there_are_two_the_user_chooses(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": "", "pelicanconf.py": ""})

    with pytest.raises(GeneratorChoiceError) as caught:
        detect(tmp_path)

    assert "mkdocs.yml (mkdocs), pelicanconf.py (pelican)" in caught.value.where
    assert caught.value.hint == "Say which: --generator mkdocs"
    assert detect(tmp_path, wanted="Pelican").generator.name == "pelican"


def test_the_folder_itself_comes_before_those_below(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": "", "docs/conf.py": SPHINX})

    assert detect(tmp_path).generator.name == "mkdocs"


@pytest.mark.parametrize("name", ["zensical", "properdocs"])
def test_one_that_reads_the_file_of_another_may_be_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"mkdocs.yml": ""})

    found = detect(tmp_path, wanted=name)

    assert (found.generator.name, found.config) == (name, tmp_path / "mkdocs.yml")


def test_one_that_is_named_and_not_there_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": ""})

    with pytest.raises(GeneratorChoiceError, match="No configuration of Jekyll"):
        detect(tmp_path, wanted="jekyll")
    with pytest.raises(GeneratorChoiceError, match="not known"):
        detect(tmp_path, wanted="make")


def test_a_file_that_may_not_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"conf.py": SPHINX})

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # for root, who runs tests too, no file is closed
    with pytest.raises(NotReadableError) as caught:
        detect(tmp_path)

    assert caught.value.where == str(tmp_path / "conf.py")


@pytest.mark.parametrize(
    ("installed", "taken"),
    [
        (["mkdocs", "zensical", "properdocs"], "mkdocs"),
        (["zensical", "properdocs"], "properdocs"),
        (["zensical"], "zensical"),
    ],
)
def test_of_those_that_read_the_file_the_one_that_is_installed_is_taken(
    tmp_path: Path, installed: list[str], taken: str
) -> None:
    write(tmp_path, {"mkdocs.yml": "site_dir: out\n"})

    found, where = first_installed(detect(tmp_path), finder(installed))

    assert (found.generator.name, where) == (taken, Path(taken))
    assert found.config == tmp_path / "mkdocs.yml"
    assert ("reads the same file" in found.why) == (taken != "mkdocs")
    if taken == "zensical":
        assert found.generator.output == "out"


def test_where_none_is_installed_the_file_names_the_one_to_install(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": ""})

    with pytest.raises(GeneratorMissingError, match="mkdocs is not"):
        first_installed(detect(tmp_path), finder([]))


def finder(installed: list[str]) -> Callable[[Generator], Path]:
    def find(generator: Generator) -> Path:
        if generator.name in installed:
            return Path(generator.name)
        raise GeneratorMissingError(f"{generator.name} is not installed")

    return find


def watched(found: Found) -> list[str]:
    return list(found.generator.watch)


def test_what_the_configuration_names_outside_of_its_folder_is_watched(tmp_path: Path) -> None:
    text = (
        f'{SPHINX}import sys\nsys.path.insert(0, "../src")\nhtml_static_path = ["_static", "../art"]\n'
        'templates_path = ["../nowhere"]\n'
    )
    write(
        tmp_path,
        {
            "docs/conf.py": text,
            "docs/_static/a.css": "",
            "art/a.png": "",
            "src/own/__init__.py": "",
            "src/other/notes.txt": "",
        },
    )

    found = detect(tmp_path)

    assert watched(found) == [".", str(tmp_path / "art"), str(tmp_path / "src" / "own")]


def test_a_folder_above_the_configuration_is_not_watched_as_a_whole(tmp_path: Path) -> None:
    text = f'{SPHINX}sys.path.insert(0, os.path.abspath(".."))\nhtml_extra_path = [".."]\n'
    write(tmp_path, {"docs/conf.py": text, "own/__init__.py": "", "setup.py": ""})

    assert watched(detect(tmp_path)) == [".", str(tmp_path / "own")]


def test_a_theme_of_pelican_elsewhere_is_watched(tmp_path: Path) -> None:
    write(tmp_path, {"blog/pelicanconf.py": 'THEME = "../theme"\n', "theme/a.html": ""})

    assert watched(detect(tmp_path / "blog")) == [".", str(tmp_path / "theme")]


def test_the_output_folder_is_what_the_configuration_says(tmp_path: Path) -> None:
    write(tmp_path, {"zensical.toml": '[project]\nsite_dir = "public"\n'})

    assert detect(tmp_path).generator.output == "public"


def test_nothing_of_the_project_is_executed(tmp_path: Path) -> None:
    write(tmp_path, {"conf.py": f"{SPHINX}open('ran', 'w')\nraise SystemExit\n"})

    detect(tmp_path)

    assert not (tmp_path / "ran").exists()
