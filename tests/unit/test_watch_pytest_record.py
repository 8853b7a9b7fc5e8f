"""What is remembered of runs: on a real disk where it is about keeping, from messages otherwise."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.affected.ways import Way
from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    FileRecorded,
    Finished,
    Message,
    Outcome,
    Started,
    TestHits,
    TestResult,
    Use,
)
from livereload_sse.pytest_watch.order import Order

ROOT = "/shop"
A, B, CART = (f"{ROOT}/{name}" for name in ("test_a.py", "test_b.py", "cart.py"))
A1, A2, B1 = "test_a.py::test_1", "test_a.py::test_2[x-1]", "test_b.py::Case::test_1"

DROPPED = "The record of earlier runs cannot be read and is dropped: "
FOREIGN = "The record of earlier runs is of another Python or project: "


def collected(*tests: str, deselected: int = 0, root: str = ROOT) -> Collected:
    bases = {test.split("::", 1)[0] for test in tests}
    return Collected(tests, {base: f"{root}/{base}" for base in bases}, deselected=deselected)


def ended(test: str, outcome: Outcome = "passed", duration: float = 0.1) -> TestResult:
    return TestResult(test, outcome, duration)


def recorded(file: str, *uses: str, everything: str = "", partial: bool = False) -> FileRecorded:
    return FileRecorded(file, tuple(Use(use, "imports", file) for use in uses), everything, partial)


def record_of(*messages: Message, order: Order | None = None) -> Record:
    record = Record(rootdir=ROOT)
    run(record, *messages, order=order)
    return record


def run(record: Record, *messages: Message, order: Order | None = None, code: int = 0) -> None:
    record.begin(order or Order())
    for message in messages:
        record.learn(message)
    record.learn(Finished(code, 0.1))


def test_nothing_is_known_at_first() -> None:
    record = Record(rootdir=ROOT)

    assert record.files == ()
    assert record.known_failures == ()
    assert record.uses_of(A) == ()
    assert record.tests_of(A) == ()
    assert record.file_of(A1) == ""
    assert not record.is_fresh(A)
    assert not record.is_recorded(A)
    assert not record.is_unclear(A)
    assert record.ways_to(CART) == {}


def test_tests_are_known_with_their_files() -> None:
    record = record_of(collected(A1, A2, B1))

    assert record.files == (A, B)
    assert record.tests_of(A) == (A1, A2)
    assert record.file_of(B1) == B
    assert record.counts == {A: 2, B: 1}


def test_how_tests_ended_is_known_of_the_last_time() -> None:
    record = record_of(collected(A1, A2), ended(A1, "failed", 2.0), ended(A2))
    run(record, collected(A1, A2), ended(A1, "passed", 1.0))

    assert record.outcomes == {A1: "passed", A2: "passed"}
    assert record.durations == {A1: 1.0, A2: 0.1}


def test_failures_are_known_those_of_the_last_run_first() -> None:
    record = record_of(collected(A1, A2, B1), ended(A1, "failed"), ended(A2), ended(B1, "error"))
    assert record.failures == {A1: A, B1: B}

    run(record, collected(B1), ended(B1, "failed"), order=Order(files=frozenset({B})))

    assert record.known_failures == (B1, A1)


@pytest.mark.parametrize("outcome", ["passed", "skipped", "xfailed", "xpassed"])
def test_other_ends_are_no_failures(outcome: Outcome) -> None:
    assert record_of(collected(A1), ended(A1, outcome)).known_failures == ()


def test_a_file_that_cannot_be_collected_is_a_failure_until_it_can() -> None:
    record = record_of(collected(A1, B1), ended(A1))
    failed = CollectionFailed("test_a.py", A, "SyntaxError", "")
    run(record, failed, collected(B1), code=2)

    assert record.failures == {"test_a.py": A}
    assert record.uncollected == {A: "test_a.py"}
    assert record.file_of("test_a.py") == A
    assert record.is_unclear(A)
    assert record.tests_of(A) == (A1,)

    run(record, collected(A1), order=Order(files=frozenset({A})))
    assert record.failures == {}
    assert not record.is_fresh(A)


def test_a_file_of_which_nothing_is_left_fails_no_more() -> None:
    record = record_of(CollectionFailed("test_a.py", A, "", ""), collected(B1))
    assert record.failures

    run(record, collected(), order=Order(files=frozenset({A})), code=5)

    assert record.failures == {}
    assert record.tests_of(B) == (B1,)


def test_a_run_of_everything_shows_which_files_can_be_collected() -> None:
    record = record_of(CollectionFailed("test_a.py", A, "", ""), collected(B1))

    run(record, collected(B1))

    assert record.failures == {}


def test_tests_that_are_gone_are_forgotten() -> None:
    record = record_of(collected(A1, A2, B1), ended(A1, "failed"), ended(A2), ended(B1))

    run(record, collected(A2), order=Order(files=frozenset({A})))

    assert record.tests_of(A) == (A2,)
    assert record.known_failures == ()
    assert record.file_of(A1) == ""
    assert set(record.durations) == {A2, B1}
    assert record.tests_of(B) == (B1,)


@pytest.mark.parametrize(
    "order",
    [
        Order(tests=frozenset({A2})),
        Order(names="2"),
        Order(paths="a"),
        Order(args=("test_a.py::test_2",)),
        Order(args=("--lf",)),
        Order(args=("-x", "--last-failed")),
        Order(args=("--sw-skip",)),
    ],
)
def test_tests_that_were_not_asked_for_are_not_gone(order: Order) -> None:
    record = record_of(collected(A1, A2), ended(A1, "failed"))

    run(record, collected(A2), order=order)

    assert record.known_failures == (A1,)


def test_tests_that_were_deselected_are_not_gone() -> None:
    record = record_of(collected(A1, A2), ended(A1, "failed"))

    run(record, collected(A2, deselected=1))

    assert record.known_failures == (A1,)


@pytest.mark.parametrize("code", [2, 3, 4])
def test_after_a_run_that_was_cut_short_nothing_is_gone(code: int) -> None:
    record = record_of(collected(A1, A2), ended(A1, "failed"))

    run(record, collected(A2), code=code)

    assert record.known_failures == (A1,)


def test_beside_a_file_that_fails_to_be_collected_others_are_not_gone() -> None:
    record = record_of(collected(A1, B1), ended(A1, "failed"))
    asked = Order(files=frozenset({A, B}))

    run(record, CollectionFailed("test_b.py", B, "", ""), collected(), order=asked, code=1)

    assert record.known_failures == ("test_b.py", A1)


def test_a_result_of_a_test_that_nobody_collected_is_taken() -> None:
    record = record_of(ended("sub/test_c.py::test", "failed"))

    assert record.failures == {"sub/test_c.py::test": str(Path(ROOT, "sub/test_c.py"))}


def test_uses_are_known_with_the_way_to_them() -> None:
    page = f"{ROOT}/page.py"
    home = f"{ROOT}/home.html"
    uses = (Use(A, "is"), Use(page, "imports", A), Use(home, "reads", page))
    record = record_of(FileRecorded(A, uses), recorded(B, home))

    assert record.uses_of(A) == uses
    assert record.ways_to(home) == {
        A: Way("reads", (A, page, home)),
        B: Way("imports", (B, home)),
    }
    assert record.ways_to(page) == {A: Way("imports", (A, page))}
    assert record.ways_to(A) == {A: Way("is", (A,))}


def test_all_paths_are_known_at_once() -> None:
    assert set(record_of(recorded(A, CART), recorded(B, CART)).paths) == {A, B, CART}


def test_a_way_ends_whatever_was_recorded() -> None:
    one, two = f"{ROOT}/one.py", f"{ROOT}/two.py"
    record = record_of(
        FileRecorded(A, (Use(one, "imports", two), Use(two, "imports", one), Use(CART, "reads")))
    )

    assert record.ways_to(one) == {A: Way("imports", (A, two, one))}
    assert record.ways_to(CART) == {A: Way("reads", (A, CART))}


def test_the_same_path_may_be_used_in_two_ways() -> None:
    record = record_of(FileRecorded(A, (Use(CART, "reads", A), Use(CART, "imports", A))))

    assert record.is_read(CART)
    assert record.ways_to(CART)[A].how == "imports"


def test_folders_that_were_listed_are_known() -> None:
    record = record_of(FileRecorded(A, (Use(f"{ROOT}/data", "lists", A),)))

    assert record.listers_of(f"{ROOT}/data") == (A,)
    assert record.listers_of(ROOT) == ()
    assert not record.is_read(f"{ROOT}/data")


def test_users_of_something_below_a_folder_are_known() -> None:
    record = record_of(recorded(A, f"{ROOT}/data/x/y.json"), recorded(B, f"{ROOT}/database.py"))

    assert record.users_below(f"{ROOT}/data") == (A,)


def test_a_later_record_takes_the_place_of_an_earlier_one() -> None:
    record = record_of(recorded(A, CART, everything="starts python"))
    assert record.everything == {A: "starts python"}
    assert record.ways_to(CART)  # asked before, so that an index is there

    run(record, recorded(A, B))

    assert record.ways_to(CART) == {}
    assert record.ways_to(B)
    assert record.everything == {}


def test_the_way_is_that_of_the_later_record() -> None:
    page = f"{ROOT}/page.py"
    record = record_of(FileRecorded(A, (Use(CART, "imports", page), Use(page, "imports", A))))
    assert record.ways_to(CART) == {A: Way("imports", (A, page, CART))}

    run(record, recorded(A, CART))

    assert record.ways_to(CART) == {A: Way("imports", (A, CART))}


def test_a_partial_record_adds_to_an_earlier_one() -> None:
    record = record_of(recorded(A, CART, everything="starts python"))

    run(record, recorded(A, B, partial=True))

    assert set(record.ways_to(CART)) == set(record.ways_to(B)) == {A}
    assert record.everything == {A: "starts python"}


def test_records_of_one_run_add_up() -> None:
    record = record_of(recorded(A, CART, everything="starts python"), recorded(A, B))

    assert set(record.ways_to(CART)) == set(record.ways_to(B)) == {A}
    assert record.everything == {A: "starts python"}


class OnDisk:
    """A test file that is there, as freshness is about files."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "test_a.py"
        self.file = str(self.path)
        self.path.write_text("def test_1(): ...")
        self.record = Record(rootdir=str(folder))
        self.collected = collected(A1, root=str(folder))


