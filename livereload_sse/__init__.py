"""Save a file, see it everywhere: live reload on server-sent events."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livereload_sse.asgi import LiveReload, script

__all__ = ["LiveReload", "script"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import what is asked for: every pytest run loads this package for the plugin in it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from livereload_sse import asgi  # noqa: PLC0415 - see above

    return getattr(asgi, name)
