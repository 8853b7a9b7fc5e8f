"""`sse-reload preview`, and `serve` with a command, as a person runs them."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.serving import LiveServer, previewing, running, wait_until

PAGE = "# A page\n\nIt says {word}.\n"

SITE = """\
import pathlib, sys
output = pathlib.Path(sys.argv[1])
output.mkdir(exist_ok=True)
for path in pathlib.Path("src").glob("*.txt"):
    (output / f"{path.stem}.html").write_text(f"<html><p>{path.read_text()}</p></html>")
print("built")
"""


def make_mkdocs(project: Path, pages: int = 3) -> Path:
    (project / "docs").mkdir(parents=True)
    (project / "mkdocs.yml").write_text("site_name: Test\nsite_url: https://example.org/there/\n")
    (project / "docs" / "index.md").write_text(PAGE.format(word="first"))
    for number in range(pages):
        (project / "docs" / f"page{number}.md").write_text(PAGE.format(word=f"w{number}"))
    return project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_mkdocs(tmp_path / "project")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project that is built by a command of its own."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.txt").write_text("first")
    (tmp_path / "make.py").write_text(SITE)
    return tmp_path


def state(server: LiveServer) -> dict[str, object]:
    found: dict[str, object] = json.loads(server.get_internal("build"))
    return found


@contextmanager
def asking(server: LiveServer, *paths: str) -> Iterator[Counter[int]]:
    """Ask for pages all the time; counts the statuses, and 0 for a page that is cut."""
    statuses: Counter[int] = Counter()
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            for path in paths:
                connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
                connection.request("GET", path)
                answer = connection.getresponse()
                whole = b"</html>" in answer.read()
                statuses[answer.status if whole else 0] += 1
                connection.close()

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield statuses
    finally:
        over.set()
        asker.join()


def test_a_project_is_recognised_built_and_served_at_its_own_address(project: Path) -> None:
    with previewing(project) as server:
        page = server.get("/page1/")

    assert "It says w1." in page
    assert "https://example.org" not in page


def test_a_save_is_served_once_it_is_built(project: Path) -> None:
    with previewing(project) as server:
        (project / "docs" / "page1.md").write_text(PAGE.format(word="another"))

        wait_until(lambda: "It says another." in server.get("/page1/"), 10, "the new page")


def test_no_request_fails_while_it_is_built_again_and_again(project: Path) -> None:
    with (
        previewing(project) as server,
        asking(server, "/", "/page0/", "/page2/") as statuses,
    ):
        for number in range(20):
            (project / "docs" / "page1.md").write_text(
                f"---\ntitle: T{number}\n---\n{PAGE.format(word=number)}"
            )
            wait_until(partial(is_shown, server, f"T{number}"), 20, "it is shown")

    assert set(statuses) == {200}
    assert statuses[200] > 20


def is_shown(server: LiveServer, text: str) -> bool:
    return text in server.get("/page1/")


def test_a_failed_build_leaves_the_site_and_the_next_good_one_heals_it(project: Path) -> None:
    with previewing(project) as server:
        (project / "mkdocs.yml").write_text("site_name: [\n")
        wait_until(lambda: state(server)["event"] == "build-failed", 10, "the build failed")
        during = server.get("/")
        (project / "mkdocs.yml").write_text("site_name: Healed\n")
        wait_until(lambda: "Healed" in server.get("/"), 10, "the site is healed")

    assert "It says first." in during


def test_a_project_that_cannot_be_built_at_first_is_served_once_it_can(project: Path) -> None:
    (project / "mkdocs.yml").write_text("site_name: [\n")
    with previewing(project) as server:
        assert state(server)["event"] == "build-failed"
        (project / "mkdocs.yml").write_text("site_name: Healed\n")

        wait_until(lambda: state(server)["event"] == "build-succeeded", 10, "it is built")
        assert "Healed" in server.get("/")


def test_a_place_is_opened_by_a_key_and_by_nothing_else(project: Path, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    command = f"{sys.executable} {tmp_path / 'editor.py'} {{file}} {{line}}"
    (tmp_path / "editor.py").write_text(
        f"import pathlib, sys; pathlib.Path({str(opened)!r}).write_text(' '.join(sys.argv[1:]))"
    )
    (project / "mkdocs.yml").write_text("site_name: [\n")
    with previewing(project, "--editor", command) as server:
        told = json.loads(server.get_internal("build"))
        key = told["report"]["problems"][0]["place"]["key"]
        assert post(server, {"key": str(project / "mkdocs.yml")}) == 422
        assert post(server, {"key": key}, origin="http://evil.test") == 403
        assert not opened.exists()
        assert post(server, {"key": key}) == 204
        wait_until(opened.exists, 10, "the editor")

    assert opened.read_text() == f"{project / 'mkdocs.yml'} 2"


def post(server: LiveServer, value: dict[str, str], origin: str = "") -> int:
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    headers = {"Origin": origin or f"http://localhost:{server.port}"}
    connection.request("POST", "/__sse-reload/open", json.dumps(value), headers)
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def workspaces() -> set[Path]:
    home = Path(tempfile.gettempdir(), f"sse-reload-{os.getuid()}")
    return set(home.iterdir()) if home.is_dir() else set()


def test_ctrl_c_leaves_nothing_behind(project: Path) -> None:
    with previewing(project) as server:
        held = {path for path in workspaces() if (path / "lock").exists()}
        children = children_of(server.process.pid)
        began = time.monotonic()
        code = server.end(signal.SIGINT)

    assert code == 0
    assert time.monotonic() - began < 2
    assert held - workspaces()
    wait_until(lambda: not any(map(is_alive, children)), 5, "the workers have ended")


def test_what_a_killed_server_leaves_is_removed_by_the_next(project: Path) -> None:
    before = workspaces()
    with previewing(project) as server:
        mine = workspaces() - before
        workers = children_of(server.process.pid)
        server.process.kill()
        server.process.wait(5)
        assert mine <= workspaces()
        wait_until(lambda: not any(map(is_alive, workers)), 10, "the workers have ended, too")
    with previewing(project):
        assert not mine & workspaces()


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return list(map(int, listed.stdout.split()))


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def test_any_command_will_do_that_is_told_where_to_write(site: Path) -> None:
    words = ("--build", f"{sys.executable} make.py {{output}}", "--watch", "src")
    with running("serve", site, *words, cwd=site) as server:
        wait_until(lambda: "first" in server.get("/"), 10, "the first build")
        (site / "src" / "index.txt").write_text("second")

        wait_until(lambda: "second" in server.get("/"), 10, "the second build")
    assert sorted(path.name for path in site.iterdir()) == ["make.py", "src"]


def test_a_command_that_writes_in_place_is_served_from_a_copy(site: Path) -> None:
    words = ("--build", f"{sys.executable} make.py public", "--watch", "src")
    with running("serve", site / "public", *words, cwd=site) as server:
        wait_until(lambda: "first" in server.get("/"), 10, "the first build")
        (site / "public" / "index.html").write_text("half writ")

        assert "first" in server.get("/")
        (site / "src" / "index.txt").write_text("second")
        wait_until(lambda: "second" in server.get("/"), 10, "the second build")


def test_a_command_that_watches_by_itself_is_kept_running(site: Path) -> None:
    watching = (
        "import os, pathlib, runpy, sys, time\n"
        "pathlib.Path('pid').write_text(f'{os.getpid()}\\n')\n"
        "seen = None\n"
        "while True:\n"
        "    text = pathlib.Path('src/index.txt').read_text()\n"
        "    if text != seen:\n"
        "        seen = text; runpy.run_path('make.py')\n"
        "    time.sleep(0.02)\n"
    )
    (site / "watching.py").write_text(watching)
    words = ("--run", f"{sys.executable} watching.py {{output}}")
    with running("serve", site, *words, cwd=site) as server:
        wait_until(lambda: "first" in server.get("/"), 10, "the first page")
        (site / "src" / "index.txt").write_text("second")
        wait_until(lambda: "second" in server.get("/"), 10, "the second page")
        first = int((site / "pid").read_text())
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: int((site / "pid").read_text() or first) != first, 10, "a new one")
        (site / "src" / "index.txt").write_text("third")
        wait_until(lambda: "third" in server.get("/"), 10, "the third page")
        last = int((site / "pid").read_text())
        server.process.kill()
        server.process.wait(5)

        wait_until(lambda: not is_alive(last), 10, "it has ended with the server")


def test_a_build_that_triggers_itself_is_stopped_and_explained(site: Path) -> None:
    (site / "make.py").write_text(
        f"{SITE}import time\npathlib.Path('src/stamp.txt').write_text(str(time.time()))\n"
    )
    words = ("--build", f"{sys.executable} make.py {{output}}", "--watch", "src")
    with running("serve", site, *words, cwd=site) as server:
        line = server.wait_for_line("triggers itself", 20)
        number = state(server)["build"]
        (site / "src" / "index.txt").write_text("second")
        wait_until(lambda: "second" in server.get("/"), 10, "a save is built nevertheless")

    assert "stamp.txt" in line
    assert "--ignore /src/stamp.txt" in line
    assert isinstance(number, int)
    assert number <= 5


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        pytest.param(
            ["preview", "empty"],
            2,
            "No configuration of a generator that is known",
            id="no generator",
        ),
        pytest.param(["preview", "two"], 2, "Say which: --generator", id="two generators"),
        pytest.param(["preview", "one", "--generator", "mkdoks"], 2, "not known", id="a typo"),
        pytest.param(["preview", "nowhere"], 2, "No such project: nowhere", id="no project"),
        pytest.param(
            ["preview", "one", "--python", "/no/such/python"],
            1,
            "mkdocs is not installed",
            id="no such interpreter",
        ),
        pytest.param(
            ["preview", "hugo", "--generator", "jekyll"], 2, "Jekyll", id="not of that generator"
        ),
        pytest.param(
            ["serve", ".", "--build", "true", "--watch", "one"],
            2,
            "would be written over its sources",
            id="output above its sources",
        ),
        pytest.param(
            ["serve", "out", "--build", "true", "--run", "true"],
            2,
            "Two commands",
            id="two commands",
        ),
        pytest.param(
            ["preview", "one", "--build-timeout", "0"], 2, "--build-timeout", id="no time at all"
        ),
        pytest.param(["preview", "one", "--editor", "nope"], 1, "--editor", id="no such editor"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_built(
    tmp_path: Path, words: list[str], code: int, text: str
) -> None:
    (tmp_path / "empty").mkdir()
    make_mkdocs(tmp_path / "one")
    make_mkdocs(tmp_path / "two")
    (tmp_path / "two" / "pelicanconf.py").write_text("")
    (tmp_path / "hugo").mkdir()
    (tmp_path / "hugo" / "hugo.toml").write_text("")

    done = subprocess.run(
        [sys.executable, "-m", "livereload_sse", *words, *(("--port", "0"))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )

    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    assert done.returncode == code
