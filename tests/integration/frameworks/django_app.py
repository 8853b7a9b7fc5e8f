"""A project in Django, as an ASGI application."""

import asyncio
import os
from collections.abc import AsyncIterator

import django  # type: ignore[import-untyped]  # it has no types
from django.conf import settings  # type: ignore[import-untyped]  # it has no types
from django.core.asgi import get_asgi_application  # type: ignore[import-untyped]  # it has no types
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse  # type: ignore[import-untyped]  # it has no types
from django.shortcuts import render  # type: ignore[import-untyped]  # it has no types
from django.urls import path, re_path  # type: ignore[import-untyped]  # it has no types
from django.views.static import serve  # type: ignore[import-untyped]  # it has no types

from livereload_sse import LiveReload

settings.configure(
    DEBUG=os.environ.get("APP_DEBUG", "1") == "1",
    ROOT_URLCONF=__name__,
    SECRET_KEY="for this test",
    ALLOWED_HOSTS=["*"],
    TEMPLATES=[
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"]}
    ],
)
django.setup()
go_on = asyncio.Event()


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "page.html")


def api(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"path": "/json"})


def slow(_request: HttpRequest) -> StreamingHttpResponse:
    async def pieces() -> AsyncIterator[str]:
        yield "<html><head></head><body>first"
        await go_on.wait()
        yield " second"

    return StreamingHttpResponse(pieces())


async def go(_request: HttpRequest) -> JsonResponse:
    go_on.set()
    return JsonResponse({})


def fail(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("the view has failed")


async def mark(_request: HttpRequest) -> JsonResponse:
    await app.publish("mark")
    return JsonResponse({})


urlpatterns = [
    path("", page),
    path("json", api),
    path("slow", slow),
    path("go", go),
    path("fail", fail),
    path("mark", mark),
    re_path("^static/(?P<path>.*)$", serve, {"document_root": "static"}),
]
app = LiveReload(get_asgi_application(), static={"/static": "static"}, grace=10)
