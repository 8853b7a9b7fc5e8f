from pathlib import Path

import pytest

from tests.recording import Recorded, fill, record


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


READ = "from pathlib import Path\ndef test_it(): {}\n"


@pytest.mark.parametrize(
    "expression",
    [
        "open('data.txt').read()",
        "Path('data.txt').read_text()",
        "Path(__file__).with_name('data.txt').read_bytes()",
        "__import__('os').open('data.txt', 0)",
        "__import__('io').FileIO('data.txt').close()",
        "__import__('shutil').copy('data.txt', '/dev/null')",
        "__import__('configparser').ConfigParser().read('data.txt')",
    ],
)
def test_a_file_that_a_test_reads_is_used_by_it(project: Path, expression: str) -> None:
    fill(project, {"data.txt": "", "test_a.py": READ.format(expression)})
    fill(project, {"test_b.py": "def test_it(): pass\n"})

    recorded = record(project)

    assert recorded.uses("test_a.py", "reads") == {"data.txt"}
    assert recorded.uses("test_b.py") == set()
    assert not recorded.files["test_a.py"].everything


def test_a_file_read_by_a_module_is_used_by_way_of_it(project: Path) -> None:
    fill(
        project,
        {
            "shop/__init__.py": "",
            "shop/prices.py": "import json\nPRICES = json.load(open('prices.json'))\n",
            "shop/cart.py": "from . import prices\n",
            "prices.json": "{}",
            "test_a.py": "from shop import cart\ndef test_it(): pass\n",
        },
    )

    recorded = record(project)

    assert recorded.chain("test_a.py", "prices.json") == [
        "test_a.py",
        "shop/cart.py",
        "shop/prices.py",
        "prices.json",
    ]
    assert recorded.use("test_a.py", "prices.json").how == "reads"
    assert recorded.use("test_a.py", "shop/prices.py").how == "imports"
    assert "shop/__init__.py" in recorded.uses("test_a.py")


def test_a_module_that_another_test_file_has_loaded_is_used_all_the_same(project: Path) -> None:
    texts = dict.fromkeys(("test_a.py", "test_b.py"), "import cart\ndef test_it(): pass\n")
    fill(project, {"cart.py": "import prices\n", "prices.py": "", **texts})

    recorded = record(project)

    assert recorded.uses("test_a.py") == recorded.uses("test_b.py") == {"cart.py", "prices.py"}


def test_a_full_cache_does_not_hide_what_filled_it(project: Path) -> None:
    texts = dict.fromkeys(
        ("test_a.py", "test_b.py"), "import prices\ndef test_it(): prices.load()\n"
    )
    loader = "import functools\n@functools.cache\ndef load(): return open('prices.json').read()\n"
    fill(project, {"prices.json": "{}", "prices.py": loader, **texts})

    recorded = record(project)

    assert recorded.uses("test_b.py", "reads") == {"prices.json"}


def test_an_import_within_a_function_is_seen_when_it_happens(project: Path) -> None:
    fill(
        project,
        {
            "lazy.py": "def load():\n    import heavy\n    from package import part\n",
            "heavy.py": "",
            "package/__init__.py": "",
            "package/part.py": "",
            "test_a.py": "import lazy\ndef test_it(): lazy.load()\n",
            "test_b.py": "import heavy\ndef test_it(): pass\n",
        },
    )

    recorded = record(project)

    assert recorded.uses("test_a.py") == {
        "lazy.py",
        "heavy.py",
        "package/__init__.py",
        "package/part.py",
    }
    assert recorded.uses("test_b.py") == {"heavy.py"}


@pytest.mark.parametrize(
    "statement",
    [
        "import importlib; importlib.import_module('shop.cart')",
        "from importlib import import_module; import_module('.cart', 'shop')",
        "from unittest import mock; mock.patch('shop.cart.NAME', 1).start()",
        "__import__('shop.cart')",
        "from shop.cart import *",
        "from shop import *",
        "import shop.cart as cart",
        "import pickle; pickle.loads(b'cshop.cart\\nNAME\\n.')",
        "import pytest; pytest.importorskip('shop.cart')",
        "import runpy; runpy.run_path('shop/cart.py')",
        "import runpy; runpy.run_module('shop.cart')",
    ],
)
def test_each_way_to_import_is_seen_also_when_all_is_loaded(project: Path, statement: str) -> None:
    package = {"shop/__init__.py": "__all__ = ['cart']\n", "shop/cart.py": "NAME = 0\n"}
    test = f"def test_it():\n    {{}}\nexec({statement!r})\n"
    fill(project, {**package, "test_a.py": "import shop.cart\ndef test_it(): pass\n"})
    fill(project, {"test_b.py": test.format("pass"), "test_c.py": "def test_it(): pass\n"})

    recorded = record(project)

    assert recorded.code == 0, recorded.output
    assert {"shop/cart.py"} <= recorded.uses("test_b.py")
    assert recorded.uses("test_c.py") == set()


