"""Importing ahead, on trial: which modules have turned out wrong, and who needs them."""

import os
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.engine import trial as trial_module
from livereload_sse.pytest_watch.engine.trial import Trial

Write = dict[str, str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in sys.modules.keys() - before:
        del sys.modules[name]


def take(folder: Path, modules: Write, *names: str, trial: Trial | None = None) -> Trial:
    for name, text in modules.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    trial = trial or Trial()
    for name in names or [name.replace("/__init__", "").replace("/", ".") for name in modules]:
        trial.take(name, {})
    return trial


def test_what_is_right_is_imported_and_nothing_is_wrong(folder: Path) -> None:
    trial = take(folder, {"trial_a": "import trial_b", "trial_b": ""})
    assert trial.imported == ["trial_a", "trial_b"]
    assert trial.wrong() == {}


WARNING = "import warnings\nwarnings.warn('old', DeprecationWarning)\n"


def test_a_module_that_warns_is_wrong_and_so_are_all_that_import_it(folder: Path) -> None:
    trial = take(
        folder,
        {
            "trial_first": "import trial_old",
            "trial_old": WARNING,
            "trial_later": "from trial_old import warnings",
            "trial_farther": "import trial_later",
            "trial_other": "import json",
        },
    )
    assert trial.wrong() == {
        "trial_first": "warns when it is imported",
        "trial_old": "warns when it is imported",
        "trial_later": "imports trial_old, which warns when it is imported",
        "trial_farther": (
            "imports trial_later, which imports trial_old, which warns when it is imported"
        ),
    }


def test_a_package_that_is_wrong_makes_all_its_modules_wrong_and_not_the_reverse(
    folder: Path,
) -> None:
    trial = take(
        folder,
        {
            "trial_bad/__init__": WARNING,
            "trial_bad/part": "",
            "trial_good/__init__": "",
            "trial_good/part": WARNING,
            "trial_good/user": "from . import part",
            "trial_good/fine": "",
        },
    )
    assert trial.wrong().keys() == {
        "trial_bad",
        "trial_bad.part",
        "trial_good.part",
        "trial_good.user",
    }


def test_importers_of_what_is_unwanted_elsewhere_are_wrong(folder: Path) -> None:
    trial = Trial(None, {"trial_shadowed": "the project has it"})
    take(folder, {"trial_shadowed": "", "trial_user": "import trial_shadowed"}, trial=trial)
    assert trial.wrong()["trial_user"] == "imports trial_shadowed, which the project has it"


def test_warnings_do_not_reach_whoever_tries(folder: Path) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        take(folder, {"trial_old": WARNING})
    assert heard == []


@pytest.mark.parametrize(
    "text", ["raise ValueError", "raise SystemExit(1)", "import nothing_there"]
)
def test_a_module_that_cannot_be_imported_is_wrong(folder: Path, text: str) -> None:
    trial = take(folder, {"trial_broken": text, "trial_fine": ""})
    assert trial.imported == ["trial_fine"]
    assert trial.wrong()["trial_broken"].startswith("cannot be imported alone: ")


def test_a_thread_that_stays_is_blamed_on_those_who_were_being_imported(folder: Path) -> None:
    starting = """
import threading
go_on = threading.Event()
thread = threading.Thread(target=go_on.wait)
thread.start()
"""
    trial = take(
        folder,
        {
            "trial_user": "import trial_fine, trial_starter",
            "trial_fine": "",
            "trial_starter": starting,
        },
    )
    starter = sys.modules["trial_starter"]
    starter.go_on.set()
    starter.thread.join()
    assert trial.wrong().keys() == {"trial_user", "trial_starter"}
    assert threading.Thread.start.__qualname__ == "Thread.start"


def test_a_thread_that_ends_is_nobodys_fault(folder: Path) -> None:
    text = (
        "import threading\nthread = threading.Thread(target=int)\nthread.start()\nthread.join()\n"
    )
    assert take(folder, {"trial_brief": text}).wrong() == {}


def test_a_module_that_patches_is_wrong_with_all_that_came_along(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_module, "_OFTEN_PATCHED", (("trial_target", "value"),))
    trial = take(
        folder,
        {
            "trial_target": "value = 1",
            "trial_patcher": "import trial_target\ntrial_target.value = 2",
            "trial_fine": "",
        },
    )
    assert trial.wrong().keys() == {"trial_patcher"}


def test_the_environment_is_set_for_the_import_and_then_as_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAL_GONE", "1")
    monkeypatch.setenv("TRIAL_KEPT", "2")
    monkeypatch.delenv("TRIAL_NEW", raising=False)
    (folder / "trial_reader.py").write_text(
        "import os\nfound = {n: v for n, v in os.environ.items() if n.startswith('TRIAL_')}\n"
    )
    Trial().take("trial_reader", {"TRIAL_GONE": None, "TRIAL_NEW": "3"})
    assert sys.modules["trial_reader"].found == {"TRIAL_KEPT": "2", "TRIAL_NEW": "3"}
    assert (os.environ["TRIAL_GONE"], os.environ.get("TRIAL_NEW")) == ("1", None)


def test_nothing_is_left_replaced(folder: Path) -> None:
    before = (__import__, sys.stdout, sys.stderr, list(sys.meta_path), threading.Thread.start)
    take(folder, {"trial_broken": "raise ValueError"}, trial=Trial(hook=_Finder()))
    assert before == (
        __import__,
        sys.stdout,
        sys.stderr,
        list(sys.meta_path),
        threading.Thread.start,
    )


class _Finder:
    def find_spec(self, *_asked: object) -> None:
        return None


def test_pytests_finder_is_asked_first(folder: Path) -> None:
    asked: list[object] = []

    class Finder:
        def find_spec(self, name: str, *_more: object) -> None:
            asked.append(name)

    take(folder, {"trial_a": "import trial_b", "trial_b": ""}, "trial_a", trial=Trial(Finder()))
    assert asked == ["trial_a", "trial_b"]
