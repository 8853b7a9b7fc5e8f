"""Commands whose servers keep the templates that they have read: for them a template is code.

Pure: words, environment and names in, patterns out. Refuses to run anything. What it does not know
is left to `--restart-on`.
"""

from collections.abc import Mapping, Sequence

TEMPLATES = ("*.html", "*.htm", "*.jinja", "*.jinja2", "*.j2", "*.djhtml")
"""What template files are called, as `--restart-on` takes it."""

_OFF = frozenset({"", "0", "false", "f", "no", "n"})
"""What FLASK_DEBUG may say to mean no (flask.helpers.get_debug_flag)."""


def find_kept(
    words: Sequence[str], *, environment: Mapping[str, str], names: Sequence[str] = ()
) -> tuple[str, ...]:
    """Say which files mean a new process, beside its code, for a command.

    `names` are those in the folder where it runs. Django keeps its templates, in debug mode too, until
    its own reloader looks, once in a second; Flask keeps them unless it debugs.
    """
    is_django = any(word.rpartition("/")[2] == "manage.py" for word in words) or (
        "runserver" in words or "manage.py" in names
    )
    return TEMPLATES if is_django or _is_plain_flask(words, environment) else ()


def _is_plain_flask(words: Sequence[str], environment: Mapping[str, str]) -> bool:
    programs = {word.replace("\\", "/").rpartition("/")[2].removesuffix(".exe") for word in words}
    if not {"flask", "run"} <= programs:
        return False
    debugs = environment.get("FLASK_DEBUG", "").lower() not in _OFF
    return "--no-debug" in words or not (debugs or "--debug" in words)
