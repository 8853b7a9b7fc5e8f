"""What is answered where there is no file to show: the site's own 404 page or ours, a listing, an
error. To a person a page, to anything else one line.

Every page is tagged, so that a tab that shows it comes back by itself when the file is there.
"""

import asyncio
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from livereload_sse.web import pages
from livereload_sse.web.answers import HTML, Answer, text_answer
from livereload_sse.web.listing import SHOWN_LIMIT, crumbs, find_nearby, read_entries
from livereload_sse.web.resolve import candidates
from livereload_sse.web.site import Request, Site
from livereload_sse.web.urls import INDEX, folder_url

if TYPE_CHECKING:
    from starlette.types import ASGIApp

NOT_FOUND_PAGE = "404.html"

_LET_READ = "Give the user who runs this server the right to read the file; this page then reloads."


async def answer_missing(
    site: Site, request: Request, relative: PurePosixPath | None, *, spa: bool
) -> "ASGIApp":
    """Answer a path that nothing answers to; `relative` is None when it could not even name a file.

    With `spa` the page of the application, which knows its own addresses; else the nearest
    `404.html`, looking upwards; else our page.
    """
    if not request.is_navigation:
        return text_answer(404, f"There is no file for {request.url}")
    if spa and relative is not None and not relative.suffix:
        application = await _find_page(site, PurePosixPath(INDEX), status=200)
        if application is not None:
            return application
    below = relative or PurePosixPath()
    for folder in (below, *below.parents):
        custom = await _find_page(site, folder / NOT_FOUND_PAGE, status=404)
        if custom is not None:
            return custom
    return await asyncio.to_thread(_own_not_found, site, request, relative)


async def _find_page(site: Site, relative: PurePosixPath, *, status: int) -> "ASGIApp | None":
    try:
        return await site.read(
            relative, tagged=True, kind="page" if status == 200 else "error", status=status
        )
    except OSError:
        return None  # mostly: there is none; and an unreadable one is no better


def _own_not_found(site: Site, request: Request, relative: PurePosixPath | None) -> Answer:
    tag = site.bare_tag(request.url, kind="error")
    if relative is None:
        return _page(404, pages.not_found(request.url, tag=tag))
    tried = [str(path) for path in candidates(relative, slash=request.has_slash)]
    nearby = find_nearby(site.root, relative, prefix=site.prefix)
    path = f"/{relative}" if relative.parts else "/"
    return _page(404, pages.not_found(path, tried=tried, nearby=nearby, tag=tag))


async def answer_listing(site: Site, request: Request, relative: PurePosixPath) -> Answer:
    """Answer a folder without an index page by what is in it. Raises `OSError`."""
    return await asyncio.to_thread(_list, site, request, relative)


def _list(site: Site, request: Request, relative: PurePosixPath) -> Answer:
    url = folder_url(relative, prefix=site.prefix)
    tag = site.bare_tag(url, kind="listing")
    entries = read_entries(site.root, relative, prefix=site.prefix)
    body = pages.listing(
        url,
        crumbs=crumbs(site.root, relative, prefix=site.prefix),
        entries=entries[:SHOWN_LIMIT],
        left_out=max(len(entries) - SHOWN_LIMIT, 0),
        tag=tag if request.wants_tag else b"",
    )
    return _page(200, body)


async def answer_unreadable(site: Site, request: Request, error: OSError) -> Answer:
    """Answer for a file that is there and cannot be read: what the system says, and what to do."""
    denied = isinstance(error, PermissionError)
    status = 403 if denied else 500
    reason = error.strerror or type(error).__name__
    if not request.is_navigation:
        return text_answer(status, f"The file for {request.url} cannot be read: {reason}")
    render = partial(
        pages.error,
        "This file cannot be read",
        what=f"{request.url}: {reason}",
        next_step=_LET_READ if denied else "Save the file again, or look after its disk.",
        tag=site.bare_tag(request.url, kind="error"),
    )
    return _page(status, await asyncio.to_thread(render))


def _page(status: int, body: bytes) -> Answer:
    return Answer(status, body, type=HTML, cache="no-cache")
