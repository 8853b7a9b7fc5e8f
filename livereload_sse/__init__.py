"""Save a file, see it everywhere: live reload on server-sent events."""

from livereload_sse.asgi import LiveReload, script

__all__ = ["LiveReload", "script"]

__version__ = "0.1.0"
