"""What a save should do to a build that runs: the three policies, played in quick motion.

For builds of several durations and people who save every so often for ten seconds: seconds from the
last save until it is shown, seconds from any save until something at least as new is shown, and how
often the site changed meanwhile.

    python -m tests.benchmarks.cancel_policy
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from livereload_sse.build.loop import BuildLoop, Cancel, Request

SPEED = 40
"""How many seconds of the play pass in one."""

PLAY = 10.0
BUILDS = (0.3, 2.0, 8.0)
PAUSES = (0.7, 1.9, 4.3)
POLICIES: tuple[Cancel, ...] = ("never", "auto", "always")
SOURCE = Path("page.md")


def clock() -> float:
    return time.time() * SPEED


async def pause(seconds: float) -> None:
    await asyncio.sleep(seconds / SPEED)


async def play(policy: Cancel, build: float, every: float) -> tuple[float, float, int]:
    """Play one person; returns last save → shown, any save → shown (mean), times shown."""
    saved: list[float] = []
    shown: list[tuple[float, int]] = []  # when, and how many saves were in it

    async def run(_request: Request) -> None:
        included = len(saved)
        await pause(build)
        shown.append((clock(), included))

    loop = BuildLoop(build=run, cancel=policy, clock=clock)
    running = asyncio.create_task(loop.run())
    for _ in range(2):  # so that the loop knows how long a build takes
        loop.request({}, everything=True)
        await pause(build + 0.5)
    shown.clear()
    began = clock()
    while clock() - began < PLAY:
        saved.append(clock())
        loop.request({SOURCE: clock() - 1000})  # the time of a file that no build has written
        await pause(every)
    while not shown or shown[-1][1] < len(saved):
        await pause(0.05)
    running.cancel()
    await asyncio.wait({running})
    delays = [
        next(when for when, included in shown if included > number) - at
        for number, at in enumerate(saved)
    ]
    return delays[-1], mean(delays), len(shown)


def measure(build: float, every: float) -> list[tuple[str, float, float, int]]:
    return [(policy, *asyncio.run(play(policy, build, every))) for policy in POLICIES]


def main(show: Callable[[str], None] = print) -> None:
    for build in BUILDS:
        for every in PAUSES:
            show(f"\nbuilds of {build} s, a save every {every} s for {PLAY:.0f} s")
            for policy, last, any_, times in measure(build, every):
                show(
                    f"  --cancel {policy:<7} last save {last:5.1f} s   any save {any_:5.1f} s   "
                    f"shown {times} times"
                )


if __name__ == "__main__":
    main()
