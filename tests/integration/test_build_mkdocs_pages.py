"""What is shown of a save before its build is over: single pages and assets of real projects."""

import asyncio
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.build.mkdocs import builder as builder_module
from livereload_sse.build.mkdocs.builder import Package
from tests.integration.mkdocs_project import Project, project

PIECES = [
    "A paragraph with *emphasis*, `code` and [a link](other.md).",
    "## A heading\n\nand its text, to [the heading](#a-heading)",
    "- one\n- two\n    - three",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```python\nprint('<hello>')\n```",
    "![an image](image.png)",
    '<div id="raw">raw <b>HTML</b></div>',
    "> quoted & escaped < >",
    "[broken](nowhere.md), [home](index.md#section)",
    "Ünïcode … 日本語 🦊",
    "1. first\n2. second",
    "---",
    "",
]

SITE = {
    "docs/index.md": "# Home\n\n## Section\n\n[page](folder/page.md)\n",
    "docs/folder/page.md": "# A page\n\nbody\n",
    "docs/folder/other.md": "---\ntitle: Named\n---\n\nother\n",
    "docs/folder/image.png": "not really",
    "docs/untitled-page.md": "no title\n",
    "docs/extra.css": "body { color: red }\n",
}

MINIFY = "import re\ndef on_post_page(output, **_): return re.sub(r'\\s+', ' ', output)\n"

ADDS = "def on_page_markdown(markdown, **_): return markdown + '\\n\\nadded\\n'\n"

SHORT = {"docs/index.md": "# Home\n\nhello\n", "docs/page.md": "# Page\n\nhello\n"}


def body(chance: random.Random) -> str:
    return "\n\n".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 8))) + "\n"


@pytest.mark.parametrize(
    ("package", "config"),
    [
        ("mkdocs", ""),
        ("mkdocs", "use_directory_urls: false\n"),
        ("mkdocs", "hooks: [hook.py]\n"),
        ("mkdocs", "hooks: [adds.py]\ndraft_docs: untitled-page.md\n"),
        ("mkdocs", "theme:\n  name: material\n  features: [navigation.instant, navigation.tabs]\n"),
        ("mkdocs", "markdown_extensions:\n- footnotes\n- admonition\n- toc: {permalink: true}\n"),
        ("mkdocs", "nav:\n- index.md\n- Mine: folder/page.md\n- folder/other.md\n"),
        ("properdocs", ""),
        ("properdocs", "use_directory_urls: false\nhooks: [hook.py]\n"),
    ],
)
async def test_an_instant_page_is_what_a_whole_build_makes(
    tmp_path: Path, package: Package, config: str
) -> None:
    chance = random.Random(7)
    heads = {
        "docs/index.md": "# Home\n\n## Section\n\n",
        "docs/folder/page.md": "# A page\n\n",
        "docs/folder/other.md": "---\ntitle: Named\n---\n\n",
        "docs/untitled-page.md": "",
    }
    async with project(
        tmp_path / "p",
        {**SITE, "hook.py": MINIFY, "adds.py": ADDS},
        config=config,
        package=package,
    ) as made:
        await made.build()
        for _ in range(6):
            names = chance.sample(sorted(heads), k=chance.randrange(1, 3))
            changed = made.write({name: heads[name] + "text\n\n" + body(chance) for name in names})
            shown = await made.quick(changed)
            assert shown is not None
            assert len(shown) == len(names)
            assert (await made.build(changed)).succeeded
            for path, content in shown.items():
                assert made.page(path) == content


async def test_a_page_may_be_shown_many_times_before_its_build(tmp_path: Path) -> None:
    async with project(tmp_path / "p", SHORT) as made:
        await made.build()
        page = ""
        for word in ("one", "two", "three"):
            changed = made.write({"docs/page.md": f"# Page\n\n{word}\n"})
            shown = await made.quick(changed)
            assert shown is not None
            assert f"<p>{word}</p>" in shown["page/index.html"]
            page = shown["page/index.html"]
        await made.build(changed)
        assert made.page("page/index.html") == page