@pytest.fixture
def disk(tmp_path: Path) -> OnDisk:
    return OnDisk(tmp_path)


def test_a_file_is_fresh_once_it_has_been_recorded(disk: OnDisk) -> None:
    disk.record.begin(Order())
    disk.record.learn(disk.collected)
    assert not disk.record.is_fresh(disk.file)

    disk.record.learn(recorded(disk.file, CART))

    assert disk.record.is_fresh(disk.file)


def test_it_is_not_once_it_is_different(disk: OnDisk) -> None:
    run(disk.record, disk.collected, recorded(disk.file, CART))

    disk.path.write_text("import tax")

    assert not disk.record.is_fresh(disk.file)


def test_it_is_what_was_collected_that_was_recorded(disk: OnDisk) -> None:
    disk.record.begin(Order())
    disk.record.learn(disk.collected)
    disk.path.write_text("import tax")
    disk.record.learn(recorded(disk.file, CART))

    assert not disk.record.is_fresh(disk.file)


def test_it_is_not_once_it_has_been_asked_for_until_it_has_run(disk: OnDisk) -> None:
    run(disk.record, disk.collected, recorded(disk.file, CART))

    run(disk.record, order=Order(files=frozenset({B})))
    assert disk.record.is_fresh(disk.file)

    run(disk.record, order=Order(files=frozenset({disk.file})), code=2)
    assert not disk.record.is_fresh(disk.file)

    run(disk.record, disk.collected, recorded(disk.file, CART))
    assert disk.record.is_fresh(disk.file)

    run(disk.record)
    assert not disk.record.is_fresh(disk.file)


