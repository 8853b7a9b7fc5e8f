"""Whole builds of real MkDocs and ProperDocs projects, by a worker."""

import asyncio
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from livereload_sse.build.mkdocs import builder as builder_module
from livereload_sse.build.mkdocs.builder import Package
from livereload_sse.build.results import Ending, Finished, Location, Problem
from tests.integration.mkdocs_project import HEAD, URL, Project, project
from tests.serving import wait_until

PACKAGES: list[Package] = ["mkdocs", "properdocs"]
HOME = {"docs/index.md": "# Home\n\nhello\n"}


def only(finished: Finished) -> Problem:
    assert finished.problems is not None
    assert len(finished.problems) == 1, finished.problems
    return finished.problems[0]


@pytest.mark.parametrize("package", PACKAGES)
async def test_a_site_is_built_with_the_address_of_the_preview(
    tmp_path: Path, package: Package
) -> None:
    config = "site_url: https://example.org/\n"
    async with project(tmp_path / "p", HOME, config=config, package=package) as made:
        finished = await made.build()
        assert finished.succeeded
        assert finished.problems == ()
        assert f'<link rel="canonical" href="{URL}">' in made.page("index.html")
        assert "Documentation built in" in finished.output
        assert "".join(made.printed) == finished.output


async def test_drafts_are_shown(tmp_path: Path) -> None:
    files = {**HOME, "docs/draft.md": "# Not ready\n"}
    async with project(tmp_path / "p", files, config="draft_docs: draft.md\n") as made:
        await made.build()
        assert "Not ready" in made.page("draft/index.html")


async def test_builds_of_one_preview_print_the_same_date(tmp_path: Path) -> None:
    config = "hooks: [hook.py]\n"
    hook = "import os\ndef on_post_page(output, **_): return output + os.environ['SOURCE_DATE_EPOCH']\n"
    async with project(tmp_path / "p", {**HOME, "hook.py": hook}, config=config) as made:
        await made.build()
        first = made.page("index.html")
        await made.builder.close()
        await made.build()
        assert made.page("index.html") == first


