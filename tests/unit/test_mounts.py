"""Which folders an application serves as they are."""

from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Host, Mount, Route, Router
from starlette.staticfiles import StaticFiles

from livereload_sse.web import mounts
from livereload_sse.web.mounts import find_mounts, parse_mounts


@pytest.fixture
def static(tmp_path: Path) -> StaticFiles:
    return StaticFiles(directory=tmp_path)


def urls(app: object) -> list[str]:
    return [mount.url for mount in find_mounts(app)]


def test_mounts_are_found_through_routers_and_middleware(
    tmp_path: Path, static: StaticFiles
) -> None:
    inner = Starlette(routes=[Mount("/static", static)])
    routes = [
        Route("/", lambda _request: None),
        Mount("/assets", GZipMiddleware(static)),
        Mount("/admin", inner),
        Mount("/deep", routes=[Mount("/er", Router([Mount("/s", static)]))]),
        Host("a.test", Router([Mount("/hosted", static)])),
    ]

    found = find_mounts(GZipMiddleware(Starlette(routes=routes)))

    assert [one.url for one in found] == [
        "/assets/",
        "/admin/static/",
        "/deep/er/s/",
        "/hosted/",
    ]
    assert {one.folder for one in found} == {tmp_path}


def test_those_of_fastapi_are_found(static: StaticFiles) -> None:
    app = FastAPI()
    router = APIRouter()
    app.include_router(router)
    app.mount("/static", static)

    assert urls(app) == ["/static/"]


def test_a_mount_below_a_parameter_has_no_one_url(static: StaticFiles) -> None:
    assert urls(Starlette(routes=[Mount("/{user}/static", static)])) == []


def test_what_is_made_otherwise_has_none() -> None:
    class Odd:
        routes = 3
        app: "Odd"

    odd = Odd()
    odd.app = odd

    assert urls(odd) == []
    assert urls(print) == []


def test_what_the_user_names_is_read(tmp_path: Path) -> None:
    (mount,) = parse_mounts({"static": tmp_path})

    assert mount == mounts.Mount("/static/", tmp_path)


def test_a_file_has_the_url_that_a_browser_asks_for(tmp_path: Path) -> None:
    mount = mounts.Mount("/static/", tmp_path / "s")

    assert mount.find_url(tmp_path / "s" / "css" / "a b.css") == "/static/css/a%20b.css"
    assert mount.find_url(tmp_path / "s" / "index.html") == "/static/"
    assert mount.find_url(tmp_path / "other.css") is None
    assert mount.find_url(tmp_path / "s2" / "a.css") is None