def test_some_of_its_tests_do_not_make_it_fresh(disk: OnDisk) -> None:
    run(disk.record, disk.collected, recorded(disk.file, CART, partial=True))

    assert disk.record.is_recorded(disk.file)
    assert not disk.record.is_fresh(disk.file)


def test_a_file_that_was_tried_and_is_not_recorded_is_unclear() -> None:
    record = record_of(collected(A1))
    assert record.is_unclear(A)

    run(record, collected(A1), recorded(A, CART))
    assert not record.is_unclear(A)


def test_of_some_of_its_tests_enough_is_told(disk: OnDisk) -> None:
    """What a filter leaves out does not run, whatever it may use."""
    run(disk.record, disk.collected, recorded(disk.file, CART, partial=True))
    assert not disk.record.is_unclear(disk.file)

    run(disk.record, disk.collected)
    assert disk.record.is_unclear(disk.file)


def test_what_was_tried_again_is_unclear_only_where_it_is_another_text(disk: OnDisk) -> None:
    run(disk.record, disk.collected, recorded(disk.file, CART))
    run(disk.record, disk.collected)
    assert not disk.record.is_unclear(disk.file)

    Path(disk.file).write_text("import more, of, it")
    run(disk.record, disk.collected)
    assert disk.record.is_unclear(disk.file)


