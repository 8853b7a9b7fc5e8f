from pathlib import Path
from typing import Any

import flask
import quart

from livereload_sse.frameworks import find_owner, find_static


class Proxy:
    """Middleware as Werkzeug's and WhiteNoise's are."""

    def __init__(self, name: str, inner: object) -> None:
        setattr(self, name, inner)


def app(**words: Any) -> flask.Flask:
    return flask.Flask("app", root_path="/srv/app", **words)


def test_the_application_behind_its_method_is_found() -> None:
    owner = app()
    assert find_owner(owner.wsgi_app) is owner


def test_the_application_behind_middleware_is_found() -> None:
    owner = app()
    assert find_owner(Proxy("app", Proxy("application", owner.wsgi_app))) is owner


def test_what_has_no_debug_flag_speaks_for_itself() -> None:
    def plain() -> None: ...

    assert find_owner(plain) is plain


def test_middleware_around_an_application_without_a_flag_is_looked_through() -> None:
    def plain() -> None: ...

    assert find_owner(Proxy("app", plain)) is plain


def test_middleware_that_contains_itself_ends() -> None:
    endless = Proxy("app", None)
    endless.app = endless  # type: ignore[attr-defined]  # set by name
    assert find_owner(endless) is endless


def test_the_static_folders_of_flask_are_found_where_their_routes_are() -> None:
    owner = app(static_url_path="/assets", static_folder="files")
    part = flask.Blueprint("part", "app", root_path="/srv/part", static_folder="own")
    owner.register_blueprint(part, url_prefix="/elsewhere")
    assert find_static(owner) == {
        "/assets/": Path("/srv/app/files"),
        "/elsewhere/own/": Path("/srv/part/own"),
    }


def test_the_static_folders_of_quart_are_found() -> None:
    owner = quart.Quart("app", root_path="/srv/app")
    assert find_static(owner) == {"/static/": Path("/srv/app/static")}


def test_a_static_folder_below_a_variable_is_left_out() -> None:
    owner = app(static_folder=None)
    part = flask.Blueprint("part", "app", root_path="/srv/part", static_folder="own")
    owner.register_blueprint(part, url_prefix="/<language>")
    assert find_static(owner) == {}


def test_a_view_that_is_called_static_is_no_folder() -> None:
    owner = app(static_folder=None)
    owner.add_url_rule("/files/<path:filename>", "static", lambda filename: filename)
    assert find_static(owner) == {}


def test_other_applications_have_none() -> None:
    assert find_static(object()) == {}
