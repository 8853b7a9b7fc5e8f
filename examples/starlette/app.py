"""The tide of one day, and the hours in which there is water enough for your boat."""

from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from tides import clock, height, turns, windows

from livereload_sse import LiveReload

HERE = Path(__file__).parent
HARBOUR = "Skerry Sound"
TOP = 7.0  # metres: the upper edge of the drawing

templates = Jinja2Templates(HERE / "templates")
templates.env.filters["clock"] = clock


def tide(request: Request) -> Response:
    """Draw today's tide, with the depth that the visitor needs across it."""
    today = datetime.now().astimezone().date()
    depth = parse_depth(request.query_params.get("depth", ""))
    steps = [(hour / 4, height(today, hour / 4)) for hour in range(24 * 4 + 1)]
    values = {
        "harbour": HARBOUR,
        "day": today,
        "curve": " L".join(f"{hour:.2f},{TOP - metres:.3f}" for hour, metres in steps),
        "top": TOP,
        "turns": turns(today),
        "depth": depth,
        "windows": windows(today, depth),
    }
    return templates.TemplateResponse(request, "tide.html", values)


def parse_depth(text: str) -> float:
    """Read metres; what is no depth of this harbour is 3."""
    try:
        depth = float(text)
    except ValueError:
        return 3.0
    return depth if 0 < depth < TOP else 3.0


app = LiveReload(
    Starlette(
        debug=True,
        routes=[
            Route("/", tide),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
    )
)
