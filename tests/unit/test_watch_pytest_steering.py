"""What each key does."""

import io
from dataclasses import dataclass, field

import pytest

from livereload_sse.pytest_watch.affected.choice import Choice, Reason
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.messages import Collected, TestResult
from livereload_sse.pytest_watch.screen.bindings import Action, Bindings
from livereload_sse.pytest_watch.screen.keyboard import Keyboard
from livereload_sse.pytest_watch.screen.screen import Screen
from livereload_sse.pytest_watch.steering import Deeds, Steering

A = "/p/test_a.py"
ONE, TWO = "test_a.py::test_one", "test_a.py::test_two"


@dataclass
class Desk:
    """Somebody at the keys; all tests have run once, and one has failed."""

    done: list[str] = field(default_factory=list)
    out: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        bindings = Bindings()
        self.record = Record(rootdir="/p")
        failing = {TWO: A}
        self.loop = Loop(failures=lambda: failing)
        self.screen = Screen(self.out, bindings=bindings)
        self.keyboard = Keyboard(bindings, self.screen, self.press)
        deeds = Deeds(
            stir=lambda: self.done.append("stir"),
            redraw=lambda: self.done.append("redraw"),
            leave=lambda: self.done.append("leave"),
            why=lambda: ["test_a.py → a.py"],
            open_page=lambda: self.done.append("page"),
            hold=lambda on: self.done.append("hold" if on else "go on"),
        )
        self.steering = Steering(
            self.loop, self.record, self.screen, self.keyboard, deeds, root="/p"
        )
        self._run_everything()

    def _run_everything(self) -> None:
        wanted = self.loop.next()
        assert wanted is not None
        self.loop.begin(wanted)
        for message in (
            Collected((ONE, TWO), {"test_a.py": A}, (1, 2)),
            TestResult(ONE, "passed", 0.1),
            TestResult(TWO, "failed", 0.1),
        ):
            self.loop.learn(message)
            self.record.learn(message)
        self.loop.end(complete=True)

    def press(self, action: Action) -> None:
        self.steering.act(action)

    @property
    def wanted(self) -> str:
        wanted = self.loop.next()
        return wanted.cause if wanted else ""


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("action", "cause"),
    [("all", "all"), ("run", "now"), ("last", "last"), ("cold", "cold"), ("debug", "debug")],
)
def test_a_key_has_something_run(desk: Desk, action: Action, cause: str) -> None:
    desk.press(action)
    assert (desk.wanted, desk.done) == (cause, ["stir"])


def test_only_what_failed_is_switched_on_and_off(desk: Desk) -> None:
    seen = []
    for _ in range(2):
        desk.press("failed")
        seen.append(desk.loop.mode.failed_only)
    assert seen == [True, False]
    assert desk.wanted == "failed", "what has been asked for still comes"


def test_what_was_left_out_runs_when_it_is_switched_off(desk: Desk) -> None:
    desk.press("failed")
    desk.loop.calm()
    desk.loop.changed(Choice(changed=("/p/a.py",), files={A: _reason()}))
    desk.press("failed")
    assert desk.wanted == "affected"
    assert desk.done[-2:] == ["stir", "redraw"]


def test_what_changes_affect_switches_the_others_off(desk: Desk) -> None:
    desk.press("failed")
    desk.loop.calm()
    desk.press("affected")
    assert not desk.loop.mode.failed_only
    assert "All tests have run since the last change." in desk.out.getvalue()


def test_a_pause_ends_with_what_was_missed(desk: Desk) -> None:
    seen = []
    for _ in range(2):
        desk.press("pause")
        seen.append(desk.loop.mode.paused)
    assert seen == [True, False]
    assert desk.done.count("stir") == 2


def test_a_filter_holds_what_runs_until_it_is_typed_and_then_runs_it(desk: Desk) -> None:
    desk.press("tests")
    assert desk.keyboard.is_typing
    for sign in "two":
        desk.keyboard.press(sign)
    desk.keyboard.press("enter")
    assert desk.done[:2] == ["hold", "go on"]
    assert (desk.loop.mode.tests, desk.wanted) == ("two", "all")


def test_a_filter_that_is_given_up_changes_nothing(desk: Desk) -> None:
    desk.press("files")
    desk.keyboard.press("a")
    desk.keyboard.press("escape")
    assert desk.loop.mode.files == ""
    assert desk.wanted == ""


def test_a_key_is_a_letter_while_somebody_types(desk: Desk) -> None:
    desk.press("tests")
    desk.keyboard.press("q")
    assert "leave" not in desk.done


def test_clearing_the_filters_runs_what_they_left_out(desk: Desk) -> None:
    desk.press("tests")
    for sign in "two":
        desk.keyboard.press(sign)
    desk.keyboard.press("enter")
    desk.loop.calm()
    desk.loop.changed(Choice(files={A: _reason()}))
    desk.press("clear")
    assert desk.loop.mode.tests == ""
    assert desk.wanted == "affected"


def test_the_other_keys_do_their_deeds(desk: Desk) -> None:
    for action in ("page", "quit"):
        desk.press(action)
    desk.press("why")
    desk.press("help")
    assert desk.done == ["page", "leave"]
    assert "test_a.py → a.py" in desk.out.getvalue()
    assert "run all tests" in desk.out.getvalue()


def test_where_no_snapshots_can_be_updated_the_help_does_not_offer_it(desk: Desk) -> None:
    assert desk.steering.without == ("snapshots",)
    desk.press("snapshots")
    assert "No plugin for snapshots" in desk.out.getvalue()


def _reason() -> Reason:
    return Reason("/p/a.py", "imports", (A, "/p/a.py"))
