from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.build.triggers import (
    FIRST_DELAY,
    LONGEST_DELAY,
    MOST_IN_A_ROW,
    Triggers,
)

if TYPE_CHECKING:
    from livereload_sse.build.triggers import (
        Loop,
    )

PROJECT = Path("/site")
PAGE, STAMP = PROJECT / "page.md", PROJECT / "src" / "stamp.txt"


class Run:
    """Builds of one second, one every ten, each caused by some files."""

    def __init__(self) -> None:
        self.triggers = Triggers(PROJECT)
        self.now = 1000.0
        self.triggers.note_build(self.now, self.now + 1)

    def build(self, *saved: Path, within: bool) -> None:
        """Files are saved within the build before, or after it; then the next build runs."""
        at = self.now + (0.5 if within else 5.0)
        self.triggers.judge(dict.fromkeys(saved, at))
        self.triggers.count()
        self.now += 10
        self.triggers.note_build(self.now, self.now + 1)


def test_a_person_who_saves_between_builds_is_never_suspected() -> None:
    run = Run()

    for _ in range(20):
        run.build(PAGE, within=False)
        assert run.triggers.delay == 0.0


def test_a_build_that_triggers_itself_is_suspected_after_three_times() -> None:
    run = Run()
    run.build(PAGE, within=False)

    delays = []
    for _ in range(MOST_IN_A_ROW + 3):
        run.build(STAMP, within=True)
        delays.append(run.triggers.delay)

    assert delays == [0.0, 0.0, 0.0, FIRST_DELAY, 2 * FIRST_DELAY, 4 * FIRST_DELAY]


def test_the_wait_grows_up_to_a_limit() -> None:
    run = Run()
    for _ in range(40):
        run.build(STAMP, within=True)

    assert run.triggers.delay == LONGEST_DELAY


def test_it_is_said_once_with_the_file_and_the_line_to_add() -> None:
    run = Run()
    loops: list[Loop] = []
    for _ in range(8):
        run.build(STAMP, PAGE, within=True)
        loops += [run.triggers.loop] if run.triggers.loop else []

    (loop,) = loops
    assert loop.paths == (PAGE, STAMP)
    assert "page.md" in loop.text
    assert loop.text.endswith("--ignore /page.md --ignore /src/stamp.txt")


def test_what_a_shell_and_gitignore_would_understand_otherwise_is_escaped() -> None:
    run = Run()
    for _ in range(MOST_IN_A_ROW + 1):
        run.build(PROJECT / "a b[1].txt", within=True)

    assert run.triggers.loop is not None
    assert run.triggers.loop.ignore == ("/a\\ b\\[1].txt",)
    assert "--ignore '/a\\ b\\[1].txt'" in run.triggers.loop.text


def test_a_save_between_builds_ends_the_suspicion() -> None:
    run = Run()
    for _ in range(MOST_IN_A_ROW + 2):
        run.build(STAMP, within=True)
    run.build(PAGE, within=False)

    assert run.triggers.delay == 0.0
    assert run.triggers.loop is None


def test_other_files_each_time_are_a_person() -> None:
    run = Run()

    for number in range(10):
        run.build(PROJECT / f"page{number}.md", within=True)

    assert run.triggers.delay == 0.0


def test_a_person_and_a_generator_at_once_are_no_loop() -> None:
    run = Run()
    for _ in range(MOST_IN_A_ROW):
        run.build(STAMP, within=True)
    run.triggers.judge({STAMP: run.now + 0.5, PAGE: run.now + 5})
    run.triggers.count()

    assert run.triggers.delay == 0.0


def test_a_file_outside_the_project_is_named_by_its_name() -> None:
    run = Run()
    for _ in range(MOST_IN_A_ROW + 1):
        run.build(Path("/elsewhere/data.json"), within=True)

    assert run.triggers.loop is not None
    assert run.triggers.loop.ignore == ("data.json",)