def test_templates_are_used_along_their_inheritance(project: Path) -> None:
    page = """
import jinja2
PAGES = jinja2.Environment(loader=jinja2.FileSystemLoader("templates"))
def show(name): return PAGES.get_template(name).render()
"""
    fill(
        project,
        {
            "page.py": page,
            "templates/base.html": "<html>{% block body %}{% endblock %}",
            "templates/home.html": "{% extends 'base.html' %}",
            "templates/other.html": "other",
            "test_a.py": "import page\ndef test_it(): page.show('home.html')\n",
            "test_b.py": "import page\ndef test_it(): page.show('home.html')\n",
        },
    )

    recorded = record(project)

    expected = {"page.py", "templates/home.html", "templates/base.html"}
    assert recorded.uses("test_a.py") == recorded.uses("test_b.py") == expected
    assert recorded.chain("test_b.py", "templates/base.html")[-2] == "templates/home.html"


def test_package_data_is_used_whichever_way_it_is_asked_for(project: Path) -> None:
    fill(
        project,
        {
            "src/shop/__init__.py": "",
            "src/shop/data/one.txt": "1",
            "src/shop/two.txt": "2",
            "pytest.ini": "[pytest]\npythonpath = src\n",
            "tests/test_a.py": """
import pkgutil
from importlib import resources
def test_it():
    assert resources.files("shop").joinpath("data/one.txt").read_text() == "1"
    assert pkgutil.get_data("shop", "two.txt") == b"2"
""",
            "tests/test_b.py": """
from importlib import resources
def test_it():
    assert [one.name for one in (resources.files("shop") / "data").iterdir()] == ["one.txt"]
""",
        },
    )

    recorded = record(project)

    assert recorded.code == 0, recorded.output
    assert recorded.uses("tests/test_a.py") == {
        "pytest.ini",
        "src/shop/__init__.py",
        "src/shop/data/one.txt",
        "src/shop/two.txt",
    }
    assert recorded.uses("tests/test_b.py", "lists") == {"src/shop/data"}


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').listdir('data')",
        "list(__import__('os').walk('data'))",
        "list(Path('data').glob('*.json'))",
        "list(Path('data').rglob('*.json'))",
        "__import__('glob').glob('data/*.json')",
        "__import__('os').chdir('data') or __import__('os').listdir()",
    ],
)
def test_a_folder_that_a_test_lists_is_used_by_it(project: Path, expression: str) -> None:
    fill(project, {"data/a.json": "", "test_a.py": READ.format(expression)})

    assert record(project).uses("test_a.py", "lists") == {"data"}


def test_collecting_tests_is_no_listing_of_folders(project: Path) -> None:
    fill(project, {"tests/sub/test_a.py": "def test_it(): pass\n"})

    assert record(project).uses("tests/sub/test_a.py") == set()


def test_data_read_for_parameters_is_used_by_the_file_that_does(project: Path) -> None:
    fill(
        project,
        {
            "cases.json": "[1, 2]",
            "test_a.py": """
import json, pytest
@pytest.mark.parametrize("case", json.load(open("cases.json")))
def test_it(case): pass
""",
            "test_b.py": "def test_it(): pass\n",
        },
    )

    recorded = record(project)

    assert recorded.uses("test_a.py") == {"cases.json"}
    assert recorded.uses("test_b.py") == set()


def test_doctests_in_modules_and_in_texts_are_test_files(project: Path) -> None:
    doc = '"""\n>>> import rates\n>>> len(open("data.txt").read())\n0\n"""\n'
    text = "Read\n>>> import rates\n"
    fill(project, {"cart.py": doc, "data.txt": "", "rates.py": "", "docs/guide.rst": text})

    recorded = record(project, "--doctest-modules", "--doctest-glob=*.rst")

    assert recorded.code == 0, recorded.output
    assert recorded.uses("cart.py") == {"data.txt", "rates.py"}
    assert recorded.uses("docs/guide.rst") == {"rates.py"}