async def test_pages_that_are_asked_for_at_once_are_all_shown(tmp_path: Path) -> None:
    async with project(tmp_path / "p", SHORT) as made:
        await made.build()
        names = ("docs/page.md", "docs/index.md")
        texts = ("# Page\n\nx\n", "# Home\n\nx\n")
        saved = [made.write({name: text}) for name, text in zip(names, texts, strict=True)]
        shown = await asyncio.gather(*map(made.quick, saved))
        assert [list(one or {}) for one in shown] == [["page/index.html"], ["index.html"]]


@pytest.mark.parametrize(
    "text",
    [
        "# Another title\n\nhello\n",
        "---\ntitle: Named\n---\n\n# Page\n\nhello\n",
        "tags: new\n\n# Page\n\nhello\n",
    ],
)
async def test_a_page_is_refused_when_more_than_its_body_has_changed(
    tmp_path: Path, text: str
) -> None:
    async with project(tmp_path / "p", SHORT) as made:
        await made.build()
        assert await made.quick(made.write({"docs/page.md": text})) is None
        # The navigation of other pages has the new title in it only after a whole build.
        other = made.write({"docs/index.md": "# Home\n\nedited\n"})
        assert await made.quick(other) is None
        await made.build()
        assert await made.quick(made.write({"docs/index.md": "# Home\n\nagain\n"}))


@pytest.mark.parametrize("name", ["mkdocs.yml", "docs/new.md", "docs/new.css", "elsewhere.txt"])
async def test_what_is_neither_a_known_page_nor_an_asset_is_refused(
    tmp_path: Path, name: str
) -> None:
    async with project(tmp_path / "p", SHORT) as made:
        await made.build()
        assert await made.quick(made.write({name: "site_name: x\n"})) is None
        assert await made.quick(made.write({"docs/page.md": "# Page\n\nx\n"})) is None


async def test_a_page_that_is_gone_is_refused(tmp_path: Path) -> None:
    async with project(tmp_path / "p", SHORT) as made:
        await made.build()
        (made.folder / "docs/page.md").unlink()
        assert await made.quick(frozenset({made.folder / "docs/page.md"})) is None


async def test_nothing_is_quick_before_the_first_build(tmp_path: Path) -> None:
    async with project(tmp_path / "p", SHORT) as made:
        assert await made.quick(frozenset({made.folder / "docs/page.md"})) is None


REWRITES = """
import pathlib
def on_post_build(config):
    for path in pathlib.Path(config.site_dir).rglob('*.html'):
        path.write_text(path.read_text() + '<!-- rewritten -->')
"""

COUNTS = """
import itertools
count = itertools.count()
def on_post_page(output, **_): return output + str(next(count))
"""

ADDS_BETWEEN_READING_AND_WRITING = """
def on_env(env, config, files):
    for file in files.documentation_pages(): file.page.content += '<p>added</p>'
"""

ONLY_ONCE = """
import collections
seen = collections.Counter()
def on_page_content(html, page, **_):
    seen[page.url] += 1
    assert seen[page.url] < 2
"""


