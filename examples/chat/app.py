"""A chat whose answers are painted as they come, and lose nothing when the connection does."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from answers import Answers
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from handbook import Handbook
from pydantic import BaseModel, Field, StringConstraints
from starlette.routing import Route

from livereload_sse.sse import Broadcaster, EventStream, Limits, client_script, last_event_id

HERE = Path(__file__).parent
PACE = float(os.environ.get("PACE", "0.03"))  # seconds that the stand-in takes for a piece of text

Name = Annotated[str, StringConstraints(pattern=r"^[\w-]{8,64}$")]

handbook = Handbook(pace=PACE)
broadcaster = Broadcaster(channels={"answer-*": Limits(history=2000)})
answers = Answers(handbook.answer, broadcaster)  # an answer of your own goes here
templates = Jinja2Templates(HERE / "templates")


class Question(BaseModel):
    """What is asked, under a name that the page has given it; perhaps instead of one that failed."""

    id: Name
    prompt: str = Field(min_length=1, max_length=4000)
    instead: str = ""


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """No answer is left running."""
    yield
    await answers.close()


app = FastAPI(lifespan=lifespan, routes=[Route("/sse-client.js", client_script)])
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")


@app.exception_handler(RequestValidationError)
async def refuse(_request: Request, error: RequestValidationError) -> Response:
    """Say what is wrong, and not what was sent: half a surrogate pair cannot be sent back."""
    detail = [{"loc": one["loc"], "msg": one["msg"]} for one in error.errors()]
    return JSONResponse({"detail": detail}, 422)


@app.get("/", response_class=RedirectResponse)
def begin() -> str:
    """Begin a conversation. Whoever knows its address may read it, so nobody can guess it."""
    return f"./{secrets.token_urlsafe(12)}/"


@app.get("/running")
def running() -> dict[str, int]:
    """How many answers are being made."""
    return {"running": len(answers.running)}


@app.get("/{conversation}/", response_class=HTMLResponse)
async def page(request: Request, conversation: Name) -> Response:
    """The conversation so far. The page reads on where this ends."""
    turns = [turn.as_json() for turn in answers.turns(conversation).values()]
    # The back button would else show a page that knows nothing of what was asked on it.
    headers = {"Cache-Control": "no-store"}
    return templates.TemplateResponse(request, "chat.html", {"turns": turns}, headers=headers)


@app.post("/{conversation}/answers")
async def ask(request: Request, conversation: Name, question: Question) -> Response:
    """Stream an answer. The same request with the id of the last event goes on after that event."""
    turn = answers.ask(conversation, question.id, question.prompt, question.instead)
    return EventStream(answers.read(turn, last_event_id(request)), retry=0.5)


@app.post("/{conversation}/answers/{name}/stop", status_code=204)
async def stop(conversation: Name, name: Name) -> None:
    """Stop an answer."""
    await answers.stop(conversation, name)
