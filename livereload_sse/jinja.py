"""`{{ live_reload() }}` in Jinja2 templates, whichever framework renders them.

Knows what an extension of Jinja2 is. Refuses to know the request, and what the tag is: `asgi.script`
does.
"""

from typing import TYPE_CHECKING

from jinja2.ext import Extension

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

NAME = "live_reload"
"""What templates call."""


class LiveReloadExtension(Extension):
    """Adds the function `live_reload(nonce="")` to an environment.

    It writes the tag in place, once for each page, and nothing where live reload is not enabled:
    the template may stay as it is in production. Flask: `app.jinja_env.add_extension(…)`;
    elsewhere `Environment(extensions=["livereload_sse.jinja.LiveReloadExtension"])`.
    """

    def __init__(self, environment: "Environment") -> None:
        super().__init__(environment)
        environment.globals[NAME] = live_reload


def live_reload(*, nonce: str = "") -> "Markup":
    """Write the tag for the page that is being rendered; `nonce` is its policy's, if it has one."""
    from livereload_sse.asgi import script  # noqa: PLC0415 - templates in production never need it

    return script(nonce=nonce)
