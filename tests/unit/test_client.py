"""Runs the browser client's own tests, so that plain `pytest` covers them.

Knows two commands; refuses to know what they test. The documents that tests look at come from
jsdom, which npm installs on first use, and again when the lock file is newer. All is skipped, saying
why, on a machine without Node or npm, which the package does not need. `make types` checks the
client's types.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "livereload_sse" / "client"
CIRCLE = ROOT / "tests" / "client"
MODULES = sorted(CLIENT.rglob("*.js"))
TESTS = sorted(path for path in CIRCLE.rglob("*.test.js") if "node_modules" not in path.parts)

ENTRIES = ("main.js", "connect.js", "worker.js")
"""What the browser starts: they only join parts that have tests."""

PATIENCE = 300
"""Seconds for all of them: some minutes of CPU, beside other tests."""

OLDEST_NODE = (20, 19)
"""The first release of Node 20 that takes a plain `.js` file for a module by itself."""


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def find_node() -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; it runs the tests of the browser client")
    version = run(node, "--version").stdout.strip()
    if tuple(map(int, version.removeprefix("v").split(".")[:2])) < OLDEST_NODE:
        pytest.skip(f"Node {version} is too old; the tests of the browser client need 20.19")
    return node


def install_packages() -> None:
    stamp = CIRCLE / "node_modules" / ".package-lock.json"
    lock = CIRCLE / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed; it brings the documents that the client's tests look at")
    result = run(npm, "ci", cwd=CIRCLE)
    assert result.returncode == 0, result.stdout + result.stderr
    stamp.touch()


@pytest.mark.timeout(PATIENCE + 30)
def test_the_browser_client_passes_its_tests() -> None:
    node = find_node()
    install_packages()

    result = run(node, "--test", "--test-reporter=spec", *map(str, TESTS))

    failures = result.stdout.rpartition("failing tests:")[2]
    assert result.returncode == 0, failures + result.stderr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(CLIENT)))
def test_each_module_has_tests_of_its_own_but_those_with_side_effects(module: Path) -> None:
    wanted = CIRCLE / module.relative_to(CLIENT).with_suffix(".test.js")

    assert module.name in ENTRIES or wanted in TESTS
