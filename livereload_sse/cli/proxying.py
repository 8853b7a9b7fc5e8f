"""Carrying out `proxy`: the target, the command, the session and the server joined for one run.

Knows how words become these, and what can be wrong with them. Each of them knows nothing of the
others.
"""

import os
import shutil
import socket
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.addresses import listen
from livereload_sse.build.command import Command
from livereload_sse.build.news import Failed, Started, Succeeded
from livereload_sse.build.results import Finished
from livereload_sse.cli.console import Console
from livereload_sse.cli.kept import find_kept
from livereload_sse.cli.serving import Serving
from livereload_sse.errors import ConfigurationError, TargetError
from livereload_sse.proxy_application import make_proxy_application
from livereload_sse.proxy_session import ProxySession
from livereload_sse.server import check_certificate, run
from livereload_sse.session import absolute
from livereload_sse.web.client_session import check_client, make_client
from livereload_sse.web.mounts import Mount, parse_mounts
from livereload_sse.web.target import Target, parse_target

if TYPE_CHECKING:
    from livereload_sse.addresses import Listener
    from livereload_sse.build.news import News
    from livereload_sse.settings import Settings


def proxy_until_asked(settings: "Settings", where: str, words: tuple[str, ...]) -> int:
    """Stand in front of a target until Ctrl-C, SIGTERM or `q`, and return the exit code.

    Raises `TargetError`, `ConfigurationError`, `MissingExtraError`, `CertificateError` and
    `AddressError` before anything is started.
    """
    target = parse_target(where)
    check_client()
    check_certificate(settings.certfile, settings.keyfile)
    check_target(target, port=settings.port)
    check_command(words)
    mounts = read_static(settings.static)
    listener = listen(settings.host, settings.port, avoid=target.port if target.is_local else None)
    command = Command(words, Path.cwd()) if words else None
    kept = find_kept(
        words, environment=os.environ, names=[path.name for path in Path.cwd().iterdir()]
    )
    settings = replace(settings, restart_on=(*settings.restart_on, *kept))
    return run(partial(_main, settings, target, listener, command, mounts))


async def _main(
    settings: "Settings",
    target: Target,
    listener: "Listener",
    command: Command | None,
    mounts: tuple[Mount, ...],
) -> int:
    console = Console(verbose=settings.verbose, quiet=settings.quiet)
    async with make_client(verify=not settings.insecure) as client:
        serving = Serving(
            settings,
            listener,
            console,
            partial(_make_session, settings, target, console, command, mounts),
            what=target.origin,
            facts=[f"running {command.shown()}"] if command else [],
            rebuild="restart the app",
            make_app=partial(make_proxy_application, target=target, client=client),
            ws="websockets-sansio",
            ws_max_size=2**31 - 1,
            date_header=False,
        )
        exit_code = await serving.main()
        console.app.flush()
        return exit_code


def _make_session(
    settings: "Settings",
    target: Target,
    console: Console,
    command: Command | None,
    mounts: tuple[Mount, ...],
) -> ProxySession:
    return ProxySession(
        settings,
        target,
        command=command,
        paths=tuple(map(absolute, settings.watch)),
        mounts=mounts,
        on_output=console.app.output,
        on_news=partial(_tell_news, console),
        on_waiting=lambda: console.app.waiting(target.origin),
        on_update=console.update,
        on_notice=console.notice,
    )


def _tell_news(console: Console, news: "News") -> None:
    """Say what becomes of the command."""
    if isinstance(news, Started) and news.build > 1:
        console.app.restarting(news.files)
    elif isinstance(news, Succeeded):
        console.app.back(news.duration)
    elif isinstance(news, Failed):
        console.app.died(Finished(news.ending, news.exit_code, news.duration, ""))


def read_static(pairs: tuple[str, ...]) -> tuple[Mount, ...]:
    """Read `URL=FOLDER` pairs. Raises `ConfigurationError`."""
    found = {}
    for pair in pairs:
        url, sign, folder = pair.partition("=")
        if not sign or not url.startswith("/") or not Path(folder).is_dir():
            raise ConfigurationError(
                "Not a URL and a folder"
                if not Path(folder).exists() or not sign
                else "Not a folder",
                where=pair,
                hint="Give both: --static /static=app/static",
            )
        found[url] = folder
    return parse_mounts(found)


def check_target(target: Target, *, port: int | None) -> None:
    """Raise `TargetError` for a target that is ourselves, or a name that nobody knows."""
    if target.is_local:
        if port == target.port:
            raise TargetError(
                "The proxy would be its own target",
                where=target.origin,
                hint="Give the proxy another port: --port 8000",
            )
        return
    try:
        socket.getaddrinfo(target.address, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TargetError(
            f"No such host ({error.strerror})",
            where=target.host,
            hint="Give the app's server: sse-reload proxy 5000, or http://localhost:5000",
        ) from None


def check_command(words: tuple[str, ...]) -> None:
    """Raise `ConfigurationError` for a command that cannot be found."""
    if words and shutil.which(words[0]) is None:
        raise ConfigurationError(
            "Command not found",
            where=words[0],
            hint="Install it, or write its whole path: sse-reload proxy TARGET -- COMMAND",
        )
