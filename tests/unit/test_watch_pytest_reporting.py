"""What a run tells: real tests, run in this process, and the messages about them."""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from livereload_sse.pytest_watch.inside.collecting import Collecting
from livereload_sse.pytest_watch.inside.reporting import Reporting
from livereload_sse.pytest_watch.inside.reports import LONGEST, WIDTH
from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    Message,
    Remark,
    TestResult,
    TestStarted,
    Trouble,
    decode,
    encode,
)

pytest_plugins = ["pytester"]

Kind = TypeVar("Kind", bound=Message)


class Told(list[Message]):
    """What has been told, in order."""

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [one for one in self if isinstance(one, kind)]

    def result(self, name: str) -> TestResult:
        (found,) = [one for one in self.of(TestResult) if one.test.endswith(f"::{name}")]
        return found


Run = Callable[..., Told]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def running(source: str, *args: str, plugins: Sequence[object] = ()) -> Told:
        told = Told()
        pytester.makepyfile(test_it=source)
        ticks = iter(range(100))
        ours = [Collecting(told.append), Reporting(told.append, clock=lambda: float(next(ticks)))]
        words = ["-p", "no:cacheprovider", *args]
        pytester.inline_run(*words, plugins=[*ours, *plugins])
        assert [decode(encode(one).strip()) for one in told] == told
        return told

    return running


def test_a_run_is_told_from_its_tests_to_its_end(run: Run) -> None:
    told = run("def test_one(): pass\ndef test_two(): pass")
    kinds = [type(one) for one in told]
    assert kinds == [Collected, TestStarted, TestResult, TestStarted, TestResult, Finished]
    assert told.of(TestStarted)[0].test == "test_it.py::test_one"
    assert told.of(Finished) == [Finished(0, 1.0, "2 passed")]


OUTCOMES = """
import pytest

@pytest.fixture
def broken(): raise KeyError("no")

@pytest.fixture
def leaky():
    yield
    assert not "left"

def test_passes(): pass
def test_fails(): assert 1 == 2
def test_skips(): pytest.skip("not today")
@pytest.mark.skip(reason="never")
def test_marked(): pass
@pytest.mark.xfail(reason="a bug")
def test_expected(): assert 0
@pytest.mark.xfail(reason="a bug")
def test_unexpected(): pass
@pytest.mark.xfail(strict=True)
def test_strict(): pass
def test_set_up(broken): pass
def test_torn_down(leaky): pass
def test_both(leaky): assert 0
"""


def test_each_way_to_end_has_its_word(run: Run) -> None:
    told = run(OUTCOMES)
    assert {one.test.partition("::")[2]: one.outcome for one in told.of(TestResult)} == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_skips": "skipped",
        "test_marked": "skipped",
        "test_expected": "xfailed",
        "test_unexpected": "xpassed",
        "test_strict": "failed",
        "test_set_up": "error",
        "test_torn_down": "error",
        "test_both": "failed",
    }


def test_a_failure_says_what_and_where(run: Run, pytester: pytest.Pytester) -> None:
    failed = run(
        "import helper\ndef test_one():\n    print('loud')\n    helper.help()", helper(pytester)
    )
    one = failed.result("test_one")
    assert one.message == "ValueError: first line"
    assert (one.path, one.line) == (os.fspath(pytester.path / "helper.py"), 2)
    assert "\x1b[" in one.details
    assert "helper.help()" in one.details
    assert [(part.title, part.text) for part in one.sections] == [
        ("Captured stdout call", "loud\n")
    ]


def helper(pytester: pytest.Pytester) -> str:
    pytester.makepyfile(helper="def help():\n    raise ValueError('first line\\nsecond line')")
    return "-q"


def test_a_failure_in_teardown_keeps_that_of_the_test(run: Run) -> None:
    both = run(OUTCOMES, "--color=no").result("test_both")
    assert both.message == "assert 0"
    assert "left" in both.details


def test_a_skip_says_why(run: Run, pytester: pytest.Pytester) -> None:
    told = run(OUTCOMES)
    assert told.result("test_skips").message == "not today"
    assert told.result("test_marked").message == "never"
    assert told.result("test_expected").message == "a bug"
    assert told.result("test_skips").path == os.fspath(pytester.path / "test_it.py")


def test_what_passes_is_told_in_few_words(run: Run) -> None:
    one = run("def test_one(): print('x' * 1000)").result("test_one")
    assert (one.message, one.details, one.sections) == ("", "", ())
    assert one.duration > 0


def test_a_file_that_cannot_be_imported_is_told(run: Run, pytester: pytest.Pytester) -> None:
    told = run("import nowhere_to_be_found")
    (failed,) = told.of(CollectionFailed)
    assert failed.node == "test_it.py"
    assert failed.path == os.fspath(pytester.path / "test_it.py")
    assert failed.message == "ModuleNotFoundError: No module named 'nowhere_to_be_found'"
    assert told.of(Finished)[0].exit_code == 2


def test_a_file_is_named_as_it_is_on_the_disk_from_any_folder(
    run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pytester.path / "below").mkdir()
    (pytester.path / "pytest.ini").write_text("[pytest]")
    monkeypatch.chdir(pytester.path / "below")
    told = run("def broken(:", "..")
    assert told.of(CollectionFailed)[0].path == os.fspath(pytester.path / "test_it.py")
    assert told.of(CollectionFailed)[0].node == "test_it.py"


