"""The page that is being made: what its tag will say, and whether the template has placed it.

Knows one request at a time, wherever its work is done: in the same task, or in a thread that was
given a copy of its context. Refuses to know HTTP.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup


class Rendering:
    """One answer that may become a page. `tag` writes its tag, given a nonce; `ours` is what a
    policy calls our addresses by. `placed`: a template has its tag. `sent`: what was put in is on its
    way, and a template that comes to it later needs none.
    """

    __slots__ = ("ours", "placed", "sent", "tag")

    def __init__(self, tag: Callable[[str], bytes], *, ours: str = "'self'") -> None:
        self.tag = tag
        self.ours = ours
        self.placed = self.sent = False


current: ContextVar[Rendering | None] = ContextVar("sse-reload rendering", default=None)


def script(*, nonce: str = "") -> "Markup":
    """Write the tag where a template wants it, and keep it from being put in by itself.

    `nonce` is that of the page's Content-Security-Policy. Empty where nothing is watched: outside a
    request, in answers that are no pages, and wherever live reload is not enabled.
    """
    from markupsafe import Markup  # noqa: PLC0415 - it comes with jinja2, which not all need

    rendering = current.get()
    if rendering is None or rendering.sent:
        return Markup()
    rendering.placed = True
    return Markup(rendering.tag(nonce).decode())  # noqa: S704 - every value in the tag is escaped
