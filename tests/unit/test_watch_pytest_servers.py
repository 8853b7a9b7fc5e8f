import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.sharing.posting import Address
from livereload_sse.pytest_watch.sharing.servers import belongs, find_addresses, is_loopback
from livereload_sse.running import RunningServer, announced, apps_folder, runtime_folder


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """State files of this test alone, as long as the stack is open."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    with ExitStack() as stack:
        yield stack


def server(root: Path, url: str = "http://localhost:8000/") -> RunningServer:
    return RunningServer(url=url, token="a word", pid=os.getpid(), root=str(root))


@pytest.mark.parametrize("root", [".", "..", "site/public"])
def test_a_server_above_in_or_below_belongs_to_the_project(tmp_path: Path, root: str) -> None:
    rootdir = tmp_path / "project"
    rootdir.mkdir()

    assert belongs(Path(os.path.normpath(rootdir / root)), rootdir)


def test_another_project_is_another_one(tmp_path: Path) -> None:
    assert not belongs(tmp_path / "project-two", tmp_path / "project")


def test_a_server_of_a_whole_disk_or_home_belongs_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert not belongs(tmp_path, tmp_path / "project")
    assert not belongs(Path(tmp_path.anchor), tmp_path / "project")
    assert belongs(tmp_path, tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert belongs(tmp_path / "link", tmp_path / "real")


def test_a_server_is_found_with_its_token(tmp_path: Path, stack: ExitStack) -> None:
    stack.enter_context(announced(server(tmp_path), runtime_folder()))

    assert find_addresses(tmp_path) == {Address("http://localhost:8000", "a word")}
    assert find_addresses(tmp_path / "tests") != frozenset()
    assert find_addresses(tmp_path.parent / "other") == frozenset()


def test_a_prefix_of_the_site_is_none_of_its_own_addresses(
    tmp_path: Path, stack: ExitStack
) -> None:
    here = server(tmp_path, "http://localhost:8000/docs/")
    stack.enter_context(announced(here, runtime_folder()))

    assert find_addresses(tmp_path) == {Address("http://localhost:8000", "a word")}


def test_an_application_is_found_where_it_is_mounted(tmp_path: Path, stack: ExitStack) -> None:
    here = server(tmp_path, "http://127.0.0.1:5000/sub/")
    stack.enter_context(announced(here, apps_folder(runtime_folder())))

    assert find_addresses(tmp_path) == {Address("http://127.0.0.1:5000/sub", "a word")}


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000/x"])
def test_any_server_of_this_user_can_be_named(tmp_path: Path, stack: ExitStack, url: str) -> None:
    stack.enter_context(announced(server(tmp_path / "elsewhere"), runtime_folder()))

    assert find_addresses(tmp_path / "project") == frozenset()
    assert find_addresses(tmp_path / "project", [url]) != frozenset()
    assert find_addresses(tmp_path / "project", ["http://localhost:8001"]) == frozenset()


def test_a_folder_that_cannot_be_had_holds_no_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def runtime_folder() -> Path:
        raise PermissionError

    monkeypatch.setattr(
        "livereload_sse.pytest_watch.sharing.servers.runtime_folder", runtime_folder
    )

    assert find_addresses(tmp_path) == frozenset()


@pytest.mark.parametrize(
    ("host", "wanted"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("x", False)],
)
def test_this_machine_has_several_names(host: str, *, wanted: bool) -> None:
    assert is_loopback(host) is wanted