@pytest.mark.parametrize("hook", [REWRITES, COUNTS, ADDS_BETWEEN_READING_AND_WRITING, ONLY_ONCE])
async def test_a_page_is_refused_where_rendering_it_alone_gives_something_else(
    tmp_path: Path, hook: str
) -> None:
    files = {**SHORT, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        assert (await made.build()).succeeded
        assert await made.quick(made.write({"docs/page.md": "# Page\n\nedited\n"})) is None


async def test_a_page_that_cannot_be_rendered_is_left_to_the_build(tmp_path: Path) -> None:
    hook = "def on_page_markdown(markdown, **_):\n    assert 'wrong' not in markdown\n"
    files = {**SHORT, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        await made.build()
        wrong = made.write({"docs/page.md": "# Page\n\nwrong\n"})
        assert await made.quick(wrong) is None
        assert not (await made.build(wrong)).succeeded
        right = made.write({"docs/page.md": "# Page\n\nright\n"})
        assert (await made.build(right)).succeeded


async def test_rendering_one_page_says_nothing_and_writes_nothing(tmp_path: Path) -> None:
    hook = """
import pathlib
def on_page_context(context, page, config, nav):
    with pathlib.Path(config.site_dir, "card.txt").open("a") as file:
        file.write(page.url + "\\n")
"""
    files = {**SHORT, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        await made.build()
        printed, cards = list(made.printed), made.page("card.txt")
        page = made.page("page/index.html")
        assert await made.quick(made.write({"docs/page.md": "# Page\n\n[x](nowhere.md)\n"}))
        assert made.printed == printed
        assert made.page("card.txt") == cards
        assert made.page("page/index.html") == page


async def test_assets_go_straight_through(tmp_path: Path) -> None:
    async with project(tmp_path / "p", SITE) as made:
        await made.build()
        changed = made.write({"docs/extra.css": "a {}\n", "docs/folder/image.png": "other"})
        assert await made.quick(changed) == {"extra.css": "a {}\n", "folder/image.png": "other"}
        both = made.write({"docs/extra.css": "b {}\n", "docs/folder/page.md": "# A page\n\nnew\n"})
        shown = await made.quick(both)
        assert shown is not None
        assert sorted(shown) == ["extra.css", "folder/page/index.html"]


async def test_an_asset_is_not_shown_while_somebody_may_be_writing_it(tmp_path: Path) -> None:
    async with project(tmp_path / "p", SITE) as made:
        await made.build()
        css = made.folder / "docs/extra.css"
        css.write_text("half")
        asked = asyncio.create_task(made.quick(frozenset({css})))
        await asyncio.sleep(0)
        css.write_text("whole")
        assert await asked == {"extra.css": "whole"}


async def test_assets_of_the_theme_folder_go_straight_through(tmp_path: Path) -> None:
    files = {
        **SHORT,
        "theme/css/mine.css": "a {}\n",
        "theme/main.html": '{% extends "base.html" %}',
    }
    async with project(tmp_path / "p", files) as made:
        made.write({"mkdocs.yml": "site_name: T\ntheme: {name: mkdocs, custom_dir: theme}\n"})
        await made.build()
        changed = made.write({"theme/css/mine.css": "b {}\n"})
        assert await made.quick(changed) == {"css/mine.css": "b {}\n"}
        template = made.write({"theme/main.html": '{% extends "base.html" %}\n'})
        assert await made.quick(template) is None


async def test_assets_that_are_rewritten_do_not_go_straight_through(tmp_path: Path) -> None:
    hook = (
        "import pathlib\ndef on_post_build(config):\n"
        "    path = pathlib.Path(config.site_dir, 'extra.css')\n"
        "    path.write_text(path.read_text().replace(' ', ''))\n"
    )
    config = "hooks: [hook.py]\nextra_templates: [feed.xml]\n"
    files = {**SITE, "hook.py": hook, "docs/feed.xml": "<feed/>"}
    async with project(tmp_path / "p", files, config=config) as made:
        assert (await made.build()).succeeded
        assert await made.quick(made.write({"docs/extra.css": "a { }\n"})) is None
        assert await made.quick(made.write({"docs/feed.xml": "<feed>{{ x }}</feed>"})) is None


GATE = """
import pathlib, time
here = pathlib.Path(__file__).parent
def on_post_build(config):
    (here / "waits").touch()
    while (here / "closed").exists():
        time.sleep(0.01)
    (here / "waits").unlink()
"""


async def long_build(made: Project, changed: frozenset[Path]) -> "asyncio.Task[object]":
    """Begin a build that has read everything and does not end before the gate is open."""
    (made.folder / "closed").touch()
    building = asyncio.create_task(made.build(changed))
    async with asyncio.timeout(20):
        while not (made.folder / "waits").exists():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
    return building


@pytest.fixture
def always_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every build counts as long."""
    monkeypatch.setattr(builder_module, "LONG_BUILD", 0.0)


@pytest.mark.usefixtures("always_two")
async def test_a_save_during_a_long_build_is_shown_and_stays(tmp_path: Path) -> None:
    files = {**SHORT, "gate.py": GATE, "docs/extra.css": "a {}\n"}
    async with project(tmp_path / "p", files, config="hooks: [gate.py]\n") as made:
        await made.build()
        first = made.write({"docs/page.md": "# Page\n\nfirst\n"})
        building = await long_build(made, first)
        second = made.write({"docs/page.md": "# Page\n\nsecond\n", "docs/extra.css": "b {}\n"})
        shown = await made.quick(second)
        assert shown is not None
        assert "<p>second</p>" in shown["page/index.html"]
        (made.folder / "closed").unlink()
        await building
        # What the build has read is older than what is shown already.
        assert made.page("page/index.html") == shown["page/index.html"]
        assert made.page("extra.css") == "b {}\n"
        again = made.write({"docs/extra.css": "c {}\n", "docs/page.md": "# Page\n\nsecond\n"})
        assert sorted(await made.quick(again) or {}) == ["extra.css", "page/index.html"]
        await made.build(second)
        assert made.page("page/index.html") == shown["page/index.html"]


@pytest.mark.usefixtures("always_two")
async def test_a_build_that_has_read_half_a_page_does_not_take_back_what_is_shown(
    tmp_path: Path,
) -> None:
    async with project(
        tmp_path / "p", {**SHORT, "gate.py": GATE}, config="hooks: [gate.py]\n"
    ) as made:
        await made.build()
        half = made.write({"docs/page.md": "# Pa"})
        building = await long_build(made, half)
        whole = made.write({"docs/page.md": "# Page\n\nwhole\n"})
        shown = await made.quick(whole)
        assert shown is not None
        (made.folder / "closed").unlink()
        await building
        assert made.page("page/index.html") == shown["page/index.html"]
        other = made.write({"docs/index.md": "# Home\n\nedited\n"})
        assert await made.quick(other) is None  # its navigation would name the half page
        await made.build()
        assert await made.quick(made.write({"docs/index.md": "# Home\n\nagain\n"}))


@pytest.mark.usefixtures("always_two")
async def test_a_refusal_during_a_long_build_holds_until_a_build_has_seen_it(
    tmp_path: Path,
) -> None:
    files = {**SHORT, "gate.py": GATE}
    async with project(tmp_path / "p", files, config="hooks: [gate.py]\n") as made:
        await made.build()
        building = await long_build(made, frozenset())
        title = made.write({"docs/page.md": "# Another\n"})
        assert await made.quick(title) is None
        (made.folder / "closed").unlink()
        await building
        other = made.write({"docs/index.md": "# Home\n\nedited\n"})
        assert await made.quick(other) is None
        await made.build(title | other)
        assert await made.quick(made.write({"docs/index.md": "# Home\n\nagain\n"}))


@pytest.mark.usefixtures("always_two")
async def test_pages_are_shown_after_a_build_was_cancelled(tmp_path: Path) -> None:
    files = {**SHORT, "gate.py": GATE}
    async with project(tmp_path / "p", files, config="hooks: [gate.py]\n") as made:
        await made.build()
        building = await long_build(made, frozenset())
        building.cancel()
        with pytest.raises(asyncio.CancelledError):
            await building
        shown = await made.quick(made.write({"docs/page.md": "# Page\n\nnew\n"}))
        assert shown is not None
        (made.folder / "closed").unlink()
        assert (await made.build()).succeeded
        assert made.page("page/index.html") != ""


@pytest.mark.parametrize("package", ["mkdocs", "properdocs"])
@pytest.mark.parametrize("version", ["1.5.3", "2.0.0"])
async def test_an_unknown_version_renders_no_single_pages(
    tmp_path: Path, package: Package, version: str
) -> None:
    hook = f"import {package}\n{package}.__version__ = {version!r}\n"
    files = {**SHORT, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n", package=package) as made:
        assert (await made.build()).succeeded
        assert await made.quick(made.write({"docs/page.md": "# Page\n\nx\n"})) is None


async def test_an_unknown_inside_renders_no_single_pages(tmp_path: Path) -> None:
    hook = (
        "from mkdocs.commands import build\nbefore = build._build_page\n"
        "def other(page, config, doc_files, nav, env, dirty=False, excluded=False, more=0):\n"
        "    return before(page, config, doc_files, nav, env, dirty, excluded)\n"
        "build._build_page = other\n"
    )
    files = {**SHORT, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        assert (await made.build()).succeeded
        assert await made.quick(made.write({"docs/page.md": "# Page\n\nx\n"})) is None


async def test_a_page_of_a_plugin_is_refused(tmp_path: Path) -> None:
    hook = """
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page
class Mine(Page):
    pass
def on_files(files, config):
    Mine(None, files.get_file_from_path("page.md"), config)
    files.append(File.generated(config, "made.md", abs_src_path=config.docs_dir + "/source.txt"))
"""
    files = {**SHORT, "hook.py": hook, "docs/source.txt": "# Made\n\nx\n"}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        assert (await made.build()).succeeded
        assert "Made" in made.page("made/index.html")
        assert await made.quick(made.write({"docs/page.md": "# Page\n\nx\n"})) is None
        await made.build()
        # The file is an asset as well, but its page is not shown before the build.
        changed = made.write({"docs/source.txt": "# Made\n\ny\n"})
        assert "made/index.html" not in (await made.quick(changed) or {})


async def test_the_worker_leaves_no_folder_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / "temporary"
    aside.mkdir()
    monkeypatch.setenv("TMPDIR", str(aside))
    async with project(tmp_path / "p", SHORT) as made:
        await made.build()
        assert await made.quick(made.write({"docs/page.md": "# Page\n\nx\n"}))
        assert list(aside.iterdir()) == []


def ask(folder: Path, package: str, *requests: dict[str, object]) -> tuple[list[Any], str]:
    """Ask a worker by hand, as one would to find out: its answers, and what it prints."""
    build = {
        "do": "build",
        "config": str(folder / "mkdocs.yml"),
        "output": str(folder / "site"),
        "url": "http://localhost/",
        "strict": False,
        "changed": [],
    }
    worker = Path(builder_module.__file__).parent / "worker"
    with subprocess.Popen(
        [sys.executable, str(worker), package],
        env={**os.environ, "SOURCE_DATE_EPOCH": "0"},  # the home page prints the date
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers = []
        for number, request in enumerate([build, *requests]):
            for name, text in (request.pop("save", None) or {}).items():  # type: ignore[attr-defined]  # a dict
                (folder / name).write_text(text)
            process.stdin.write(json.dumps({"id": number, **request}) + "\n")
            process.stdin.flush()
            answers.append(json.loads(process.stdout.readline()))
        _, printed = process.communicate(timeout=20)
    return answers, printed


def test_the_worker_says_why_it_refuses_and_forgets_what_it_has_refused(tmp_path: Path) -> None:
    Project(tmp_path).write({"mkdocs.yml": "site_name: T\n", **SHORT})
    page, home, other = (str(tmp_path / f"docs/{name}.md") for name in ("page", "index", "other"))
    answers, printed = ask(
        tmp_path,
        "mkdocs",
        {"do": "pages", "paths": [other]},
        {"do": "pages", "paths": [page], "save": {"docs/page.md": "# New title\n"}},
        {"do": "pages", "paths": [home], "save": {"docs/index.md": "# Home\n\n[x](no.md)\n"}},
    )
    assert answers[0]["succeeded"] is True
    assert answers[1]["why"] == f"{other} was no page of the last build"
    assert answers[2]["why"] == "the title of page.md is different"
    assert "New title" not in answers[3]["pages"]["index.html"]
    assert "no.md" not in printed  # a page alone is rendered in silence


async def test_pages_of_a_strict_site_with_warnings_are_shown(tmp_path: Path) -> None:
    async with project(tmp_path / "p", {**SHORT, "docs/bad.md": "[x](nowhere.md)\n"}) as made:
        made.make_builder(strict=True)
        assert (await made.build()).succeeded
        assert await made.quick(made.write({"docs/page.md": "# Page\n\nx\n"}))


@pytest.mark.usefixtures("always_two")
async def test_a_build_may_be_cancelled_while_the_second_worker_gets_ready(tmp_path: Path) -> None:
    async with project(tmp_path / "p", SHORT) as made:
        await made.build()
        building = asyncio.create_task(made.build())
        await asyncio.sleep(0)
        building.cancel()
        with pytest.raises(asyncio.CancelledError):
            await building
        assert await made.quick(made.write({"docs/page.md": "# Page\n\nx\n"}))
        assert (await made.build()).succeeded
        assert await made.quick(made.write({"docs/page.md": "# Page\n\ny\n"}))


async def test_the_only_worker_is_not_disturbed_while_it_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder_module, "LONG_BUILD", 1000.0)
    files = {**SHORT, "gate.py": GATE}
    async with project(tmp_path / "p", files, config="hooks: [gate.py]\n") as made:
        await made.build()
        building = await long_build(made, frozenset())
        async with asyncio.timeout(1):
            assert await made.quick(made.write({"docs/page.md": "# Page\n\nx\n"})) is None
        (made.folder / "closed").unlink()
        await building
        assert "Home" in made.page("index.html")