def test_unittest_classes_use_what_their_class_has_set_up(project: Path) -> None:
    fill(
        project,
        {
            "data.txt": "",
            "more.txt": "",
            "test_a.py": """
import unittest
class TestIt(unittest.TestCase):
    @classmethod
    def setUpClass(cls): open("data.txt").close()
    def setUp(self): open("more.txt").close()
    def test_it(self): pass
""",
        },
    )

    assert record(project).uses("test_a.py") == {"data.txt", "more.txt"}


def test_namespace_packages_are_the_projects(project: Path) -> None:
    fill(
        project,
        {
            "space/one/cart.py": "from space.two import rates\n",
            "space/two/rates.py": "",
            "test_a.py": "import space.one.cart\ndef test_it(): pass\n",
            "test_b.py": "from space.one import cart\ndef test_it(): pass\n",
        },
    )

    recorded = record(project)

    expected = {"space/one/cart.py", "space/two/rates.py"}
    assert recorded.uses("test_a.py") == expected
    assert recorded.uses("test_b.py", "imports") == expected


def test_a_root_outside_of_the_project_is_the_projects_too(project: Path) -> None:
    other = project.parent / "library" / "src"
    fill(other, {"library.py": ""})
    fill(project, {"test_a.py": "import library\ndef test_it(): pass\n"})

    with_root = record(project, roots=[project, other], before=f"sys.path.append({str(other)!r})")
    without = record(project, before=f"sys.path.append({str(other)!r})")

    assert with_root.uses("test_a.py") == {"../library/src/library.py"}
    assert without.uses("test_a.py") == set()


def test_threads_and_async_code_belong_to_the_test_that_runs(project: Path) -> None:
    fill(
        project,
        {
            "one.txt": "",
            "two.txt": "",
            "test_a.py": """
import asyncio, threading
def test_a_thread():
    thread = threading.Thread(target=lambda: open("one.txt").close())
    thread.start()
    thread.join()
def test_a_task():
    async def read(): await asyncio.to_thread(lambda: open("two.txt").close())
    asyncio.run(read())
""",
        },
    )

    assert record(project).uses("test_a.py") == {"one.txt", "two.txt"}


def test_a_link_and_what_it_leads_to_are_both_used(project: Path) -> None:
    fill(project, {"shared/data.txt": "", "test_a.py": READ.format("open('data.txt')")})
    (project / "data.txt").symlink_to("shared/data.txt")

    assert record(project).uses("test_a.py") == {"data.txt", "shared/data.txt"}


def test_a_project_below_a_link_is_known_by_the_name_it_was_given(project: Path) -> None:
    fill(project, {"data.txt": "", "test_a.py": READ.format("Path('data.txt').resolve().open()")})
    link = project.parent / "link"
    link.symlink_to(project)

    recorded = record(project, roots=[link])

    # pytest itself resolves the folder that it is started in.
    assert str(link / "data.txt") in {use.path for use in recorded.files["test_a.py"].uses}


def test_a_missing_file_is_used_as_it_may_appear(project: Path) -> None:
    code = "def test_it():\n    try: open('local.json')\n    except OSError: pass\n"
    fill(project, {"test_a.py": code})

    assert record(project).uses("test_a.py", "reads") == {"local.json"}


@pytest.mark.parametrize(
    ("statement", "module"),
    [
        ("import local_settings", "local_settings"),
        ("from shop import local", "shop/local"),
        ("import shop.local", "shop/local"),
        ("import importlib; importlib.import_module('shop.local')", "shop/local"),
        ("import nowhere.deep", "nowhere"),
        ("import importlib.util as u; u.find_spec('shop.local')", "shop/local"),
        ("from importlib.util import find_spec; find_spec('local_settings')", "local_settings"),
    ],
)
def test_a_failed_import_depends_on_each_file_that_it_may_have_meant(
    project: Path, statement: str, module: str
) -> None:
    code = f"try:\n    {statement}\nexcept ImportError: pass\ndef test_it(): pass\n"
    fill(project, {"shop/__init__.py": "", "test_a.py": code, "test_b.py": "def test_it(): 0\n"})

    recorded = record(project)

    assert recorded.uses("test_a.py", "lists") == {module}
    assert recorded.uses("test_a.py", "imports") - {"shop/__init__.py"} == {
        f"{module}.py",
        f"{module}/__init__.py",
    }
    assert recorded.uses("test_b.py") == set()