def test_a_file_that_has_no_tests_any_more_is_kept_without_them() -> None:
    record = record_of(collected(A1, B1), ended(A1, "failed"), ended(B1))
    run(record, collected(B1)._replace(empty=(A,)), recorded(A, CART), ended(B1))

    assert record.tests_of(A) == ()
    assert record.known_failures == ()
    assert record.files == (A, B)
    assert set(record.ways_to(CART)) == {A}


def test_without_a_recorder_nothing_is_unclear() -> None:
    assert not record_of(collected(A1), order=Order(record=False)).is_unclear(A)


def test_the_callers_of_a_function_are_known_the_most_particular_first() -> None:
    record = record_of(
        collected(A1, A2, B1),
        TestHits(A1, (f"{CART}:1:add", f"{CART}:5:Cart.total")),
        TestHits(A2, (f"{CART}:1:add",)),
        TestHits(B1, (f"{ROOT}/other.py:1:add",)),
    )

    assert record.tests_hitting({CART: ["add"]}) == (A2, A1)
    assert record.tests_hitting({CART: ["Cart.total"]}) == (A1,)
    assert record.tests_hitting({CART: ["unknown"], A: ["add"]}) == ()
    assert record.tests_hitting({CART: ["unknown"], f"{ROOT}/other.py": ["add"]}) == (B1,)
    assert record.tests_hitting({}) == ()
    assert record.is_all_called({CART: ["add", "Cart.total"], f"{ROOT}/other.py": ["add"]})
    assert not record.is_all_called({CART: ["add", "unknown"]})
    assert record.has_hits(A1)
    assert not record.has_hits("test_c.py::test")

    record.learn(TestHits(A2, (f"{CART}:7:other",)))
    assert record.tests_hitting({CART: ["add"]}) == (A1,)


def test_a_deleted_file_is_forgotten() -> None:
    record = record_of(
        collected(A1, B1),
        ended(A1, "failed"),
        ended(B1),
        TestHits(A1, (f"{CART}:1:add",)),
        recorded(A, CART),
        recorded(B, CART),
    )

    record.forget(A)
    record.forget("/never/known.py")

    assert record.files == (B,)
    assert record.failures == {}
    assert record.tests_hitting({CART: ["add"]}) == ()
    assert set(record.ways_to(CART)) == {B}


# Keeping


def kept(path: Path, *messages: Message) -> Record:
    record = Record(path, rootdir=ROOT)
    run(record, *messages)
    assert record.save() == ""
    return record


def everything_known(record: Record, files: Iterable[str] = (A, B)) -> object:
    return (
        record.files,
        record.counts,
        dict(record.outcomes),
        dict(record.durations),
        set(record.known_failures),
        record.everything,
        record.uncollected,
        {file: (record.uses_of(file), record.is_unclear(file)) for file in files},
        {file: record.ways_to(file) for file in (*files, CART)},
        record.tests_hitting({CART: ["add"]}),
    )


MESSAGES: tuple[Message, ...] = (
    collected(A1, A2, B1),
    ended(A1, "failed", 0.25),
    ended(A2, "xfailed", 0.5),
    TestHits(A1, (f"{CART}:1:add",)),
    FileRecorded(A, (Use(A, "is"), Use(CART, "reads", A)), "starts python"),
    CollectionFailed("test_b.py", B, "SyntaxError", ""),
)


def test_another_session_knows_the_same(tmp_path: Path) -> None:
    path = tmp_path / "d" / "sse-reload" / "record.json"
    record = kept(path, *MESSAGES)

    again, line = Record.load(path, rootdir=ROOT)

    assert line == ""
    assert everything_known(again) == everything_known(record)
    assert [one.name for one in path.parent.iterdir() if one.name != ".gitignore"] == [
        "record.json"
    ]


def test_git_does_not_see_the_folder(tmp_path: Path) -> None:
    kept(tmp_path / "cache" / "record.json", *MESSAGES)

    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"


def test_what_is_fresh_stays_fresh(tmp_path: Path) -> None:
    disk = OnDisk(tmp_path)
    path = tmp_path / "record.json"
    disk.record = kept(path, disk.collected, recorded(disk.file, CART))

    assert Record.load(path, rootdir=ROOT)[0].is_fresh(disk.file)


