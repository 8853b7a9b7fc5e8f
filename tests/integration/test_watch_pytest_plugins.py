"""Plugins that people use, in a project that is watched: the first run is what a cold one is, and a
run after an edit does what a cold one does then. Each plugin stands alone beside ours.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.environments import environment
from tests.integration.pytest_following import PATIENCE, WAITING, Edit, Followed, follow, write
from tests.integration.pytest_watching import once, watching
from tests.pytest_results import Results, differences
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")

PACKAGES = (
    "pytest==9.2.0",
    "anyio==4.16.0",
    "django==5.2.19",
    "hypothesis==6.170.15",
    "inline-snapshot==0.36.1",
    "pytest-asyncio==1.5.0",
    "pytest-cov==7.1.0",
    "pytest-django==4.14.0",
    "pytest-mock==3.17.0",
    "pytest-order==1.5.0",
    "pytest-randomly==5.1.0",
    "pytest-rerunfailures==16.7",
    "pytest-rich==0.3.0",
    "pytest-sugar==1.1.1",
    "pytest-timeout==2.4.0",
    "pytest-xdist==3.8.0",
    "syrupy==7.0.2",
)
ALONE = ("--disable-plugin-autoload", "-p", "sse-reload")
"""Loads none of them but ours; each test names what it is about."""


@pytest.fixture(scope="module")
def command() -> Sequence[str]:
    """Make the environment that has them all, once for all time."""
    try:
        folder = environment("pytest-plugins", PACKAGES, with_ours=True)
    except (subprocess.CalledProcessError, OSError) as error:
        pytest.skip(f"pip cannot have the plugins: {getattr(error, 'stderr', error)!r:.300}")
    return (os.fspath(folder / "python"), "-m", "pytest", *ALONE)


class Project:
    """A project to be, and the pytest that runs it."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self.folder = folder / "project"
        self.results = folder / "results"
        self.command = command

    def follow(self, files: dict[str, str], *options: str, edit: Edit) -> Followed:
        """Watch it through an edit of one file."""
        write(self.folder, {"pytest.ini": "[pytest]\npythonpath = .\n", **files})
        followed = follow(self.folder, self.results, *options, edit=edit, command=self.command)
        followed.check()
        return followed


@pytest.fixture
def project(tmp_path: Path, command: Sequence[str]) -> Project:
    return Project(tmp_path, command)


SHOP = "def price(): return 3\n"
CHEAPER = Edit("shop.py", "def price(): return 2\n")
TWO_FILES = {
    "shop.py": SHOP,
    "test_shop.py": "import shop\ndef test_price(): assert shop.price() == 3\ndef test_more(): pass\n",
    "test_other.py": "def test_other(): pass\n",
}


def test_xdist(project: Project) -> None:
    followed = project.follow(TWO_FILES, "-p", "xdist", "-n2", edit=CHEAPER)
    assert followed.second.results.keys() == {"test_shop.py::test_price", "test_shop.py::test_more"}


@pytest.mark.parametrize("delay", [0, 0.3])
def test_what_a_test_writes_in_a_process_of_xdists_triggers_nothing(
    project: Project, delay: float
) -> None:
    writing = (
        "import pathlib, time\n"
        "FILE = pathlib.Path(__file__).with_name('notes.txt')\n"
        "def test_notes():\n"
        "    FILE.write_text(str(time.time()))\n"
        "    assert FILE.read_text()\n"
        "    time.sleep(0.5)\n"
    )
    # What its processes say is heard late on a busy machine.
    busy = (
        "import time, pytest\n"
        "@pytest.hookimpl(trylast=True, optionalhook=True)\n"
        "def pytest_configure_node(node):\n"
        "    hear = node.process_from_remote\n"
        "    def hear_late(said):\n"
        f"        time.sleep({delay} if said[0] == 'sse_reload' else 0)\n"
        "        hear(said)\n"
        "    node.process_from_remote = hear_late\n"
    )
    files = {**TWO_FILES, "test_notes.py": writing, "conftest.py": busy}
    followed = project.follow(files, "-p", "xdist", "-n2", edit=CHEAPER)
    assert "notes.txt" not in followed.screen
    assert len(Results(project.results).runs()) == 4


