"""Builds in a process that has stood by."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import venv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from livereload_sse.build.command import run_command
from livereload_sse.build.generators import Way
from livereload_sse.build.plans import Plan
from livereload_sse.build.results import Ending, Finished
from livereload_sse.build.standby import SCRIPT, StandbyBuilder, installed_at, is_possible
from tests.processes import is_running, open_files, own_zombies
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes stand by on POSIX only")

GENERATOR = """\
import os, sys, json, pathlib
import installed
if __name__ == "__main__":
    print("built", *sys.argv[1:], flush=True)
    pathlib.Path(sys.argv[1], "facts.json").write_text(json.dumps({
        "argv0": sys.argv[0], "cwd": os.getcwd(), "path": sys.path, "name": __name__,
        "input": sys.stdin.read(), "pid": os.getpid(),
    }))
    exec(pathlib.Path("conf.py").read_text())
"""

BEACON = """\
import os, pathlib
print("noise of an import", flush=True)
pathlib.Path({folder!r}, f"ready-{{os.getpid()}}").touch()
"""


class Project:
    """A generator that is installed into an environment of its own, and a project that it builds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.cache, self.output = folder / "cache", folder / "output"
        for path in (self.folder, self.cache, self.output):
            path.mkdir()
        venv.create(folder / "env", with_pip=False, symlinks=True)
        self.python = folder / "env" / "bin" / "python"
        (self.site,) = (folder / "env").glob("lib/python*/site-packages")
        self.install("gen/__init__.py", "")
        self.install("gen/__main__.py", GENERATOR)
        self.install("installed.py", "")
        self.install("beacon.py", BEACON.format(folder=str(folder)))
        self.configure("")
        self.printed: list[str] = []

    def install(self, name: str, text: str) -> None:
        path = self.site / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        os.utime(self.site)

    def configure(self, text: str) -> None:
        (self.folder / "conf.py").write_text(text)

    def plan(self, *words: str, way: Way = "in-place") -> Plan:
        return Plan(
            title="Gen",
            way=way,
            project=self.folder,
            folder=self.folder,
            words=words or (str(self.python), "-m", "gen", "{output}", "a b"),
            watch=(self.folder,),
        )

    @asynccontextmanager
    async def builder(self, plan: Plan | None = None) -> AsyncIterator[StandbyBuilder]:
        builder = StandbyBuilder(plan or self.plan(), cache=self.cache)
        try:
            yield builder
        finally:
            await builder.close()

    async def build(self, builder: StandbyBuilder) -> Finished:
        return await builder.build(self.output, frozenset(), self.printed.append)

    @property
    def facts(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.output / "facts.json").read_text())
        return found

    @property
    def learned(self) -> list[str]:
        found: list[str] = json.loads((self.cache / "imported.json").read_text())
        return found

    def learn(self, *modules: str) -> None:
        """Have these imported ahead of the first build, too."""
        (self.cache / "imported.json").write_text(json.dumps(modules))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


async def waiting(builder: StandbyBuilder, project: Project | None = None) -> int:
    """The process that stands by; of a project whose builds end with importing the beacon, once it
    has imported what it was to.
    """
    assert builder._next is not None
    pid = (await asyncio.shield(builder._next)).process.pid
    if project is not None:
        ready = project.folder.parent / f"ready-{pid}"
        await asyncio.to_thread(wait_until, ready.exists, 10, "it stands by")
    return pid


async def test_it_runs_as_the_command_itself_would(project: Project) -> None:
    async with project.builder() as builder:
        finished = await project.build(builder)
        stood_by = project.facts
    command = project.plan().command(output=project.output, cache=project.cache)
    await run_command(command)
    alone = project.facts

    assert (finished.ending, finished.exit_code) == (Ending.EXITED, 0)
    assert [stood_by[name] for name in ("argv0", "cwd", "path", "name", "input")] == [
        alone[name] for name in ("argv0", "cwd", "path", "name", "input")
    ]
    assert finished.output == "".join(project.printed) == f"built {project.output} a b\n"