def test_what_is_left_out_is_counted(run: Run) -> None:
    told = run("def test_one(): pass\ndef test_two(): pass", "-k", "one")
    assert told.of(Collected)[0].deselected == 1


SUBTESTS = """
import unittest
import pytest

class TestIt(unittest.TestCase):
    def test_parts(self):
        for number in range(3):
            with self.subTest(number=number):
                assert number != 1

    def test_skipping(self):
        for number in range(3):
            with self.subTest(number=number):
                if number == 1:
                    self.skipTest("odd")
"""


def test_a_test_of_which_a_part_fails_has_failed(run: Run) -> None:
    told = run(SUBTESTS)
    assert told.result("test_parts").outcome == "failed"
    assert len(told.of(TestResult)) == 2


def test_a_test_of_which_a_part_is_skipped_is_what_its_rest_is(run: Run) -> None:
    # Before 9, without a plugin for subtests, pytest itself calls the whole test skipped.
    wanted = "passed" if pytest.version_tuple >= (9,) else "skipped"
    assert run(SUBTESTS).result("test_skipping").outcome == wanted


def test_a_doctest_says_what_and_where(run: Run, pytester: pytest.Pytester) -> None:
    told = run('"""\n>>> 1 + 1\n3\n"""', "--doctest-modules")
    (one,) = told.of(TestResult)
    assert (one.outcome, one.message) == ("failed", "DocTestFailure")
    assert (one.path, one.line) == (os.fspath(pytester.path / "test_it.py"), 2)


class Twice:
    """Reports as the plugins do that run failures again: the first try ends without a teardown."""

    def __init__(self, outcome: str) -> None:
        self._outcome = outcome
        self._tries = 0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a wrapper
        report = yield
        return report

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        from _pytest.runner import runtestprotocol  # noqa: PLC0415 - what such plugins use

        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in runtestprotocol(item, log=False, nextitem=item)[:2]:
            if report.when == "call":
                report.outcome = self._outcome  # type: ignore[assignment]  # theirs
            item.ihook.pytest_runtest_logreport(report=report)
        runtestprotocol(item, nextitem=nextitem)
        return True


@pytest.mark.parametrize("outcome", ["rerun", "retried"])
def test_a_test_that_is_run_again_is_told_once_as_it_ended(run: Run, outcome: str) -> None:
    source = "tries = []\ndef test_one():\n    tries.append(1)\n    assert len(tries) == 2"
    told = run(source, plugins=[Twice(outcome)])
    assert [(one.outcome, one.message) for one in told.of(TestResult)] == [("passed", "")]


def test_a_process_of_xdists_that_dies_has_failed_its_test() -> None:
    told = Told()
    where = ("test_it.py", None, "test_it.py")
    died = pytest.TestReport("test_it.py::t", where, {}, "failed", "worker 'gw0' crashed", "???")  # type: ignore[arg-type]  # as xdist makes it
    Reporting(told.append).pytest_runtest_logreport(died)
    (one,) = told.of(TestResult)
    assert (one.outcome, one.message) == ("failed", "worker 'gw0' crashed")


def test_a_plugin_that_fails_is_told(run: Run) -> None:
    class Broken:
        def pytest_runtest_setup(self) -> None: ...

        def pytest_runtestloop(self) -> None:
            raise LookupError("what a plugin")

    told = run("def test_one(): pass", plugins=[Broken()])
    assert told.of(Trouble)[0].message.endswith("LookupError: what a plugin")
    assert told.of(Finished)[0].exit_code == 3


def test_who_leaves_says_why(run: Run) -> None:
    told = run("import pytest\ndef test_one(): pytest.exit('no database', 7)")
    assert told.of(Trouble) == [Trouble("no database")]
    assert told.of(Finished)[0].exit_code == 7


def test_endless_output_is_cut_in_its_middle(run: Run) -> None:
    one = run(f"def test_one():\n    print('a' * {LONGEST} + 'z')\n    assert 0").result("test_one")
    (section,) = one.sections
    assert len(section.text) < LONGEST + 100
    assert section.text.rstrip().endswith("z")
    assert "2 characters left out" in section.text


def test_tracebacks_are_laid_out_for_a_page_whatever_this_terminal_is(run: Run) -> None:
    one = run(OUTCOMES, "--tb=long").result("test_fails")
    assert all(len(line) < 2 * WIDTH for line in one.details.splitlines())
    assert one.details.strip()


class Last:
    """Tells something when the session ends, as the recorder does."""

    def __init__(self, told: Told) -> None:
        self._told = told

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a wrapper
        result = yield
        self._told.append(Trouble("the last"))
        return result


def test_registered_last_it_speaks_last(pytester: pytest.Pytester) -> None:
    told = Told()
    pytester.makepyfile("def test_one(): pass")
    pytester.inline_run(plugins=[Last(told), Reporting(told.append)])
    assert [type(one) for one in told][-2:] == [Trouble, Finished]


@pytest.mark.parametrize(("given", "code"), [("", 0), (", returncode=3", 3)])
def test_a_hook_that_leaves_when_the_tests_are_over_keeps_nothing_from_being_told(
    run: Run, pytester: pytest.Pytester, given: str, code: int
) -> None:
    pytester.makeconftest(
        f"import pytest\ndef pytest_sessionfinish(): pytest.exit('enough'{given})\n"
    )
    told = run("def test_one(): pass")
    assert [one.text for one in told.of(Remark)] == [
        "pytest.exit was called when the tests were over: enough"
    ]
    assert [one.exit_code for one in told.of(Finished)] == [code]
