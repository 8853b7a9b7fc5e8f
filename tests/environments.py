"""Python environments that tests and benchmarks need beside their own, made once and kept.

They lie beside the user's other caches, one for each name and Python. Refuses to know what runs in
them.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

OURS = Path(__file__).parent.parent
"""This tree; installed editable, it is what a user would have."""

PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")


def environment(name: str, packages: Sequence[str], *, with_ours: bool = False) -> Path:
    """Install packages, as pip calls them, into an environment; returns the folder of its commands.

    What was made before is taken as it is, unless other packages are wanted now. Raises
    subprocess.CalledProcessError where something cannot be had.
    """
    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    folder = user_cache_path("sse-reload-benchmarks", ensure_exists=True) / f"{name}-{version}"
    wanted = [*packages, *(["--editable", str(OURS)] if with_ours else [])]
    made = folder / "installed.txt"
    if not made.exists() or made.read_text() != "\n".join(wanted):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        python = str(folder / "bin" / "python")
        subprocess.run([python, *PIP, "install", *wanted], check=True, capture_output=True)
        made.write_text("\n".join(wanted))
    return folder / "bin"


def source(package: str, folder: Path) -> Path:
    """Fetch the source of `name==version` from PyPI, once; returns the file."""
    name, _, version = package.partition("==")
    pattern = f"{name.replace('-', '_')}-{version}.tar.gz"
    if not (folder / pattern).exists():
        words = ["download", "--no-deps", "--no-binary", name, "--dest", str(folder), package]
        subprocess.run([sys.executable, *PIP, *words], check=True, capture_output=True)
    return folder / pattern
