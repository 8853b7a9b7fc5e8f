"""What a session tells of its builds: to the tabs that are open, to one that opens later, to the
terminal.

Knows the present state and the keys of the places that it names. Refuses to know how a build is run.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livereload_sse.build.editor import Editor, Places, open_in_editor
from livereload_sse.build.news import Failed, News, Started
from livereload_sse.errors import EditorError


class Builds:
    """The builds of one session, as others see them.

    `command` is what is run, as a person would type it. `publish` sends an event to the tabs,
    `on_news` is told everything that they are. `rebuild` builds everything anew, because somebody asks.
    """

    def __init__(
        self,
        command: str,
        *,
        project: Path,
        editor: Editor | None,
        publish: Callable[[str, Any], object],
        on_news: Callable[[News], None],
        rebuild: Callable[[], None],
    ) -> None:
        self.rebuild = rebuild
        self.command = command
        self._project = project
        self._places = Places(project)
        self._editor = editor
        self._publish = publish
        self._on_news = on_news
        # Builds are counted anew in each run, so a tab has to know which run a number belongs to.
        self._run = secrets.token_hex(8)
        self._state: dict[str, Any] = {"event": "idle", "run": self._run, "build": 0}
        self._switch: Callable[[Path], None] = lambda _folder: None
        self._on_wait: Callable[[], None] = lambda: None
        self._on_failure: Callable[[str], None] = lambda _why: None

    def tell(self, news: News) -> None:
        """Tell everybody, and remember it for those who ask later."""
        data = {"run": self._run, **news.data(self._places.key_of, self._project)}
        self._state = {"event": news.name, **data}
        self._publish(news.name, data)
        if isinstance(news, Started):
            self._on_wait()
        elif isinstance(news, Failed):
            self._on_failure(news.report.title)
        self._on_news(news)

    def state(self) -> dict[str, Any]:
        """Say what was told last: what a tab has to know that opens now."""
        return self._state

    def on_site(
        self,
        switch: Callable[[Path], None],
        *,
        wait: Callable[[], None],
        fail: Callable[[str], None],
    ) -> None:
        """Have `switch` called with each folder that is served from then on, `wait` when a build
        begins, and `fail` with the reason when there is none.
        """
        self._switch, self._on_wait, self._on_failure = switch, wait, fail

    def switch(self, folder: Path) -> None:
        """Serve another folder."""
        self._switch(folder)

    async def open_place(self, key: str) -> None:
        """Open a place that a report has named. Raises `EditorError`."""
        location = self._places.find(key)
        if location is None:
            raise EditorError(
                "This place is not known any more", hint="It belongs to an earlier build."
            )
        await open_in_editor(self._editor, location)


def read_source(path: Path) -> str | None:
    """Read a source that a report quotes; None where there is nothing to quote."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
