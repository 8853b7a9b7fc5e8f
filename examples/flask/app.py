"""A ship's weather log: the glass, the wind and what the sky looked like."""

from dataclasses import dataclass

from flask import Flask, redirect, render_template, request
from werkzeug import Response

SHIP = "Log of the light vessel"

app = Flask(__name__)


@dataclass(frozen=True)
class Entry:
    """One look at the weather: the hour, hectopascals, degrees the wind comes from, its force."""

    hour: int
    pressure: float
    wind: int
    force: int
    remark: str


log = [
    Entry(0, 1013.2, 190, 3, "Stars down to the horizon."),
    Entry(4, 1011.0, 180, 4, "Ring around the moon."),
    Entry(8, 1006.8, 165, 5, "Grey. Swell from the south-west, before its wind."),
    Entry(12, 1000.1, 170, 7, "Rain. More cable out. Hove the lead: no drag."),
    Entry(16, 996.4, 225, 8, "Wind went round in one squall. Clear under the cloud."),
    Entry(20, 1002.9, 270, 6, "Glass rises quickly. Ships pass again."),
]


@app.get("/")
def read() -> str:
    """Show the log."""
    low = min(entry.pressure for entry in log)
    high = max(entry.pressure for entry in log)
    trace = [
        (index / max(1, len(log) - 1), (entry.pressure - low) / max(0.1, high - low))
        for index, entry in enumerate(log)
    ]
    return render_template("log.html", ship=SHIP, log=log, trace=trace, low=low, high=high)


@app.post("/")
def write() -> Response:
    """Add an entry, and show the log again. A restart forgets it."""
    form = request.form
    hour = (log[-1].hour + 4) % 24
    wind, force = form.get("wind", 0, int), form.get("force", 0, int)
    pressure = form.get("pressure", log[-1].pressure, float)
    log.append(Entry(hour, pressure, wind % 360, min(12, max(0, force)), form.get("remark", "")))
    return redirect("/", 303)
