"""Pictures of a coast at night, drawn while you watch.

Each picture is a job in one of two worker processes; each job's page reads one stream, which ends
when the picture is done.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jobs import Job, Phase
from orders import DEFAULT_SIZE, SEEDS, OrderError, read_order
from painter import Painter
from palettes import PALETTES
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from studio import TABLE, LineIsFullError, Studio

from livereload_sse.sse import Broadcaster, EventEndpoint, Limits, client_script

HERE = Path(__file__).parent
WORKERS = 2

broadcaster = Broadcaster(
    channels={"image-*": Limits(history=300), TABLE: Limits(history=1000)},
    max_channels=200,
)
studio = Studio(broadcaster, lambda: [Painter() for _ in range(WORKERS)])
templates = Jinja2Templates(HERE / "templates")
templates.env.globals["labels"] = {name: palette.label for name, palette in PALETTES.items()}


def table(request: Request) -> Response:
    """The form, and all pictures there are."""
    values = {"palettes": PALETTES, "size": DEFAULT_SIZE, "seeds": SEEDS}
    return templates.TemplateResponse(request, "table.html", values)


async def ask(request: Request) -> Response:
    """Take an order: 202 and where its picture will be."""
    refuse_strangers(request)
    try:
        order = read_order(await request.json())
    except OrderError as error:
        return _refuse(422, error)
    except (ValueError, RecursionError):
        return _refuse(422, OrderError("", "This is not JSON.", 'Send such as {"seed": 7}.'))
    try:
        job = studio.ask(order)
    except LineIsFullError:
        full = OrderError("", "So many wait that no other one can.", "Try again in a while.")
        return _refuse(429, full, {"Retry-After": "10"})
    return JSONResponse(studio.describe(job), 202, {"Location": job.url})


def _refuse(status: int, error: OrderError, headers: dict[str, str] | None = None) -> Response:
    words = {"field": error.field, "what": error.what, "hint": error.hint}
    return JSONResponse(words, status, headers)


def refuse_strangers(request: Request) -> None:
    """What costs work is for our own pages, and for programs that are no browser."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise HTTPException(403, "This is for the pages of this server only.")


def find(scope: Any) -> Job:
    """The job that a request's path names."""
    job = studio.jobs.get(scope["path_params"]["id"])
    if job is None:
        raise HTTPException(404, "There is no such picture, or no more.")
    return job


def image(request: Request) -> Response:
    """A picture's page for browsers, and how it is for programs."""
    job = find(request.scope)
    headers = {"Vary": "Accept", "Cache-Control": "no-store"}
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(studio.describe(job), headers=headers)
    values = {"image": studio.describe(job)}
    return templates.TemplateResponse(request, "image.html", values, headers=headers)


def cancel(request: Request) -> Response:
    """Stop a picture that waits or is drawn."""
    refuse_strangers(request)
    job = find(request.scope)
    if job.phase.is_end:
        return JSONResponse({"what": f"It is {job.phase} already."}, 409)
    studio.cancel(job)
    return Response(status_code=204)


def preview(request: Request) -> Response:
    """The newest preview. One that was asked for by an older number is out of date already."""
    job = find(request.scope)
    if not job.preview:
        raise HTTPException(404, "There is no preview yet.")
    return Response(job.preview, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def picture(request: Request) -> Response:
    """The picture itself, which never changes."""
    job = find(request.scope)
    if job.phase is not Phase.DONE:
        raise HTTPException(404, "The picture is not done.")
    headers = {"Cache-Control": "private, max-age=3600, immutable"}
    return Response(job.picture, media_type="image/png", headers=headers)


def channels_of(scope: Any) -> list[str]:
    """Which channels a picture's stream reads."""
    return [find(scope).channel]


def state_of(channels: Sequence[str]) -> list[tuple[str, Any]]:
    """What a tab is told first that comes in the middle."""
    job = studio.jobs.get(channels[0].removeprefix("image-"))
    return studio.state(job) if job else []


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """The workers live as long as the server."""
    async with broadcaster, studio:
        yield


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", table),
        Route("/images", ask, methods=["POST"]),
        Route("/images/{id}", image, methods=["GET"]),
        Route("/images/{id}", cancel, methods=["DELETE"]),
        Route(
            "/images/{id}/events",
            EventEndpoint(broadcaster, channels=channels_of, on_connect=state_of),
        ),
        Route("/images/{id}/preview", preview),
        Route("/images/{id}/picture.png", picture),
        Route(
            "/events",
            EventEndpoint(broadcaster, channels=(TABLE,), on_connect=lambda _: studio.table()),
        ),
        Route("/sse-client.js", client_script),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
    ],
)