def test_what_was_cancelled_is_not_fresh_in_another_session(tmp_path: Path) -> None:
    disk = OnDisk(tmp_path)
    path = tmp_path / "record.json"
    record = kept(path, disk.collected, recorded(disk.file, CART))

    record.begin(Order())
    record.save()

    assert not Record.load(path, rootdir=ROOT)[0].is_fresh(disk.file)


def test_paths_that_nobody_uses_any_more_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    record = kept(path, recorded(A, *(f"/gone_{number}.py" for number in range(9))), recorded(B, A))
    run(record, recorded(A, B, CART))
    record.save()

    again = Record.load(path, rootdir=ROOT)[0]
    again.begin(Order(files=frozenset({A})))
    again.save()

    assert b"gone" not in path.read_bytes()
    last = Record.load(path, rootdir=ROOT)[0]
    assert (last.uses_of(A), last.uses_of(B)) == (record.uses_of(A), record.uses_of(B))


def test_paths_and_functions_that_nobody_uses_any_more_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livereload_sse.pytest_watch.affected.remembered.MANY_FUNCTIONS", 5)
    path = tmp_path / "record.json"
    old = [f"/gone_{number}.py" for number in range(9)]
    functions = tuple(f"{one}:1:old" for one in old)
    record = kept(path, collected(A1), recorded(A, *old), TestHits(A1, functions))
    run(record, recorded(A, B, CART), TestHits(A1, (f"{CART}:1:other", f"{CART}:1:add")))
    record.save()

    again = Record.load(path, rootdir=ROOT)[0]
    again.learn(ended(A1))
    again.save()

    assert b"gone" not in path.read_bytes()
    last = Record.load(path, rootdir=ROOT)[0]
    assert last.uses_of(A) == record.uses_of(A)
    assert last.ways_to(CART) == {A: Way("imports", (A, CART))}
    assert last.tests_hitting({CART: ["add"]}) == (A1,)


def test_what_was_loaded_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    kept(path, *MESSAGES)
    record = Record.load(path, rootdir=ROOT)[0]

    run(record, collected(B1), recorded(B, CART), TestHits(B1, (f"{CART}:1:add",)))

    assert set(record.ways_to(CART)) == {A, B}
    assert set(record.tests_hitting({CART: ["add"]})) == {A1, B1}


def test_where_nothing_is_kept_there_is_nothing_to_say(tmp_path: Path) -> None:
    for path in (None, tmp_path / "record.json"):
        record, line = Record.load(path, rootdir=ROOT)
        assert (record.files, line) == ((), "")
    assert Record(None, rootdir=ROOT).save() == ""


def test_a_name_that_is_no_text_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    odd = os.fsdecode(b"/shop/\xff.html")
    kept(path, recorded(A, odd))

    assert set(Record.load(path, rootdir=ROOT)[0].ways_to(odd)) == {A}


@pytest.mark.parametrize("size", [0, 1, 40, -200, -1])
def test_what_is_cut_off_is_dropped_with_a_line(tmp_path: Path, size: int) -> None:
    path = tmp_path / "record.json"
    kept(path, *MESSAGES)
    path.write_bytes(path.read_bytes()[:size])

    record, line = Record.load(path, rootdir=ROOT)

    assert record.files == ()
    assert line == f"{DROPPED}{path}"


