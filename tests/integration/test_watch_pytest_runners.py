"""What every kind of runner keeps to: forked, standing by, standing by behind a port, cold."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.engine.runner import Runner
from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    Needed,
    Remark,
    Started,
    TestResult,
    TestStarted,
    Trouble,
)
from tests.integration.watch_runs import BY_A_PORT, KINDS, Kind, Project, begin, run
from tests.processes import is_running, open_files, own_zombies, pid_in, pid_soon_in
from tests.serving import wait_until
from tests.threads import our_threads


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Project(tmp_path / "project")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param  # type: ignore[no-any-return]  # one of KINDS


@pytest.fixture
async def runner(project: Project, kind: Kind) -> AsyncIterator[Runner]:
    async with project.running(kind) as made:
        yield made


ALSO_BY_A_PORT = pytest.mark.parametrize("kind", [*KINDS, BY_A_PORT])


@ALSO_BY_A_PORT
async def test_a_run_tells_what_happens_in_order(project: Project, runner: Runner) -> None:
    project.write("test_a.py", "def test_one(): pass\ndef test_two(): assert 0\n")
    for _ in range(2):
        told = await run(runner, project.order())
        kinds = [type(message) for message in told.messages if not isinstance(message, Needed)]
        each = [TestStarted, TestResult]
        assert kinds == [Started, Collected, *each, *each, Finished]
        assert told.outcomes == {"test_one": "passed", "test_two": "failed"}
        assert told.run.exit_code == 1
        assert told.run.is_over


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def test(): pass", 0),
        ("def test(): assert 0", 1),
        ("", 5),
        ("import nothing_of_that_name", 2),
        ("import os\ndef test(): os._exit(3)", 3),
        ("import sys\ndef test(): sys.exit(4)", 1),
        ("import pytest\ndef test(): pytest.exit('enough', 7)", 7),
        ("import ctypes\ndef test(): ctypes.string_at(0)", -signal.SIGSEGV),
        ("import os\ndef test(): os.abort()", -signal.SIGABRT),
        ("import os\ndef test(): os.kill(os.getpid(), 9)", -signal.SIGKILL),
    ],
)
async def test_the_exit_code_is_pytests_or_the_signal(
    project: Project, runner: Runner, text: str, code: int
) -> None:
    project.write("test_a.py", text)
    told = await run(runner, project.order("-p", "no:faulthandler"))
    assert told.run.exit_code == code
    if code < 0 or code == 3:
        assert told.one(TestStarted).test == "test_a.py::test"
        assert not told.run.is_over
    project.write("test_a.py", "def test(): pass")
    assert (await run(runner, project.order())).run.exit_code == 0


async def test_wrong_words_are_a_code_and_no_end(project: Project, runner: Runner) -> None:
    project.write("test_a.py", "def test(): pass")
    assert (await run(runner, project.order("--no-such-option"))).run.exit_code == 4
    assert (await run(runner, project.order())).run.exit_code == 0


async def test_a_conftest_that_leaves_is_a_code_and_told(project: Project, runner: Runner) -> None:
    project.write("conftest.py", "import sys\nsys.exit('nothing to do here')")
    told = await run(runner, project.order())
    assert told.run.exit_code == 1
    assert told.one(Trouble).message == "nothing to do here"


@ALSO_BY_A_PORT
async def test_an_interrupted_run_tears_down(project: Project, runner: Runner) -> None:
    project.write(
        "test_a.py",
        """
        import pathlib, pytest, time
        @pytest.fixture
        def thing():
            yield
            pathlib.Path("torn-down").touch()
        def test(thing): time.sleep(60)
        """,
    )
    told = await begin(runner, project.order())
    await told.wait_for_test("test")
    await asyncio.sleep(0.05)  # it may be in the fixture yet; either way it has to end
    began = time.perf_counter()
    told.run.interrupt()
    assert await told.exit_code() == 2
    assert time.perf_counter() - began < 3
    assert (project.root / "torn-down").exists()
    assert told.run.is_over


async def test_an_interrupt_before_the_process_is_there_is_not_lost(
    project: Project, runner: Runner
) -> None:
    project.write("test_a.py", "import time\ndef test(): time.sleep(60)")
    told = await begin(runner, project.order())
    assert told.run.pid is None
    told.run.interrupt()
    assert await told.exit_code() == 2


@ALSO_BY_A_PORT
async def test_a_killed_run_is_gone_at_once_with_what_it_started(
    project: Project, runner: Runner
) -> None:
    project.write(
        "test_a.py",
        """
        import pathlib, signal, subprocess, time
        def test():
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            child = subprocess.Popen(["sleep", "60"])
            pathlib.Path("pid").write_text(f"{child.pid}\\n")
            time.sleep(60)
        """,
    )
    told = await begin(runner, project.order())
    grandchild = await pid_soon_in(project.root / "pid")
    told.run.interrupt()  # it does not listen
    told.run.kill()
    assert await told.exit_code() == -signal.SIGKILL
    wait_until(lambda: not is_running(grandchild), 1.0)


async def test_what_a_run_leaves_running_ends_with_it(project: Project, runner: Runner) -> None:
    project.write(
        "test_a.py",
        """
        import pathlib, subprocess
        def test():
            pathlib.Path("pid").write_text(f"{subprocess.Popen(['sleep', '60']).pid}\\n")
        """,
    )
    await run(runner, project.order("-W", "ignore"))
    wait_until(lambda: not is_running(pid_in(project.root / "pid")), 1.0)


async def test_a_thread_that_a_test_leaves_does_not_hold_the_run_and_is_told(
    project: Project, runner: Runner
) -> None:
    project.write(
        "test_a.py",
        """
        import threading, time
        def test(): threading.Thread(target=time.sleep, args=(60,), name="lingering").start()
        """,
    )
    told = await run(runner, project.order())
    assert told.run.exit_code == 0
    assert "a thread was still running" in told.one(Remark).text


async def test_functions_for_the_exit_are_called_and_output_is_whole(
    project: Project, runner: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    project.write(
        "test_a.py",
        """
        import atexit, sys
        def test():
            atexit.register(print, "at the exit")
            print("in the test")
        """,
    )
    await run(runner, project.order("-s"))
    out = capfd.readouterr().out
    assert out.index("in the test") < out.index("1 passed") < out.index("at the exit")


async def test_nothing_of_one_run_is_found_in_the_next(project: Project, runner: Runner) -> None:
    project.write("state.py", "seen = []\n")
    project.write(
        "test_a.py",
        """
        import os, sys, state
        def test(tmp_path):
            assert state.seen == []
            assert "LEFT_BEHIND" not in os.environ
            assert "added to the path" not in sys.path
            assert os.getcwd() == os.path.dirname(__file__)
            state.seen.append(1)
            os.environ["LEFT_BEHIND"] = "1"
            sys.path.append("added to the path")
            os.chdir(tmp_path)
        """,
    )
    for _ in range(3):
        told = await run(runner, project.order())
        assert told.outcomes == {"test": "passed"}, told.failures


async def test_each_run_reads_modules_conftests_and_configuration_anew(
    project: Project, runner: Runner
) -> None:
    project.write("module.py", "VALUE = 1\n")
    project.write("conftest.py", "import pytest\n@pytest.fixture\ndef given(): return 1\n")
    project.write("test_a.py", "import module\ndef test(given): assert module.VALUE == given\n")
    assert (await run(runner, project.order())).outcomes == {"test": "passed"}
    project.write("module.py", "VALUE = 22\n")
    assert (await run(runner, project.order())).outcomes == {"test": "failed"}
    project.write("conftest.py", "import pytest\n@pytest.fixture\ndef given(): return 22\n")
    assert (await run(runner, project.order())).outcomes == {"test": "passed"}
    project.write("pytest.ini", "[pytest]\npython_functions = check_*\n")
    assert (await run(runner, project.order())).run.exit_code == 5


async def test_a_file_that_cannot_be_collected_is_told(project: Project, runner: Runner) -> None:
    project.write("test_a.py", "this is no Python")
    told = await run(runner, project.order())
    assert told.one(CollectionFailed).node == "test_a.py"


async def test_the_order_gives_the_environment(project: Project, runner: Runner) -> None:
    project.write("test_a.py", "import os\ndef test(): assert os.environ['GIVEN'] == 'this'\n")
    told = await run(runner, project.order(environment={"GIVEN": "this"}))
    assert told.outcomes == {"test": "passed"}


@ALSO_BY_A_PORT
async def test_nothing_of_ours_stands_in_a_runs_environment(
    project: Project, runner: Runner
) -> None:
    before = sorted(name for name in os.environ if "SSE_RELOAD" in name)
    project.write(
        "test_a.py",
        "import os\n"
        "def test():\n"
        f"    assert sorted(name for name in os.environ if 'SSE_RELOAD' in name) == {before}\n",
    )
    assert (await run(runner, project.order())).outcomes == {"test": "passed"}


async def test_a_run_has_no_input_and_no_other_thread(project: Project, runner: Runner) -> None:
    project.write(
        "test_a.py",
        """
        import os, sys, threading, _thread, signal
        def test():
            assert os.read(0, 1) == b""
            assert threading.active_count() == 1
            assert _thread._count() == 0
            assert os.getpgrp() == os.getpid()
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        """,
    )
    for _ in range(2):
        told = await run(runner, project.order("-s"))
        assert told.outcomes == {"test": "passed"}, told.failures


async def test_random_numbers_differ_from_run_to_run(project: Project, runner: Runner) -> None:
    project.write(
        "test_a.py",
        """
        import random
        def test():
            with open("numbers", "a") as file: print(random.random(), file=file)
        """,
    )
    for _ in range(3):
        await run(runner, project.order())
    assert len(set((project.root / "numbers").read_text().split())) == 3


async def test_main_is_what_multiprocessing_would_import_again(
    project: Project, runner: Runner
) -> None:
    project.write(
        "test_a.py",
        """
        import multiprocessing, sys
        def test():
            assert sys.modules["__main__"].__file__.endswith("pytest")
            assert sys.argv[0].endswith("pytest")
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                assert pool.map(abs, [-1]) == [1]
        """,
    )
    told = await run(runner, project.order())
    assert told.outcomes == {"test": "passed"}, told.failures


@ALSO_BY_A_PORT
async def test_a_message_of_megabytes_arrives_whole(project: Project, runner: Runner) -> None:
    project.write("test_a.py", "def test():\n    print('x' * 150_000)\n    assert 0\n")
    told = await run(runner, project.order())
    assert len(told.one(TestResult).sections[0].text) > 150_000


async def test_a_test_that_forks_writes_nothing_for_the_run(
    project: Project, runner: Runner
) -> None:
    project.write(
        "test_a.py",
        """
        import os, sys
        def test():
            pid = os.fork()
            if pid == 0:
                raise SystemExit(0)
            os.waitpid(pid, 0)
        """,
    )
    told = await run(runner, project.order("-p", "no:faulthandler", "-W", "ignore"))
    assert len(told.all(TestResult)) == 1
    assert len(told.all(Finished)) == 1


@ALSO_BY_A_PORT
async def test_many_runs_leave_nothing(project: Project, runner: Runner, kind: Kind) -> None:
    count = int(os.environ.get("SSE_RELOAD_SOAK_RUNS", "12" if kind == "fork" else "4"))
    project.write("test_a.py", "import time\ndef test_a(): pass\ndef test_b(): time.sleep(0.01)\n")
    await run(runner, project.order())
    await runner.is_warm()
    before = open_files(), our_threads()
    pids = []
    for number in range(count):
        told = await begin(runner, project.order())
        if number % 3 == 1:
            await told.wait_for_test("test_a")
            told.run.interrupt()
        elif number % 3 == 2:
            told.run.kill()
        await told.exit_code()
        pids.append(told.run.pid)
    await runner.is_warm()
    wait_until(lambda: (open_files(), our_threads()) == before, what="files and threads are closed")
    assert own_zombies() == []
    assert not [pid for pid in pids if pid and is_running(pid)]


@ALSO_BY_A_PORT
async def test_closing_ends_a_run_that_goes_on(project: Project, kind: Kind) -> None:
    project.write("test_a.py", "import time\ndef test(): time.sleep(60)\n")
    async with project.running(kind) as runner:
        told = await begin(runner, project.order())
        await told.wait_for_test("test")
        pid = told.run.pid
        assert pid is not None
    assert not is_running(pid)
    assert own_zombies() == []


@ALSO_BY_A_PORT
async def test_a_runner_that_was_not_used_ends(project: Project, kind: Kind) -> None:
    async with project.running(kind):
        pass


async def test_renewing_sees_what_is_installed_now(project: Project, runner: Runner) -> None:
    project.install("dependency.py", "VERSION = 1\n")
    project.write(
        "test_a.py",
        """
        import dependency
        def test():
            with open("versions", "a") as file: print(dependency.VERSION, file=file)
        """,
    )
    for version in (1, 22):
        project.install("dependency.py", f"VERSION = {version}\n")
        await runner.renew()
        for _ in range(2):
            await run(runner, project.order())
            await runner.is_warm()
    assert (project.root / "versions").read_text().split() == ["1", "1", "22", "22"]