async def test_what_is_imported_ahead_is_silent_and_only_what_is_installed(
    project: Project,
) -> None:
    (project.folder / "mine.py").write_text("raise SystemExit('imported ahead')\n")
    (project.folder.parent / "dev").mkdir()
    (project.folder.parent / "dev" / "dev.py").write_text("")
    project.install("dev.pth", f"{project.folder.parent / 'dev'}\n")
    project.learn("installed", "mine", "dev", "nowhere", "json.nothing", "beacon")
    async with project.builder() as builder:
        finished = await project.build(builder)
        await waiting(builder)
        await project.build(builder)

        assert builder._given_up is None
    assert finished.succeeded
    assert "noise" not in finished.output


async def test_each_build_has_a_process_of_its_own_that_stood_by(project: Project) -> None:
    async with project.builder() as builder:
        await project.build(builder)
        first, stands_by = project.facts["pid"], await waiting(builder)
        await project.build(builder)

        assert project.facts["pid"] == stands_by
        assert stands_by != first


async def test_what_a_build_has_used_is_imported_ahead_of_the_next(project: Project) -> None:
    project.install("extra.py", "")
    project.configure("import extra, mine\n")
    (project.folder / "mine.py").write_text("")
    async with project.builder() as builder:
        await project.build(builder)

    assert "extra" in project.learned
    assert "installed" in project.learned
    assert "mine" not in project.learned
    assert "json" not in project.learned
    assert not [name for name in project.learned if "__main__" in name]


async def test_nothing_odd_is_imported_ahead(project: Project) -> None:
    project.install("parallel.py", "import multiprocessing\n")
    project.configure("import gen.__main__, parallel\n")
    async with project.builder() as builder:
        for _ in range(2):
            finished = await project.build(builder)
            assert finished.output.count("\n") == 1
        assert builder._given_up is None


async def test_a_module_of_the_project_is_read_anew_each_time(project: Project) -> None:
    project.configure("import mine; print(mine.WORD); import beacon\n")
    async with project.builder() as builder:
        for word in ("first", "second and longer"):
            (project.folder / "mine.py").write_text(f"WORD = {word!r}\n")
            finished = await project.build(builder)
            assert f"\n{word}\n" in finished.output
            await waiting(builder, project)


async def test_something_that_is_installed_meanwhile_is_used(project: Project) -> None:
    project.install("version.py", "NUMBER = 1\n")
    project.configure("import version; print(version.NUMBER); import beacon\n")
    async with project.builder() as builder:
        await project.build(builder)
        stands_by = await waiting(builder, project)
        project.install("version.py", "NUMBER = 2 + 20\n")
        finished = await project.build(builder)

        assert "\n22\n" in finished.output
        wait_until(lambda: not is_running(stands_by), 5, "the one before has ended")


async def test_a_failed_build_says_what_it_would_have_said_alone(project: Project) -> None:
    project.configure("1 / 0\n")
    async with project.builder() as builder:
        finished = await project.build(builder)
        project.configure("")
        healed = await project.build(builder)

    assert finished.exit_code == 1
    assert "ZeroDivisionError" in finished.output
    assert SCRIPT.name not in finished.output
    assert healed.succeeded


@pytest.mark.parametrize("code", [2, 3])
async def test_an_exit_code_is_the_builds(project: Project, code: int) -> None:
    project.configure(f"raise SystemExit({code})\n")
    async with project.builder() as builder:
        assert (await project.build(builder)).exit_code == code

    assert "".join(project.printed).count("built") == 1


async def test_an_import_that_fails_only_because_of_what_came_ahead_is_tried_alone(
    project: Project,
) -> None:
    project.install("first.py", "import sys\nsys.modules['second'] = None\n")
    project.install("second.py", "")
    project.configure("import second\n")
    project.learn("first")
    async with project.builder() as builder:
        assert (await project.build(builder)).succeeded
        assert builder._next is None
        project.printed.clear()
        assert (await project.build(builder)).succeeded
        assert "ModuleNotFoundError" not in "".join(project.printed)
        project.install("third.py", "")
        assert (await project.build(builder)).succeeded


