from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_runtime_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """State files of these servers, apart from those of a person's own."""
    folder = tmp_path_factory.mktemp("runtime")
    folder.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A site of one page."""
    root = tmp_path / "small"
    root.mkdir()
    (root / "index.html").write_text("<!doctype html><title>small</title>")
    return root


@pytest.fixture(params=["flat", "recursive"])
def strategy(request: pytest.FixtureRequest) -> str:
    """The two ways in which a system is asked to watch: Linux; macOS and Windows."""
    return str(request.param)
