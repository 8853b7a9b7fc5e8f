"""Shapes of projects: what runs with an order is what a cold pytest runs, less what is not wanted.

The run's own half, without anybody who watches: the plugins that choose and tell, in a pytest of
their own process.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    TestResult,
    decode,
)
from livereload_sse.pytest_watch.order import Order
from tests.integration.pytest_following import write
from tests.integration.pytest_watching import OTHERS

TIMEOUT = 60

RUN = """
import json, sys
from livereload_sse.pytest_watch.inside.collecting import Collecting
from livereload_sse.pytest_watch.messages import encode
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.inside.reporting import Reporting
from livereload_sse.pytest_watch.inside.selecting import Selecting
from livereload_sse.pytest_watch.inside.workers import Workers
import pytest

with open(sys.argv[1], "ab", buffering=0) as file:
    tell = lambda message: file.write(encode(message))
    order = Order.from_json(json.loads(sys.argv[2]))
    collecting = Collecting(tell)
    plugins = [Selecting(order), collecting, Workers(order, tell, collecting), Reporting(tell)]
    sys.exit(pytest.main(list(order.args), plugins=plugins))
"""


@dataclass(frozen=True)
class Told:
    """What a run has told: outcomes by node id, files by the node id's first part."""

    outcomes: Mapping[str, str]
    collected: Collected
    uncollected: tuple[CollectionFailed, ...]
    exit_code: int

    def of(self, *files: str) -> Mapping[str, str]:
        """Give the outcomes of some files, by their absolute paths."""
        names = {name for name, path in self.collected.files.items() if path in files}
        return {
            test: outcome
            for test, outcome in self.outcomes.items()
            if test.partition("::")[0] in names
        }


