"""`plugins: [sse-reload]`: `mkdocs serve` with our server, watcher and client.

Knows the one event in which MkDocs lets its server be exchanged. Does nothing in `mkdocs build`, and
nothing where `sse-reload preview` is serving already. Imported by MkDocs and ProperDocs only, and
imports the rest of sse-reload only where something is to be served.
"""

from typing import TYPE_CHECKING, Any

from mkdocs.config.base import Config
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs.config.defaults import MkDocsConfig


class PluginConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    """No options here: those of sse-reload are where its other commands find them."""


class SseReloadPlugin(BasePlugin[PluginConfig]):  # type: ignore[no-untyped-call]  # as above
    """What the plugin brings."""

    def on_serve(
        self, server: Any, /, *, config: "MkDocsConfig", builder: "Callable[..., Any]"
    ) -> Any:
        """Put our server where MkDocs' own was, unless somebody has put another one there."""
        if not isinstance(server, LiveReloadServer):
            return server
        from livereload_sse.mkdocs_serving import PreviewServer  # noqa: PLC0415 - heavy

        server.server_close()  # it has a socket already, which it has not bound
        watched = [config.docs_dir, config.config_file_path, *getattr(server, "_watched_paths", ())]
        return PreviewServer(config, builder, root=str(server.root), watched=watched)
