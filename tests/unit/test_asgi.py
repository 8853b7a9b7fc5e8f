"""`LiveReload`, as far as it decides what it is."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette

from livereload_sse import LiveReload, script
from livereload_sse.errors import FolderError, NotAnAppError
from tests.asgi import ask, make_scope


async def app(_scope: Any, _receive: Any, send: Any) -> None:
    """Say hello."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture(autouse=True)
def _unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSE_RELOAD", raising=False)


async def test_where_it_is_not_enabled_the_app_gets_the_request_itself() -> None:
    seen: list[Any] = []

    async def noting(*words: Any) -> None:
        seen.extend(words)

    given = (make_scope(), object(), object())
    await LiveReload(noting)(*given)

    assert [one is other for one, other in zip(seen, given, strict=True)] == [True, True, True]
    assert script() == ""


async def test_where_it_is_not_enabled_it_has_no_addresses() -> None:
    assert (await ask(LiveReload(app), "/__sse-reload/status")).body == b"hello"


def test_where_it_is_not_enabled_nothing_is_imported() -> None:
    code = (
        "import sys, asyncio\n"
        "from livereload_sse import LiveReload\n"
        "async def app(scope, receive, send): pass\n"
        "asyncio.run(LiveReload(app)({'type': 'http'}, None, None))\n"
        "print(*sorted(n for n in sys.modules if n.startswith(('livereload', 'watch', 'jinja', 'starl'))))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert printed.stdout.split() == [
        "livereload_sse",
        "livereload_sse.asgi",
        "livereload_sse.errors",
        "livereload_sse.frameworks",
    ]


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (lambda: LiveReload(app), False),
        (lambda: LiveReload(app, enabled=True), True),
        (lambda: LiveReload(Starlette(debug=True)), True),
        (lambda: LiveReload(Starlette()), False),
        (lambda: LiveReload(FastAPI(debug=True)), True),
        (lambda: LiveReload(FastAPI(debug=True), enabled=False), False),
    ],
)
def test_the_frameworks_debug_flag_decides(make: Any, wanted: bool) -> None:  # noqa: FBT001
    assert make().enabled is wanted


@pytest.mark.parametrize(("said", "wanted"), [("1", True), ("0", False), ("off", False)])
def test_the_environment_decides_before_the_framework(
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    wanted: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setenv("SSE_RELOAD", said)

    assert LiveReload(Starlette(debug=not wanted)).enabled is wanted


async def test_a_debug_flag_may_be_set_after_wrapping() -> None:
    inner = Starlette()
    live = LiveReload(inner)

    inner.debug = True

    assert live.enabled


@pytest.mark.parametrize(
    ("wrong", "phrase"),
    [
        ("main:app", "Not an application: 'main:app'"),
        (Flask("a"), "A WSGI application, not an ASGI one: <Flask 'a'>"),
        (lambda scope: scope, "Not an ASGI application"),
    ],
)
def test_what_is_no_app_is_refused_in_words(wrong: Any, phrase: str) -> None:
    with pytest.raises(NotAnAppError) as caught:
        LiveReload(wrong)

    assert phrase in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="No such file or folder to watch"):
        LiveReload(app, paths=[tmp_path / "nowhere"], enabled=True)


def test_in_production_nothing_has_to_be_there_that_would_be_watched(tmp_path: Path) -> None:
    assert not LiveReload(app, static={"/static": tmp_path / "nowhere"}, enabled=False).enabled


async def test_where_it_is_not_enabled_telling_does_nothing() -> None:
    live = LiveReload(app)

    await live.reload("why")
    assert await live.publish("name") is None
    async with live.running():
        assert live.tabs == 0
    with pytest.raises(RuntimeError, match="not enabled"):
        await live.next_update()
