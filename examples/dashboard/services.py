"""The rows about services: disks, ports, how long the machine is up, how many streams are open.

Knows how each of them is asked, and says it in words. Refuses to know the stream and alerts.
"""

import asyncio
import time

import psutil
from events import Service

# Answers on the same machine come in milliseconds.
PORT_TIMEOUT = 0.5
FULL = 90.0  # per cent of a disk


def disks() -> list[Service]:
    """Say of each disk how much is free. Reads the disks: call it outside the event loop."""
    rows: dict[str, Service] = {}
    for partition in psutil.disk_partitions():
        try:
            usage = psutil.disk_usage(partition.mountpoint)
        except OSError:  # an empty drive, or one that is not ours to read
            continue
        rows.setdefault(
            partition.device,
            {
                "name": partition.mountpoint,
                "state": "warning" if usage.percent >= FULL else "ok",
                "value": f"{size(usage.free)} free",
                "note": f"of {size(usage.total)}, {partition.fstype}",
                "share": round(usage.percent / 100, 3),
            },
        )
    return list(rows.values())


class Ports:
    """Asks whether ports answer. One that has never answered is off; one that has, is down."""

    def __init__(self, addresses: list[tuple[str, int]]) -> None:
        self._addresses = addresses
        self._have_answered: set[tuple[str, int]] = set()

    async def ask(self) -> list[Service]:
        """Ask all of them at the same time."""
        return list(await asyncio.gather(*map(self._ask_one, self._addresses)))

    async def _ask_one(self, address: tuple[str, int]) -> Service:
        milliseconds = await connect(address)
        if milliseconds is not None:
            self._have_answered.add(address)
        row: Service = {
            "name": ":".join(map(str, address)),
            "state": "ok",
            "value": "answers",
            "note": "",
            "share": None,
        }
        if milliseconds is None:
            has_answered = address in self._have_answered
            row["state"] = "down" if has_answered else "off"
            row["value"] = "no answer"
            row["note"] = "it did before" if has_answered else ""
        return row


def parse_ports(text: str) -> Ports:
    """Read `host:port`, several of them with commas. Raises ValueError."""
    pairs = (one.strip().rpartition(":") for one in text.split(",") if one.strip())
    return Ports([(host, int(port)) for host, _, port in pairs])


async def connect(address: tuple[str, int]) -> float | None:
    """Open a connection and close it; returns how long that took, None if nobody answers."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PORT_TIMEOUT):
            _, writer = await asyncio.open_connection(*address)
    except OSError:  # TimeoutError is one
        return None
    took = (time.perf_counter() - began) * 1000
    writer.close()
    return took


def uptime(seconds: float) -> Service:
    """Say how long the machine has been up."""
    days, hours, minutes = int(seconds // 86400), int(seconds // 3600 % 24), int(seconds // 60 % 60)
    value = f"{days} d {hours} h" if days else f"{hours} h {minutes:02} min"
    return {"name": "Up", "state": "ok", "value": value, "note": "", "share": None}


def streams(open_now: int, limit: int) -> Service:
    """Say how many streams are open."""
    return {
        "name": "Streams",
        "state": "warning" if open_now >= limit else "ok",
        "value": f"{open_now} open",
        "note": f"of {limit}",
        "share": round(open_now / limit, 3),
    }


def size(count: float) -> str:
    """Write bytes with a decimal unit, and two figures or more."""
    units = iter(("B", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while count >= 999.5 and unit != "TB":
        count, unit = count / 1000, next(units)
    return f"{count:.1f} {unit}" if count < 9.95 and unit != "B" else f"{count:.0f} {unit}"
