"""A served folder that is deleted, swapped or switched under the tabs."""

import shutil
from pathlib import Path

from tests.browser.chromium import Tabs
from tests.browser.pages import diary_of, wait_for_title, write_page
from tests.serving import serving


def test_a_link_that_is_switched_shows_the_other_folder(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "first" / "index.html", "first")
    write_page(tmp_path / "second" / "index.html", "second")
    link = tmp_path / "site"
    link.symlink_to("first")
    with serving(link) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        other = tmp_path / "other"
        other.symlink_to("second")
        other.replace(link)
        wait_for_title(page, "second")

        server.wait_for_tabs(1)
        write_page(tmp_path / "second" / "index.html", "second, edited")
        wait_for_title(page, "second, edited")


def test_a_folder_that_is_swapped_by_renaming_shows_the_new_one(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "site" / "index.html", "old")
    write_page(tmp_path / "built" / "index.html", "new")
    with serving(tmp_path / "site") as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        (tmp_path / "site").rename(tmp_path / "before")
        (tmp_path / "built").rename(tmp_path / "site")
        wait_for_title(page, "new")

        assert all(entry["isWhole"] for entry in diary_of(page))


def test_a_folder_that_is_deleted_and_built_anew_heals(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "site" / "index.html", "old")
    with serving(tmp_path / "site") as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        shutil.rmtree(tmp_path / "site")
        page.wait_for_function(
            "document.title.includes('404') || document.body.innerText.includes('nothing here')"
        )
        server.wait_for_tabs(1)
        write_page(tmp_path / "site" / "index.html", "new")

        wait_for_title(page, "new")