def test_cov(project: Project) -> None:
    options = ["-p", "pytest_cov", "--cov=shop", "--cov-branch"]
    followed = project.follow(TWO_FILES, *options, edit=CHEAPER)
    table = [line.split() for line in followed.screen.splitlines() if line.startswith("shop.py")]
    assert table == [["shop.py", "1", "0", "0", "0", "100%"]] * 2
    assert ".coverage" not in followed.screen


ASYNC = {
    "shop.py": "import asyncio\nasync def price():\n    await asyncio.sleep(0)\n    return 3\n",
    "test_async.py": "import pytest, shop\n"
    "pytestmark = pytest.mark.{mark}\n"
    "@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n"
    "@{fixture}\nasync def price(): return await shop.price()\n"
    "async def test_price(price): assert price == 3\n"
    "async def test_other(): pass\n",
}
CHEAPER_ASYNC = Edit("shop.py", ASYNC["shop.py"].replace("3", "2"))


@pytest.mark.parametrize(
    ("plugin", "mark", "fixture"),
    [("asyncio", "asyncio", "pytest_asyncio.fixture"), ("anyio", "anyio", "pytest.fixture")],
)
def test_async(project: Project, plugin: str, mark: str, fixture: str) -> None:
    test = ASYNC["test_async.py"].replace("{mark}", mark).replace("{fixture}", fixture)
    test = test.replace("import pytest,", f"import {fixture.partition('.')[0]}, pytest,")
    files = {**ASYNC, "test_async.py": test}
    scope = ["-o", "asyncio_default_fixture_loop_scope=function"] if plugin == "asyncio" else []
    project.follow(files, "-p", plugin, "-W", "error", *scope, edit=CHEAPER_ASYNC)


def test_mock(project: Project) -> None:
    test = (
        "import shop\n"
        "def test_mocked(mocker):\n"
        "    mocker.patch('shop.price', return_value=7)\n"
        "    assert shop.price() == 7\n"
        "def test_real(): assert shop.price() == 3\n"
    )
    project.follow({"shop.py": SHOP, "test_shop.py": test}, "-p", "pytest_mock", edit=CHEAPER)


DJANGO = {
    "pytest.ini": "[pytest]\npythonpath = .\nDJANGO_SETTINGS_MODULE = site_settings\n",
    "site_settings.py": "SECRET_KEY = 'x'\nROOT_URLCONF = 'urls'\nINSTALLED_APPS = ['django.contrib.auth',"
    " 'django.contrib.contenttypes']\nDATABASES = {'default': {'ENGINE':"
    " 'django.db.backends.sqlite3', 'NAME': ':memory:'}}\n"
    "TEMPLATES = [{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'DIRS':"
    " [__import__('pathlib').Path(__file__).parent / 'pages']}]\n",
    "urls.py": "from django.shortcuts import render\nfrom django.urls import path\n"
    "urlpatterns = [path('', lambda request: render(request, 'home.html'))]\n",
    "pages/home.html": "hello",
    "test_pages.py": "def test_home(client): assert client.get('/').content == b'hello'\n",
    "test_users.py": "import pytest\n@pytest.mark.django_db\ndef test_user(django_user_model):\n"
    "    django_user_model.objects.create_user('a')\n"
    "    assert django_user_model.objects.count() == 1\n",
}


def test_django(project: Project) -> None:
    followed = project.follow(DJANGO, "-p", "django", edit=Edit("pages/home.html", "bye"))
    assert "test_pages.py::test_home" in followed.second.results
    assert "test_users.py::test_user" not in followed.second.results


def test_hypothesis(project: Project) -> None:
    test = (
        "import shop\nfrom hypothesis import given, strategies as st\n"
        "@given(st.integers())\n"
        "def test_any(number): assert number < 1000 or shop.price() == 3\n"
    )
    files = {"shop.py": SHOP, "test_any.py": test}
    followed = project.follow(files, "-p", "hypothesispytest", edit=CHEAPER)
    assert (project.folder / ".hypothesis").is_dir()
    assert ".hypothesis" not in followed.screen
    assert len(Results(project.results).runs()) == 4


def test_randomly(project: Project) -> None:
    many = "import random, shop\n" + "".join(
        f"def test_{n}(): assert random.random() < shop.price()\n" for n in range(20)
    )
    files = {"shop.py": SHOP, "test_many.py": many, "test_other.py": "def test_other(): pass\n"}
    worth_nothing = Edit("shop.py", "def price(): return 0\n")
    project.follow(files, "-p", "randomly", edit=worth_nothing)


