"""`sse-reload events`: print a running server's stream as it comes."""

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

if TYPE_CHECKING:
    from livereload_sse.sse import ReceivedEvent


@click.command(short_help="Print a running server's events as they come.")
@click.argument("url", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--after", metavar="ID", help="Begin with what came after this event.")
@click.option(
    "--channel",
    metavar="NAME",
    multiple=True,
    help="Read this channel instead of the tabs'. Repeatable.",
)
def events(url: str | None, as_json: bool, after: str | None, channel: tuple[str, ...]) -> None:  # noqa: FBT001 - click passes options by name
    """Print the events of the server at URL, or of the one that is running, until it ends."""
    from livereload_sse.cli.console import Console  # noqa: PLC0415 - not needed for --help
    from livereload_sse.cli.remote import answered, find_server  # noqa: PLC0415
    from livereload_sse.sse import Decoder  # noqa: PLC0415

    query = [("after", after)] if after else []
    query += [("channel", name) for name in channel]
    console, decoder = Console(), Decoder()
    path = f"/events?{urlencode(query)}"
    try:
        with answered(find_server(url), "GET", path, timeout=None) as answer:
            while chunk := answer.read1():
                for event in decoder.feed(chunk):
                    console.data(as_object(event) if as_json else as_line(event))
    except KeyboardInterrupt:
        return


def as_object(event: "ReceivedEvent") -> str:
    """Write one event as a JSON object: `{"id", "event", "data"}`."""
    return json.dumps(
        {"id": event.last_event_id, "event": event.name, "data": _data(event)}, ensure_ascii=False
    )


def as_line(event: "ReceivedEvent") -> str:
    """Write one event for a person: id, name, data."""
    return f"{event.last_event_id}  {event.name}  {json.dumps(_data(event), ensure_ascii=False)}"


def _data(event: "ReceivedEvent") -> object:
    """The data as JSON; what is not JSON stays the text it is."""
    try:
        return json.loads(event.data)
    except ValueError:
        return event.data