def test_a_failed_import_of_something_installed_is_nobodys_business(project: Path) -> None:
    code = "try:\n    import json.nothing\nexcept ImportError: pass\ndef test_it(): pass\n"
    fill(project, {"test_a.py": code})

    assert record(project).uses("test_a.py") == set()


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("__import__('subprocess').run(['true'])", "starts true"),
        ("__import__('subprocess').run([__import__('sys').executable, '-c', ''])", "starts python"),
        ("__import__('subprocess').run('true', shell=True)", "starts sh"),
        ("__import__('os').system('true')", "starts a shell"),
        ("__import__('os').posix_spawn('/bin/true', ['true'], {})", "starts true"),
        ("(lambda pid: pid or __import__('os')._exit(0))(__import__('os').fork())", "forks"),
        ("__import__('ctypes').CDLL(None)", "calls a library by ctypes"),
    ],
)
def test_what_cannot_be_followed_makes_a_file_depend_on_everything(
    project: Path, expression: str, reason: str
) -> None:
    fill(project, {"test_a.py": READ.format(expression), "test_b.py": "def test_it(): pass\n"})

    recorded = record(project)

    assert recorded.files["test_a.py"].everything == reason
    assert recorded.files["test_b.py"].everything == ""


def test_a_module_that_starts_a_process_says_so_for_all_who_import_it(project: Path) -> None:
    version = "import subprocess\nsubprocess.run(['true'])\n"
    texts = dict.fromkeys(("test_a.py", "test_b.py"), "import version\ndef test_it(): pass\n")
    fill(project, {"version.py": version, **texts, "test_c.py": "def test_it(): pass\n"})

    recorded = record(project)

    assert recorded.files["test_a.py"].everything == "starts true in version.py"
    assert recorded.files["test_b.py"].everything == "starts true in version.py"
    assert recorded.files["test_c.py"].everything == ""


def test_multiprocessing_starts_processes(project: Path) -> None:
    code = """
import multiprocessing
def test_it():
    process = multiprocessing.get_context("spawn").Process(target=print)
    process.start()
    process.join()
"""
    fill(project, {"test_a.py": code})

    assert record(project).files["test_a.py"].everything == "starts processes"


def test_asking_the_system_about_itself_is_not_starting_a_program(project: Path) -> None:
    code = "import platform\ndef test_it(): platform.processor()\n"
    fill(project, {"test_a.py": code})

    assert record(project).files["test_a.py"].everything == ""


def test_a_reader_in_c_counts_where_the_project_imports_it(project: Path) -> None:
    library = project.parent / "library"
    fill(
        library, {"lxml/__init__.py": "", "soup.py": "import lxml\ndef read():\n    import lxml\n"}
    )
    fill(
        project,
        {
            "parse.py": "import lxml\n",
            "test_a.py": "import parse\ndef test_it(): pass\n",
            "test_b.py": "import soup\ndef test_it(): pass\n",
            "test_c.py": "import soup\ndef test_it(): soup.read()\n",
        },
    )

    recorded = record(project, environment=None, before=f"sys.path.append({str(library)!r})")

    reason = "uses lxml, which opens files by itself"
    assert recorded.files["test_a.py"].everything == f"{reason} in parse.py"
    assert recorded.files["test_b.py"].everything == ""
    assert recorded.files["test_c.py"].everything == reason


def test_a_database_file_is_read_and_may_be_written(project: Path) -> None:
    code = "import sqlite3\ndef test_it(): sqlite3.connect({!r}, uri=True).close()\n"
    fill(project, {"shop.db": "", "test_a.py": code.format("file:shop.db?mode=ro")})
    fill(project, {"test_b.py": code.format(":memory:")})

    recorded = record(project)

    assert recorded.uses("test_a.py", "reads") == {"shop.db"}
    assert "shop.db" in recorded.wrote
    assert recorded.uses("test_b.py") == set()


def test_what_a_run_writes_is_told_and_not_used(project: Path) -> None:
    code = """
import os, pathlib
def test_it():
    pathlib.Path("out").mkdir()
    pathlib.Path("out/page.html").write_text("page")
    assert pathlib.Path("out/page.html").read_text() and os.listdir("out")
    pathlib.Path("log.txt").open("a").close()
    pathlib.Path("snap.tmp").write_text("new")
    os.replace("snap.tmp", "snap.txt")
    assert pathlib.Path("snap.txt").read_text()
"""
    fill(project, {"test_a.py": code, "snap.txt": "old", "log.txt": ""})

    recorded = record(project)

    assert recorded.code == 0, recorded.output
    assert recorded.wrote == {"out", "out/page.html", "log.txt", "snap.tmp", "snap.txt"}
    assert recorded.uses("test_a.py") == set()


