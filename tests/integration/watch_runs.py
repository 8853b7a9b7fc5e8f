"""Runs of pytest in tests: a small project, a runner of each kind, and what its runs have told."""

import asyncio
import sys
import sysconfig
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Literal, TypeVar

from livereload_sse.pytest_watch.engine.fork_runner import ForkRunner
from livereload_sse.pytest_watch.engine.runner import Run, Runner
from livereload_sse.pytest_watch.engine.spawn_runner import SpawnRunner
from livereload_sse.pytest_watch.engine.spawning import Launch
from livereload_sse.pytest_watch.messages import Message, TestResult, TestStarted
from livereload_sse.pytest_watch.order import Order
from tests.integration.terminals import Terminal, shell
from tests.patience import patiently

Kind = Literal["fork", "standby", "standby by a port", "cold"]
KINDS: tuple[Kind, ...] = ("fork", "standby", "cold")
BY_A_PORT: Kind = "standby by a port"
WARM: tuple[Kind, ...] = ("fork", "standby")

RUN_TIMEOUT = 30.0

T = TypeVar("T")


@dataclass
class Told:
    """One run, and what it has told so far."""

    run: Run = field(init=False)
    messages: list[Message] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, message: Message) -> None:
        self.messages.append(message)
        self._news.set()

    def all(self, kind: type[T]) -> list[T]:
        return [message for message in self.messages if isinstance(message, kind)]

    def one(self, kind: type[T]) -> T:
        (found,) = self.all(kind)
        return found

    @property
    def outcomes(self) -> dict[str, str]:
        return {
            message.test.partition("::")[2]: message.outcome for message in self.all(TestResult)
        }

    @property
    def failures(self) -> str:
        return "\n".join(message.details for message in self.all(TestResult))

    async def wait_for_test(self, name: str) -> None:
        async with patiently(RUN_TIMEOUT):
            while not any(one.test.endswith(name) for one in self.all(TestStarted)):
                self._news.clear()
                await self._news.wait()

    async def exit_code(self) -> int:
        async with patiently(RUN_TIMEOUT):
            return await self.run.ended()


@dataclass
class Project:
    """A project with tests. What counts as installed lies in a folder beside it."""

    root: Path
    args: tuple[str, ...] = ("-q", "-p", "no:cacheprovider")
    packages: Path = field(init=False)

    def __post_init__(self) -> None:
        self.packages = self.root.parent / "packages"
        self.packages.mkdir()
        self.root.mkdir()
        self.write("pytest.ini", "[pytest]\n")

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
        return path

    def install(self, name: str, text: str) -> Path:
        """Have a third party's module."""
        path = self.packages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
        return path

    @property
    def installed(self) -> tuple[str, ...]:
        return (str(self.packages), sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))

    @property
    def launch(self) -> Launch:
        main = Path(sys.executable).with_name("pytest")
        return Launch(
            args=self.args,
            folder=self.root,
            path=(str(self.packages), *sys.path),
            argv=(str(main), *self.args),
            main_file=str(main),
            main_name="",
        )

    def order(self, *args: str, **more: object) -> Order:
        return Order(
            args=(*self.args, *args),
            roots=(str(self.root),),
            installed=self.installed,
            record=False,
            **more,  # type: ignore[arg-type]  # a test says what it wants to differ
        )

    def runner(self, kind: Kind) -> Runner:
        if kind == "fork":
            return ForkRunner(launch=self.launch)
        way: Literal["fd", "port"] = "port" if kind == "standby by a port" else "fd"
        return SpawnRunner(self.launch, warm=kind != "cold", way=way)

    @asynccontextmanager
    async def running(self, kind: Kind) -> AsyncIterator[Runner]:
        async with self.runner(kind) as runner:
            yield runner


@contextmanager
def watching(project: Path, *args: str, **environment: str) -> Iterator[Terminal]:
    """Type `pytest --live-watch` in a terminal; the shell says what it ended with."""
    # A worker of xdist, which this may be, never watches.
    words = " ".join(
        ["env -u PYTEST_XDIST_WORKER", sys.executable, "-m pytest --live-watch", *args]
    )
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CI": ""}
    with shell(
        f"cd {project} && {words} -p livereload_sse.pytest_watch.plugin; echo ended with $?",
        **plugins,
        **environment,
    ) as screen:
        yield screen


async def begin(runner: Runner, order: Order) -> Told:
    """Begin a run."""
    told = Told()
    async with patiently(RUN_TIMEOUT):
        told.run = await runner.run(order, told.hear)
    return told


async def run(runner: Runner, order: Order) -> Told:
    """Make a run, to its end."""
    told = await begin(runner, order)
    await told.exit_code()
    return told
