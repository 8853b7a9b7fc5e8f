"""One whole build: MkDocs does what it always does, and tells more about it.

Knows what `mkdocs serve` does around a build: when plugins are told that serving starts, that
drafts are shown, which address the pages believe to have. Refuses to know the inside of MkDocs:
that is for `pages`.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import TYPE_CHECKING, Any

from .listening import Listening
from .pages import Kept
from .problems import problem_of
from .reading import Reading
from .templates import Compiled

if TYPE_CHECKING:
    from types import TracebackType


class WholeBuild:
    """Builds of one project, one after the other, in one process."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._plugins: Any = None
        self._recorder = Recorder()
        self._configured: list[bytes] = []
        self._served = False  # plugins have been told of the server, with this configuration
        self._compiled = Compiled()
        self._reading = Reading()
        self._reading.listen()

    def run(self, request: dict[str, Any]) -> tuple[dict[str, Any], Kept | None]:
        """Build into `request["output"]`. Return the answer, and what is kept of a good build."""
        listening = Listening(self._package, request["config"])
        kept = Kept(self._package, self._compiled)
        with listening, self._reading.during(request["output"]):
            succeeded = self._try(request, kept, listening)
        answer = {
            "succeeded": succeeded,
            "problems": listening.problems(),
            "watched": self._reading.watched(request["config"], kept.config, self._recorder.paths),
            "modules": self._reading.modules(),
            "installed": self._reading.installed(),
            "assets": kept.assets() if succeeded else {},
        }
        return answer, kept if succeeded else None

    def warm(self, request: dict[str, Any]) -> None:
        """Import everything that a build of this configuration needs, theme and plugins included."""
        self._module("__main__")
        self._module("commands.build")
        self._load(request)

    def close(self) -> None:
        """Tell the plugins that serving has ended."""
        if self._plugins is not None:
            self._plugins.on_shutdown()

    def _try(self, request: dict[str, Any], kept: Kept, listening: Listening) -> bool:
        try:
            self._build(request, kept, listening)
        except BaseException as error:  # noqa: BLE001 - MkDocs ends a build by SystemExit, hooks by anything
            listening.take(problem_of(error, request["config"], listening.docs), str(error))
            self._print(error, sys.exc_info()[2])
            return False
        return True

    def _build(self, request: dict[str, Any], kept: Kept, listening: Listening) -> None:
        # `python -m mkdocs` starts here as well; ProperDocs lets `mkdocs` mean itself from here on.
        listening.start(self._module("__main__"))
        config = self._load(request)
        listening.docs = config.docs_dir
        if self._is_new(request["config"]):
            self._served = False
            self._compiled.forget()
        kept.follow(config)
        if self._plugins is None:
            config.plugins.on_startup(command="serve", dirty=False)
        self._plugins = config.plugins
        try:
            self._module("commands.build").build(config, serve_url=request["url"])
        except self._module("exceptions").Abort:
            if not kept.complete:
                raise
            # Being strict: everything is written, and each warning that was counted has been told.
        kept.finish()
        self._serve(config, request)

    def _load(self, request: dict[str, Any]) -> Any:
        """Load the configuration; anew for each build, as plugins change what they are given.

        One that asks to be strict is not: warnings are told, and the site is shown.
        """
        config = self._module("config").load_config(
            config_file=request["config"],
            site_dir=request["output"],
            site_url=request["url"],
            strict=False,
        )
        config["strict"] = request["strict"]
        return config

    def _is_new(self, config_file: str) -> bool:
        """Has the configuration changed since the last build?"""
        sources = [path.read_bytes() for path in self._reading.chain(config_file)]
        changed, self._configured = sources != self._configured, sources
        return changed

    def _serve(self, config: Any, request: dict[str, Any]) -> None:
        """Ask plugins what they want watched: once for each state of the configuration."""
        if self._served:
            return
        self._served = True
        self._recorder = Recorder(config.site_dir, request["url"])
        try:
            config.plugins.on_serve(self._recorder, config=config, builder=self._recorder.builder)
        except Exception:  # noqa: BLE001 - a plugin that wants a real server goes without
            traceback.print_exc(file=sys.stderr)

    def _module(self, name: str) -> Any:
        return importlib.import_module(f"{self._package}.{name}")

    def _print(self, error: BaseException, where: TracebackType | None) -> None:
        """Print as the command line does: what MkDocs raises on purpose is one message."""
        purposeful = self._module("exceptions").ConfigurationError.__base__
        if isinstance(error, purposeful):
            print(f"\n{error}", file=sys.stderr)  # noqa: T201 - this is what the command prints
        elif isinstance(error, SystemExit):
            print(f"\nended with exit code {error.code}", file=sys.stderr)  # noqa: T201 - as above
        else:
            traceback.print_exception(type(error), error, where, file=sys.stderr)


class Recorder:
    """Stands where plugins expect the development server, and notes what they want watched."""

    def __init__(self, root: str = "", url: str = "") -> None:
        self.root, self.url = root, url
        self.paths: list[str] = []
        self.error_handler = lambda _code: None

    def watch(self, path: str, *_more: Any, **_options: Any) -> None:
        """Note a path; whether it is a folder, the disk says."""
        self.paths.append(str(path))

    def unwatch(self, path: str) -> None:
        """Forget a path."""
        if str(path) in self.paths:
            self.paths.remove(str(path))

    def builder(self, *_arguments: Any) -> None:
        """Do nothing: who saves a file that is watched causes a build."""
