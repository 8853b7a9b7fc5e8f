"""What tabs are told when the site is written again: the fixture comes with sse-reload."""

from typing import TYPE_CHECKING

from logbook import write_site

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.sharing.site_under_test import SseReload


def test_the_page_is_told(sse_reload: "SseReload") -> None:
    """A tab that shows the logbook hears of it."""
    write_site(sse_reload.site)
    update = sse_reload.wait_for_update(path="index.html")
    assert [change.url for change in update.changes] == ["/"]
    assert "Logbook" in sse_reload.get()


def test_writing_the_same_again_reloads_nothing(sse_reload: "SseReload") -> None:
    """Bytes count, not times."""
    write_site(sse_reload.site)
    sse_reload.wait_for_update()
    sse_reload.get()
    write_site(sse_reload.site)
    sse_reload.wait_for_silence()
