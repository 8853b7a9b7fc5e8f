import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fastapi
import flask
import pytest
import quart
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware

from livereload_sse.frameworks import find_debug, find_owner, find_static, forget_templates


class Proxy:
    """Middleware as Werkzeug's and WhiteNoise's are."""

    def __init__(self, name: str, inner: object) -> None:
        setattr(self, name, inner)


def app(**words: Any) -> flask.Flask:
    return flask.Flask("app", root_path="/srv/app", **words)


# Which application it is.


def test_the_application_behind_its_method_is_found() -> None:
    owner = app()
    assert find_owner(owner.wsgi_app) is owner


def test_the_application_behind_middleware_is_found() -> None:
    owner = app()
    assert find_owner(Proxy("app", Proxy("application", owner.wsgi_app))) is owner


def test_an_application_that_has_put_its_own_middleware_around_it_is_found() -> None:
    owner = app()
    owner.__dict__["wsgi_app"] = Proxy("app", owner.wsgi_app)
    assert find_owner(owner) is owner
    assert find_owner(owner.wsgi_app) is owner


def test_what_has_no_debug_flag_speaks_for_itself() -> None:
    def plain() -> None: ...

    assert find_owner(plain) is plain
    assert find_owner(Proxy("app", plain)) is plain


def test_middleware_that_contains_itself_ends() -> None:
    endless = Proxy("app", None)
    endless.app = endless  # type: ignore[attr-defined]  # set by name
    assert find_owner(endless) is endless


# Whether it debugs.


@pytest.mark.parametrize("debug", [True, False])
def test_the_application_s_flag_speaks(debug: bool) -> None:  # noqa: FBT001 - both of them
    owner = fastapi.FastAPI(debug=debug)
    assert find_debug(owner) is debug
    assert find_debug(GZipMiddleware(owner)) is debug


def test_the_flag_of_middleware_means_another_thing() -> None:
    async def plain(_scope: Any, _receive: Any, _send: Any) -> None: ...

    assert find_debug(ExceptionMiddleware(plain, debug=True)) is None
    assert find_debug(ExceptionMiddleware(fastapi.FastAPI(debug=True), debug=False)) is True


def test_without_a_flag_and_without_django_nobody_knows() -> None:
    assert find_debug(object()) is None


@pytest.fixture
def django(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Settings as Django has them, once they are there."""
    settings = SimpleNamespace(configured=True, DEBUG=True, INSTALLED_APPS=[])
    monkeypatch.setitem(sys.modules, "django.conf", SimpleNamespace(settings=settings))
    return settings


def test_without_a_flag_django_s_settings_speak(django: SimpleNamespace) -> None:
    assert find_debug(object()) is True
    django.DEBUG = False
    assert find_debug(object()) is False
    assert find_debug(fastapi.FastAPI(debug=True)) is True


def test_settings_that_are_not_there_yet_say_nothing(django: SimpleNamespace) -> None:
    django.configured = False
    assert find_debug(object()) is None


# What it serves as it is.


def test_the_static_folders_of_flask_are_found_where_their_routes_are() -> None:
    owner = app(static_url_path="/assets", static_folder="files")
    part = flask.Blueprint("part", "app", root_path="/srv/part", static_folder="own")
    owner.register_blueprint(part, url_prefix="/elsewhere")
    assert find_static(owner.wsgi_app) == (
        ("/assets/", Path("/srv/app/files")),
        ("/elsewhere/own/", Path("/srv/part/own")),
    )


def test_the_static_folders_of_quart_are_found() -> None:
    owner = quart.Quart("app", root_path="/srv/app")
    assert find_static(owner) == (("/static/", Path("/srv/app/static")),)


def test_a_static_folder_below_a_variable_is_left_out() -> None:
    owner = app(static_folder=None)
    part = flask.Blueprint("part", "app", root_path="/srv/part", static_folder="own")
    owner.register_blueprint(part, url_prefix="/<language>")
    assert find_static(owner) == ()


def test_a_view_that_is_called_static_is_no_folder() -> None:
    owner = app(static_folder=None)
    owner.add_url_rule("/files/<path:filename>", "static", lambda filename: filename)
    assert find_static(owner) == ()


def test_other_applications_have_none() -> None:
    assert find_static(object()) == ()


@pytest.fixture
def finders(django: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Django looks for static files with."""
    django.INSTALLED_APPS = ["django.contrib.staticfiles"]
    django.STATIC_URL = "/static/"
    found: list[object] = []
    module = SimpleNamespace(get_finders=lambda: iter(found))
    monkeypatch.setitem(sys.modules, "django.contrib.staticfiles.finders", module)
    return found


def storages(**folders: str) -> Mapping[str, object]:
    return {name: SimpleNamespace(location=folder) for name, folder in folders.items()}


def test_django_s_folders_are_found_and_those_of_its_applications(finders: list[object]) -> None:
    finders += [
        SimpleNamespace(
            locations=[("", "/srv/assets"), ("print", "/srv/print")],
            storages={"/srv/assets": SimpleNamespace(location="/srv/assets")},
        ),
        SimpleNamespace(storages=storages(blog="/srv/blog/static")),
    ]
    assert find_static(object()) == (
        ("/static/", Path("/srv/assets")),
        ("/static/print", Path("/srv/print")),
        ("/static/", Path("/srv/blog/static")),
    )


def test_what_is_installed_is_left_out(finders: list[object]) -> None:
    finders.append(SimpleNamespace(storages=storages(admin="/venv/site-packages/admin/static")))
    assert find_static(object()) == ()


def test_static_files_of_another_host_are_left_out(
    finders: list[object], django: SimpleNamespace
) -> None:
    django.STATIC_URL = "https://static.example/"
    finders.append(SimpleNamespace(storages=storages(blog="/srv/blog/static")))
    assert find_static(object()) == ()


@pytest.mark.usefixtures("finders")
def test_a_finder_of_another_kind_is_left_out(finders: list[object]) -> None:
    finders.append(object())
    assert find_static(object()) == ()


# What it keeps in memory.


@pytest.mark.usefixtures("django")
def test_django_reads_its_templates_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    module = SimpleNamespace(reset_loaders=lambda: asked.append("again"))
    monkeypatch.setitem(sys.modules, "django.template.autoreload", module)
    forget_templates(object())
    assert asked == ["again"]


def test_where_there_is_no_django_nothing_is_forgotten(
    django: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "django.template.autoreload", SimpleNamespace())
    django.configured = False
    forget_templates()
