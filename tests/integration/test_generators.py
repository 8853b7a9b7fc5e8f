"""Real projects, previewed with the real generators that the table calls tested."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from livereload_sse.build.generators import GENERATORS
from tests.serving import previewing, wait_until


@dataclass(frozen=True)
class Project:
    """A small project: `write` fills a folder, `source` is edited, `page` shows it.

    `text` makes the source with a word in it; `bare` is how the word looks on the page.
    """

    write: Callable[[Path], None]
    source: str
    text: Callable[[str], str]
    page: str


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def markdown(word: str) -> str:
    return f"# A page\n\nIt says {word}.\n"


def mkdocs_like(config: str) -> Callable[[Path], None]:
    return lambda folder: write(
        folder,
        {config: "site_name: Test\ntheme: material\n", "docs/index.md": markdown("one")},
    )


def restructured(word: str) -> str:
    return f"A page\n======\n\nIt says {word}.\n"


def article(word: str) -> str:
    return f"Title: A page\nDate: 2026-01-01\nSlug: page\n\nIt says {word}.\n"


def front_matter(word: str) -> str:
    return f"---\ntitle: A page\n---\nIt says {word}.\n"


LAYOUT = "<!doctype html><html><body>{{ .Content }}</body></html>"

PROJECTS: dict[str, Project] = {
    "mkdocs": Project(mkdocs_like("mkdocs.yml"), "docs/index.md", markdown, "/"),
    "properdocs": Project(mkdocs_like("properdocs.yml"), "docs/index.md", markdown, "/"),
    "zensical": Project(
        lambda folder: write(
            folder,
            {
                "zensical.toml": '[project]\nsite_name = "Test"\n',
                "docs/index.md": markdown("one"),
            },
        ),
        "docs/index.md",
        markdown,
        "/",
    ),
    "sphinx": Project(
        lambda folder: write(
            folder,
            {
                "docs/conf.py": 'project = "Test"\n',
                "docs/index.rst": restructured("one"),
                "docs/other.rst": ":orphan:\n\nOther\n=====\n",
            },
        ),
        "docs/index.rst",
        restructured,
        "/",
    ),
    "pelican": Project(
        lambda folder: write(
            folder,
            {
                "pelicanconf.py": 'SITENAME = "Test"\nPATH = "content"\nTIMEZONE = "UTC"\n',
                "content/page.md": article("one"),
            },
        ),
        "content/page.md",
        article,
        "/page.html",
    ),
    "hugo": Project(
        lambda folder: write(
            folder,
            {
                "hugo.toml": 'baseURL = "https://example.org/"\ntitle = "Test"\n',
                "layouts/_default/single.html": LAYOUT,
                "layouts/_default/list.html": LAYOUT,
                "content/page.md": front_matter("one"),
            },
        ),
        "content/page.md",
        front_matter,
        "/page/",
    ),
    "eleventy": Project(
        lambda folder: write(
            folder,
            {
                ".eleventy.js": "module.exports = function () {};\n",
                "package.json": '{"private": true}\n',
                "page.md": front_matter("one"),
            },
        ),
        "page.md",
        front_matter,
        "/page/",
    ),
}


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleventy, as npm installs it."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed; it brings Eleventy")
    folder = tmp_path_factory.mktemp("eleventy")
    quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder))
    subprocess.run(["npm", "install", *quiet, ELEVENTY], check=True, timeout=120)
    return folder / "node_modules"


ELEVENTY = "@11ty/eleventy@2"


def test_every_generator_that_is_called_tested_is() -> None:
    assert {one.name for one in GENERATORS if one.tested} == PROJECTS.keys()


@pytest.mark.parametrize("name", PROJECTS)
def test_a_save_is_shown_and_a_second_one_too(
    tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    project, folder = PROJECTS[name], tmp_path / "project"
    project.write(folder)
    if name == "eleventy":
        (folder / "node_modules").symlink_to(request.getfixturevalue("node_modules"))
    before = {path for path in folder.rglob("*") if "node_modules" not in path.parts}
    with previewing(folder) as server:
        # Whoever is kept running does not say when it is done: on a busy machine it may only pause.
        wait_until(lambda: "It says one." in server.get(project.page), 20, "the page is there")
        for word in ("two", "three"):
            (folder / project.source).write_text(project.text(word))
            wait_until(
                lambda word=word: f"It says {word}." in server.get(project.page),  # type: ignore[misc]  # a word bound early
                20,
                f"{word} is shown",
            )
        server.get(project.page)
    after = {path for path in folder.rglob("*") if "node_modules" not in path.parts}

    title = next(one.title for one in GENERATORS if one.name == name)
    assert title in "\n".join(server.printed)
    if name not in {"zensical", "eleventy"}:  # they write where their configuration says
        assert not {path for path in after - before if path.suffix == ".html"}


def test_the_table_is_the_page_of_the_documentation() -> None:
    from tests.docs import GENERATORS_PAGE, up_to_date  # noqa: PLC0415 - with what it imports

    assert GENERATORS_PAGE.read_text() == up_to_date(GENERATORS_PAGE)


def test_sphinx_is_not_taken_for_nikola_nor_the_other_way(tmp_path: Path) -> None:
    from livereload_sse.build.detect import detect  # noqa: PLC0415 - beside its use

    write(tmp_path, {"one/conf.py": 'project = "x"\n', "two/conf.py": 'BLOG_TITLE = "x"\n'})

    assert detect(tmp_path / "one").generator.name == "sphinx"
    assert detect(tmp_path / "two").generator.name == "nikola"