async def test_an_import_that_fails_anyway_does_not_end_the_standing_by(project: Project) -> None:
    project.configure("import nowhere\n")
    async with project.builder() as builder:
        failed = await project.build(builder)
        project.configure("")
        assert (await project.build(builder)).succeeded
        assert await waiting(builder)

    assert failed.exit_code == 1
    assert failed.output.count("No module named 'nowhere'") == 1


async def test_what_pulls_in_modules_of_the_project_is_never_imported_ahead(
    project: Project,
) -> None:
    (project.folder / "mine.py").write_text("WORD = 'first'\n")
    project.install(
        "plugin.py", f"import sys\nsys.path.append({str(project.folder)!r})\nimport mine\n"
    )
    project.configure("import plugin; print(plugin.mine.WORD); import beacon\n")
    async with project.builder() as builder:
        await project.build(builder)
        await waiting(builder, project)
        (project.folder / "mine.py").write_text("WORD = 'second and longer'\n")
        finished = await project.build(builder)

    assert "\nsecond and longer\n" in finished.output


async def test_a_python_that_is_not_there_is_said(project: Project) -> None:
    async with project.builder(project.plan("/no/such/python", "-m", "gen")) as builder:
        finished = await project.build(builder)

    assert finished.ending is Ending.NOT_STARTED
    assert "/no/such/python" in finished.output


async def test_a_cancelled_build_ends_with_all_of_its_processes(project: Project) -> None:
    project.configure(
        "import subprocess\nchild = subprocess.Popen(['sleep', '60'])\n"
        "pathlib.Path('child').write_text(str(child.pid))\nchild.wait()\n"
    )
    async with project.builder() as builder:
        running = asyncio.create_task(project.build(builder))
        child = project.folder / "child"
        await asyncio.to_thread(wait_until, lambda: child.exists() and child.read_text())
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert not is_running(int(child.read_text()))
        project.configure("")
        assert (await project.build(builder)).succeeded


async def test_nothing_is_left_when_it_is_closed(project: Project) -> None:
    before = open_files()
    for _ in range(3):
        async with project.builder() as builder:
            await project.build(builder)
            stands_by = await waiting(builder)
        await builder.close()

        assert not is_running(stands_by)
    assert not own_zombies()
    await asyncio.to_thread(wait_until, lambda: open_files() <= before + 1, 5, "files are closed")


def test_a_process_that_stands_by_ends_when_whoever_started_it_is_killed(
    project: Project, tmp_path: Path
) -> None:
    script = tmp_path / "starter.py"
    script.write_text(
        "import subprocess, sys, time\n"
        f"one = subprocess.Popen({[str(project.python), str(SCRIPT), 'none']!r},"
        " stdin=subprocess.PIPE, start_new_session=True)\n"
        "print(one.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert is_running(pid)
        starter.send_signal(signal.SIGKILL)

    wait_until(lambda: not is_running(pid), 10, "it has ended, too")


async def test_one_that_was_killed_while_it_stood_by_is_no_failure(project: Project) -> None:
    async with project.builder() as builder:
        await project.build(builder)
        os.kill(await waiting(builder), signal.SIGKILL)
        finished = await project.build(builder)

    assert finished.succeeded


def test_only_a_module_that_is_run_for_each_build_can_stand_by(project: Project) -> None:
    assert is_possible(project.plan())
    assert is_possible(project.plan(way="fresh"))
    assert not is_possible(project.plan(way="run"))
    assert not is_possible(project.plan("hugo", "--source", "."))
    assert not is_possible(replace(project.plan(), words="python -m gen"))


def test_what_is_installed_is_seen_and_what_is_not_there_is_nothing(project: Project) -> None:
    before = installed_at(project.python)
    project.install("new.py", "")

    assert project.site in before
    assert installed_at(project.python) != before
    assert installed_at(Path("/no/such/bin/python")) == {}
