"""What a save should do to a build that runs: the policies, played in virtual time.

For builds of several durations and people who save in several ways: seconds from the last save until
it is shown, seconds from any save until something at least as new is shown (mean and worst), and how
often the site changed meanwhile. "auto ¾" is "auto" where a build may be ended until three quarters of
it have passed, and so on; "auto" itself is "auto ½".

    python -m tests.benchmarks.cancel_policy
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean
from unittest.mock import patch

from livereload_sse.build import loop as build_loop
from livereload_sse.build.loop import BuildLoop, Cancel, Request
from tests.virtual_time import now, run_virtually

SOURCE = Path("page.md")
BUILDS = (0.3, 2.0, 8.0, 20.0)
PLAYS = 40
"""How many people play each way to save, each from another moment on."""

Saves = Sequence[float]


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    cancel: Cancel
    latest: float = build_loop.LATEST


POLICIES = (
    Policy("never", "never"),
    Policy("auto ¼", "auto", 0.25),
    Policy("auto", "auto"),
    Policy("auto ¾", "auto", 0.75),
    Policy("always", "always"),
)


def one_correction(build: float, chance: Random) -> Saves:
    return [0.0, chance.uniform(0, build)]


def a_flurry(build: float, chance: Random) -> Saves:
    """Five saves, on average three to a build."""
    return _spread(5, build / 3, chance)


def a_minute_of_work(_build: float, chance: Random) -> Saves:
    """A save about every four seconds."""
    return _spread(15, 4.0, chance)


def without_a_pause(build: float, chance: Random) -> Saves:
    """Somebody whose editor saves twice in each build, twenty times."""
    return _spread(20, build / 2, chance)


WAYS: tuple[Callable[[float, Random], Saves], ...] = (
    one_correction,
    a_flurry,
    a_minute_of_work,
    without_a_pause,
)


def _spread(count: int, every: float, chance: Random) -> Saves:
    at, saves = 0.0, []
    for _ in range(count):
        saves.append(at)
        at += every * chance.uniform(0.5, 1.5)
    return saves


async def play(cancel: Cancel, build: float, saves: Saves) -> tuple[list[float], int]:
    """Play one person; returns the seconds from each save until it was shown, and times shown."""
    saved: list[float] = []
    shown: list[tuple[float, int]] = []  # when, and how many saves were in it

    async def run(_request: Request) -> None:
        included = len(saved)
        await asyncio.sleep(build)
        shown.append((now(), included))

    loop = BuildLoop(build=run, cancel=cancel, clock=now)
    running = asyncio.create_task(loop.run())
    for _ in range(2):  # so that the loop knows how long a build takes
        loop.request({}, everything=True)
        await asyncio.sleep(build + 0.5)
    shown.clear()
    began = now()
    before_any_build = now() - 1e5  # loops are not the matter here
    for at in saves:
        await asyncio.sleep(began + at - now())
        saved.append(now())
        loop.request({SOURCE: before_any_build})
    while not shown or shown[-1][1] < len(saved):  # noqa: ASYNC110 - virtual time: nobody waits
        await asyncio.sleep(build / 20)
    running.cancel()
    await asyncio.wait({running})
    return [
        next(when for when, included in shown if included > number) - at
        for number, at in enumerate(saved)
    ], len(shown)


@dataclass(frozen=True, slots=True)
class Result:
    """Means over all who played, but `worst`, which is over all of them."""

    last: float
    any: float
    worst: float
    shown: float


def measure(policy: Policy, build: float, way: Callable[[float, Random], Saves]) -> Result:
    chance = Random(7)
    with patch.object(build_loop, "LATEST", policy.latest):
        played = [
            run_virtually(play(policy.cancel, build, way(build, chance))) for _ in range(PLAYS)
        ]
    return Result(
        mean(delays[-1] for delays, _ in played),
        mean(mean(delays) for delays, _ in played),
        max(max(delays) for delays, _ in played),
        mean(shown for _, shown in played),
    )


def main(show: Callable[[str], None] = print) -> None:
    for way in WAYS:
        for build in BUILDS:
            show(f"\n{way.__name__.replace('_', ' ')}, builds of {build} s")
            for policy in POLICIES:
                result = measure(policy, build, way)
                show(
                    f"  {policy.name:<7} last save {result.last:5.1f} s   any save "
                    f"{result.any:5.1f} s, at worst {result.worst:5.1f} s   "
                    f"shown {result.shown:4.1f} times"
                )


if __name__ == "__main__":
    main()