def test_a_file_read_before_it_is_written_is_used(project: Path) -> None:
    code = "from pathlib import Path\ndef test_it():\n    Path('s').write_text(Path('s').read_text())\n"
    fill(project, {"test_a.py": code, "s": ""})

    recorded = record(project)

    assert recorded.uses("test_a.py", "reads") == {"s"}
    assert recorded.wrote == {"s"}


def test_a_file_with_an_error_is_told_with_what_it_used_until_then(project: Path) -> None:
    fill(project, {"broken.py": "import part\nraise RuntimeError\n", "part.py": ""})
    fill(project, {"test_a.py": "import broken\n", "test_b.py": "def test_it(): pass\n"})

    recorded = record(project)

    assert recorded.uses("test_a.py") == {"broken.py", "part.py"}
    assert "test_b.py" not in recorded.files


def test_a_file_with_an_error_in_a_class_is_told_as_far_as_it_went(project: Path) -> None:
    code = """
import pytest, part
def test_it(): pass
class TestIt:
    @pytest.mark.parametrize("nothing", [1])
    def test_it(self): pass
"""
    fill(project, {"part.py": "", "test_a.py": code})

    recorded = record(project)

    assert recorded.uses("test_a.py") == {"part.py"}
    assert recorded.files["test_a.py"].partial


def test_a_file_is_told_only_when_all_its_tests_have_run(project: Path) -> None:
    fill(
        project,
        {
            "test_a.py": "def test_it(): pass\n",
            "test_b.py": "def test_1(): raise KeyboardInterrupt\ndef test_2(): pass\n",
            "test_c.py": "def test_it(): pass\n",
        },
    )

    recorded = record(project)

    assert recorded.code == pytest.ExitCode.INTERRUPTED
    assert set(recorded.files) == {"test_a.py"}


@pytest.mark.parametrize("args", [("-k", "1"), ("test_a.py::test_1",)])
def test_a_file_of_which_some_tests_ran_is_told_as_partial(
    project: Path, args: tuple[str, ...]
) -> None:
    fill(project, {"test_a.py": "def test_1(): open('1')\ndef test_2(): pass\n", "1": ""})

    recorded = record(project, *args)

    assert recorded.files["test_a.py"].partial
    assert recorded.uses("test_a.py") == {"1"}
    assert not record(project).files["test_a.py"].partial


def test_what_is_read_after_the_last_test_is_used_by_none(project: Path) -> None:
    conftest = "def pytest_sessionfinish(): open('report.css').close()\n"
    fill(project, {"conftest.py": conftest, "report.css": "", "test_a.py": "def test_it(): 0\n"})

    assert record(project).uses("test_a.py") == {"conftest.py"}


def test_a_fixture_that_ends_with_the_session_is_still_heard(project: Path) -> None:
    text = """
import pytest
@pytest.fixture(scope="session")
def thing():
    yield
    open("data.txt").close()
def test_1(thing): pass
"""
    stops = "def test_2(thing): raise KeyboardInterrupt\n"
    conftest, test = text.split("def test_1")
    fill(project, {"conftest.py": conftest, "data.txt": "", "test_a.py": f"def test_1{test}"})
    fill(project, {"test_b.py": stops})

    assert "data.txt" in record(project).uses("test_a.py")


def read_everything(recorded: Recorded) -> dict[str, set[str]]:
    return {file: recorded.uses(file) for file in recorded.files}


def test_a_second_run_from_compiled_modules_tells_the_same(project: Path) -> None:
    fill(
        project,
        {
            "shop/__init__.py": "",
            "shop/cart.py": "from shop import prices\n",
            "shop/prices.py": "",
            "conftest.py": "import pytest, shop.cart\n",
            "test_a.py": "from shop import prices\ndef test_it(): pass\n",
        },
    )
    first = record(project, environment={"PYTHONDONTWRITEBYTECODE": ""})
    assert list(project.rglob("*pytest*.pyc"))

    second = record(project)

    assert read_everything(first) == read_everything(second)
    assert read_everything(first)["test_a.py"] == {
        "conftest.py",
        "shop/__init__.py",
        "shop/cart.py",
        "shop/prices.py",
    }
    assert not second.wrote
