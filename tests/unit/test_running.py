import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from livereload_sse.errors import ServerError
from livereload_sse.running import (
    RunningServer,
    announced,
    is_alive,
    running_servers,
    runtime_folder,
)


def server(pid: int, url: str = "http://localhost:8000/") -> RunningServer:
    return RunningServer(url=url, token="a word", pid=pid, root="/site")


def ended_process() -> int:
    """The number of a process that has been and is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_server_is_found_as_long_as_it_is_announced(tmp_path: Path) -> None:
    mine = server(os.getpid())
    with announced(mine, tmp_path):
        during = running_servers(tmp_path)

    assert during == [mine]
    assert running_servers(tmp_path) == []


def test_who_looks_meanwhile_finds_the_whole_file_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is found unfinished is removed, and its server could not be found any more."""
    found = []

    def write(value: object, file: IO[str]) -> None:
        file.write("{")
        file.flush()
        found.append(running_servers(tmp_path))
        file.seek(0)
        file.write(json.dumps(value))

    monkeypatch.setattr("livereload_sse.running.json.dump", write)
    with announced(server(os.getpid()), tmp_path):
        found.append(running_servers(tmp_path))

    assert found == [[], [server(os.getpid())]]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_user_may_read_the_token(tmp_path: Path) -> None:
    with announced(server(os.getpid()), tmp_path) as path:
        assert path.stat().st_mode & 0o777 == 0o600


def test_what_a_killed_server_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "1.json"
    with announced(server(ended_process()), tmp_path) as path:
        left.write_bytes(path.read_bytes())

    assert running_servers(tmp_path) == []
    assert not left.exists()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", json.dumps({"url": "x", "later": "field"})]
)
def test_a_file_that_says_nothing_is_removed(tmp_path: Path, content: str) -> None:
    path = tmp_path / "1.json"
    path.write_text(content)

    assert running_servers(tmp_path) == []
    assert not path.exists()


def test_a_process_that_runs_is_alive_and_one_that_ended_is_not() -> None:
    assert is_alive(os.getpid())
    assert not is_alive(ended_process())


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_folder_is_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sse-reload").mkdir(mode=0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    folder = runtime_folder()

    assert folder == tmp_path / "sse-reload"
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(
    os.name != "posix" or os.getuid() != 0, reason="giving a folder away takes root"
)
def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sse-reload").mkdir()
    os.chown(tmp_path / "sse-reload", 65534, 65534)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    with pytest.raises(ServerError) as caught:
        runtime_folder()

    assert str(caught.value) == (
        f"The folder for state files belongs to another user: {tmp_path / 'sse-reload'}\n"
        "Set XDG_RUNTIME_DIR to a folder of your own."
    )
