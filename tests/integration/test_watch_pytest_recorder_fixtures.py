from pathlib import Path

import pytest

from livereload_sse.pytest_watch.messages import FileRecorded
from tests.recording import fill, record

NOTHING = "def test_it(): pass\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    fill(folder, {"data.txt": "", "app.py": "import models\n", "models.py": ""})
    return folder


def conftest(body: str, *, arguments: str = "", scope: str = "session", more: str = "") -> str:
    return f"""
import pytest
{more}
@pytest.fixture(scope={scope!r})
def thing({arguments}):
    {body}
"""


READ = "return open('data.txt').read()"
USES = "def test_it(thing): pass\n"


@pytest.mark.parametrize("scope", ["session", "package", "module", "class", "function"])
def test_a_fixtures_files_are_used_by_whoever_uses_the_fixture(project: Path, scope: str) -> None:
    fill(project, {"conftest.py": conftest(READ, scope=scope)})
    fill(project, {"test_a.py": USES, "test_b.py": USES, "test_c.py": NOTHING})

    recorded = record(project)

    assert recorded.uses("test_a.py") == recorded.uses("test_b.py") == {"conftest.py", "data.txt"}
    assert recorded.chain("test_b.py", "data.txt") == ["test_b.py", "conftest.py", "data.txt"]
    assert recorded.uses("test_c.py") == {"conftest.py"}


def test_what_a_fixture_imports_is_for_its_users_and_with_all_that_it_imports(
    project: Path,
) -> None:
    fill(project, {"conftest.py": conftest("import app; return app")})
    fill(project, {"test_a.py": USES, "test_b.py": USES, "test_c.py": NOTHING})

    recorded = record(project)

    assert recorded.uses("test_b.py") == {"conftest.py", "app.py", "models.py"}
    assert recorded.chain("test_b.py", "models.py") == [
        "test_b.py",
        "conftest.py",
        "app.py",
        "models.py",
    ]
    assert recorded.uses("test_c.py") == {"conftest.py"}


def test_what_a_conftest_imports_for_itself_is_used_by_all_below_it(project: Path) -> None:
    fill(
        project,
        {
            "sub/conftest.py": "import app\n",
            "sub/deep/test_a.py": NOTHING,
            "sub/test_b.py": NOTHING,
            "other/test_c.py": NOTHING,
            "conftest.py": "DATA = open('data.txt').read()\n",
        },
    )

    recorded = record(project)

    expected = {"conftest.py", "data.txt", "sub/conftest.py", "app.py", "models.py"}
    assert recorded.uses("sub/deep/test_a.py") == recorded.uses("sub/test_b.py") == expected
    assert recorded.uses("other/test_c.py") == {"conftest.py", "data.txt"}
    assert recorded.use("other/test_c.py", "conftest.py").how == "starts"


def test_what_a_finaliser_uses_is_used_by_all_users_of_its_fixture(project: Path) -> None:
    fill(project, {"conftest.py": conftest("yield\n    open('data.txt').close()")})
    fill(project, {"test_a.py": USES, "test_b.py": USES, "test_z.py": NOTHING})

    recorded = record(project)

    assert "data.txt" in recorded.uses("test_a.py")
    assert "data.txt" in recorded.uses("test_b.py")
    assert "data.txt" not in recorded.uses("test_z.py")


def test_fixtures_bring_the_fixtures_that_they_use(project: Path) -> None:
    more = "@pytest.fixture(scope='session')\ndef base(): return open('data.txt').read()\n"
    fill(project, {"conftest.py": conftest("pass", arguments="base", more=more)})
    fill(project, {"test_a.py": USES, "test_b.py": USES, "test_c.py": NOTHING})

    recorded = record(project)

    assert "data.txt" in recorded.uses("test_b.py")
    assert "data.txt" not in recorded.uses("test_c.py")


def test_autouse_fixtures_are_used_by_all_that_they_are_for(project: Path) -> None:
    auto = "import pytest\n@pytest.fixture(autouse=True, scope='session')\ndef auto(): import app\n"
    fill(project, {"sub/conftest.py": auto, "sub/test_a.py": NOTHING, "sub/test_b.py": NOTHING})
    fill(project, {"test_c.py": NOTHING})

    recorded = record(project)

    assert {"app.py", "models.py"} <= recorded.uses("sub/test_b.py")
    assert recorded.uses("test_c.py") == set()


def test_a_fixture_asked_for_by_name_counts_when_it_is_there_already(project: Path) -> None:
    fill(project, {"conftest.py": conftest(READ)})
    fill(project, {"test_a.py": USES, "test_c.py": NOTHING})
    asks = "def test_it(request): request.getfixturevalue('thing')\n"
    fill(project, {"test_b.py": asks})

    recorded = record(project)

    assert "data.txt" in recorded.uses("test_b.py")
    assert "data.txt" not in recorded.uses("test_c.py")


