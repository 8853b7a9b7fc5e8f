"""The builder for every generator that is one command.

Knows how a command is run for one build. Refuses to know which command that is.
"""

from pathlib import Path

from livereload_sse.build.command import run_command
from livereload_sse.build.plans import Plan
from livereload_sse.build.results import Finished, Say


class CommandBuilder:
    """Runs the command of a plan anew for each build; see `results.Builder`."""

    def __init__(self, plan: Plan, *, cache: Path) -> None:
        self._plan = plan
        self._cache = cache

    async def build(self, output: Path, _changed: frozenset[Path], say: Say) -> Finished:
        """Build into the folder `output`."""
        return await run_command(self._plan.command(output=output, cache=self._cache), say=say)

    async def close(self) -> None:
        """Nothing runs between builds."""
