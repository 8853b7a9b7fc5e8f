"""`plugins: [sse-reload]` in a real `mkdocs serve`, and what it does not do elsewhere."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.mkdocs_project import HEAD, project
from tests.serving import wait_until

ENTRY_POINT = "[mkdocs.plugins]\nsse-reload = livereload_sse.mkdocs_plugin:SseReloadPlugin\n"


@pytest.fixture(params=["mkdocs", "properdocs"])
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of a Python in which the plugin is installed."""
    folder = tmp_path / "installed/sse_reload_plugin-1.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: sse-reload-plugin\nVersion: 1\n")
    (folder / "entry_points.txt").write_text(ENTRY_POINT)
    path = os.pathsep.join([str(folder.parent), str(Path(__file__).parents[2])])
    return {
        **os.environ,
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "DISABLE_MKDOCS_2_WARNING": "1",
    }


@dataclass
class Served:
    """A running `mkdocs serve`."""

    folder: Path
    url: str
    process: "subprocess.Popen[str]"
    printed: list[str] = field(default_factory=list)

    def get(self, path: str = "") -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def says(self, path: str, wanted: str) -> None:
        """Wait until a page says something."""

        def is_said() -> bool:
            try:
                return wanted in self.get(path)
            except urllib.error.HTTPError as error:
                if error.code != 503:  # which says that the site is not there yet
                    raise
                return False

        wait_until(is_said, 20.0, f"{path} says {wanted!r}")

    def state(self) -> str:
        port = self.url.split(":")[2].split("/")[0]
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/__sse-reload/build", timeout=10
        ) as answer:
            return str(json.load(answer)["event"])

    def prints(self, wanted: str) -> None:
        wait_until(
            lambda: any(re.search(wanted, line) for line in self.printed),
            20.0,
            f"{wanted!r} is printed: {self.printed}",
        )


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path, package: str) -> Path:
    folder = tmp_path / "project"
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(HEAD[package] + "plugins: [sse-reload]\n")
    (folder / "docs/index.md").write_text("# Home\n\nfirst\n")
    return folder


Serve = Callable[..., Served]


@pytest.fixture
def serve(folder: Path, package: str, installed: dict[str, str]) -> Iterator[Serve]:
    running: list[tuple[Served, threading.Thread]] = []

    def start(path: str = "/") -> Served:
        port = free_port()
        words = ["serve", "-f", "mkdocs.yml", "-a", f"127.0.0.1:{port}"]
        process = subprocess.Popen(
            [sys.executable, "-m", package, *words],
            cwd=folder,
            env=installed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        served = Served(folder, f"http://127.0.0.1:{port}{path}", process)
        reader = threading.Thread(target=_read, args=(served,), daemon=True)
        reader.start()
        running.append((served, reader))
        served.prints("Serving on .* with sse-reload")
        return served

    yield start
    for served, reader in running:
        served.process.kill()
        served.process.wait(5)
        reader.join(5)
        assert served.process.stdout is not None
        served.process.stdout.close()


def _read(served: Served) -> None:
    assert served.process.stdout is not None
    for line in served.process.stdout:
        served.printed.append(line.rstrip())


def test_mkdocs_serve_has_our_client_and_shows_each_save(serve: Serve) -> None:
    served = serve()
    served.says("", "first")
    assert "/__sse-reload/client/" in served.get()
    (served.folder / "docs/index.md").write_text("# Home\n\nsecond\n")
    served.says("", "second")
    served.prints(r"docs/index\.md → 0 tabs")


def test_a_build_that_fails_leaves_the_site_and_is_told(serve: Serve) -> None:
    served = serve()
    config = served.folder / "mkdocs.yml"
    good = config.read_text()
    config.write_text(good + "nav: [\n")
    wait_until(lambda: served.state() == "build-failed", 20.0, "the failure is told")
    assert "first" in served.get()
    config.write_text(good)
    (served.folder / "docs/index.md").write_text("# Home\n\nhealed\n")
    served.says("", "healed")


def test_what_mkdocs_misses_is_watched(serve: Serve, folder: Path, package: str) -> None:
    (folder / "mkdocs.yml").write_text(
        f"{HEAD[package]}INHERIT: base.yml\nplugins: [sse-reload]\nwatch: [more]\n"
        "markdown_extensions: [pymdownx.snippets]\n"
    )
    (folder / "more").mkdir()
    (folder / "more/part.md").write_text("one\n")
    (folder / "base.yml").write_text("copyright: Nobody\n")
    (folder / "docs/index.md").write_text('--8<-- "more/part.md"\n')
    served = serve()
    served.says("", "Nobody")
    (folder / "base.yml").write_text("copyright: Somebody\n")
    served.says("", "Somebody")
    (folder / "more/part.md").write_text("two\n")
    served.says("", "two")


def test_the_path_of_the_site_is_kept(serve: Serve, folder: Path, package: str) -> None:
    (folder / "mkdocs.yml").write_text(
        f"{HEAD[package]}plugins: [sse-reload]\nsite_url: https://example.org/deep/\n"
    )
    served = serve("/deep/")
    served.says("", "first")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        served.get("../elsewhere/")


def test_ctrl_c_ends_it_and_leaves_nothing(
    serve: Serve, installed: dict[str, str], tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    installed["TMPDIR"] = str(temporary)
    served = serve()
    served.says("", "first")
    began = time.monotonic()
    served.process.send_signal(2)
    assert served.process.wait(10) == 0
    assert time.monotonic() - began < 5
    assert [path for path in temporary.rglob("*") if path.is_file()] == []
    assert "Traceback" not in "\n".join(served.printed)


def test_building_is_as_ever(folder: Path, package: str, installed: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", package, "build", "-f", "mkdocs.yml"],
        cwd=folder,
        env=installed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "sse-reload" not in (folder / "site/index.html").read_text()


def test_importing_it_does_not_import_our_server(installed: dict[str, str]) -> None:
    code = (
        "import sys, livereload_sse.mkdocs_plugin\n"
        "print([name for name in ('uvicorn', 'starlette', 'watchfiles') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=installed, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@contextmanager
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_port_that_is_taken_is_said(
    folder: Path, package: str, installed: dict[str, str]
) -> None:
    with taken() as port:
        done = subprocess.run(
            [sys.executable, "-m", package, "serve", "-f", "mkdocs.yml", "-a", f"127.0.0.1:{port}"],
            cwd=folder,
            env=installed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr


async def test_it_leaves_a_preview_of_ours_alone(
    tmp_path: Path, installed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", installed["PYTHONPATH"])
    files = {"docs/index.md": "# Home\n"}
    async with project(tmp_path / "p", files, config="plugins: [sse-reload]\n") as made:
        finished = await made.build()
        assert finished.succeeded
        assert finished.problems == ()
        assert "Traceback" not in finished.output
