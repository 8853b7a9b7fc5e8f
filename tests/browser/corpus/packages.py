"""The npm packages that pages under test load, installed on first use.

Knows npm's commands, and the versions in `tests/browser/packages/package.json`; skips the test,
saying why, where there is no npm. A package with a hundred dependencies that it has bundled already
is fetched alone, and its digest compared.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[1] / "packages"
NPM_TIMEOUT = 120.0


def find_packages() -> Path:
    """The folder of installed packages, as the lock file wants them."""
    installed, lock = PACKAGES / "node_modules", PACKAGES / "package-lock.json"
    stamp = installed / ".package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        _npm("ci")
        stamp.touch()
    return installed


def find_packed(name: str) -> Path:
    """The one file of a package that brings everything in it, as `package.json` names it."""
    wanted = json.loads((PACKAGES / "package.json").read_text("utf-8"))["packed"][name]
    target = PACKAGES / "packed" / f"{name}-{wanted['version']}.js"
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        answer = _npm(
            "pack", f"{name}@{wanted['version']}", "--json", "--pack-destination", "packed"
        )
        archive = target.parent / json.loads(answer)[0]["filename"]
        assert _integrity(archive) == wanted["integrity"], f"{archive.name} is not what was meant"
        _take_out(archive, f"package/{wanted['file']}", target)
        archive.unlink()
    return target


def _npm(*words: str) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed; it brings the libraries of the pages under test")
    result = subprocess.run(
        [npm, *words],
        cwd=PACKAGES,
        capture_output=True,
        text=True,
        timeout=NPM_TIMEOUT,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def _integrity(archive: Path) -> str:
    digest = hashlib.sha512(archive.read_bytes()).digest()
    return f"sha512-{base64.b64encode(digest).decode()}"


def _take_out(archive: Path, name: str, target: Path) -> None:
    beside = target.with_suffix(".part")
    with tarfile.open(archive) as files:
        content = files.extractfile(name)
        assert content is not None
        with content, beside.open("wb") as out:
            shutil.copyfileobj(content, out)
    beside.replace(target)
