"""The page: this reads the template and the data, and so it runs when either is saved."""

from pathlib import Path

from logbook import write_site


def test_every_leg_has_a_row(tmp_path: Path) -> None:
    """Three legs, and the row with the names of the columns."""
    write_site(tmp_path)
    assert (tmp_path / "index.html").read_text("utf-8").count("<tr>") == 4


def test_speeds_have_one_decimal(tmp_path: Path) -> None:
    """As a log shows them."""
    write_site(tmp_path)
    assert "<td>5.0</td>" in (tmp_path / "index.html").read_text("utf-8")