async def test_the_worker_stays_and_its_plugins_hear_of_start_and_end_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A build that takes long is followed by one in another worker, and a busy machine takes long.
    monkeypatch.setattr(builder_module, "LONG_BUILD", 60.0)
    hook = """
import os, pathlib
log = pathlib.Path(__file__).with_name("log.txt")
def note(text):
    with log.open("a") as file:
        file.write(text + "\\n")
def on_startup(command, dirty): note(f"startup {command} {dirty}")
def on_config(config): note(f"config {os.getpid()}")
def on_serve(server, config, builder): note("serve")
def on_shutdown(): note("shutdown")
"""
    files = {**HOME, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        await made.build()
        await made.build()
        await made.build(made.write({"mkdocs.yml": HEAD["mkdocs"] + "hooks:\n- hook.py\n"}))
    lines = (made.folder / "log.txt").read_text().splitlines()
    words = [line.split()[0] for line in lines]
    # Told that serving begins once for each configuration: that is when plugins say what to watch.
    assert words == ["startup", "config", "serve", "config", "config", "serve", "shutdown"]
    assert lines[0] == "startup serve False"
    assert lines[1] == lines[3]


async def test_what_a_hook_prints_is_output_and_no_answer(tmp_path: Path) -> None:
    hook = """
import os, sys, subprocess
def on_config(config):
    print('{"id": 1, "succeeded": false}')
    print("to stderr", file=sys.stderr)
    os.write(1, b"raw\\n")
    subprocess.run([sys.executable, "-c", "print('from a child')"])
    assert sys.stdin.read() == ""
"""
    files = {**HOME, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        finished = await made.build()
        assert finished.succeeded
        assert finished.output.startswith(
            '{"id": 1, "succeeded": false}\nto stderr\nraw\nfrom a child\n'
        )
        assert "\0" not in finished.output


async def test_colours_are_those_of_mkdocs_unless_unwanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"docs/index.md": "[broken](nowhere.md)\n"}
    async with project(tmp_path / "p", files) as made:
        assert "\x1b[33mWARNING -  \x1b[0mDoc file" in (await made.build()).output
        await made.builder.close()
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\nWARNING -  Doc file" in (await made.build()).output


@pytest.mark.parametrize("package", PACKAGES)
async def test_a_broken_link_is_a_warning_at_its_line(tmp_path: Path, package: Package) -> None:
    files = {"docs/index.md": "# Home\n\n\n[broken](nowhere.md)\n"}
    async with project(tmp_path / "p", files, package=package) as made:
        for _ in range(2):  # the second is complained of as loudly as the first
            finished = await made.build()
            assert finished.succeeded
            problem = only(finished)
            assert problem.severity == "warning"
            assert "'nowhere.md'" in problem.message
            assert problem.message in finished.output  # on one line, however long
            assert problem.location == Location(made.folder / "docs/index.md", 4)


async def test_being_strict_neither_hides_the_site_nor_its_warnings(tmp_path: Path) -> None:
    files = {
        "docs/index.md": "[broken](nowhere.md)\n",
        "hook.py": "def on_config(config): print('strict is', config.strict)\n",
    }
    config = "strict: true\nhooks: [hook.py]\n"
    async with project(tmp_path / "p", files, config=config + "nosuch: setting\n") as made:
        finished = await made.build()
        assert finished.succeeded
        assert len(finished.problems or ()) == 2
        assert "strict is False" in finished.output
        made.write({"mkdocs.yml": HEAD["mkdocs"] + config})
        await made.builder.close()
        made.make_builder(strict=True)
        finished = await made.build()
        assert finished.succeeded
        assert "strict is True" in finished.output
        assert only(finished).severity == "warning"
        assert "broken" in made.page("index.html")


async def test_a_missing_target_in_the_navigation_is_found_in_the_configuration(
    tmp_path: Path,
) -> None:
    async with project(tmp_path / "p", HOME, config="nav:\n- index.md\n- gone.md\n") as made:
        problem = only(await made.build())
        assert "gone.md" in problem.message
        assert problem.location == Location(made.folder / "mkdocs.yml", 5)


@pytest.mark.parametrize("package", PACKAGES)
async def test_a_configuration_that_is_no_yaml_says_where_and_heals(
    tmp_path: Path, package: Package
) -> None:
    async with project(tmp_path / "p", HOME, config="nav: [\n", package=package) as made:
        finished = await made.build()
        assert (finished.ending, finished.exit_code) == (Ending.EXITED, 1)
        problem = only(finished)
        assert problem.severity == "error"
        assert problem.location is not None
        assert problem.location.path == made.folder / "mkdocs.yml"
        assert problem.location.line == 4
        changed = made.write({"mkdocs.yml": HEAD[package]})
        assert (await made.build(changed)).succeeded


async def test_a_plugin_that_is_not_installed_is_found_in_the_configuration(tmp_path: Path) -> None:
    async with project(tmp_path / "p", HOME, config="plugins:\n- search\n- nosuch\n") as made:
        problem = only(await made.build())
        assert problem.message == ("Config value 'plugins': The \"nosuch\" plugin is not installed")
        assert problem.location == Location(made.folder / "mkdocs.yml", 5)


async def test_a_configuration_that_is_gone_is_an_error(tmp_path: Path) -> None:
    async with project(tmp_path / "p", HOME) as made:
        (made.folder / "mkdocs.yml").unlink()
        assert "does not exist" in only(await made.build()).message


async def test_a_template_that_is_no_jinja_says_where(tmp_path: Path) -> None:
    files = {**HOME, "theme/main.html": '{% extends "base.html" %}\n\n{% block content %}{{ }\n'}
    async with project(tmp_path / "p", files) as made:
        made.write({"mkdocs.yml": "site_name: T\ntheme: {name: mkdocs, custom_dir: theme}\n"})
        problem = only(await made.build())
        assert problem.message.startswith("TemplateSyntaxError: ")
        assert problem.location == Location(made.folder / "theme/main.html", 3)


async def test_a_template_that_uses_what_is_not_there_says_where(tmp_path: Path) -> None:
    files = {
        **HOME,
        "theme/main.html": '{% extends "base.html" %}\n{% block content %}\n{{ a.b }}{% endblock %}',
    }
    async with project(tmp_path / "p", files) as made:
        made.write({"mkdocs.yml": "site_name: T\ntheme: {name: mkdocs, custom_dir: theme}\n"})
        problem = only(await made.build())
        assert "'a' is undefined" in problem.message
        assert problem.location == Location(made.folder / "theme/main.html", 3)


async def test_a_hook_that_raises_says_where(tmp_path: Path) -> None:
    hook = "def on_page_markdown(markdown, **_):\n    return helped(markdown)\n"
    async with project(
        tmp_path / "p", {**HOME, "hook.py": hook}, config="hooks: [hook.py]\n"
    ) as made:
        finished = await made.build()
        problem = only(finished)
        assert problem.message == "NameError: name 'helped' is not defined"
        assert problem.location == Location(made.folder / "hook.py", 2)
        assert "Traceback" in finished.output


async def test_a_hook_that_is_no_python_says_where(tmp_path: Path) -> None:
    files = {**HOME, "hook.py": "x = 1\ndef on_config(config:\n    pass\n"}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        problem = only(await made.build())
        assert problem.message.startswith("SyntaxError: ")
        assert problem.location is not None
        assert (problem.location.path, problem.location.line) == (made.folder / "hook.py", 2)


async def test_a_hook_that_was_edited_runs_as_it_is_now(tmp_path: Path) -> None:
    hook = "def on_page_markdown(markdown, **_): return 'one'\n"
    files = {**HOME, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        await made.build()
        changed = made.write({"hook.py": hook.replace("one", "second")})
        await made.build(changed)
        assert "<p>second</p>" in made.page("index.html")


async def test_a_module_that_a_hook_imports_runs_as_it_is_now(tmp_path: Path) -> None:
    files = {
        **HOME,
        "hook.py": "import word\ndef on_page_markdown(markdown, **_): return word.WORD\n",
        "word.py": "WORD = 'one'\n",
    }
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        await made.build()
        assert made.folder / "word.py" in made.builder.watched
        await made.build(made.write({"word.py": "WORD = 'second'\n"}))
        assert "<p>second</p>" in made.page("index.html")


async def test_another_worker_comes_when_something_was_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder_module, "LONG_BUILD", 60.0)
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(packages))
    hook = "import os\ndef on_page_markdown(markdown, **_): return f'pid {os.getpid()}'\n"
    files = {**HOME, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        await made.build()
        first = made.page("index.html")
        await made.build()
        assert made.page("index.html") == first
        (packages / "new.py").touch()
        await made.build()
        assert made.page("index.html") != first


async def test_everything_that_a_site_is_made_of_is_watched(tmp_path: Path) -> None:
    hook = """
import pathlib
here = pathlib.Path(__file__).parent
def on_config(config):
    (here / "data.json").read_text()
    (here / "cache.txt").write_text("made")
    (here / "cache.txt").read_text()
def on_serve(server, config, builder): server.watch(str(here / "asked"), builder)
"""
    files = {
        **HOME,
        "hook.py": hook,
        "data.json": "{}",
        "asked/for.txt": "",
        "theme/x.html": "",
        "more/a.txt": "",
        "base.yml": "site_author: Somebody\nINHERIT: 'deep/base.yml'  # again\n",
        "deep/base.yml": "copyright: Nobody\n",
    }
    config = "INHERIT: base.yml\nhooks: [hook.py]\nwatch: [more]\n"
    async with project(tmp_path / "p", files) as made:
        made.write(
            {"mkdocs.yml": f"site_name: T\ntheme: {{name: mkdocs, custom_dir: theme}}\n{config}"}
        )
        told: list[tuple[Path, ...]] = []
        made.builder.on_watched = told.append
        assert (await made.build()).succeeded
        names = ["asked", "base.yml", "data.json", "deep/base.yml", "docs", "hook.py"]
        names += ["mkdocs.yml", "more", "theme"]
        assert sorted(made.builder.watched) == [made.folder / name for name in names]
        await made.build()
        assert told == [made.builder.watched]


async def test_a_snippet_outside_of_the_pages_is_watched(tmp_path: Path) -> None:
    files = {"docs/index.md": '--8<-- "CHANGES.md"\n', "CHANGES.md": "all new\n"}
    config = "markdown_extensions: [pymdownx.snippets]\n"
    async with project(tmp_path / "p", files, config=config) as made:
        await made.build()
        assert "all new" in made.page("index.html")
        assert made.folder / "CHANGES.md" in made.builder.watched


async def test_what_is_watched_is_known_before_and_after_a_failure(tmp_path: Path) -> None:
    async with project(tmp_path / "p", HOME, config="nav: [\n") as made:
        assert made.builder.watched == (made.folder / "mkdocs.yml",)
        await made.build()
        assert made.folder / "mkdocs.yml" in made.builder.watched


async def test_a_cancelled_build_ends_with_all_that_it_started(tmp_path: Path) -> None:
    hook = """
import pathlib, subprocess, sys, time
def on_config(config):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    pathlib.Path(__file__).with_name("pid").write_text(str(child.pid))
    time.sleep(60)
"""
    files = {**HOME, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        building = asyncio.create_task(made.build())
        pid = made.folder / "pid"
        async with asyncio.timeout(10):
            while not pid.exists() or not pid.read_text():  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.01)
        building.cancel()
        with pytest.raises(asyncio.CancelledError):
            await building
        wait_until(lambda: not _runs(int(pid.read_text())), 2.0, "the hook's child is gone")
        changed = made.write({"hook.py": "x = 1\n"})
        assert (await made.build(changed)).succeeded


async def test_a_worker_that_dies_is_a_failed_build(tmp_path: Path) -> None:
    files = {
        **HOME,
        "hook.py": "import os\ndef on_config(config):\n    print('bye')\n    os._exit(3)\n",
    }
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        finished = await made.build()
        assert (finished.ending, finished.exit_code) == (Ending.EXITED, 3)
        assert finished.output == "bye\n"
        assert (await made.build(made.write({"hook.py": "x = 1\n"}))).succeeded


async def test_an_interpreter_that_is_not_there_starts_nothing(tmp_path: Path) -> None:
    async with project(tmp_path / "p", HOME) as made:
        made.make_builder(python=str(tmp_path / "nowhere/python"))
        finished = await made.build()
        assert finished.ending is Ending.NOT_STARTED
        assert "nowhere/python: No such file" in finished.output


async def test_an_interpreter_without_the_generator_fails_the_build(
    tmp_path: Path,
) -> None:
    bare = tmp_path / "bare"
    venv.create(bare)
    async with project(tmp_path / "p", HOME) as made:
        made.make_builder(python=str(bare / "bin/python"))
        finished = await made.build()
        assert finished.exit_code == 1
        assert "No module named 'mkdocs'" in finished.output


async def test_the_modules_of_a_project_are_not_hidden_by_the_worker(tmp_path: Path) -> None:
    """A hook may import `pages` and `wire` of its own, which are names of the worker's files, too."""
    hook = "import pages\ndef on_page_markdown(markdown, **_): return pages.WORD\n"
    files = {**HOME, "hooks/hook.py": hook, "pages.py": "WORD = 'mine'\n"}
    async with project(tmp_path / "p", files, config="hooks: [hooks/hook.py]\n") as made:
        await made.build()
        assert "<p>mine</p>" in made.page("index.html")


def test_a_worker_does_not_outlive_a_killed_server(tmp_path: Path) -> None:
    hook = """
import os, pathlib, time
def on_config(config):
    pathlib.Path(__file__).with_name('pid').write_text(str(os.getpid()))
    time.sleep(60)
"""
    Project(tmp_path / "p").write(
        {**HOME, "hook.py": hook, "mkdocs.yml": HEAD["mkdocs"] + "hooks: [hook.py]\n"}
    )
    code = (
        "import asyncio\nfrom pathlib import Path\n"
        "from tests.integration.mkdocs_project import Project\n"
        f"asyncio.run(Project(Path({str(tmp_path / 'p')!r})).build())\n"
    )
    server = subprocess.Popen([sys.executable, "-c", code])
    pid = tmp_path / "p/pid"
    wait_until(lambda: pid.exists() and pid.read_text(), 10.0, "the worker builds")
    server.kill()
    server.wait(5)
    wait_until(lambda: not _runs(int(pid.read_text())), 5.0, "the worker has ended")


async def test_nothing_runs_once_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder_module, "LONG_BUILD", 0.0)
    hook = "import os\ndef on_page_markdown(markdown, **_): return f'pid {os.getpid()} '\n"
    files = {**HOME, "hook.py": hook}
    pids = set()
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        for _ in range(3):
            await made.build()
            pids.add(int(made.page("index.html").split("<p>pid ")[1].split()[0].split("<")[0]))
        assert len(pids) == 2
        await made.builder.close()
        assert not [pid for pid in pids if _runs(pid)]
        await made.builder.close()


def _runs(pid: int) -> bool:
    """Whether a process is there, and no zombie that only waits to be counted."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


async def test_a_complaint_of_each_build_is_told_each_time(tmp_path: Path) -> None:
    async with project(tmp_path / "p", HOME, config="extra_templates: [gone.xml]\n") as made:
        for _ in range(2):
            assert "'gone.xml' not found" in only(await made.build()).message


async def test_a_page_that_cannot_be_read_is_found_though_no_code_of_the_project_ran(
    tmp_path: Path,
) -> None:
    async with project(tmp_path / "p", HOME) as made:
        page = made.folder / "docs/index.md"
        page.write_bytes(b"# Home \xff\n")
        finished = await made.build()
        assert finished.exit_code == 1
        found = [one for one in finished.problems or () if "codec can't decode" in one.message]
        assert [one.location for one in found] == [Location(page)]


async def test_all_that_was_printed_belongs_to_the_build(tmp_path: Path) -> None:
    hook = "def on_post_build(config):\n    print(*range(40_000), 'end')\n"
    files = {**HOME, "hook.py": hook}
    async with project(tmp_path / "p", files, config="hooks: [hook.py]\n") as made:
        for _ in range(3):
            assert "39998 39999 end\n" in (await made.build()).output
