"""Small pages that keep a diary of their own loads, and files that are saved as editors save them."""

import json
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

DIARY = """
<script>
  const write = (entry) => {
    sessionStorage.diary = JSON.stringify([...JSON.parse(sessionStorage.diary ?? '[]'), entry]);
  };
  addEventListener('DOMContentLoaded', () => {
    write({ title: document.title, isWhole: document.getElementById('end') !== null });
    new MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const { localName, href } of addedNodes) if (localName === 'link') write({ swapped: href });
    }).observe(document.head, { childList: true });
  });
</script>
"""


def write_page(path: Path, title: str, *, head: str = "", body: str = "") -> None:
    """Write a whole page that notes each of its loads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save(path, page_text(title, head=head, body=body))


def page_text(title: str, *, head: str = "", body: str = "") -> str:
    return (
        f"<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>{title}</title>{DIARY}{head}</head>\n"
        f"<body><h1>{title}</h1>{body}<p id=end>end</p></body></html>\n"
    )


def save(path: Path, text: str) -> None:
    """Save as careful editors do: write beside, then rename."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105 - the very system call is meant


def diary_of(page: Page) -> list[dict[str, Any]]:
    """Read what the tab has noted: `{title, isWhole}` for each load, `{swapped}` for each new sheet."""
    text = page.evaluate("sessionStorage.diary ?? '[]'")
    entries: list[dict[str, Any]] = json.loads(text)
    return entries


def wait_for_title(page: Page, title: str, timeout: float = 10.0) -> None:
    """Wait until the tab shows a page of this title, through reloads."""
    page.wait_for_function("title => document.title === title", arg=title, timeout=timeout * 1000)


def wait_for_loads(page: Page, count: int) -> None:
    """Wait until the tab has loaded its page so many times."""
    page.wait_for_function(
        "count => JSON.parse(sessionStorage.diary ?? '[]').length === count", arg=count
    )
