"""What a warm run must not get wrong: it ends as a cold one does, whatever was imported ahead."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.engine.runner import Runner
from livereload_sse.pytest_watch.messages import Needed, TestResult
from tests.integration.watch_runs import WARM, Kind, Project, Told, run
from tests.processes import is_running, own_zombies, written
from tests.serving import wait_until


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("MODE", raising=False)
    return Project(tmp_path / "project")


@pytest.fixture(params=WARM)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param  # type: ignore[no-any-return]  # one of WARM


@pytest.fixture
async def runner(project: Project, kind: Kind) -> AsyncIterator[Runner]:
    async with project.running(kind) as made:
        yield made


@pytest.fixture
async def cold(project: Project) -> AsyncIterator[Runner]:
    async with project.running("cold") as made:
        yield made


async def warm_run(runner: Runner, project: Project, *args: str) -> Told:
    """Make a run with everything imported ahead that the runs before have told."""
    await runner.is_warm()
    return await run(runner, project.order(*args))


async def learn(runner: Runner, project: Project, *args: str) -> Told:
    """Make the run from which it is learnt what to import ahead."""
    told = await run(runner, project.order(*args))
    await runner.is_warm()
    return told


async def test_what_a_run_has_needed_is_imported_before_the_next(
    project: Project, runner: Runner
) -> None:
    project.install("slow/__init__.py", "")
    project.install("slow/part.py", "VALUE = 1")
    project.write("mine.py", "")
    project.write(
        "test_a.py",
        """
        import sys, threading
        before = set(sys.modules)
        import slow.part, mine
        def test(): assert {"slow", "slow.part"} & (sys.modules.keys() - before) == set()
        """,
    )
    told = await learn(runner, project)
    assert told.outcomes == {"test": "failed"}
    assert {"slow", "slow.part"} <= set(told.one(Needed).modules)
    assert "mine" not in told.one(Needed).modules
    assert "test_a" not in told.one(Needed).modules
    told = await warm_run(runner, project)
    assert told.outcomes == {"test": "passed"}
    assert not {"slow", "slow.part"} & set(told.one(Needed).modules)


async def test_what_is_imported_for_the_summary_is_imported_before_the_next_run(
    project: Project, runner: Runner
) -> None:
    project.install("summed_up.py", "")
    project.write("conftest.py", "def pytest_terminal_summary(): import summed_up\n")
    project.write("test_a.py", "def test(): pass\n")
    assert "summed_up" in (await learn(runner, project)).one(Needed).modules
    assert "summed_up" not in (await warm_run(runner, project)).one(Needed).modules


async def test_a_warning_at_a_third_partys_import_stays_an_error(
    project: Project, runner: Runner
) -> None:
    project.install("old.py", "import warnings\nwarnings.warn('old', DeprecationWarning)\n")
    project.install("user.py", "import old\n")
    project.install("another.py", "import fine\nimport old\n")
    project.install("fine.py", "")
    project.write("test_a.py", "import fine, user, another\ndef test(): pass\n")
    for _ in range(3):
        told = await warm_run(runner, project, "-W", "error")
        assert told.run.exit_code == 2
        told = await warm_run(runner, project)
        assert told.run.exit_code == 0
    assert set(runner.learning.refused) == {"old", "user", "another"}
    assert "fine" in runner.learning.names


async def test_a_module_that_reads_the_environment_finds_what_a_conftest_has_set(
    project: Project, runner: Runner
) -> None:
    project.install("early.py", "import os\nMODE = os.environ.get('MODE')\n")
    project.install("reader.py", "import os\nMODE = os.environ.get('MODE')\n")
    project.write(
        "conftest.py", "import early, os\nos.environ['MODE'] = 'testing'\nimport reader\n"
    )
    project.write(
        "test_a.py",
        """
        import early, reader
        def test_early(): assert early.MODE is None
        def test_reader(): assert reader.MODE == "testing"
        """,
    )
    for _ in range(3):
        told = await warm_run(runner, project)
        assert told.outcomes == {"test_early": "passed", "test_reader": "passed"}
    assert runner.learning.names["early"] == {}
    assert runner.learning.names["reader"] == {"MODE": "testing"}


async def test_a_conftest_that_begins_to_set_the_environment_is_noticed(
    project: Project, runner: Runner
) -> None:
    project.install("reader.py", "import os\nMODE = os.environ.get('MODE')\n")
    project.write("conftest.py", "import reader\n")
    project.write("test_a.py", "import reader\ndef test(): assert reader.MODE == 'x'\n")
    await learn(runner, project)
    project.write("conftest.py", "import os\nos.environ['MODE'] = 'x'\nimport reader\n")
    told = await warm_run(runner, project)
    assert "other variables of the environment" in told.run.doubt
    for _ in range(2):
        told = await warm_run(runner, project)
        assert told.outcomes == {"test": "passed"}
        assert not told.run.doubt


async def test_a_variable_that_differs_each_time_is_no_doubt_for_ever(
    project: Project, runner: Runner
) -> None:
    project.install("early.py", "")
    project.install("reader.py", "import os\nMODE = os.environ['MODE']\n")
    project.write(
        "conftest.py",
        "import early, os, uuid\nos.environ['MODE'] = str(uuid.uuid4())\nimport reader\n",
    )
    project.write(
        "test_a.py",
        "import os, reader\ndef test(): assert reader.MODE == os.environ['MODE']\n",
    )
    doubts = []
    for _ in range(5):
        told = await warm_run(runner, project)
        doubts.append(bool(told.run.doubt))
        if not told.run.doubt:
            assert told.outcomes == {"test": "passed"}
    assert doubts == [False, True, False, False, False]
    assert "early" in runner.learning.names
    assert "reader" in runner.learning.refused


async def test_what_a_test_file_sets_is_not_imported_into(project: Project, runner: Runner) -> None:
    project.install("reader.py", "import os\nMODE = os.environ.get('MODE')\n")
    project.write("test_a.py", "import os\nos.environ['MODE'] = 'a'\ndef test(): pass\n")
    project.write("test_b.py", "import reader\ndef test(): print(reader.MODE); assert 0\n")
    told = await learn(runner, project)
    assert "reader" in told.one(Needed).refused
    for args, mode in (((), "a"), (("test_b.py",), "None")):
        told = await warm_run(runner, project, *args)
        (failed,) = [one for one in told.all(TestResult) if one.outcome == "failed"]
        assert failed.sections[0].text.strip() == mode


async def test_a_module_imported_under_a_patched_environment_is_not_imported_ahead(
    project: Project, runner: Runner
) -> None:
    project.install("reader.py", "import os\nMODE = os.environ.get('MODE')\n")
    project.write(
        "test_a.py",
        """
        def test_patched(monkeypatch):
            monkeypatch.setenv("MODE", "patched")
            import reader
            assert reader.MODE == "patched"
        def test_plain():
            import reader
        """,
    )
    for _ in range(2):
        told = await warm_run(runner, project)
        assert told.outcomes == {"test_patched": "passed", "test_plain": "passed"}
    assert "reader" in runner.learning.refused


async def test_a_module_that_leaves_a_thread_is_not_imported_ahead(
    project: Project, runner: Runner
) -> None:
    project.install(
        "worker.py",
        """
        import queue, threading
        asked, told = queue.Queue(), queue.Queue()
        def work():
            while True: told.put(asked.get())
        threading.Thread(target=work, daemon=True).start()
        """,
    )
    project.install("needs_worker.py", "import worker\n")
    project.install(
        "brief.py", "import threading\nt = threading.Thread(target=int)\nt.start()\nt.join()\n"
    )
    project.write(
        "test_a.py",
        """
        import brief, needs_worker, worker
        def test():
            worker.asked.put(1)
            assert worker.told.get(timeout=5) == 1
        """,
    )
    for _ in range(3):
        told = await warm_run(runner, project)
        assert told.outcomes == {"test": "passed"}
    assert set(runner.learning.refused) == {"worker", "needs_worker"}
    assert "brief" in runner.learning.names


@pytest.mark.parametrize(
    ("name", "text"),
    [("gevent", ""), ("patcher", "import time\ntime.sleep = lambda seconds: None\n")],
)
async def test_a_module_that_changes_others_is_not_imported_ahead(
    project: Project, runner: Runner, name: str, text: str
) -> None:
    project.install(f"{name}.py", text)
    project.write("test_a.py", f"import {name}\ndef test(): pass\n")
    project.write("test_b.py", "import time\ndef test(): assert time.sleep.__name__ == 'sleep'\n")
    await learn(runner, project)
    told = await warm_run(runner, project, "test_b.py")
    assert told.outcomes == {"test": "passed"}
    assert name in runner.learning.refused


async def test_a_module_that_kills_its_process_costs_nothing_but_itself(
    project: Project, runner: Runner, kind: Kind
) -> None:
    """It does so only where it is imported outside of pytest's capture, say."""
    project.install("fine.py", "")
    project.install(
        "deadly.py",
        """
        import os, sys
        if "_pytest.terminal" in sys.modules and "test_a" not in sys.modules: os._exit(9)
        """,
    )
    project.install("later.py", "")
    project.write("test_a.py", "import fine, deadly, later\ndef test(): pass\n")
    for _ in range(3):
        assert (await run(runner, project.order())).outcomes == {"test": "passed"}
        if kind == "fork":
            await runner.is_warm()
    if kind == "fork":
        assert set(runner.learning.refused) == {"deadly"}
        assert {"fine", "later"} <= runner.learning.names.keys()


