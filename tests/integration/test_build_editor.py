import os
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

from livereload_sse.build.editor import STAY_TIMEOUT, Editor, open_in_editor, parse_editor
from livereload_sse.build.results import Location
from livereload_sse.errors import EditorError
from tests.serving import wait_until

WRITE = "import sys; open(sys.argv[1] + '.opened', 'w').write(' '.join(sys.argv[2:]))"


def editor(program: str) -> Editor:
    return parse_editor(
        f"{shlex.quote(sys.executable)} -c {shlex.quote(program)} {{file}} {{line}}"
    )


def _read(path: Path) -> str:
    return path.read_text()


async def test_the_editor_is_started_with_the_place(tmp_path: Path) -> None:
    page = tmp_path / "it's; $(a) page.md"
    page.write_text("one\n")

    await open_in_editor(editor(WRITE), Location(page, 3))

    opened = Path(f"{page}.opened")
    wait_until(lambda: opened.exists() and opened.read_text() == "3")


async def test_an_editor_that_stays_open_is_left_to_itself(tmp_path: Path) -> None:
    stay = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    page = tmp_path / "a.md"
    page.write_text("")
    began = time.monotonic()

    await open_in_editor(editor(stay), Location(page, 1))

    assert time.monotonic() - began < STAY_TIMEOUT + 5
    wait_until(lambda: page.read_text().isdecimal())
    number = int(_read(page))
    assert os.getsid(number) == number  # a Ctrl-C in our terminal is not for it
    os.kill(number, signal.SIGTERM)


async def test_an_editor_that_fails_at_once_is_told(tmp_path: Path) -> None:
    with pytest.raises(EditorError, match="exit code 7"):
        await open_in_editor(editor("raise SystemExit(7)"), Location(tmp_path / "a.md", 1))


async def test_an_editor_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = parse_editor("no-such-editor {file}")

    with pytest.raises(EditorError, match="cannot be started"):
        await open_in_editor(missing, Location(tmp_path / "a.md", 1))


async def test_without_an_editor_the_way_to_name_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(EditorError, match="--editor"):
        await open_in_editor(None, Location(tmp_path / "a.md", 1))