def test_a_fixture_that_asks_by_name_brings_that_one(project: Path) -> None:
    more = "@pytest.fixture(scope='session')\ndef base(): return open('data.txt').read()\n"
    body = "return request.getfixturevalue('base')"
    fill(project, {"conftest.py": conftest(body, arguments="request", more=more)})
    fill(
        project, {"test_a.py": "def test_it(base): pass\n", "test_b.py": USES, "test_c.py": NOTHING}
    )

    recorded = record(project)

    assert "data.txt" in recorded.uses("test_b.py")
    assert "data.txt" not in recorded.uses("test_c.py")


def test_a_fixture_asked_for_by_name_brings_its_arguments(project: Path) -> None:
    more = "@pytest.fixture(scope='session')\ndef base(): return open('data.txt').read()\n"
    fill(project, {"conftest.py": conftest("return base", arguments="base", more=more)})
    asks = "def test_it(request): request.getfixturevalue('thing')\n"
    fill(project, {"test_a.py": USES, "test_b.py": asks})

    assert "data.txt" in record(project).uses("test_b.py")


def test_a_cached_helper_of_two_fixtures_is_used_by_the_users_of_both(project: Path) -> None:
    more = """
import functools
@functools.cache
def load(): return open('data.txt').read()
@pytest.fixture
def first(): return load()
"""
    fill(project, {"conftest.py": conftest("return load()", more=more)})
    fill(
        project,
        {"test_a.py": "def test_it(first): pass\n", "test_b.py": USES, "test_c.py": NOTHING},
    )

    recorded = record(project)

    assert "data.txt" in recorded.uses("test_a.py")
    assert "data.txt" in recorded.uses("test_b.py")
    assert "data.txt" not in recorded.uses("test_c.py")


def test_what_a_fixture_hands_out_still_belongs_to_the_fixture(project: Path) -> None:
    body = "def make():\n        import app\n    return make"
    fill(project, {"conftest.py": conftest(body)})
    calls = "def test_it(thing): thing()\n"
    fill(project, {"test_a.py": calls, "test_b.py": calls, "test_c.py": NOTHING})

    recorded = record(project)

    assert "app.py" in recorded.uses("test_a.py")
    assert "app.py" in recorded.uses("test_b.py")
    assert "app.py" not in recorded.uses("test_c.py")


@pytest.mark.parametrize("hook", ["pytest_runtest_setup(item)", "pytest_collection_modifyitems()"])
def test_what_a_conftests_hook_caches_is_used_by_all(project: Path, hook: str) -> None:
    body = f"""
import functools
@functools.cache
def load(): return open('data.txt').read()
def {hook}: load()
"""
    fill(project, {"conftest.py": body, "test_a.py": NOTHING, "test_b.py": NOTHING})

    recorded = record(project)

    assert "data.txt" in recorded.uses("test_a.py")
    assert "data.txt" in recorded.uses("test_b.py")


def test_a_conftest_that_a_test_imports_is_used_with_all_its_functions(project: Path) -> None:
    more = "import functools\n@functools.cache\ndef load(): return open('data.txt').read()\n"
    fill(project, {"conftest.py": conftest("return load()", more=more)})
    fill(
        project,
        {"test_a.py": USES, "test_b.py": "from conftest import load\ndef test_it(): load()\n"},
    )

    assert "data.txt" in record(project).uses("test_b.py")


@pytest.mark.parametrize(
    "conftest_text", ["pytest_plugins = ['tools.things']\n", "from tools.things import *\n"]
)
def test_fixtures_from_a_module_of_the_project(project: Path, conftest_text: str) -> None:
    fill(project, {"tools/__init__.py": "", "tools/things.py": conftest("import app")})
    fill(project, {"conftest.py": conftest_text, "test_a.py": USES, "test_b.py": NOTHING})
    fill(project, {"pytest.ini": "[pytest]\npythonpath = .\n"})

    recorded = record(project)

    assert recorded.code == 0, recorded.output
    assert {"tools/things.py", "app.py", "models.py"} <= recorded.uses("test_a.py")
    assert "tools/things.py" in recorded.uses("test_b.py")
    assert "app.py" not in recorded.uses("test_b.py")


def test_an_overridden_fixture_counts_as_far_as_it_ran(project: Path) -> None:
    fill(project, {"conftest.py": conftest(READ, scope="function"), "test_a.py": USES})
    override = "import pytest\n@pytest.fixture\ndef thing(): return 1\ndef test_it(thing): pass\n"
    inherit = override.replace("thing(): return 1", "thing(thing): return thing")
    fill(project, {"test_b.py": inherit, "test_c.py": override})

    recorded = record(project)

    assert "data.txt" in recorded.uses("test_b.py")
    assert "data.txt" not in recorded.uses("test_c.py")


