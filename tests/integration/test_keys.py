"""The keys, in a real terminal."""

import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.terminals import Terminal, child_of, shell
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")


@contextmanager
def terminal(*words: str, afterwards: str = ":", **environment: str) -> Iterator[Terminal]:
    """Run sse-reload in a pseudo-terminal, then a shell command in the same one."""
    command = f"{shlex.join([sys.executable, '-m', 'livereload_sse', *words])} && {afterwards}"
    with shell(command, **environment) as screen:
        yield screen


@pytest.fixture
def site_folder(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<title>one</title>")
    return tmp_path / "site"


def test_the_banner_and_the_help_name_every_key(site_folder: Path) -> None:
    with terminal("serve", str(site_folder), "--port", "0") as screen:
        screen.wait_for("Press h for help, q to quit.")
        screen.press("h")
        screen.wait_for("q  quit")

        for key in (
            "r  reload",
            "o  open",
            "p  pause",
            "u  show the addresses",
            "h  show this help",
        ):
            assert key in screen.text


def test_q_quits_and_gives_the_terminal_back(site_folder: Path) -> None:
    with terminal("serve", str(site_folder), "--port", "0", afterwards="stty -a") as screen:
        screen.wait_for("q to quit")
        screen.press("q")

        assert screen.process.wait(5) == 0
        modes = screen.text.split()
        assert "icanon" in modes
        assert "echo" in modes


def test_ctrl_c_in_the_terminal_ends_cleanly(site_folder: Path) -> None:
    with terminal("serve", str(site_folder), "--port", "0") as screen:
        screen.wait_for("q to quit")
        screen.press("\x03")

        assert screen.process.wait(5) == 0
        assert "Traceback" not in screen.text


def test_r_reloads_all_tabs(site_folder: Path) -> None:
    with terminal("serve", str(site_folder), "--port", "0") as screen:
        screen.wait_for("q to quit")
        screen.press("r")

        screen.wait_for("you pressed r → no tab is open")


def test_p_holds_changes_back_and_then_tells_them(site_folder: Path) -> None:
    with terminal("serve", str(site_folder), "--port", "0") as screen:
        screen.wait_for("q to quit")
        screen.press("p")
        screen.wait_for("Paused")
        (site_folder / "index.html").write_text("<title>two</title>")
        (site_folder / "other.html").write_text("<title>other</title>")
        time.sleep(0.3)  # long enough that an unpaused server would have told it
        assert "index.html" not in screen.text
        screen.press("p")

        screen.wait_for("index.html, other.html → no tab is open")


def test_u_shows_the_address_again(site_folder: Path) -> None:
    with terminal("serve", str(site_folder), "--port", "0") as screen:
        screen.wait_for("q to quit")
        screen.press("u")

        wait_until(lambda: screen.text.count("http://localhost:") == 2)


@pytest.mark.parametrize(("option", "key"), [("--no-open", "o"), ("--open", "")])
def test_a_tab_is_opened_on_request(
    site_folder: Path, tmp_path: Path, option: str, key: str
) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    words = ("serve", str(site_folder), "--port", "0", option)
    with terminal(*words, BROWSER=f"{browser} %s") as screen:
        screen.wait_for("q to quit")
        assert not opened.exists() or option == "--open"
        screen.press(key)
        wait_until(lambda: opened.exists() and opened.read_text())

        assert opened.read_text().strip() in screen.text


def test_a_narrow_terminal_without_colour_is_respected(site_folder: Path) -> None:
    with terminal("serve", str(site_folder), "--port", "0", COLUMNS="40", NO_COLOR="1") as screen:
        screen.wait_for("q to quit")

        assert b"\x1b[" not in screen.shown
        hints = [
            line for line in screen.text.splitlines() if "Save a file" in line or "Press h" in line
        ]
        assert len(hints) == 2


def test_after_a_stop_and_a_return_keys_work_again(site_folder: Path) -> None:
    with terminal("serve", str(site_folder), "--port", "0") as screen:
        screen.wait_for("q to quit")
        pid = child_of(child_of(screen.process.pid))
        os.kill(pid, signal.SIGSTOP)
        os.kill(pid, signal.SIGCONT)
        screen.press("u")

        wait_until(lambda: screen.text.count("http://localhost:") == 2)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no other shell brings back so silently")
def test_started_in_the_background_it_reads_keys_once_in_front(site_folder: Path) -> None:
    words = [sys.executable, "-m", "livereload_sse", "serve", str(site_folder), "--port", "0"]
    with shell("exec bash --norc --noprofile -i", PS1="<prompt>") as screen:
        screen.wait_for("<prompt>")
        screen.press(f"{shlex.join(words)} &\n")
        screen.wait_for("q to quit")
        screen.press("fg\n")
        screen.wait_for_more(shlex.join(words), screen.text.index("q to quit"))  # says bash
        wait_until(screen.gives_keys, 5, "single keys are read")
        screen.press("u")
        wait_until(lambda: screen.text.count("http://localhost:") == 2)
        screen.press("q")
        screen.wait_for_more("<prompt>", screen.text.rindex("http://localhost:"))
        screen.press("stty -a\n")
        screen.wait_for(" icanon")
        screen.wait_for(" echo ")
        screen.press("exit\n")

        assert screen.process.wait(5) == 0
