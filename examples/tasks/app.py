"""An agent's tasks: jobs that clone, lint, test and build, and pages that watch them live."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from runner.events import TYPES, Rows
from runner.feed import HISTORY, channel_of
from runner.job import Job
from runner.jobs import CHANNEL, KEPT, Jobs, NoRoomError
from runner.repository import make_repository
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Receive, Scope, Send

from livereload_sse.sse import Broadcaster, EventEndpoint, EventTypes, Limits, client_script

HERE = Path(__file__).parent

templates = Jinja2Templates(HERE / "templates")
broadcaster = Broadcaster(
    channels={"job-*": Limits(history=HISTORY), CHANNEL: Limits(history=200)},
    max_channels=2 * KEPT,
    max_bytes=64 * 1024 * 1024,
    encode=EventTypes(TYPES),
)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Make the repository; at the end, end what runs, and with it the last of its feeds."""
    with working_folder() as folder:
        branches = await asyncio.to_thread(make_repository, HERE, folder / "lamps")
        async with broadcaster, Jobs(broadcaster, folder, folder / "lamps", branches) as jobs:
            app.state.jobs = jobs
            yield


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder that is gone at the end, by the name that programs in it will say it has."""
    with TemporaryDirectory(prefix="tasks-", ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


def home(request: Request) -> Response:
    """The list of jobs, and what may be started."""
    return show(request, None)


def page(request: Request) -> Response:
    """One job, beside the list."""
    return show(request, find_job(request.scope))


def show(request: Request, job: Job | None) -> Response:
    values = {"job": job, "branches": request.app.state.jobs.branches, "now": time.time()}
    # A page that the browser has kept has a clock that has stood still.
    headers = {"Cache-Control": "no-store"}
    return templates.TemplateResponse(request, "page.html", values, headers=headers)


def list_jobs(request: Request) -> Response:
    """All jobs, newest first."""
    return JSONResponse(request.app.state.jobs.rows())


async def start(request: Request) -> Response:
    """Start a job for `?branch=`: a browser is sent to its page, a program is told its row."""
    refuse_strangers(request)
    try:
        job = request.app.state.jobs.start(request.query_params.get("branch", "main"))
    except KeyError:
        known = ", ".join(request.app.state.jobs.branches)
        raise HTTPException(404, f"There is no such branch. There are: {known}.") from None
    except NoRoomError:
        raise HTTPException(503, f"{KEPT} jobs wait already.", {"Retry-After": "5"}) from None
    address = str(request.url_for("page", job=job.name).path)
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(address, 303)
    return JSONResponse(job.row(), 201, {"Location": address})


async def cancel(request: Request) -> Response:
    """End what a job runs. The feed says when it has ended."""
    refuse_strangers(request)
    request.app.state.jobs.cancel(find_job(request.scope))
    return Response(status_code=202)


def plain_log(request: Request) -> Response:
    """All that a job has printed: the record that the feed is measured against."""
    return PlainTextResponse("".join(f"{line}\n" for line in find_job(request.scope).feed.log))


def find_job(scope: Scope) -> Job:
    job: Job | None = scope["app"].state.jobs.find(scope["path_params"]["job"])
    if job is None:
        raise HTTPException(404, "No such job. Jobs are forgotten when the server ends.")
    return job


def refuse_strangers(request: Request) -> None:
    """What starts and ends processes is for our own page, and for programs that are no browser."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise HTTPException(403, "This is for the page of this server only.")


def tell_rows(_channels: Sequence[str]) -> list[tuple[str, Rows]]:
    """The present list, for a page that has none yet; one that comes back is told what changed."""
    return [("rows", app.state.jobs.rows())]


class JobEvents:
    """The feed of the job in the path. A new reader is told all of it, one that returns the rest."""

    def __init__(self) -> None:
        self._endpoint = EventEndpoint(
            broadcaster,
            channels=lambda scope: [channel_of(scope["path_params"]["job"])],
            on_connect=HISTORY,
            retry=1,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        job = find_job(scope)
        with scope["app"].state.jobs.watched(job):
            await self._endpoint(scope, receive, send)


app = Starlette(
    routes=[
        Route("/", home),
        Route("/jobs", list_jobs, methods=["GET"]),
        Route("/jobs", start, methods=["POST"]),
        Route("/jobs/{job}", page, name="page"),
        Route("/jobs/{job}/events", JobEvents()),
        Route("/jobs/{job}/cancel", cancel, methods=["POST"]),
        Route("/jobs/{job}/log", plain_log),
        Route(
            "/events",
            EventEndpoint(
                broadcaster,
                channels=[CHANNEL],
                on_connect=tell_rows,
            ),
        ),
        Route("/sse-client.js", client_script),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
    ],
    lifespan=lifespan,
)
