"""The fixture `sse_reload`, as a test of somebody else uses it."""

import subprocess
import sys
from pathlib import Path

import pytest

from livereload_sse.errors import ExpectationError, UsageError
from livereload_sse.pytest_watch.sharing.site_under_test import SseReload, site_under_test
from livereload_sse.pytest_watch.sharing.told import ToldChange
from tests.serving import wait_until
from tests.threads import our_threads

pytest_plugins = ["livereload_sse.pytest_watch.fixtures"]

PAGE = "<!doctype html><html><head></head><body>{}</body></html>"


def test_a_save_is_an_update(sse_reload: SseReload) -> None:
    sse_reload.write("index.html", PAGE.format("one"))

    update = sse_reload.wait_for_update()

    assert (update.name, update.changes) == ("change", (ToldChange("added", "/"),))


async def test_it_can_be_awaited(sse_reload: SseReload) -> None:
    sse_reload.write("notes/about.html", PAGE.format("one"))

    update = await sse_reload.expect_update(path="notes/about.html")

    assert update.changes[0].url == "/notes/about"


async def test_updates_are_given_one_by_one_in_their_order(sse_reload: SseReload) -> None:
    sse_reload.write("a.css", "a {}")
    first = await sse_reload.expect_update()
    sse_reload.write("b.css", "b {}")
    second = await sse_reload.expect_update()
    sse_reload.remove("a.css")
    third = await sse_reload.expect_update()

    changes = [one.changes for one in (first, second, third)]
    assert changes == [
        (ToldChange("added", "/a.css"),),
        (ToldChange("added", "/b.css"),),
        (ToldChange("deleted", "/a.css"),),
    ]
    assert sse_reload.updates == (first, second, third)


def test_pages_are_served_with_our_tag(sse_reload: SseReload) -> None:
    sse_reload.write("index.html", PAGE.format("one"))
    sse_reload.write("plain.css", b"a { color: red }")

    assert ">one</body>" in sse_reload.get()
    assert "/__sse-reload/client/" in sse_reload.get("/")
    assert sse_reload.get("plain.css") == "a { color: red }"


def test_what_does_not_come_is_said_with_what_came(sse_reload: SseReload) -> None:
    sse_reload.write("a.css", "a {}")

    with pytest.raises(ExpectationError) as caught:
        sse_reload.wait_for_update(path="b.css", timeout=0.3)

    assert "No update of /b.css within 0.3 s" in caught.value.what
    assert "/a.css added" in caught.value.where
    assert caught.value.hint


async def test_a_file_with_the_same_content_is_no_update(sse_reload: SseReload) -> None:
    sse_reload.write("a.css", "a {}")
    await sse_reload.expect_update()
    sse_reload.get("a.css")
    sse_reload.write("a.css", "a {}")

    await sse_reload.expect_silence()
    with pytest.raises(ExpectationError, match="the tabs were told nothing"):
        await sse_reload.expect_update(timeout=0.05)


@pytest.mark.parametrize("duration", [0.0, 0.05])
async def test_what_nobody_has_waited_for_is_no_silence(
    sse_reload: SseReload, duration: float
) -> None:
    sse_reload.write("a.css", "a {}")

    with pytest.raises(ExpectationError, match=r"/a\.css added"):
        await sse_reload.expect_silence(duration=duration)


def test_silence_is_no_update_itself(sse_reload: SseReload) -> None:
    for _ in range(3):
        sse_reload.wait_for_silence()

    assert sse_reload.updates == ()
    assert list(sse_reload.site.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "", ".", "/etc/x", "a/../../x"])
def test_nothing_is_written_beside_the_site(sse_reload: SseReload, name: str) -> None:
    with pytest.raises(UsageError, match="Not a file of the site"):
        sse_reload.write(name, "x")


@pytest.mark.parametrize("sse_reload", [{"prefix": "/docs/", "ignore": ("*.log",)}], indirect=True)
def test_settings_are_a_parameter(sse_reload: SseReload) -> None:
    sse_reload.write("build.log", "x")
    sse_reload.write("page.html", PAGE.format("one"))

    assert sse_reload.url.endswith("/docs/")
    assert sse_reload.wait_for_update(path="page.html").changes[0].url == "/docs/page"
    assert "one" in sse_reload.get("page")
    sse_reload.wait_for_silence()


@pytest.mark.parametrize("sse_reload", [{"ignore": ("*.txt",)}], indirect=True)
def test_where_nothing_can_be_seen_silence_proves_nothing(
    sse_reload: SseReload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livereload_sse.pytest_watch.sharing.site_under_test.UPDATE_TIMEOUT", 0.2)

    with pytest.raises(ExpectationError, match="Nobody knows"):
        sse_reload.wait_for_silence()


def test_a_folder_can_be_copied_first(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text(PAGE.format("mine"))

    with site_under_test(tmp_path / "copy", {"site": tmp_path / "mine"}) as running:
        assert "mine" in running.get()
        running.write("index.html", PAGE.format("changed"))
        running.wait_for_update(path="index.html")

    assert "mine" in (tmp_path / "mine" / "index.html").read_text()


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match="Unknown setting 'colour'"),
        site_under_test(tmp_path, {"colour": 1}),
    ):
        pass


def test_nothing_is_left_when_a_test_is_over(tmp_path: Path) -> None:
    with site_under_test(tmp_path, {}):
        during = our_threads()

    assert during
    wait_until(lambda: not our_threads(), what="the threads end")


TEST_FILES = """\
import asyncio
import unittest


def test_plain(sse_reload):
    sse_reload.write("a.css", "a {}")
    assert sse_reload.wait_for_update(path="a.css")


def test_in_a_loop_of_its_own(sse_reload):
    async def main():
        sse_reload.write("a.css", "a {}")
        assert await sse_reload.expect_update()
    asyncio.run(main())


async def test_async(sse_reload, anyio_backend):
    sse_reload.write("a.css", "a {}")
    assert await sse_reload.expect_update()


def test_that_fails(sse_reload):
    sse_reload.wait_for_update(timeout=0.01)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\nanyio_mode = auto\nfilterwarnings = error\n")
    (tmp_path / "test_site.py").write_text(TEST_FILES)
    return tmp_path


def run_pytest(project: Path, *options: str) -> str:
    words = [sys.executable, "-m", "pytest", "-p", "livereload_sse.pytest_watch.fixtures", *options]
    done = subprocess.run(
        words, cwd=project, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr


def test_it_works_in_tests_of_any_kind(project: Path) -> None:
    printed = run_pytest(project, "-p", "no:cacheprovider")

    assert "1 failed, 3 passed" in printed
    assert "No update within 0.01 s: the tabs were told nothing" in printed
    assert "site_under_test.py" not in printed, "the failure is shown in the test, not in ours"


def test_it_costs_nothing_where_nobody_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(
        "import sys\n\n\ndef test_one():\n"
        "    assert 'livereload_sse.session' not in sys.modules\n"
        "    assert 'uvicorn' not in sys.modules\n"
    )

    assert "1 passed" in run_pytest(tmp_path)
