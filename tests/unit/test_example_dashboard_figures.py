"""The dashboard example's alerts and figures: what is told of a standing, and of two counters."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "dashboard"


@pytest.fixture(scope="module")
def modules() -> Iterator[Any]:
    """Import the example's modules as it does itself, from its own folder, and forget them."""
    own = {path.stem for path in FOLDER.glob("*.py")}
    hidden = {name: sys.modules.pop(name) for name in own & set(sys.modules)}
    sys.path.insert(0, str(FOLDER))
    try:
        yield import_module
    finally:
        sys.path.remove(str(FOLDER))
        for name in own:
            sys.modules.pop(name, None)
        sys.modules.update(hidden)


def hear(modules: Any, *values: float) -> tuple[Any, list[Any]]:
    """Alerts that have heard these values, one a second; and what was told after each."""
    rule = modules("rules").Rule("cpu", "Processor", warning=80, critical=90)
    alerts = modules("alerts").Alerts({"cpu": rule})
    return alerts, [alerts.hear("cpu", value, 100.0 + at) for at, value in enumerate(values)]


def test_an_alert_is_told_when_it_changes_and_keeps_its_name_until_it_is_over(modules: Any) -> None:
    alerts, told = hear(modules, 80, 80, 80, 80, 95, 95, 95, 10, 10, 10)
    changes = [alert for alert in told if alert]

    assert [alert["level"] for alert in changes] == ["warning", "critical", "cleared"]
    assert {(alert["id"], alert["since"]) for alert in changes} == {("cpu-102", 102.0)}
    assert [alert["limit"] for alert in changes] == [80, 90, 80]
    assert alerts.active == {}


def test_what_was_seen_stays_seen_until_it_is_worse(modules: Any) -> None:
    alerts, _ = hear(modules, 95, 95, 95)
    assert alerts.acknowledge("cpu-102")["acknowledged"]
    assert alerts.acknowledge("cpu-102") is None
    assert alerts.acknowledge("cpu-1") is None

    for value in (80, 74, 74, 74):
        told = alerts.hear("cpu", value, 110.0)
    assert (told["level"], told["acknowledged"]) == ("warning", True)
    for value in (95, 95, 95):
        told = alerts.hear("cpu", value, 120.0)
    assert (told["level"], told["acknowledged"]) == ("critical", False)


@pytest.mark.parametrize(
    ("before", "after", "seconds", "inward", "outward"),
    [
        ((1000, 50), (3000, 50), 2.0, 1000, 0),
        ((0, 0), (1, 2), 0.5, 2, 4),
        ((5000, 5000), (10, 6000), 1.0, 0, 1000),
    ],
    ids=["two seconds", "half a second", "one counter began anew"],
)
def test_a_flow_is_bytes_per_second(
    modules: Any,
    before: tuple[int, int],
    after: tuple[int, int],
    seconds: float,
    inward: int,
    outward: int,
) -> None:
    flow = modules("machine").flow(before, after, seconds)
    assert flow == {"inward": inward, "outward": outward}


def test_what_is_not_counted_has_no_flow(modules: Any) -> None:
    assert modules("machine").flow(None, (1, 1), 1.0) is None
    assert modules("machine").flow((1, 1), (2, 2), 0.0) is None


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9949, "9.9 kB"),
        (9960, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (67e9, "67 GB"),
        (4.2e15, "4200 TB"),
    ],
)
def test_sizes_have_two_figures_or_more(modules: Any, count: float, text: str) -> None:
    assert modules("services").size(count) == text


def test_ports_are_read_from_a_list_and_the_last_colon_counts(modules: Any) -> None:
    ports = modules("services").parse_ports("localhost:22, ::1:80,")
    assert ports._addresses == [("localhost", 22), ("::1", 80)]
    with pytest.raises(ValueError, match="'http'"):
        modules("services").parse_ports("localhost:http")
