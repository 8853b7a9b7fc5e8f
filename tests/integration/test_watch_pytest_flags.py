"""Words of the command line that mean watching: whose they are, and what stands against it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.pytest_following import write
from tests.integration.pytest_watching import OTHERS
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="watching begins with a fork")

TIMEOUT = 60
PLUGIN = "sse-reload"
OURS = ("-p", PLUGIN)
ONE_RUN = "the tests run once and nothing is watched"

THEIRS = """
def pytest_addoption(parser):
    parser.addoption("--watch", action="store_true", help="theirs")
    parser.addoption("--watch-ui", action="store_true", help="theirs")
    parser.addoption("--live-watch-alias", dest="live_watch", default="their own")

def pytest_report_header(config):
    return f"theirs: {config.getoption('--watch')}"
"""


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not OTHERS.fullmatch(name)}
    return {**kept, **more}


def run(
    folder: Path, *words: str, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run pytest in a folder to its end: it must not watch."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=folder,
        env=environment() if env is None else env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "project",
        {"pytest.ini": "[pytest]\n", "test_it.py": "def test_one(): pass\n"},
    )


@pytest.fixture(params=["conftest.py", "tests/conftest.py", "plugin"])
def with_theirs(request: pytest.FixtureRequest, project: Path) -> Path:
    """A project that has a `--watch` of its own: in a conftest, below, or in a plugin of a conftest."""
    if request.param == "plugin":
        plugins = {"conftest.py": 'pytest_plugins = ["own_plugin"]\n', "own_plugin.py": THEIRS}
        return write(project, plugins)
    return write(project, {request.param: THEIRS, "tests/test_more.py": "def test_two(): pass\n"})


@pytest.mark.parametrize("words", [[], ["--watch"], ["--watch", "--watch-ui", "test_it.py"]])
def test_a_project_with_a_watch_of_its_own_runs_as_without_us(
    with_theirs: Path, words: Sequence[str]
) -> None:
    if "test_it.py" in words and (with_theirs / "tests").exists():
        words = [
            *words,
            "tests",
        ]  # pytest itself knows options of the conftests beside arguments only
    done = run(with_theirs, *OURS, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"theirs: {'--watch' in words}" in done.stdout


def test_its_help_has_theirs_and_the_name_of_ours_that_is_free(with_theirs: Path) -> None:
    done = run(with_theirs, *OURS, "--help")
    assert done.returncode == 0, done.stderr
    assert "theirs" in done.stdout
    assert "--live-watch" in done.stdout
    assert "run the tests, then run those again" in " ".join(done.stdout.split())


def test_with_the_other_name_ours_is_asked_for_and_theirs_is_theirs(with_theirs: Path) -> None:
    done = run(with_theirs, *OURS, "--live-watch", "--watch", env=environment(CI="1"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert ONE_RUN in done.stderr
    assert "theirs: True" in done.stdout


def test_a_conftest_far_below_may_have_one_without_being_looked_at(project: Path) -> None:
    write(project, {"a/b/conftest.py": THEIRS, "a/b/test_deep.py": "def test_deep(): pass\n"})
    assert run(project, *OURS).returncode == 0
    done = run(project, *OURS, "--watch", env=environment(CI="1"))
    assert done.returncode == 0, done.stdout
    assert ONE_RUN in done.stderr


def test_a_plugin_with_one_keeps_it(project: Path) -> None:
    write(project, {"own_plugin.py": THEIRS})
    done = run(
        project, "-p", "own_plugin", *OURS, "--watch", env=environment(PYTHONPATH=str(project))
    )
    assert done.returncode == 0, done.stderr
    assert "theirs: True" in done.stdout


def test_without_conftests_there_is_none_of_theirs(project: Path) -> None:
    write(project, {"conftest.py": THEIRS})
    done = run(project, *OURS, "--watch", "--noconftest", env=environment(CI="1"))
    assert ONE_RUN in done.stderr


def test_help_tells_what_our_words_mean(project: Path) -> None:
    done = run(project, *OURS, "--watch", "--help")
    assert done.returncode == 0, done.stderr
    for word in ("--watch ", "--live-watch", "--watch-ui", "--watch-cold", "--watch-timeout=SEC"):
        assert word in done.stdout
    assert "live_watch_map (linelist)" in done.stdout


@pytest.mark.parametrize(
    "word",
    [
        "--version",
        "--markers",
        "--fixtures",
        "--fixtures-per-test",
        "--collect-only",
        "--setup-plan",
    ],
)
def test_what_only_shows_something_shows_it_and_ends(project: Path, word: str) -> None:
    watched, plain = run(project, *OURS, "--watch", word), run(project, *OURS, word)
    assert (watched.returncode, watched.stderr) == (plain.returncode, plain.stderr)
    assert (
        watched.stdout.splitlines()[:-1] == plain.stdout.splitlines()[:-1]
    )  # the last has the time


def test_the_cache_is_shown_once(project: Path) -> None:
    assert (
        "cache is empty"
        in run(project, *OURS, "-p", "cacheprovider", "--watch", "--cache-show").stdout
    )


def test_two_that_watch_are_one_too_many(project: Path) -> None:
    done = run(project, *OURS, "--watch", "-f")
    assert done.returncode == 4
    assert "ERROR: Two would watch, and run the same tests: -f (--looponfail)" in done.stderr
    assert "Leave -f out" in done.stderr


def test_a_time_limit_that_is_none_is_refused(project: Path) -> None:
    done = run(project, *OURS, "--watch", "--watch-timeout", "soon")
    assert done.returncode == 4
    assert "--watch-timeout soon" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("value", ["1", "true", "woodpecker"])
def test_on_a_build_server_the_tests_run_once_and_a_line_says_so(project: Path, value: str) -> None:
    done = run(project, *OURS, "--watch", "-q", env=environment(CI=value))
    assert done.returncode == 0
    assert ONE_RUN in done.stderr
    assert "1 passed" in done.stdout


WAYS = {
    "the settings": ("[pytest]\naddopts = --watch --watch-timeout 7\n", {}, []),
    "the environment": ("[pytest]\n", {"PYTEST_ADDOPTS": "--watch --watch-timeout 7"}, []),
    "a file of arguments": ("[pytest]\n", {}, ["@words.txt"]),
    "the command line": ("[pytest]\n", {}, ["--watch", "--watch-timeout", "7"]),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_may_be_asked_for_anywhere(project: Path, way: str) -> None:
    settings, env, words = WAYS[way]
    write(project, {"pytest.ini": settings, "words.txt": "--watch\n--watch-timeout\n7\n"})
    done = run(project, *OURS, *words, env=environment(CI="1", **env))
    assert done.returncode == 0, done.stderr
    assert ONE_RUN in done.stderr


def test_a_limit_in_the_settings_hides_no_conftest(project: Path) -> None:
    """What stands behind one of our words is its value, not a path in place of those in the settings."""
    settings = "[pytest]\naddopts = --watch-timeout 7\ntestpaths = own\n"
    option = "def pytest_addoption(parser): parser.addoption('--own', action='store_true')\n"
    write(
        project,
        {"pytest.ini": settings, "own/conftest.py": option, "own/test_a.py": "def test_a(): pass"},
    )
    done = run(project, *OURS, "--own")
    assert done.returncode == 0, done.stderr


def test_an_abbreviation_is_nobodys(project: Path) -> None:
    done = run(project, *OURS, "--wat")
    assert done.returncode == 4
    assert "--wat" in done.stderr


def test_switched_off_it_knows_nothing(project: Path) -> None:
    done = run(project, "-p", "no:sse-reload", "--watch")
    assert done.returncode == 4
    assert "unrecognized arguments: --watch" in done.stderr


def test_where_no_plugin_is_loaded_by_itself_it_can_be_named(project: Path) -> None:
    env = environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", CI="1")
    assert run(project, "--watch", env=env).returncode == 4
    done = run(project, *OURS, "--watch", env=env)
    assert done.returncode == 0, done.stderr
    assert ONE_RUN in done.stderr


def test_a_pytest_that_a_test_starts_in_its_own_process_does_not_watch(tmp_path: Path) -> None:
    inner = "import pytest\ndef test_inner(tmp_path):\n    (tmp_path / 'test_a.py').write_text('def test(): pass')\n"
    inner += f"    assert pytest.main(['-p', '{PLUGIN}', '--live-watch', str(tmp_path)]) == 0\n"
    folder = write(tmp_path / "project", {"test_it.py": inner, "pytest.ini": "[pytest]\n"})
    with piped(folder) as watched:
        watched.wait_for("waiting for changes")
        assert watched.text.count("1 passed") >= 2


class Piped:
    """A `pytest --watch` whose output is a pipe."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path) -> None:
        self.process = process
        self._out = out

    @property
    def text(self) -> str:
        return self._out.read_text(errors="replace")

    def wait_for(self, wanted: str, count: int = 1) -> None:
        wait_until(
            lambda: self.text.count(wanted) >= count or self.process.poll() is not None,
            TIMEOUT,
            f"{wanted!r} in:\n{self.text}",
        )
        assert self.text.count(wanted) >= count, self.text


@contextmanager
def piped(folder: Path, *words: str, **env: str) -> Iterator[Piped]:
    out = folder.with_name(f"{folder.name}.out")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *OURS, "--watch", *words]
    with out.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(**env),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Piped(process, out)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(TIMEOUT)


def test_into_a_pipe_go_plain_lines_and_ctrl_c_ends_it_with_the_last_runs_code(
    project: Path,
) -> None:
    with piped(project) as watched:
        watched.wait_for("1 passed")
        watched.wait_for("waiting for changes")
        (project / "test_it.py").write_text("def test_one(): assert 0\n")
        watched.wait_for("1 failed")
        watched.wait_for("waiting for changes", 2)
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(TIMEOUT) == 1
        assert "\x1b" not in watched.text
        assert "? help" not in watched.text


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_a_variable_that_says_no_is_no_build_server(project: Path, value: str) -> None:
    with piped(project, CI=value) as watched:
        watched.wait_for("waiting for changes")
