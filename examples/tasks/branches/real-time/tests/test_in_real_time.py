"""Each lamp is played for one period, second by second: together about twelve seconds."""

from time import monotonic, sleep

import pytest
from lamps.character import read
from lamps.rhythm import phases

CHART = [
    *("Iso W 1s", "Iso R 1s", "Iso G 1s", "Iso Y 1s"),
    *("Fl W 1s", "Fl R 1s", "Fl(2) W 2s", "Oc W 2s", "Fl G 1s", "Fl Y 1s"),
]


@pytest.mark.parametrize("text", CHART)
def test_a_lamp_takes_its_period(text):
    lamp = read(text)
    began = monotonic()
    for _, seconds in phases(lamp):
        sleep(seconds)
    assert monotonic() - began >= lamp.period * 0.99
