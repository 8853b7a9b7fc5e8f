import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from livereload_sse.alongside import Alongside

seen: list[str] = []


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    seen.append(f"begun in {threading.current_thread().name}")
    yield
    seen.append("ended")


class Broken(AbstractAsyncContextManager[None]):
    """Fails when it is entered, or when it is left."""

    def __init__(self, *, first: bool) -> None:
        self._first = first

    async def __aenter__(self) -> None:
        if self._first:
            raise OSError("no more watches")

    async def __aexit__(self, *_: object) -> None:
        raise OSError("at the end")


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    seen.clear()


def test_it_runs_in_a_thread_of_its_own_until_it_ends() -> None:
    alongside = Alongside(running())
    here = [alongside.is_here]
    assert seen == ["begun in sse-reload session"]
    alongside.end()
    here.append(alongside.is_here)
    assert seen[1:] == ["ended"]
    assert here == [True, False]
    alongside.end()


def test_a_coroutine_is_run_there_and_its_result_comes_back() -> None:
    async def where() -> str:
        return threading.current_thread().name

    async def fail() -> None:
        raise KeyError("there")

    alongside = Alongside(running())
    assert alongside.call(where()) == "sse-reload session"
    with pytest.raises(KeyError, match="there"):
        alongside.call(fail())
    alongside.end()


def test_what_keeps_it_from_beginning_is_raised() -> None:
    with pytest.raises(OSError, match="no more watches"):
        Alongside(Broken(first=True))


def test_what_fails_at_its_end_is_said_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda hook: said.append(str(hook.exc_value)))
    Alongside(Broken(first=False)).end()
    assert said == ["at the end"]


ENDING = """
from contextlib import asynccontextmanager
from livereload_sse.alongside import Alongside

@asynccontextmanager
async def running():
    yield
    print("ended", flush=True)

alongside = Alongside(running())
"""


def test_it_ends_with_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stdout == "ended\n"
