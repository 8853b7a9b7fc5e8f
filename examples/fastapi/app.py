"""What mariners should know: read it on a page or as JSON, and post your own notice."""

from pathlib import Path
from typing import Annotated, Literal, get_args

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from livereload_sse import LiveReload

HERE = Path(__file__).parent
OFFICE = "Notices to mariners"

Kind = Literal["Light", "Buoy", "Depth", "Danger"]


class Notice(BaseModel):
    """Something that is not as the chart has it."""

    number: int
    kind: Kind
    place: str
    text: str


notices = [
    Notice(number=41, kind="Light", place="Pier head", text="Out until the lamp is mended."),
    Notice(
        number=42,
        kind="Depth",
        place="Skerry Sound, inner channel",
        text="1.6 m less than charted between the second and the third green buoy.",
    ),
    Notice(number=43, kind="Buoy", place="Long Bank", text="Adrift. Last seen half a mile east."),
    Notice(
        number=44,
        kind="Danger",
        place="Off the headland",
        text="A wreck with 0.4 m over it at low water, marked by a light vessel.",
    ),
]

api = FastAPI(debug=True, title=OFFICE)
api.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
templates = Jinja2Templates(HERE / "templates")


@api.get("/", response_class=HTMLResponse)
def page(request: Request, kind: Kind | None = None) -> Response:
    """Show the notices, or those of one kind."""
    values = {"office": OFFICE, "notices": find(kind), "kind": kind, "kinds": get_args(Kind)}
    return templates.TemplateResponse(request, "notices.html", values)


@api.post("/", response_class=RedirectResponse, status_code=303)
def post(
    kind: Annotated[Kind, Form()],
    place: Annotated[str, Form(min_length=1, max_length=60)],
    text: Annotated[str, Form(min_length=1, max_length=400)],
) -> str:
    """Add a notice, and show the page again. A restart forgets it."""
    number = max(notice.number for notice in notices) + 1
    notices.append(Notice(number=number, kind=kind, place=place, text=text))
    return "/"


@api.get("/api/notices")
def find(kind: Kind | None = None) -> list[Notice]:
    """The notices, newest first."""
    return [notice for notice in reversed(notices) if kind in (None, notice.kind)]


@api.get("/api/notices/{number}")
def find_one(number: Annotated[int, Field(gt=0)]) -> Notice:
    """One notice."""
    for notice in notices:
        if notice.number == number:
            return notice
    raise HTTPException(404, f"There is no notice {number}.")


app = LiveReload(api)
