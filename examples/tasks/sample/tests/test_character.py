import pytest
from lamps.character import Character, read


def test_a_character_has_four_parts():
    assert read("Fl(3) R 10s") == Character("Fl", 3, "R", 10)


def test_a_light_without_a_letter_is_white():
    assert read("Iso 4s").colour == "W"


@pytest.mark.parametrize("text", ["", "Fl", "Fl(0) 5s", "Fl 5", "Blink 5s", "Fl(3)R10s"])
def test_what_no_chart_has_is_refused(text):
    with pytest.raises(ValueError, match="no character"):
        read(text)
