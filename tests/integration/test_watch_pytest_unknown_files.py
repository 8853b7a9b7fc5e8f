"""Test files of which nobody knows what they use, as they have not run to their end: a save that may be
for them runs them.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.pytest_watched import MARK, Watched
from tests.integration.pytest_watching import left_behind, watching
from tests.pytest_results import Results
from tests.recording import fill, record
from tests.serving import wait_until

FAILS = "def test_a(): assert 0\n"
USES_CART = "from shop import cart\ndef test_cart(): assert cart.total([1]) == 1\n"
CART = "def total(prices): return sum(prices)\n"
DEAR = "def total(prices): return sum(prices) + 1\n"

FINDER = """
import sys
from importlib.util import spec_from_file_location
from pathlib import Path

MAPPING = {"shop": %r}


class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MAPPING:
            return spec_from_file_location(name, Path(MAPPING[name], "__init__.py"))


def install():
    sys.meta_path.append(Finder)
"""


def lay_out(tmp_path: Path, files: Mapping[str, str]) -> Path:
    """Write a project that nobody has saved a moment ago."""
    folder = tmp_path / "project"
    for name, text in {"pytest.ini": "[pytest]\n", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (time.time() - 60, time.time() - 60))
    return folder


def install(tmp_path: Path, files: Mapping[str, str]) -> Path:
    """Write what is installed beside the project, `.pth` files among it; gives a folder to begin from."""
    site = tmp_path / "installed"
    files = {**files, "start/sitecustomize.py": f"import site\nsite.addsitedir({str(site)!r})\n"}
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    return site / "start"


@contextmanager
def begun(folder: Path, *options: str, path: Sequence[Path] = ()) -> Iterator[Watched]:
    """Watch a project's tests; the first run is over."""
    results = Results.in_folder(folder.parent / "results")
    given = {MARK: str(folder)}
    with watching(folder, results, *options, path=path, environment=given) as one:
        watched = Watched(folder, one)
        watched.sees("waiting for changes")
        yield watched
        watched.press("q")
        wait_until(lambda: one.screen.process.poll() is not None, 10, "the end")
    wait_until(lambda: not left_behind(MARK, folder), 5, f"{left_behind(MARK, folder)}")


def cut_short(tmp_path: Path, **more: str) -> Path:
    """A project below `src` whose first run ends, with `-x`, before the test that uses the module."""
    return lay_out(
        tmp_path,
        {
            "src/shop/__init__.py": "",
            "src/shop/cart.py": CART,
            "tests/test_aa.py": FAILS,
            "tests/test_cart.py": USES_CART,
            **more,
        },
    )


@pytest.mark.parametrize("way", ["pth", "finder", "variable"])
def test_a_package_that_is_found_from_elsewhere_is_known_before_its_tests_have_run(
    tmp_path: Path, way: str
) -> None:
    folder = cut_short(tmp_path)
    source = folder / "src"
    path = [source]
    if way == "pth":
        path = [install(tmp_path, {"shop.pth": f"{source}\n"})]
    elif way == "finder":
        finder = "__editable___shop_finder"
        files = {
            f"{finder}.py": FINDER % str(source / "shop"),
            "shop.pth": f"import {finder}; {finder}.install()\n",
        }
        path = [install(tmp_path, files)]
    with begun(folder, "-x", path=path) as watched:
        watched.write("src/shop/cart.py", DEAR)

        assert "test_cart (imports it)" in watched.waits()


def test_a_module_that_nobody_can_place_runs_what_has_never_run_to_its_end(tmp_path: Path) -> None:
    hidden = (
        "import importlib\ncart = importlib.import_module('.'.join(['shop', 'cart']))\n"
        "def test_cart(): assert cart.total([1]) == 1\n"
    )
    folder = cut_short(tmp_path, **{"tests/test_cart.py": hidden})
    with begun(folder, "-x", path=[folder / "src"]) as watched:
        watched.write("src/shop/cart.py", DEAR)

        assert "test_cart (may use it: never ran to its end)" in watched.waits()


def test_what_a_filter_of_the_command_line_leaves_out_is_not_run_and_no_other_is_said_to_be_all(
    tmp_path: Path,
) -> None:
    files = {"tests/test_aa.py": "def test_a(): pass\n"}
    folder = cut_short(tmp_path, **files)
    with begun(folder, "-k", "test_a", path=[folder / "src"]) as watched:
        watched.write("src/shop/cart.py", DEAR)

        watched.sees("no test that is selected uses src/shop/cart.py")


def test_a_test_file_that_came_between_two_sessions_runs_though_the_first_run_died_early(
    tmp_path: Path,
) -> None:
    folder = lay_out(tmp_path, {"test_aa.py": "def test_a(): pass\n"})
    record_file = folder / ".pytest_cache" / "sse-reload" / "record.json"
    with begun(folder):
        wait_until(record_file.exists, 5, "what was learnt is kept")
    new = {
        "cart.py": CART,
        "test_aa.py": "import os\nos._exit(3)\n",
        "test_new.py": "import cart\ndef test_new(): assert cart.total([]) == 0\n",
    }
    lay_out(tmp_path, new)
    with begun(folder) as watched:
        watched.write("cart.py", DEAR)

        assert "cart.py → all tests" in watched.waits()