def test_a_fixture_that_starts_a_process_says_so_for_its_users(project: Path) -> None:
    fill(project, {"conftest.py": conftest("import os; os.system('true')")})
    fill(project, {"test_a.py": USES, "test_b.py": USES, "test_c.py": NOTHING})

    recorded = record(project)

    assert recorded.files["test_a.py"].everything == "starts a shell in conftest.py"
    assert recorded.files["test_b.py"].everything == "starts a shell in conftest.py"
    assert recorded.files["test_c.py"].everything == ""


def test_a_parametrised_fixture_is_used_with_all_its_parameters(project: Path) -> None:
    text = """
import pytest
@pytest.fixture(scope="session", params=["one.txt", "two.txt"])
def thing(request): return open(request.param).read()
"""
    fill(project, {"conftest.py": text, "one.txt": "", "two.txt": ""})
    fill(project, {"test_a.py": USES, "test_b.py": USES})

    assert {"one.txt", "two.txt"} <= record(project).uses("test_b.py")


def test_xdists_processes_tell_what_they_have_seen(project: Path) -> None:
    fill(project, {"conftest.py": conftest(READ)})
    fill(project, {"test_a.py": "def test_1(thing): pass\ndef test_2(): import app\n"})

    recorded = record(project, before=AS_WORKER)

    assert recorded.files["test_a.py"].partial
    assert recorded.uses("test_a.py") == {"conftest.py", "data.txt"}


AS_WORKER = """
import pytest
class AsWorker:
    # What xdist does: the process collects all tests, and runs those that it is told to.
    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config): config.workerinput = {}
    def pytest_runtestloop(self, session):
        item = session.items[0]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return True
real = pytest.main
pytest.main = lambda args, plugins: real(args, plugins=[*plugins, AsWorker()])
"""


def test_a_copy_of_the_process_goes_on_recording(project: Path) -> None:
    fill(project, {"conftest.py": conftest(READ)})
    fill(project, {"test_a.py": "def test_1(thing): pass\ndef test_2(): import app\n"})
    fill(project, {"test_b.py": "def test_it(): pass\n", "test_c.py": ""})

    recorded = record(project, before=IN_A_COPY)

    assert recorded.uses("test_a.py") == {"conftest.py", "data.txt", "app.py", "models.py"}
    assert not recorded.files["test_a.py"].partial
    assert not recorded.files["test_a.py"].everything
    # The others are told by whoever runs them, or by the process that has collected them all.
    told = [message.file for message in recorded.messages if isinstance(message, FileRecorded)]
    assert told == [str(project / "test_a.py"), str(project / "test_c.py")]


IN_A_COPY = """
import os
import pytest
class Forking:
    def pytest_runtestloop(self, session):
        pid = os.fork()
        if pid == 0:
            for item in session.items[:2]:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            for message in recorder.gather(session):
                recorder._tell(message)
            os._exit(0)
        os.waitpid(pid, 0)
        return True
real = pytest.main
pytest.main = lambda args, plugins: real(args, plugins=[*plugins, Forking()])
"""


TOUCHY = """
class Touchy:
    @property
    def __class__(self): raise RuntimeError('not now')
    def __getattr__(self, name): raise RuntimeError('not now')
"""


@pytest.mark.parametrize(
    "thing", ["from unittest.mock import call as it", f"{TOUCHY}\nit = Touchy()"]
)
def test_what_a_fixture_names_is_not_asked_for_anything(project: Path, thing: str) -> None:
    fill(project, {"conftest.py": conftest("type(it); " + READ, more=thing), "test_a.py": USES})

    recorded = record(project)

    assert recorded.code == 0, recorded.output
    assert recorded.uses("test_a.py") == {"conftest.py", "data.txt"}
    assert recorded.files["test_a.py"].everything == ""


def test_where_recording_fails_the_tests_do_not_and_everything_counts(project: Path) -> None:
    fill(project, {"test_a.py": NOTHING, "test_b.py": NOTHING})
    broken = "from livereload_sse.pytest_watch.recorder.ledger import Ledger; del Ledger.gather"

    recorded = record(project, before=broken)

    assert recorded.code == 0, recorded.output
    assert [one.everything for one in recorded.files.values()] == [
        "could not be recorded (AttributeError)"
    ] * 2


def test_a_fixture_that_fails_is_shown_as_without_us(project: Path) -> None:
    broken = conftest("return broken()", more="def broken(): return 1 / 0")
    fill(project, {"conftest.py": broken, "test_a.py": USES})

    shown = record(project).output

    assert "def thing():\n>       return broken()" in shown
    assert "pytest_fixture_setup" not in shown
