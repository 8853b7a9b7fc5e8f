"""`sse-reload notify`: publish an event to a running server."""

import json

import click

from livereload_sse.errors import UsageError


@click.command(short_help="Publish an event to a running server.")
@click.argument("words", nargs=-1, metavar="[URL] EVENT")
@click.option(
    "--data", metavar="JSON", default="null", help="What the event carries. [default: null]"
)
@click.option(
    "--channel", metavar="NAME", default="", help="Publish to this channel instead of the tabs'."
)
def notify(words: tuple[str, ...], data: str, channel: str) -> None:
    """Publish EVENT to the server at URL, or to the one that is running.

    'reload' reloads every tab. Any other name reaches pages as an event on window: "deploy" as
    "sse-reload:deploy", with the data as its detail.
    """
    from livereload_sse.cli.console import Console  # noqa: PLC0415 - not needed for --help
    from livereload_sse.cli.remote import answered, find_server  # noqa: PLC0415

    url, event = _parted(words)
    body = json.dumps({"event": event, "data": _parsed(data), "channel": channel}).encode()
    server = find_server(url)
    with answered(server, "POST", "/publish", body=body) as answer:
        published = json.loads(answer.read())
    Console().data(f"Published {event!r} as {published['id']} to {server.url}")


def _parted(words: tuple[str, ...]) -> tuple[str | None, str]:
    """Tell address and event apart: click cannot, as the one that may be missing comes first."""
    if len(words) not in (1, 2):
        raise click.UsageError("Give the name of one event, after an address if there is one.")
    return (words[0] if len(words) == 2 else None), words[-1]


def _parsed(data: str) -> object:
    try:
        return json.loads(data)
    except ValueError as error:
        raise UsageError(
            f"The data is not JSON ({error})",
            where=data,
            hint="""Quote it: --data '{"key": "value"}'""",
        ) from None