def tell(folder: Path, out: Path, order: Order, *, start: str = ".") -> Told:
    """Run an order in a project."""
    out.unlink(missing_ok=True)
    env = {name: value for name, value in os.environ.items() if not OTHERS.fullmatch(name)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(out), json.dumps(order.as_json())],
        cwd=folder / start,
        env={**env, "PYTHONSAFEPATH": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    messages = [decode(line) for line in out.read_bytes().splitlines()]
    finished = [one for one in messages if isinstance(one, Finished)]
    assert finished, done.stdout + done.stderr
    assert finished[0].exit_code == done.returncode, done.stdout + done.stderr
    return Told(
        {one.test: one.outcome for one in messages if isinstance(one, TestResult)},
        next(one for one in messages if isinstance(one, Collected)),
        tuple(one for one in messages if isinstance(one, CollectionFailed)),
        done.returncode,
    )


@dataclass(frozen=True)
class Layout:
    """A project. `wanted` is the file that is run alone, `start` where pytest begins."""

    files: Mapping[str, str]
    wanted: str
    args: tuple[str, ...] = ()
    start: str = "."


SHOP = "def price():\n    '''\n    >>> price()\n    3\n    '''\n    return 3\n"
TEST = "import shop\ndef test_price(): assert shop.price() == 3\ndef test_fails(): assert 0\n"
PLAIN = "def test_one(): pass\ndef test_fails(): assert 0\n"

LAYOUTS = {
    "flat": Layout({"conftest.py": "", "shop.py": SHOP, "test_a.py": TEST, "test_b.py": PLAIN}, "test_a.py"),
    "tests beside a package": Layout(
        {
            "conftest.py": "",
            "shop/__init__.py": SHOP,
            "tests/test_a.py": TEST,
            "tests/test_b.py": PLAIN,
        },
        "tests/test_b.py",
    ),
    "src": Layout(
        {
            "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\ntestpaths = ['tests', 'more']\n",
            "src/shop/__init__.py": SHOP,
            "tests/unit/test_a.py": TEST,
            "more/test_b.py": PLAIN,
        },
        "tests/unit/test_a.py",
    ),
    "tests in the package": Layout(
        {
            "conftest.py": "",
            "shop/__init__.py": SHOP,
            "shop/tests/__init__.py": "",
            "shop/tests/test_a.py": TEST,
            "shop/tests/test_b.py": "from shop import price\n" + PLAIN,
        },
        "shop/tests/test_b.py",
    ),
    "named as modules": Layout(
        {
            "pytest.ini": "[pytest]\npythonpath = .\n",
            "shop/__init__.py": SHOP,
            "shop/tests/__init__.py": "",
            "shop/tests/test_a.py": TEST,
            "shop/tests/test_b.py": PLAIN,
        },
        "shop/tests/test_b.py",
        ("--pyargs", "shop.tests.test_a", "shop.tests.test_b"),
    ),
    "a namespace package": Layout(
        {
            "pytest.ini": "[pytest]\npythonpath = .\nconsider_namespace_packages = true\n",
            "corp/shop/core.py": SHOP,
            "corp/shop/tests/test_a.py": "from corp.shop import core\ndef test_it(): assert core.price() == 3\n",
            "corp/other/tests/test_a2.py": PLAIN,
        },
        "corp/shop/tests/test_a.py",
    ),
    "the same name twice, with importlib": Layout(
        {
            "pytest.ini": "[pytest]\naddopts = --import-mode=importlib\npythonpath = src\n",
            "src/shop.py": SHOP,
            "one/test_a.py": TEST,
            "two/test_a.py": PLAIN,
        },
        "two/test_a.py",
    ),
    "appended to the path": Layout(
        {"pytest.ini": "[pytest]\naddopts = --import-mode=append\n", "shop.py": SHOP, "test_a.py": TEST, "test_b.py": PLAIN},
        "test_b.py",
    ),
    "conftests at each level": Layout(
        {
            "conftest.py": "import pytest\n@pytest.fixture\ndef level(): return ['root']\n",
            "a/conftest.py": "import pytest\n@pytest.fixture\ndef level(level): return [*level, 'a']\n",
            "a/b/conftest.py": "import pytest\n@pytest.fixture\ndef level(level): return [*level, 'b']\n",
            "a/test_a.py": "def test_level(level): assert level == ['root', 'a']\n",
            "a/b/test_b.py": "def test_level(level): assert level == ['root', 'a', 'b']\n",
        },
        "a/b/test_b.py",
    ),
    "conftests that leave files out": Layout(
        {
            "conftest.py": "collect_ignore = ['test_broken.py']\ncollect_ignore_glob = ['old/*']\n",
            "test_broken.py": "import nowhere\n",
            "old/test_old.py": "import nowhere\n",
            "test_a.py": PLAIN,
            "test_b.py": PLAIN,
        },
        "test_a.py",
    ),
    "doctests in modules": Layout(
        {"pytest.ini": "[pytest]\naddopts = --doctest-modules\npythonpath = src\n", "src/shop.py": SHOP, "src/other.py": SHOP, "test_a.py": TEST},
        "src/shop.py",
    ),
    "doctests in texts": Layout(
        {"pytest.ini": "[pytest]\naddopts = --doctest-glob=*.md\n", "README.md": ">>> 1 + 1\n2\n", "docs/use.md": ">>> 1 + 1\n3\n", "test_a.py": PLAIN},
        "docs/use.md",
    ),
    "many from one": Layout(
        {"test_a.py": "import pytest\n@pytest.mark.parametrize('x', ['a::b', 'c/d', '[e]', 'ä', ''])\ndef test_x(x): assert x != 'ä'\n", "test_b.py": PLAIN},
        "test_a.py",
    ),
    "classes of unittest": Layout(
        {
            "test_a.py": "import unittest\nclass TestA(unittest.TestCase):\n"
            "    @classmethod\n    def setUpClass(cls): cls.made = [1]\n"
            "    def test_made(self): self.assertEqual(self.made, [1])\n"
            "    def test_fails(self): self.fail()\n"
            "    @unittest.skip('no')\n    def test_skipped(self): ...\n"
            "    @unittest.expectedFailure\n    def test_expected(self): self.fail()\n",
            "test_b.py": PLAIN,
        },
        "test_a.py",
    ),
    "fixtures of each scope": Layout(
        {
            "conftest.py": "import pytest\nmade = []\n"
            "@pytest.fixture(scope='session', params=[1, 2])\ndef one(request):\n    made.append(request.param)\n    return request.param\n",
            "test_a.py": "def test_a(one): assert one\ndef test_b(one): assert one < 2\n",
            "test_b.py": "def test_c(one): pass\n",
        },
        "test_a.py",
    ),
    "from below": Layout(
        {"pytest.ini": "[pytest]\n", "conftest.py": "", "tests/test_a.py": PLAIN, "tests/test_b.py": PLAIN},
        "tests/test_b.py",
        ("..",),
        "tests",
    ),
    "from beside": Layout(
        {"app/pytest.ini": "[pytest]\n", "app/test_a.py": PLAIN, "app/test_b.py": PLAIN, "here/notes.txt": ""},
        "app/test_b.py",
        ("../app/test_a.py", "../app/test_b.py::test_one"),
        "here",
    ),
    "settings of tox": Layout(
        {"tox.ini": "[pytest]\ntestpaths = tests tri*\npython_files = check_*.py\npython_functions = check_*\n", "tests/check_a.py": "def check_one(): pass\n", "tried/check_b.py": "def check_two(): assert 0\n"},
        "tried/check_b.py",
    ),
    "settings of setup.cfg": Layout(
        {"setup.cfg": "[tool:pytest]\naddopts = -m 'not slow'\nmarkers = slow\n", "test_a.py": "import pytest\n@pytest.mark.slow\ndef test_slow(): pass\ndef test_fast(): pass\n", "test_b.py": PLAIN},
        "test_a.py",
    ),
}  # fmt: skip


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> Layout:
    return LAYOUTS[request.param]


def test_one_file_of_a_project_does_alone_what_it_does_among_others(
    tmp_path: Path, layout: Layout
) -> None:
    folder = write(tmp_path / "project", layout.files)
    out, wanted = tmp_path / "out", str(folder / layout.wanted)
    everything = tell(folder, out, Order(args=layout.args), start=layout.start)
    assert everything.of(wanted)
    order = Order(args=layout.args, files=frozenset({wanted}))
    alone = tell(folder, out, order, start=layout.start)
    assert alone.outcomes == everything.of(wanted)
    assert set(alone.collected.files.values()) == {wanted}
    assert not alone.uncollected


def test_put_first_it_changes_no_outcome(tmp_path: Path, layout: Layout) -> None:
    folder = write(tmp_path / "project", layout.files)
    out, wanted = tmp_path / "out", str(folder / layout.wanted)
    plain = tell(folder, out, Order(args=layout.args), start=layout.start)
    ordered = tell(folder, out, Order(args=layout.args, first=(wanted,)), start=layout.start)
    assert ordered.outcomes == plain.outcomes
    assert ordered.exit_code == plain.exit_code
    name = ordered.collected.tests[0].partition("::")[0]
    assert ordered.collected.files[name] == wanted


def test_what_relies_on_the_order_of_its_file_is_not_torn_apart(tmp_path: Path) -> None:
    steps = "seen = []\nclass TestSteps:\n    def test_1(self): seen.append(1)\n    def test_2(self): assert seen == [1]\n"
    folder = write(tmp_path / "project", {"test_a.py": steps, "test_b.py": PLAIN})
    first = ("test_a.py::TestSteps::test_2",)
    told = tell(folder, tmp_path / "out", Order(first=first))
    assert told.outcomes["test_a.py::TestSteps::test_2"] == "passed"


def test_a_conftest_that_breaks_is_told_where_it_is(tmp_path: Path) -> None:
    files = {"a/conftest.py": "import nowhere\n", "a/test_a.py": PLAIN, "test_b.py": PLAIN}
    folder = write(tmp_path / "project", files)
    told = tell(folder, tmp_path / "out", Order())
    (failed,) = told.uncollected
    assert failed.path.startswith(str(folder / "a"))
    assert "nowhere" in failed.message + failed.details


def test_one_of_two_with_a_name_twice_is_what_a_cold_run_says(tmp_path: Path) -> None:
    """Two modules of one name cannot be collected together; one of them alone can."""
    files = {"conftest.py": "", "one/test_a.py": PLAIN, "two/test_a.py": PLAIN}
    folder = write(tmp_path / "project", files)
    everything = tell(folder, tmp_path / "out", Order())
    assert [one.node for one in everything.uncollected] == ["two/test_a.py"]
    assert everything.uncollected[0].path == str(folder / "two/test_a.py")
    assert everything.exit_code == 2


def test_xdist_tells_what_a_single_process_does(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\n",
        "test_a.py": PLAIN,
        "test_broken.py": "import nowhere\n",
        "sub/test_b.py": "import os\ndef test_dies(): os._exit(3)\n",
    }
    folder = write(tmp_path / "project", files)
    wanted = frozenset(str(folder / name) for name in ("test_a.py", "sub/test_b.py"))
    args = ("-p", "xdist", "-p", "sse-reload", "-n2")
    told = tell(folder, tmp_path / "out", Order(args=args, files=wanted, record=False))
    assert told.outcomes == {
        "test_a.py::test_one": "passed",
        "test_a.py::test_fails": "failed",
        "sub/test_b.py::test_dies": "failed",
    }
    assert set(told.collected.files.values()) == wanted
    assert told.collected.lines
    broken = tell(folder, tmp_path / "out", Order(args=args, record=False))
    assert [one.path for one in broken.uncollected] == [str(folder / "test_broken.py")]
