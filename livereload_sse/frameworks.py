"""What Flask, Quart, Starlette and Django tell about an application, asked by the shape of things.

Nothing of them is imported that is not imported already. Refuses to know requests, and whether a
folder exists.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DEEPEST = 32
"""Middleware around one another that is looked through."""

_INNER = ("app", "application", "wsgi_app", "wrapped_app")
"""What middleware calls the application that it stands in front of."""

_INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders of what nobody edits: the files of Django's own admin, for one."""


def find_owner(app: Any) -> Any:
    """Find the framework's application behind a method of it, and behind middleware around that.

    It is what has a `debug` flag and nothing inside: the flags of middleware mean other things.
    """
    candidate = app
    for _ in range(_DEEPEST):
        candidate = getattr(candidate, "__self__", candidate)
        if isinstance(getattr(candidate, "debug", None), bool) and not hasattr(candidate, "app"):
            return candidate
        inner = next((found for name in _INNER if (found := getattr(candidate, name, None))), None)
        if inner is None:
            return candidate
        candidate = inner
    return app


def find_debug(app: Any) -> bool | None:
    """Say whether the framework debugs: the application's flag, else Django's; None without any."""
    owner = find_owner(app)
    debug = None if hasattr(owner, "app") else getattr(owner, "debug", None)
    if isinstance(debug, bool):
        return debug
    settings = _django_settings()
    return None if settings is None else bool(settings.DEBUG)


def find_static(app: Any) -> tuple[tuple[str, Path], ...]:
    """Find static folders, each with its URL: those of a Flask or Quart application and of its
    blueprints, else those of Django's `staticfiles`.
    """
    owner = find_owner(app)
    rules = getattr(owner, "url_map", None)
    if rules is not None and hasattr(rules, "iter_rules"):
        return tuple(_find_in_rules(owner, rules.iter_rules()))
    return tuple(_find_in_django())


def forget_templates(_changes: object = None) -> None:
    """Have Django read its templates again, which it keeps in memory even where it debugs.

    Its own server does so by itself, but looks only once in a second, when the tab has been told.
    """
    if "django.template.autoreload" in sys.modules and _django_settings() is not None:
        sys.modules["django.template.autoreload"].reset_loaders()


def _django_settings() -> Any:
    """Django's settings, once they are there."""
    settings = getattr(sys.modules.get("django.conf"), "settings", None)
    return settings if settings is not None and settings.configured else None


def _find_in_rules(app: Any, rules: Any) -> Iterator[tuple[str, Path]]:
    """The routes tell, as a blueprint may be registered below any URL."""
    blueprints = getattr(app, "blueprints", {})
    for rule in rules:
        name, _, last = str(rule.endpoint).rpartition(".")
        folder = getattr(blueprints.get(name) if name else app, "static_folder", None)
        url, converter, _ = str(rule.rule).partition("<path:filename>")
        if last == "static" and folder and converter and "<" not in url:
            yield url, Path(folder)


def _find_in_django() -> Iterator[tuple[str, Path]]:
    """The project's own folders, and those of its applications."""
    settings = _django_settings()
    if settings is None or "django.contrib.staticfiles" not in settings.INSTALLED_APPS:
        return
    from django.contrib.staticfiles.finders import (  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no types, and is here
        get_finders,
    )

    for finder in get_finders():
        for prefix, folder in _places(finder):
            url = f"{settings.STATIC_URL}{prefix}"
            if url.startswith("/") and _INSTALLED.isdisjoint(folder.parts):
                yield url, folder


def _places(finder: Any) -> Iterator[tuple[str, Path]]:
    """Django has two kinds of finders: of folders with an optional prefix, and of applications."""
    for prefix, folder in getattr(finder, "locations", ()):
        yield prefix, Path(folder)
    if not hasattr(finder, "locations"):
        for storage in getattr(finder, "storages", {}).values():
            yield "", Path(storage.location)
