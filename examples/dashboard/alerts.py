"""Which rules are broken, since when, and who has seen it.

Knows levels and acknowledgements. Refuses to know clocks, the stream and where values come from.
"""

from dataclasses import dataclass, field

from events import Alert
from rules import CALM, Rule, Standing, follow

WORDS = ("cleared", "warning", "critical")


@dataclass(slots=True)
class Alerts:
    """Every rule's standing, and the alerts that are active, by rule."""

    rules: dict[str, Rule]
    active: dict[str, Alert] = field(default_factory=dict)
    _standings: dict[str, Standing] = field(default_factory=dict)

    def hear(self, name: str, value: float, at: float) -> Alert | None:
        """Take a sample into account; returns the alert where it has changed."""
        rule, before = self.rules[name], self._standings.get(name, Standing())
        after = self._standings[name] = follow(rule, before, value)
        if after.level == before.level:
            return None
        known = self.active.pop(name, None)
        alert = Alert(
            id=known["id"] if known else f"{name}-{at:.0f}",
            rule=name,
            title=rule.title,
            level=WORDS[after.level],  # type: ignore[typeddict-item]  # the words of Alert.level
            value=round(value, 1),
            limit=rule.limit(after.level),
            unit=rule.unit,
            since=known["since"] if known else at,
            # What has become worse has not been seen.
            acknowledged=bool(known and known["acknowledged"] and after.level < before.level),
        )
        if after.level != CALM:
            self.active[name] = alert
        return alert

    def acknowledge(self, alert_id: str) -> Alert | None:
        """Note that somebody has seen it; returns the alert if it is active and was not seen."""
        for name, alert in self.active.items():
            if alert["id"] == alert_id and not alert["acknowledged"]:
                self.active[name] = {**alert, "acknowledged": True}
                return self.active[name]
        return None
