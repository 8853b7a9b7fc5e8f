"""What every run of pytest pays for the plugin, and what it hears of our words."""

import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from livereload_sse.pytest_watch import asked
from livereload_sse.pytest_watch.inside import child
from livereload_sse.pytest_watch.plugin import SETTINGS, pytest_addoption

LOADED = """
import sys, pytest
before = set(sys.modules)
import livereload_sse.pytest_watch.plugin
print(*sorted(name for name in set(sys.modules) - before))
"""


def test_loading_it_brings_in_nothing_but_itself() -> None:
    words = [sys.executable, "-c", LOADED]
    loaded = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert loaded
    assert {name.partition(".")[0] for name in loaded} == {"livereload_sse"}
    assert len(loaded) < 9, loaded


def test_it_declares_settings_and_no_option() -> None:
    declared: list[str] = []
    parser = SimpleNamespace(addini=lambda name, meaning, type: declared.append(name))  # noqa: A006, ARG005 - pytest's names
    pytest_addoption(parser)  # type: ignore[arg-type]  # all that it uses
    assert declared == list(SETTINGS)


Hear = Callable[..., "tuple[bool, list[str], Namespace]"]


@pytest.fixture
def hear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hear:
    """Ask what a pytest with these words would do, in an empty folder, beside other options."""
    for name in ("CI", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)

    def hearing(*words: str, declared: tuple[str, ...] = (), **known: object) -> object:
        option = SimpleNamespace(names=lambda: declared)
        parser = SimpleNamespace(
            _anonymous=SimpleNamespace(options=[option]),
            _groups=[],
            parse_known_args=lambda args, namespace: Namespace(file_or_dir=[args[-1]]),  # noqa: ARG005
        )
        namespace = Namespace(file_or_dir=[], noconftest=False, **known)
        config = SimpleNamespace(
            known_args_namespace=namespace,
            option=Namespace(),
            getini=lambda name: [],  # noqa: ARG005
            rootpath=tmp_path,
            invocation_params=SimpleNamespace(dir=tmp_path),
        )
        args = list(words)
        return asked.hear(config, parser, args), args, namespace  # type: ignore[arg-type]  # all it uses

    return hearing  # type: ignore[return-value]


def test_what_is_asked_is_noted_and_taken_out(hear: Hear) -> None:
    watches, args, known = hear("-q", "--watch", "--watch-ui", "--watch-timeout", "5", "tests")
    assert watches
    assert args == ["-q", "tests"]
    said = known.live_watch
    assert (said.watch, said.page, said.cold, said.timeout) == (True, True, False, 5.0)
    assert known.file_or_dir == ["tests"]


def test_what_another_plugin_has_declared_stays(hear: Hear) -> None:
    watches, args, known = hear("--watch", "tests", declared=("--watch",))
    assert not watches
    assert args == ["--watch", "tests"]
    assert known.live_watch_taken == {"--watch"}


def test_what_a_conftest_has_declared_stays(hear: Hear, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("addoption('--watch')")
    assert not hear("--watch", "tests")[0]
    assert hear("--live-watch", "tests")[0]


@pytest.mark.parametrize("name", asked.ONCE)
def test_what_only_shows_something_is_not_watched(hear: Hear, name: str) -> None:
    assert not hear("--watch", "tests", **{name: True})[0]


def test_a_run_for_somebody_who_watches_does_not_watch(
    hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "is_run", lambda: True)
    watches, args, _ = hear("--watch", "tests")
    assert (watches, args) == (False, ["tests"])


def test_a_process_of_xdists_does_not_watch(hear: Hear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    assert not hear("--watch", "tests")[0]


def test_two_that_watch_are_refused(hear: Hear) -> None:
    with pytest.raises(pytest.UsageError, match="--looponfail"):
        hear("--watch", "tests", looponfail=True)


def test_an_old_pytest_is_refused_and_told_what_to_do(
    hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytest, "version_tuple", (7, 4, 4))
    with pytest.raises(pytest.UsageError, match="-m pip install -U pytest"):
        hear("--watch", "tests")


@pytest.mark.parametrize(
    ("value", "unattended"),
    [("1", True), ("true", True), ("", False), ("0", False), ("False", False)],
)
def test_a_build_server_says_so(
    monkeypatch: pytest.MonkeyPatch, value: str, *, unattended: bool
) -> None:
    monkeypatch.setenv("CI", value)
    assert asked.is_unattended() is unattended


def test_on_a_build_server_nothing_is_watched_and_a_line_says_so(
    hear: Hear, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "1")
    assert not hear("--watch", "tests")[0]
    assert "CI is set" in capsys.readouterr().err
