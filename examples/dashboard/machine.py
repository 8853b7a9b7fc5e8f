"""The machine's figures, as psutil counts them.

Knows counters and what they mean per second. Refuses to know how often it is asked, limits and the
stream. Every call reads files of the system: call it outside the event loop, in one thread.
"""

import os
import platform
import time
from dataclasses import dataclass

import psutil
from events import Flow, Machine, Metric, Process, Processes

NOTABLE = 5


@dataclass(frozen=True, slots=True)
class Counters:
    """What only grows; a rate needs two of them. `disk` and `network` are (inward, outward)."""

    moment: float
    disk: tuple[int, int] | None
    network: tuple[int, int] | None


def describe() -> Machine:
    """Say what does not change."""
    return {
        "name": platform.node(),
        "system": f"{platform.system()} {platform.release()}",
        "cores": psutil.cpu_count() or 1,
        "memory": psutil.virtual_memory().total,
        "since": psutil.boot_time(),
    }


class Readings:
    """Samples, each over the time since the one before; the first, since this was made.

    psutil keeps the CPU's counters for each thread that asks, so one thread must ask for all.
    """

    def __init__(self) -> None:
        self._before = count()
        psutil.cpu_percent(percpu=True)
        busiest()

    def sample(self) -> tuple[Metric, Processes]:
        """Measure."""
        before, after = self._before, count()
        self._before = after
        span = after.moment - before.moment
        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
        metric = Metric(
            at=round(time.time(), 3),
            span=round(span, 3),
            cores=psutil.cpu_percent(percpu=True),
            load=[round(load, 2) for load in psutil.getloadavg()],
            memory={"used": memory.total - memory.available, "total": memory.total},
            swap={"used": swap.used, "total": swap.total},
            disk=flow(before.disk, after.disk, span),
            network=flow(before.network, after.network, span),
        )
        return metric, busiest()


def count() -> Counters:
    """Read the counters of disks and of the network as they are now."""
    disk = psutil.disk_io_counters()
    network = [
        one for name, one in psutil.net_io_counters(pernic=True).items() if name not in loopbacks()
    ]
    return Counters(
        time.monotonic(),
        (disk.read_bytes, disk.write_bytes) if disk else None,
        (sum(one.bytes_recv for one in network), sum(one.bytes_sent for one in network))
        if network
        else None,
    )


def loopbacks() -> set[str]:
    """Name the interfaces that lead nowhere but here."""
    return {
        name
        for name, addresses in psutil.net_if_addrs().items()
        if any(one.address.startswith("127.") or one.address == "::1" for one in addresses)
    }


def flow(
    before: tuple[int, int] | None, after: tuple[int, int] | None, seconds: float
) -> Flow | None:
    """Say how much went in and out per second; a counter that began anew has no rate, so 0."""
    if before is None or after is None or seconds <= 0:
        return None
    inward, outward = (
        max(0, round((new - old) / seconds)) for old, new in zip(before, after, strict=True)
    )
    return {"inward": inward, "outward": outward}


def busiest() -> Processes:
    """Name the processes that took most CPU since the last call; the idle are ordered by memory.

    This process's own samples are part of it: what watching costs shall be seen.
    """
    found = [one.info for one in psutil.process_iter(["pid", "name", "cpu_percent", "memory_info"])]
    named = [
        Process(
            pid=one["pid"],
            name=one["name"] + (" (this)" if one["pid"] == os.getpid() else ""),
            cpu=one["cpu_percent"] or 0.0,
            memory=one["memory_info"].rss if one["memory_info"] else 0,
        )
        for one in found
        if one["pid"] and one["name"]  # 0 is the idle loop of Windows and macOS
    ]
    named.sort(key=lambda one: (one["cpu"], one["memory"]), reverse=True)
    return Processes(busiest=named[:NOTABLE], count=len(found))
