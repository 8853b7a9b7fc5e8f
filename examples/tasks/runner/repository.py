"""The repository that jobs clone: the sample, and a branch for each folder that lies over it.

Knows git. Refuses to know what is in the sample.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from .steps import surroundings

TITLE: Final = "COMMIT"  # the file with a commit's message; it is not committed
AUTHOR: Final = ("-c", "user.name=tasks", "-c", "user.email=tasks@example.invalid")
NOT_COPIED: Final = shutil.ignore_patterns(TITLE, "__pycache__", ".*_cache")


def make_repository(source: Path, target: Path) -> dict[str, str]:
    """Make a repository of `source/sample` and `source/branches`; returns each branch's title.

    Raises RuntimeError with what git has printed, or where there is no git.
    """
    titles = {"main": _commit(source / "sample", target, "init", "--initial-branch=main")}
    for folder in sorted(file.parent for file in source.glob(f"branches/*/{TITLE}")):
        titles[folder.name] = _commit(folder, target, "switch", "--create", folder.name, "main")
    _git(target, "switch", "main")
    return titles


def _commit(source: Path, target: Path, *before: str) -> str:
    target.mkdir(exist_ok=True)
    _git(target, *before)
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=NOT_COPIED)
    title = (source / TITLE).read_text("utf-8").strip()
    _git(target, "add", "--all")
    _git(target, *AUTHOR, "commit", "--message", title)
    return title


def _git(folder: Path, *words: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the words are those above
            ["git", "-c", "core.autocrlf=false", *words],  # noqa: S607 - the git of the machine
            cwd=folder,
            env=surroundings(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise RuntimeError("git is not installed; this example clones a repository") from error
    if done.returncode:
        raise RuntimeError(f"git {words[0]} failed in {folder}: {done.stderr.strip()}")
