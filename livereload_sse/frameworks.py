"""What Flask and Quart tell about an application, when they are asked by the shape of things.

Nothing of them is imported. Refuses to know requests and the disk.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DEEPEST = 32
"""Middleware around one another that is looked through."""

_INNER = ("app", "application", "wsgi_app", "wrapped_app")
"""What middleware calls the application that it stands in front of."""


def find_owner(app: Any) -> Any:
    """Find the framework's application behind a method of it, and behind middleware around that.

    It is what has a `debug` flag; without any, `app` itself.
    """
    candidate = app
    for _ in range(_DEEPEST):
        candidate = getattr(candidate, "__self__", candidate)
        if isinstance(getattr(candidate, "debug", None), bool):
            return candidate
        inner = next((found for name in _INNER if (found := getattr(candidate, name, None))), None)
        if inner is None:
            return app if candidate is None else candidate
        candidate = inner
    return app


def find_static(app: Any) -> dict[str, Path]:
    """Find the static folders of a Flask or Quart application and its blueprints, by their URL.

    The routes tell, as a blueprint may be registered below any URL. Empty for other applications.
    """
    rules = getattr(app, "url_map", None)
    if rules is None or not hasattr(rules, "iter_rules"):
        return {}
    return dict(_walk(app, rules.iter_rules()))


def _walk(app: Any, rules: Any) -> Iterator[tuple[str, Path]]:
    blueprints = getattr(app, "blueprints", {})
    for rule in rules:
        name, _, last = str(rule.endpoint).rpartition(".")
        folder = getattr(blueprints.get(name) if name else app, "static_folder", None)
        url, converter, _ = str(rule.rule).partition("<path:filename>")
        if last == "static" and folder and converter and "<" not in url:
            yield url, Path(folder)
