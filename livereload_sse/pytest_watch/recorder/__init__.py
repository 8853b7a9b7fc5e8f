"""What each test file uses, noted while it runs: files opened, folders listed, modules imported.

A plugin of pytest in the process that runs the tests. Knows Python's audit events and pytest's hooks.
Refuses to know what is done with what it tells. Must be imported in a few milliseconds, so it knows
the standard library and pytest only.

Not seen, as nothing in Python tells of it: whether a file exists (`stat`), what extension modules and
child processes read (a test file that uses such is taken to depend on everything), and a cache that
lies outside of the project and was filled by another test file.
"""

from livereload_sse.pytest_watch.recorder.importing import wrap_imports
from livereload_sse.pytest_watch.recorder.recorder import Recorder

__all__ = ["Recorder", "wrap_imports"]
