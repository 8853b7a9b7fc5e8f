"""Three pages with a Content-Security-Policy each, and live reload on all of them."""

import base64
import hashlib
import secrets
from pathlib import Path

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from livereload_sse import LiveReload, script

HERE = Path(__file__).parent
SCRIPT = HERE / "static" / "lamp.js"

templates = Jinja2Templates(HERE / "templates")
templates.env.globals["script"] = script


def show(request: Request, name: str, policy: str, **values: object) -> Response:
    """Render a page that says which policy it was sent with."""
    return templates.TemplateResponse(
        request,
        name,
        {"policy": policy.split("; "), **values},
        headers={"Content-Security-Policy": policy},
    )


def nonce(request: Request) -> Response:
    """Only elements that carry this answer's nonce count. The template places our tag itself."""
    value = secrets.token_urlsafe(18)
    policy = (
        f"default-src 'none'; script-src 'nonce-{value}'; style-src 'nonce-{value}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return show(request, "nonce.html", policy, nonce=value)


def own(request: Request) -> Response:
    """Everything comes from this server, in files."""
    return show(request, "own.html", "default-src 'self'")


def hashed(request: Request) -> Response:
    """The script stands in the page, and the policy names its hash. Addresses count for nothing."""
    code = SCRIPT.read_bytes()
    digest = base64.b64encode(hashlib.sha256(code).digest()).decode()
    policy = (
        f"script-src 'strict-dynamic' 'sha256-{digest}'; connect-src 'none'; "
        "object-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return show(request, "hashed.html", policy, code=Markup(code.decode()))  # noqa: S704 - a file of this app


app = LiveReload(
    Starlette(
        debug=True,
        routes=[
            Route("/", nonce),
            Route("/own", own),
            Route("/hashed", hashed),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
    )
)