# Files without tests


@pytest.mark.parametrize("options", [(), ("-n2",)])
def test_a_test_file_that_waits_for_a_module_runs_when_it_is_written(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    files = {
        "shop/__init__.py": "",
        "tests/test_o.py": "import pytest\npytest.importorskip('shop.opt')\n"
        "def test_o(): assert 0, 'it is there'\n",
        "tests/test_other.py": "def test_other(): pass\n",
    }
    folder = lay_out(tmp_path, files)
    with begun(folder, *options, path=[folder]) as watched:
        assert "PASS  1 passed, 1 skipped" in watched.everything
        watched.write("shop/opt.py", "")

        news = watched.waits()
        assert "it is there" in news
        assert "test_o (imports it)" in news


@pytest.mark.parametrize("options", [(), ("-n2",)])
def test_a_test_file_that_is_left_out_as_a_module_says_runs_when_that_says_otherwise(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    files = {
        "app/__init__.py": "",
        "app/flag.py": "FLAG = 0\n",
        "tests/test_o.py": "import importlib, pytest\n"
        "flag = importlib.import_module('.'.join(['app', 'flag']))  # it takes a run to see it\n"
        "if not flag.FLAG: pytest.skip('not now', allow_module_level=True)\n"
        "def test_o(): assert 0, 'it runs'\n",
        "tests/test_other.py": "def test_other(): pass\n",
    }
    folder = lay_out(tmp_path, files)
    with begun(folder, *options, path=[folder]) as watched:
        watched.write("app/flag.py", "FLAG = 1\n")
        news = watched.waits()
        assert "it runs" in news
        assert "test_o (imports it)" in news

        watched.write("app/flag.py", "FLAG = 0\n")
        news = watched.waits()
        assert "1 skipped" in news
        assert "failed" not in news


def test_of_a_file_in_which_collecting_was_interrupted_nothing_is_told(tmp_path: Path) -> None:
    stops = "import cart\nraise KeyboardInterrupt\nimport page\ndef test_b(): pass\n"
    files = {"cart.py": "", "page.py": "", "test_a.py": "", "test_b.py": stops}
    fill(tmp_path / "project", files)

    assert not record(tmp_path / "project").files


def test_of_a_file_that_is_left_out_as_nothing_in_it_has_failed_nothing_is_told(
    tmp_path: Path,
) -> None:
    files = {
        "cart.py": "",
        "test_a.py": "def test_a(): assert 0\n",
        "test_b.py": "import cart\ndef test_b(): pass\n",
    }
    fill(tmp_path / "project", files)
    assert set(record(tmp_path / "project", "-p", "cacheprovider").files) == {
        "test_a.py",
        "test_b.py",
    }

    assert set(record(tmp_path / "project", "-p", "cacheprovider", "--lf").files) == {"test_a.py"}


def test_what_did_not_fail_is_no_file_without_tests_where_it_is_left_out(tmp_path: Path) -> None:
    files = {
        "cart.py": CART,
        "test_a.py": "def test_a(): assert 0\n",
        "test_cart.py": "import cart\ndef test_cart(): assert cart.total([]) == 0\n",
    }
    folder = lay_out(tmp_path, files)
    record_file = folder / ".pytest_cache" / "sse-reload" / "record.json"
    with begun(folder):
        wait_until(record_file.exists, 5, "what was learnt is kept")
    with begun(folder, "--lf") as watched:
        watched.write("cart.py", DEAR)

        watched.sees("no test uses cart.py")


def test_a_file_without_tests_is_told_with_what_it_uses(tmp_path: Path) -> None:
    skips = "import pytest, cart\npytest.skip('not now', allow_module_level=True)\n"
    fill(tmp_path / "project", {"cart.py": "", "test_a.py": skips})

    assert record(tmp_path / "project").uses("test_a.py") == {"cart.py"}


def test_a_module_without_doctests_is_new_only_once(tmp_path: Path) -> None:
    files = {
        "plain.py": "import deep\na = 1\n",
        "deep.py": "b = 1\n",
        "test_a.py": "def test_a(): pass\n",
    }
    folder = lay_out(tmp_path, files)
    with begun(folder, "--doctest-modules") as watched:
        watched.write("plain.py", "import deep\na = 2\n")
        news = watched.waits()
        assert "new" not in news
        assert "plain.py → 1 file without tests" in news

        watched.write("deep.py", "b = 2\n")
        assert "deep.py → 1 file without tests" in watched.waits()
        assert "plain" not in watched.news

        watched.write("plain.py", "def f():\n    '''\n    >>> 2 + 3\n    6\n    '''\n")
        assert "1 failed" in watched.waits()


def test_test_files_that_were_deleted_between_two_sessions_are_not_offered(tmp_path: Path) -> None:
    folder = lay_out(
        tmp_path, {"test_a.py": "def test_a(): pass\n", "test_gone.py": "def test_gone(): pass\n"}
    )
    record = folder / ".pytest_cache" / "sse-reload" / "record.json"
    with begun(folder):
        wait_until(record.exists, 5, "what was learnt is kept")
    (folder / "test_gone.py").unlink()
    with begun(folder) as watched:
        watched.press("t")
        assert "test_gone" not in watched.sees("test_a.py::test_a")
        watched.press("\r")  # no filter
