"""The threads of ours that run in this process."""

import threading


def our_threads() -> list[str]:
    """Names of the threads that the package has started and that still run."""
    return [one.name for one in threading.enumerate() if one.name.startswith("sse-reload")]
