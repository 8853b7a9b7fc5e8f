from pathlib import Path, PurePosixPath

import pytest

from livereload_sse.web.listing import crumbs, find_nearby, read_entries

TOP = PurePosixPath()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    for folder in ("sub", "Sub2", ".git", "Zoo"):
        (root / folder).mkdir(parents=True)
    for name in ("page10.html", "page2.html", "Apple.txt", ".env", "old.html~", "ä.html"):
        (root / name).write_bytes(b"12345")
    (tmp_path / "secret.txt").write_bytes(b"")
    (root / "out").symlink_to(tmp_path / "secret.txt")
    (root / "broken").symlink_to("nowhere")
    (root / "in").symlink_to("Apple.txt")
    return root


def test_folders_come_first_and_numbers_count(root: Path) -> None:
    names = [entry.name for entry in read_entries(root, TOP, prefix="/")]

    assert names == [
        "sub/", "Sub2/", "Zoo/", "Apple.txt", "in", "page2.html", "page10.html", "ä.html",
    ]  # fmt: skip


def test_an_entry_leads_to_the_one_url_of_its_file(root: Path) -> None:
    entries = {entry.name: entry for entry in read_entries(root, TOP, prefix="/docs/")}

    assert entries["page2.html"].url == "/docs/page2"
    assert entries["ä.html"].url == "/docs/%C3%A4"
    assert entries["sub/"].url == "/docs/sub/"
    assert (entries["page2.html"].size, entries["sub/"].size) == (5, None)
    assert entries["page2.html"].modified == (root / "page2.html").stat().st_mtime


def test_a_folder_that_is_linked_from_outside_is_not_listed(root: Path, tmp_path: Path) -> None:
    (root / "linked").symlink_to(tmp_path)

    with pytest.raises(FileNotFoundError):
        read_entries(root, PurePosixPath("linked"), prefix="/")


def test_crumbs_lead_from_the_root_to_the_folder(root: Path) -> None:
    links = crumbs(root, PurePosixPath("a/b c"), prefix="/docs/")

    assert [(link.name, link.url) for link in links] == [
        ("site", "/docs/"),
        ("a", "/docs/a/"),
        ("b c", "/docs/a/b%20c/"),
    ]
    assert [(link.name, link.url) for link in crumbs(root, TOP, prefix="/")] == [("site", "/")]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("paeg2.html", ["page2.html"]),
        ("PAGE2", ["page2.html", "page10.html"]),
        ("subb", ["sub/", "Sub2/"]),
        ("nothing-like-it", []),
        ("no/such/folder/page2", []),
    ],
)
def test_similar_names_are_found(root: Path, asked: str, names: list[str]) -> None:
    nearby = find_nearby(root, PurePosixPath(asked), prefix="/")

    assert [link.name for link in nearby] == names
