"""Carrying out `preview`, and `serve` with a command: what is run, joined with what serves.

Knows how settings become a plan, a builder and a session.
"""

import socket
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livereload_sse.addresses import listen
from livereload_sse.build.command_builder import CommandBuilder
from livereload_sse.build.detect import detect, first_installed
from livereload_sse.build.generators import Generator
from livereload_sse.build.interpreter import find_interpreter, find_program
from livereload_sse.build.mkdocs.builder import MkDocsBuilder
from livereload_sse.build.plans import Plan, plan_for
from livereload_sse.build.standby import StandbyBuilder, is_possible
from livereload_sse.build_session import BuildSession
from livereload_sse.cli.console import Console
from livereload_sse.cli.serving import Serving, address_of
from livereload_sse.digest import digest
from livereload_sse.run_session import RunSession
from livereload_sse.server import check_certificate, run
from livereload_sse.session import absolute
from livereload_sse.web.urls import parse_prefix

if TYPE_CHECKING:
    from livereload_sse.addresses import Listener
    from livereload_sse.session import Session
    from livereload_sse.settings import Settings


def preview_until_asked(settings: "Settings") -> int:
    """Find the generator of a project, and build and serve its site until Ctrl-C, SIGTERM or `q`.

    Raises `GeneratorChoiceError`, `GeneratorMissingError`, `CertificateError` and `AddressError`
    before anything is built.
    """
    check_certificate(settings.certfile, settings.keyfile)
    chosen = detect(settings.directory, wanted=settings.generator)
    folder = chosen.config.parent

    def find(generator: Generator) -> Path:
        if not generator.python:
            return find_program(generator.program, folder, install=generator.install)
        return find_interpreter(
            generator.python, folder, wanted=settings.python, install=generator.install
        )

    found, where = (
        (chosen, find(chosen.generator)) if settings.generator else first_installed(chosen, find)
    )
    generator = found.generator
    python, program = (where, None) if generator.python else (None, where)
    listener = listen(settings.host, settings.port)
    url = address_of(settings, listener) + parse_prefix(settings.prefix)[1:]
    plan = plan_for(
        found,
        python=python,
        program=program,
        url=url,
        port=free_port() if generator.way == "run" else 0,
    )
    return _run(settings, listener, plan, url=url, why=found.why)


def build_until_asked(settings: "Settings") -> int:
    """Build with the user's own command, and serve its output, until Ctrl-C, SIGTERM or `q`.

    Raises `CertificateError` and `AddressError` before anything is built.
    """
    check_certificate(settings.certfile, settings.keyfile)
    plan = plan_of_command(settings)
    listener = listen(settings.host, settings.port)
    return _run(settings, listener, plan, url=address_of(settings, listener))


def plan_of_command(settings: "Settings") -> Plan:
    """Make the plan of `--build` or `--run`."""
    command = settings.build or settings.run
    folder = absolute(settings.folder)
    output = None if "{output}" in command else absolute(settings.directory)
    fresh = bool(settings.build) and output is None
    return Plan(
        title="",
        way="run" if settings.run else "fresh" if fresh else "in-place",
        project=folder,
        folder=folder,
        words=command,
        watch=tuple(map(absolute, settings.watch)) or (folder,),
        output=output,
    )


def free_port() -> int:
    """Find a port for a server that a generator insists on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _run(settings: "Settings", listener: "Listener", plan: Plan, *, url: str, why: str = "") -> int:
    console = Console(verbose=settings.verbose, quiet=settings.quiet)
    make = partial(make_session, settings, plan, console, url=url)
    what = f"{settings.directory} · {plan.title}" if plan.title else str(settings.directory)
    facts = [
        *([why] if why else []),
        f"{'running' if plan.way == 'run' else 'building with'} {plan.shown}",
    ]
    return run(lambda: Serving(settings, listener, console, make, what=what, facts=facts).main())


def make_session(settings: "Settings", plan: Plan, console: Console, *, url: str) -> "Session":
    """Make the session for a plan."""
    told: dict[str, Any] = {
        "memory": memory_of(plan),
        "on_update": console.update,
        "on_news": console.news,
        "on_output": console.builds.output,
        "on_notice": console.notice,
    }
    if plan.way == "mkdocs" and plan.python and plan.config:
        builder = MkDocsBuilder(
            python=plan.python,
            package="properdocs" if plan.title == "ProperDocs" else "mkdocs",
            config=plan.config,
            url=url,
            strict=False,
        )
        session = BuildSession(
            settings, plan, lambda _session: builder, quick=builder.quick, **told
        )
        builder.on_watched = session.watch
        return session
    if plan.way == "run":
        return RunSession(settings, plan, **told)
    make = StandbyBuilder if is_possible(plan) else CommandBuilder
    return BuildSession(settings, plan, lambda cache: make(plan, cache=cache), **told)


def memory_of(plan: Plan) -> Path:
    """Name the file that remembers, beyond this run, when the files of this site became different."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - heavy, and only here

    folder = user_cache_path("sse-reload", appauthor=False) / "sites"
    folder.mkdir(parents=True, exist_ok=True)
    name = digest(f"{plan.project}\n{plan.shown}".encode())
    return folder / f"{name}.json"
