import pytest
from lamps.character import read
from lamps.rhythm import is_lit, phases

CHART = ["Fl 5s", "Fl(3) W 10s", "LFl G 8s", "Oc(2) R 12s", "Iso Y 4s"]


@pytest.mark.parametrize("text", CHART)
def test_the_phases_fill_the_period(text):
    lamp = read(text)
    seconds = sum(length for _, length in phases(lamp))
    assert seconds == lamp.period


def test_a_flash_begins_the_period_and_darkness_ends_it():
    lamp = read("Fl(2) 10s")
    assert is_lit(lamp, 0)
    assert not is_lit(lamp, 9.9)


def test_an_occulting_light_is_longer_lit_than_dark():
    lamp = read("Oc 6s")
    lit = sum(length for is_on, length in phases(lamp) if is_on)
    assert lit > lamp.period / 2


def test_a_group_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="too short"):
        phases(read("LFl(4) 10s"))
