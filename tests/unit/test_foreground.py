import io
import os
import signal
from pathlib import Path

import pytest

from livereload_sse.terminal.foreground import can_redraw, is_in_front, making_way_for_the_shell

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")


def test_a_stream_without_a_descriptor_is_nobody_elses() -> None:
    assert is_in_front(io.StringIO())


def test_a_stream_that_is_no_terminal_of_ours_is_nobody_elses(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out:
        assert is_in_front(out)


def test_a_terminal_that_was_closed_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_descriptor: int) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "tcgetpgrp", gone)
    with Path(os.devnull).open("w") as out:
        assert not is_in_front(out)


def test_a_terminal_of_another_group_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _descriptor: os.getpgrp() + 1)
    with Path(os.devnull).open("w") as out:
        assert not is_in_front(out)


@pytest.mark.parametrize(("name", "obeys"), [("xterm-256color", True), ("dumb", False)])
def test_a_dumb_terminal_does_not_obey(
    monkeypatch: pytest.MonkeyPatch, name: str, *, obeys: bool
) -> None:
    monkeypatch.setenv("TERM", name)

    assert can_redraw(io.StringIO()) == obeys


@pytest.mark.parametrize("before", [signal.SIG_IGN, signal.SIG_DFL])
async def test_ctrl_z_is_taken_for_a_while_and_not_from_who_had_it_ignored(
    before: signal.Handlers,
) -> None:
    own = signal.signal(signal.SIGTSTP, before)
    try:
        with making_way_for_the_shell(lambda: None):
            is_taken = signal.getsignal(signal.SIGTSTP) is not before
        after = signal.getsignal(signal.SIGTSTP)
    finally:
        signal.signal(signal.SIGTSTP, own)

    assert is_taken == (before == signal.SIG_DFL)
    assert after == before
