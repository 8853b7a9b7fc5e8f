"""Writes the logbook's page: `python logbook.py FOLDER`."""

import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from voyage import HERE, fastest, read_legs

pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)


def write_site(folder: Path) -> None:
    """Write the site into a folder."""
    legs = read_legs()
    page = pages.get_template("log.html").render(legs=legs, fastest=fastest(legs))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page, "utf-8")


if __name__ == "__main__":
    write_site(Path(sys.argv[1]))
