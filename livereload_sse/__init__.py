"""Save a file, see it everywhere: live reload on server-sent events."""

__version__ = "0.1.0"
