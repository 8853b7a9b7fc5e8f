"""A project's tests, run with the recorder, and what it told: for tests of the recorder."""

import os
import site
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.pytest_watch.messages import (
    FileRecorded,
    Message,
    TestHits,
    Use,
    Wrote,
    decode,
)

SCRIPT = """
import sys
{before}
from livereload_sse.pytest_watch.messages import encode
from livereload_sse.pytest_watch.recorder import Recorder

roots, installed, out, hits, *args = sys.argv[1:]
with open(out, "ab", buffering=0) as file:
    recorder = Recorder(
        roots=roots.split("|"),
        installed=installed.split("|"),
        tell=lambda message: file.write(encode(message)),
        hits=hits == "hits",
    )
    recorder.start()
    import pytest
    code = pytest.main(args, plugins=[recorder])
    print("why no hits:", recorder.why_no_hits)
sys.exit(code)
"""

INSTALLED = tuple({*site.getsitepackages(), sysconfig.get_path("stdlib")})
PATIENCE = 120


@dataclass(frozen=True)
class Recorded:
    """What a run told: paths are relative to the project."""

    project: Path
    messages: Sequence[Message]
    output: str
    code: int

    @property
    def files(self) -> dict[str, FileRecorded]:
        """Give what was told of each test file; later runs replace earlier ones."""
        return {self._name(one.file): one for one in self.messages if isinstance(one, FileRecorded)}

    def uses(self, file: str, *hows: str) -> set[str]:
        """Name what a test file uses, in these ways or in any, but for itself."""
        return {
            self._name(use.path)
            for use in self.files[file].uses
            if use.how != "is" and (not hows or use.how in hows)
        }

    def use(self, file: str, path: str) -> Use:
        """Give the first use that a test file makes of a path."""
        return next(use for use in self.files[file].uses if self._name(use.path) == path)

    def chain(self, file: str, path: str) -> list[str]:
        """Follow `via` from a path back to the test file."""
        found = [path]
        while found[-1] != file:
            found.append(self._name(self.use(file, found[-1]).via))
        return found[::-1]

    @property
    def wrote(self) -> set[str]:
        """Name all that the run said it has written."""
        told = [one.paths for one in self.messages if isinstance(one, Wrote)]
        return {self._name(path) for paths in told for path in paths}

    @property
    def hits(self) -> dict[str, set[str]]:
        """Map tests to the functions that they called, as `file:name`."""
        return {
            one.test.partition("::")[2]: {self._function(label) for label in one.functions}
            for one in self.messages
            if isinstance(one, TestHits)
        }

    def _function(self, label: str) -> str:
        path, _, name = label.rsplit(":", 2)
        return f"{self._name(path)}:{name}"

    def _name(self, path: str) -> str:
        return Path(os.path.relpath(path, self.project)).as_posix()


def fill(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files, and the folders for them."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def record(
    project: Path,
    *args: str,
    hits: bool = False,
    python: str = sys.executable,
    roots: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
    before: str = "",
) -> Recorded:
    """Run a project's tests in a process of its own. `before` is run there before all else."""
    out = project.parent / "recorded.jsonl"
    out.unlink(missing_ok=True)
    command = [python, "-c", SCRIPT.format(before=before)]
    command += ["|".join(map(str, roots or [project])), "|".join(INSTALLED), str(out)]
    command += [
        "hits" if hits else "",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:sse-reload",
        *args,
    ]
    done = subprocess.run(
        command,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    messages = [decode(line) for line in out.read_bytes().splitlines()]
    return Recorded(project, messages, done.stdout + done.stderr, done.returncode)