@pytest.mark.parametrize("content", [b"[]\n{}", b"null", b'{"digest": 1}\n{}', b"\xff\xfe", b"1\n"])
def test_what_is_something_else_is_dropped(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(content)

    assert Record.load(path, rootdir=ROOT)[1].startswith(DROPPED)


def test_a_bit_that_has_tipped_over_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    kept(path, *MESSAGES)
    path.write_bytes(path.read_bytes().replace(b"0.25", b"0.26"))

    assert Record.load(path, rootdir=ROOT)[1].startswith(DROPPED)


def test_what_is_of_another_project_or_python_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "record.json"
    kept(path, *MESSAGES)

    record, line = Record.load(path, rootdir="/elsewhere")
    assert record.files == ()
    assert line.startswith(FOREIGN)

    monkeypatch.setattr("livereload_sse.pytest_watch.affected.remembered.FORMAT", 99)
    assert Record.load(path, rootdir=ROOT)[1].startswith(FOREIGN)


def test_where_it_cannot_be_kept_that_is_said_once(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    record = Record(blocked / "record.json", rootdir=ROOT)
    run(record, *MESSAGES)

    assert record.save().startswith(f"What this run has shown cannot be kept: {blocked}")
    record.learn(ended(A2))
    assert record.save() == ""


def test_it_is_written_only_when_something_was_learnt(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    record = kept(path, *MESSAGES)
    path.unlink()

    record.learn(Started(1))
    record.save()
    assert not path.exists()

    record.learn(ended(A1))
    record.save()
    assert path.exists()


# Laws

tests = st.sampled_from([A1, A2, B1])
files = st.sampled_from([A, B])
uses = st.builds(
    Use,
    st.sampled_from([A, B, CART]),
    st.sampled_from(["is", "imports", "reads", "lists", "starts"]),
    st.sampled_from(["", A, CART]),
)
messages = st.one_of(
    st.builds(lambda t: collected(*dict.fromkeys(t)), st.lists(tests)),
    st.builds(ended, tests, st.sampled_from(["passed", "failed", "error", "skipped"])),
    st.builds(
        FileRecorded, files, st.lists(uses).map(tuple), st.sampled_from(["", "why"]), st.booleans()
    ),
    st.builds(TestHits, tests, st.lists(st.just(f"{CART}:3:add")).map(tuple)),
    st.builds(lambda file: CollectionFailed(Path(file).name, file, "", ""), files),
    st.builds(Finished, st.sampled_from([0, 1, 2, 5]), st.just(0.1)),
)


@given(st.lists(messages))
def test_hearing_a_message_twice_is_hearing_it_once(told: list[Message]) -> None:
    once, twice = Record(rootdir=ROOT), Record(rootdir=ROOT)
    for message in told:
        once.learn(message)
        twice.learn(message)
        twice.learn(message)

    assert everything_known(twice) == everything_known(once)


@settings(deadline=None)  # how long a disk takes is nobody's promise
@given(told=st.lists(messages))
def test_what_is_kept_is_what_is_known(
    tmp_path_factory: pytest.TempPathFactory, told: list[Message]
) -> None:
    path = tmp_path_factory.getbasetemp() / "law.json"
    path.unlink(missing_ok=True)
    record = Record(path, rootdir=ROOT)
    run(record, *told)
    record.save()

    assert everything_known(Record.load(path, rootdir=ROOT)[0]) == everything_known(record)


@given(st.lists(messages))
def test_no_failure_is_without_its_file(told: list[Message]) -> None:
    record = Record(rootdir=ROOT)
    run(record, *told)

    for test, file in record.failures.items():
        assert file in {A, B}
        assert record.file_of(test) == file


def test_a_large_record_is_read_in_no_time(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    record = Record(path, rootdir=ROOT)
    record.begin(Order())
    for number in range(300):
        base = f"tests/unit/test_module_{number}.py"
        names = [f"{base}::test_something_{test}" for test in range(17)]
        record.learn(collected(*names))
        for name in names:
            record.learn(ended(name))
            record.learn(
                TestHits(name, tuple(f"{CART}:1:f{n % 900}" for n in range(number, number + 40)))
            )
        file = f"{ROOT}/{base}"
        parts = [f"{ROOT}/src/shop/part_{n % 250}.py" for n in range(number, number + 100)]
        record.learn(recorded(file, *parts))
    record.save()

    times = []
    for _ in range(5):
        began = time.perf_counter()
        again, _line = Record.load(path, rootdir=ROOT)
        times.append(time.perf_counter() - began)

    assert len(again.outcomes) == 5100
    assert min(times) < 0.25  # 0.03 where nothing else runs


def test_what_is_written_again_is_written_whole(tmp_path: Path) -> None:
    """Each kind of news reaches the disk, although lines of other files are kept as they were."""
    path = tmp_path / "record.json"
    record = kept(path, *MESSAGES, collected(A1, A2, B1), ended(B1), recorded(B, CART))
    news: list[Message] = [
        ended(B1, "failed", 3.0),
        TestHits(B1, (f"{CART}:1:add",)),
        recorded(B, A, everything="opens sockets"),
        CollectionFailed("test_a.py", A, "", ""),
        collected(A1, "test_b.py::new"),
        Finished(0, 0.1),
    ]

    for message in news:
        record.learn(message)
        assert record.save() == ""
        assert everything_known(Record.load(path, rootdir=ROOT)[0]) == everything_known(record)

    record.begin(Order())
    record.forget(A)
    record.save()
    assert everything_known(Record.load(path, rootdir=ROOT)[0]) == everything_known(record)
