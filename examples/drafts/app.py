"""A folder of drafts in Markdown, read while they are written."""

from pathlib import Path

from manuscript import find, find_all
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from livereload_sse import LiveReload

HERE = Path(__file__).parent
DRAFTS = HERE / "drafts"

templates = Jinja2Templates(HERE / "templates")


def index(request: Request) -> Response:
    """List the drafts, the one that was saved last first."""
    return templates.TemplateResponse(request, "index.html", {"drafts": find_all(DRAFTS)})


def read(request: Request) -> Response:
    """Show a draft; or say that there is none of this name, until there is one."""
    draft = find(DRAFTS, request.path_params["name"])
    page, status = ("draft.html", 200) if draft else ("missing.html", 404)
    return templates.TemplateResponse(request, page, {"draft": draft}, status_code=status)


app = LiveReload(
    Starlette(
        debug=True,
        routes=[
            Route("/", index),
            Route("/{name}", read, name="draft"),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
    ),
    paths=[DRAFTS],
)
