"""What every tab shows: the board is kept here, and each change of it is told.

Knows samples, alerts, rows and notices. Refuses to know streams, clocks and how figures are got.
Everything here belongs to the event loop, so that what a new tab is told and what comes after it
fit together without a gap.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from alerts import Alerts
from events import Alert, Board, Machine, Metric, Notification, Processes, Service, Status
from rules import Rule

WINDOW: Final = 90  # samples that are kept, and that a chart is wide
NOTICES: Final = 12

Publish = Callable[[str, Any], object]


@dataclass(frozen=True, slots=True)
class Levels:
    """Per cent at which a figure becomes a warning."""

    cpu: float = 80.0
    memory: float = 85.0
    streams: float = 80.0

    def rules(self) -> dict[str, Rule]:
        """Make the rules; what is critical lies between the warning and all there is."""
        titles = {"cpu": "Processor", "memory": "Memory", "streams": "Streams"}
        return {
            name: Rule(name, title, getattr(self, name), (getattr(self, name) + 100) / 2)
            for name, title in titles.items()
        }


class LiveBoard:
    """The board of one machine. `publish(name, data)` tells the tabs."""

    def __init__(
        self, publish: Publish, machine: Machine, *, interval: float, levels: Levels
    ) -> None:
        self._publish = publish
        self._machine = machine
        self._interval = interval
        self._cpu_limit = levels.cpu
        self._alerts = Alerts(levels.rules())
        self._samples: deque[Metric] = deque(maxlen=WINDOW)
        self._processes = Processes(busiest=[], count=0)
        self._status = Status(services=[], tabs=0)
        self._notices: deque[Notification] = deque(maxlen=NOTICES)
        self._noted = 0

    def state(self, now: float) -> Board:
        """Return what a tab is told that has just come: all of it, in one event."""
        begin = now - WINDOW * self._interval
        return Board(
            machine=self._machine,
            interval=self._interval,
            window=WINDOW,
            cpu_limit=self._cpu_limit,
            samples=[one for one in self._samples if one["at"] > begin],
            processes=self._processes,
            status=self._status,
            alerts=list(self._alerts.active.values()),
            notifications=list(self._notices),
        )

    def take(self, sample: tuple[Metric, Processes]) -> None:
        """Add a sample, and look whether it breaks a rule."""
        metric, self._processes = sample
        if self._samples and metric["at"] - self._samples[-1]["at"] > 10 * self._interval:
            self.note(metric["at"], "Sampling again: a tab is open.")
        self._samples.append(metric)
        self._publish("metric", metric)
        self._publish("processes", self._processes)
        memory = metric["memory"]
        self._judge("cpu", sum(metric["cores"]) / len(metric["cores"]), metric["at"])
        self._judge("memory", 100 * memory["used"] / memory["total"], metric["at"])

    def show(self, services: list[Service], tabs: int, at: float) -> None:
        """Show the rows, if one of them has changed; say so where one has failed or come back."""
        status = Status(services=services, tabs=tabs)
        if status == self._status:
            return
        before = {row["name"]: row["state"] for row in self._status["services"]}
        self._status = status
        self._publish("status", status)
        for row in services:
            was = before.get(row["name"], row["state"])
            if was != row["state"] and "down" in (was, row["state"]):
                self.note(at, f"{row['name']}: {row['value']}.")

    def judge_streams(self, tabs: int, limit: int, at: float) -> None:
        """Look whether there is room for more tabs."""
        self._judge("streams", 100 * tabs / limit, at)

    def note(self, at: float, text: str) -> None:
        """Add a line to the quiet list."""
        self._noted += 1
        notice = Notification(number=self._noted, at=at, text=text)
        self._notices.append(notice)
        self._publish("notification", notice)

    def acknowledge(self, alert_id: str) -> bool:
        """Tell all tabs that somebody has seen an alert. False if there is none to be seen."""
        alert = self._alerts.acknowledge(alert_id)
        if alert:
            self._publish("alert", alert)
        return alert is not None

    def _judge(self, rule: str, value: float, at: float) -> None:
        if alert := self._alerts.hear(rule, value, at):
            self._publish("alert", alert)
            self.note(at, say(alert, at))


def say(alert: Alert, at: float) -> str:
    """Put an alert's change into words."""
    value = f"{alert['value']:.0f} {alert['unit']}"
    if alert["level"] == "cleared":
        return f"{alert['title']} back at {value}, after {at - alert['since']:.0f} s."
    return f"{alert['title']} at {value}: {alert['level']}."