async def test_a_module_that_cannot_be_imported_alone_is_left_out(
    project: Project, runner: Runner
) -> None:
    project.install("alone.py", "import sys\nassert 'test_a' in sys.modules\n")
    project.write("test_a.py", "import alone\ndef test(): pass\n")
    for _ in range(2):
        assert (await warm_run(runner, project)).outcomes == {"test": "passed"}
    assert "alone" in runner.learning.refused


@pytest.mark.parametrize("way", ["fd", "sys"])
async def test_a_log_handler_made_at_import_writes_into_the_capture(
    project: Project, runner: Runner, way: str
) -> None:
    project.install(
        "logs.py",
        """
        import logging
        logger = logging.getLogger("logs")
        logger.addHandler(logging.StreamHandler())
        logger.propagate = False
        """,
    )
    project.write(
        "test_a.py", "import logs\ndef test():\n    logs.logger.warning('heard')\n    assert 0\n"
    )
    for _ in range(2):
        told = await warm_run(runner, project, f"--capture={way}")
        heard = told.one(TestResult).sections[0]
        assert (heard.title, heard.text) == ("Captured stderr call", "heard\n")


async def test_what_a_module_prints_at_import_is_not_seen_ahead(
    project: Project, runner: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    project.install("loud.py", "import os\nprint('printed')\nos.write(1, b'written')\n")
    project.write("test_a.py", "import loud\ndef test(): pass\n")
    await learn(runner, project)
    await warm_run(runner, project)
    out = capfd.readouterr()
    assert "printed" not in out.out + out.err
    assert "written" not in out.out + out.err


async def test_a_module_of_the_project_that_takes_a_name_is_noticed(
    project: Project, runner: Runner
) -> None:
    project.install("taken.py", "WHOSE = 'theirs'\n")
    project.write("test_a.py", "import taken\ndef test(): assert taken.WHOSE == 'mine'\n")
    project.write("pytest.ini", "[pytest]\npythonpath = .\n")
    await learn(runner, project)
    project.write("taken.py", "WHOSE = 'mine'\n")
    told = await warm_run(runner, project)
    assert told.run.doubt == "taken was imported ahead, but the project has a module of that name"
    assert (await warm_run(runner, project)).outcomes == {"test": "passed"}


async def test_a_helper_whose_assertions_a_conftest_has_rewritten_stays_rewritten(
    project: Project, runner: Runner
) -> None:
    project.install("helper.py", "def check(value):\n    assert value == [1, 2]\n")
    project.write("test_a.py", "import helper\ndef test(): helper.check([1, 3])\n")
    await learn(runner, project)
    project.write("conftest.py", "import pytest\npytest.register_assert_rewrite('helper')\n")
    assert (await warm_run(runner, project)).run.doubt
    for _ in range(2):
        told = await warm_run(runner, project, "-W", "error")
        assert "At index 1 diff: 3 != 2" in told.failures
        assert not told.run.doubt


async def test_plugins_are_loaded_as_pytest_loads_them(project: Project, runner: Runner) -> None:
    project.install(
        "plugged.py",
        """
        import pytest
        @pytest.fixture
        def plugged(): return check
        def check(value): assert value == [1, 2]
        """,
    )
    project.write("test_a.py", "def test(plugged): plugged([1, 3])\n")
    for _ in range(3):
        told = await warm_run(runner, project, "-p", "plugged", "-W", "error")
        assert told.outcomes == {"test": "failed"}
        assert "At index 1 diff: 3 != 2" in told.failures


async def test_what_belongs_to_a_plugin_is_rewritten_when_it_is_imported_ahead(
    project: Project, kind: Kind
) -> None:
    project.install("plugged/__init__.py", "")
    project.install("plugged/part.py", "def check(value): assert value == [1, 2]\n")
    project.write("test_a.py", "from plugged.part import check\ndef test(): check([1, 3])\n")
    project.args = (*project.args, "-p", "plugged", "-W", "error")
    async with project.running(kind) as runner:
        for is_ahead in (False, True, True):
            told = await warm_run(runner, project)
            assert "At index 1 diff: 3 != 2" in told.failures
            assert ("plugged.part" not in told.one(Needed).modules) == is_ahead


async def test_this_package_draws_no_warning_of_its_own(
    project: Project, runner: Runner, cold: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    project.write("test_a.py", "def test(): pass\n")
    for one in (cold, runner, runner):
        told = await warm_run(one, project, "-W", "error")
        assert told.outcomes == {"test": "passed"}


async def test_a_plugin_that_a_conftest_names_keeps_its_rewritten_assertions(
    project: Project, runner: Runner
) -> None:
    project.install("named.py", "def check(value):\n    assert value == [1, 2]\n")
    project.write("conftest.py", "pytest_plugins = ['named', 'pytester']\n")
    project.write("test_a.py", "import named\ndef test(pytester): named.check([1, 3])\n")
    for _ in range(3):
        told = await warm_run(runner, project, "-W", "error")
        assert "At index 1 diff: 3 != 2" in told.failures
        assert not told.run.doubt


async def test_a_namespace_that_the_project_shares_is_left_alone(
    project: Project, runner: Runner
) -> None:
    project.install("shared/theirs.py", "")
    project.write("shared/mine.py", "")
    project.write("pytest.ini", "[pytest]\npythonpath = .\n")
    project.write("test_a.py", "import shared.mine, shared.theirs\ndef test(): pass\n")
    told = await learn(runner, project)
    assert not [name for name in told.one(Needed).modules if name.startswith("shared")]
    project.write("shared/new.py", "")
    project.write("test_a.py", "import shared.new\ndef test(): pass\n")
    assert (await warm_run(runner, project)).outcomes == {"test": "passed"}


async def test_a_segfault_in_one_run_is_not_felt_in_the_next(
    project: Project, runner: Runner
) -> None:
    project.write("test_a.py", "import ctypes\ndef test(): ctypes.string_at(0)\n")
    assert (await learn(runner, project, "-p", "no:faulthandler")).run.exit_code == -signal.SIGSEGV
    project.write("test_a.py", "def test(): pass\n")
    assert (await warm_run(runner, project)).run.exit_code == 0


async def test_the_seed_of_hashes_is_given_by_the_environment_everywhere(
    project: Project, runner: Runner, cold: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    project.write(
        "test_a.py",
        "def test():\n    with open('hashes', 'a') as file: print(hash('word'), file=file)\n",
    )
    for _ in range(2):
        await warm_run(runner, project)
        await run(cold, project.order())
    assert len(set((project.root / "hashes").read_text().split())) == 1


async def test_the_dice_of_numpy_are_thrown_anew(project: Project, runner: Runner) -> None:
    """Python's own are after a fork; numpy's global ones are what they were when it was imported."""
    project.install("numpy/__init__.py", "from . import random\n")
    project.install(
        "numpy/random.py",
        """
        import os
        def seed():
            global state
            state = os.urandom(8).hex()
        seed()
        """,
    )
    project.write(
        "test_a.py",
        """
        import numpy
        def test():
            with open("thrown", "a") as file: print(numpy.random.state, file=file)
        """,
    )
    for _ in range(4):
        await warm_run(runner, project)
    assert "numpy.random" in runner.learning.names
    assert len(set((project.root / "thrown").read_text().split())) == 4


async def test_a_run_during_the_import_ahead_does_not_wait_for_its_end(
    project: Project, runner: Runner
) -> None:
    slow = "import sys, time\nif 'test_a' not in sys.modules: time.sleep(2)\n"
    for number in range(4):
        project.install(f"slow_{number}.py", slow)
    names = ", ".join(f"slow_{number}" for number in range(4))
    project.write("test_a.py", f"import {names}\ndef test(): pass\n")
    project.write("test_b.py", "def test(): pass\n")
    await run(runner, project.order())
    began = time.monotonic()
    told = await run(runner, project.order("test_b.py"))
    assert told.outcomes == {"test": "passed"}
    assert time.monotonic() - began < 6


async def test_a_run_during_a_trial_does_not_wait_for_it_at_all(project: Project) -> None:
    project.install(
        "slow.py",
        f"""
        import sys, time
        if "test_a" not in sys.modules:
            print("trying", file=open({str(project.root / "trying")!r}, "w"), flush=True)
            time.sleep(8)
        """,
    )
    project.write("test_a.py", "import slow\ndef test(): pass\n")
    project.write("test_b.py", "def test(): pass\n")
    async with project.running("fork") as runner:
        await run(runner, project.order("-W", "ignore"))
        await asyncio.to_thread(written, project.root / "trying")
        began = time.monotonic()
        assert (await run(runner, project.order("test_b.py"))).outcomes == {"test": "passed"}
        assert time.monotonic() - began < 5


async def test_nothing_is_left_of_what_tried(project: Project, runner: Runner) -> None:
    project.install(
        "starter.py",
        f"""
        import subprocess
        child = subprocess.Popen(["sleep", "60"])
        with open({str(project.root / "pids")!r}, "a") as file: print(child.pid, file=file)
        """,
    )
    project.write("test_a.py", "import starter\ndef test(): pass\n")
    for _ in range(3):
        await warm_run(runner, project, "-W", "ignore")
    assert "starter" in runner.learning.refused
    await runner.close()
    pids = [int(pid) for pid in (project.root / "pids").read_text().split()]
    assert len(pids) > 3
    wait_until(lambda: not [pid for pid in pids if is_running(pid)], 1.0)
    assert own_zombies() == []