def test_order(project: Project) -> None:
    test = (
        "import pytest, shop\nseen = []\n"
        "@pytest.mark.order(2)\ndef test_a(): assert seen == ['b']\n"
        "@pytest.mark.order(1)\ndef test_b(): seen.append('b'); assert shop.price() == 3\n"
    )
    project.follow({"shop.py": SHOP, "test_in.py": test}, "-p", "pytest_order", edit=CHEAPER)


def test_timeout(project: Project) -> None:
    test = (
        "import time, shop\n"
        "def test_slow():\n    time.sleep(0 if shop.price() == 3 else 60)\n"
        "def test_fast(): pass\n"
    )
    files = {"shop.py": SHOP, "test_shop.py": test}
    project.follow(files, "-p", "timeout", "--timeout=1", edit=CHEAPER)


def test_rerunfailures(project: Project) -> None:
    test = (
        "import shop\ntries = []\n"
        "def test_flaky():\n    tries.append(1)\n    assert len(tries) == shop.price()\n"
    )
    files = {"shop.py": SHOP, "test_shop.py": test}
    followed = project.follow(files, "-p", "rerunfailures", "--reruns=2", edit=CHEAPER)
    assert "1 passed" in followed.screen.rpartition(WAITING)[0]


@pytest.mark.parametrize("plugin", ["sugar", "rich"])
def test_other_reporters(project: Project, plugin: str) -> None:
    options = ["-p", plugin, *(["--rich"] if plugin == "rich" else [])]
    followed = project.follow(TWO_FILES, *options, edit=CHEAPER)
    assert ("✓" in followed.screen) or plugin == "rich"


SNAPSHOTS = {
    "syrupy": "import shop\ndef test_price(snapshot): assert shop.price() == snapshot\n",
    "inline_snapshot": "import shop\nfrom inline_snapshot import snapshot\n"
    "def test_price(): assert shop.price() == snapshot(3)\n",
}


@pytest.mark.parametrize("plugin", SNAPSHOTS)
def test_snapshots_are_updated_by_a_key(project: Project, plugin: str) -> None:
    files = {
        "shop.py": SHOP,
        "test_price.py": SNAPSHOTS[plugin],
        "pytest.ini": "[pytest]\npythonpath=.\n",
    }
    write(project.folder, files)
    notes = Results.in_folder(project.results)
    command = [*project.command, "-p", plugin]
    if plugin == "syrupy":
        once(project.folder, notes, "--snapshot-update", command=command)
    count = len(notes.ended())
    with watching(project.folder, notes, command=command) as watched:
        assert watched.wait_for_runs(count + 1, PATIENCE).exit_code == 0
        watched.screen.wait_for(WAITING)
        shown = len(watched.screen.text)
        (project.folder / CHEAPER.file).write_text(CHEAPER.text)
        assert watched.wait_for_runs(count + 2, PATIENCE).exit_code == 1
        if plugin == "inline_snapshot":
            # It asks whether to update; what is typed meanwhile is its, and no key of ours.
            watched.screen.wait_for_more("[y/n]", shown)
            watched.screen.press("n\n")
        watched.screen.wait_for_more(WAITING, shown)
        watched.screen.press("u")
        kept = "test_price.py" if plugin == "inline_snapshot" else "__snapshots__/test_price.ambr"
        wait_until(lambda: "2" in (project.folder / kept).read_text(), PATIENCE, "the update")
        watched.wait_for_runs(count + 3, PATIENCE)
    for compiled in project.folder.rglob("*.pyc"):
        compiled.unlink()  # as long, and of the same second: Python does not see the difference
    assert once(project.folder, notes, command=command).exit_code == 0


def test_all_of_them_at_once(tmp_path: Path, command: Sequence[str]) -> None:
    folder = write(tmp_path / "project", {"pytest.ini": "[pytest]\npythonpath=.\n", **TWO_FILES})
    plain = [word for word in command if word not in ALONE]
    options = ["-p", "no:django"]
    followed = follow(folder, tmp_path / "results", *options, edit=CHEAPER, command=plain)
    assert differences(followed.cold.results, followed.first.results) == {}
    followed.check()
