"""What the pages of the web platform tests' folder `eventsource` expect of a browser.

Each case has the name of a page, what a server answers to each of its requests, and what is read.
Written from the standard and from what those pages are about. Answers come from our own encoder and
`EventStream` where they can say it; where a page is about malformed streams, they are bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from livereload_sse.sse import Event

Wrote: TypeAlias = str | list[str]
"""`open`, `lost` (comes back), `refused`, `failed 404`, or an event: name, data, last event id."""

EVENT_STREAM: Final = "text/event-stream"
SOON: Final = 0.06
"""Seconds after which readers come back, where a case does not say."""


@dataclass(frozen=True)
class Answer:
    """One answer; `{header}` in an event's data is that header of the request."""

    body: bytes | Sequence[Event] = b""
    type: str = EVENT_STREAM
    status: int = 200
    retry: float = SOON
    stays: bool = False


@dataclass(frozen=True)
class Case:
    """A page, and what is read of it; `ours` is what our client reads instead, for `reason`."""

    name: str
    answers: Sequence[Answer]
    wrote: Sequence[Wrote]
    ours: Sequence[Wrote] | None = None
    reason: str = ""
    names: Sequence[str] = ("message",)
    until: str = "lost"
    times: int = 1
    ids: Sequence[str] = field(default=("",))
    pause: float = 0.0


def message(data: str, last_id: str = "", name: str = "message") -> list[str]:
    return [name, data, last_id]


def once(name: str, body: bytes | str | Sequence[Event], *read: Wrote, names: str = "") -> Case:
    """One answer, which is read to its end."""
    raw = body.encode() if isinstance(body, str) else body
    listens = ("message", *names.split())
    return Case(name, [Answer(raw)], ["open", *read, "lost"], names=listens)


def told(*events: Event) -> Sequence[Event]:
    return events


def texts(*data: str) -> Sequence[Event]:
    return [Event("", each) for each in data]


LONG = "x" * 2049
BYTES = [
    once("format-bom", "\ufeffdata:1\n\n\ufeffdata:2\n\ndata:3\n\n", message("1"), message("3")),
    once("format-bom-2", "\ufeff\ufeffdata:1\n\ndata:2\n\ndata:3\n\n", message("2"), message("3")),
    once(
        "format-comments",
        f"data:1\r:\0\n:\r\ndata:2\n:{LONG}\rdata:3\n:data:fail\r:{LONG}\ndata:4\n\n",
        message("1\n2\n3\n4"),
    ),
    once(
        "format-field-data",
        "data:\n\ndata\ndata\n\ndata:test\n\n",
        *[message(""), message("\n"), message("test")],
    ),
    once(
        "format-field-event",
        "event:test\ndata:x\n\ndata:x\n\n",
        *[message("x", name="test"), message("x")],
        names="test",
    ),
    once("format-field-event-empty", "event: \ndata:data\n\n", message("data"), names="test"),
    once(
        "format-field-id-3 persists",
        "id: 1\ndata: 1\n\ndata:2\n\n",
        *[message("1", "1"), message("2", "1")],
    ),
    once(
        "format-field-id-3 changes and persists",
        "id: 1\ndata: 1\n\nid: 2\ndata:2\n\ndata:3\n\n",
        *[message("1", "1"), message("2", "2"), message("3", "2")],
    ),
    once(
        "format-field-id-3 resets",
        "id: 1\ndata: 1\n\nid:\ndata:2\n\ndata:3\n\n",
        *[message("1", "1"), message("2"), message("3")],
    ),
    once(
        "format-field-parsing",
        "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n"
        " data:32\ndata:4\n\n",
        message("\0\n 2\n1\n3\n\n4"),
    ),
    once("format-field-retry-empty", "retry\ndata:test\n\n", message("test")),
    once(
        "format-field-unknown",
        "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
        message("test\n\ntest"),
    ),
    once("format-leading-space", "data:\ttest\rdata: \ndata:test\n\n", message("\ttest\n\ntest")),
    once("format-newlines", "data:test\r\ndata\ndata:test\r\n\r\n", message("test\n\ntest")),
    once("format-null-character", "data:\0\n\n\n\n", message("\0")),
    once("format-utf-8", "data:ok…\n\n", message("ok…")),
]

ENCODED = [
    once(
        "format-field-data, encoded by us",
        texts("", "\n", "test"),
        *[message(""), message("\n"), message("test")],
    ),
    once(
        "format-field-event, encoded by us",
        told(Event("test", "x"), Event("", "x")),
        *[message("x", name="test"), message("x")],
        names="test",
    ),
    once(
        "format-field-id-3, encoded by us",
        told(Event("", "1", "1"), Event("", "2", "2"), Event("", "3")),
        *[message("1", "1"), message("2", "2"), message("3", "2")],
    ),
    once(
        "format-leading-space, encoded by us",
        texts("\ttest\n \ntest", "  x"),
        *[message("\ttest\n \ntest"), message("  x")],
    ),
    once("format-newlines, encoded by us", texts("test\r\n\rtest\n"), message("test\n\ntest\n")),
    once("format-null-character, encoded by us", texts("\0"), message("\0")),
    once(
        "format-utf-8, encoded by us",
        texts("ok… \ufeff\U0001f600"),
        message("ok… \ufeff\U0001f600"),
    ),
    once(
        "format-comments, encoded by us",
        texts(":no comment", ""),
        *[message(":no comment"), message("")],
    ),
    once("request-accept", texts("{accept}"), message(EVENT_STREAM)),
    once("request-cache-control", texts("{cache-control}"), message("no-cache")),
]

HELLO = told(Event("", "hello", "…"))
ECHO = Answer(texts("{last-event-id}"))
ECHOED: list[Wrote] = ["open", message("…", "…"), "lost"]
RECONNECTING = [
    Case(
        "format-data-before-final-empty-line",
        [Answer(b"retry:60\ndata:test1\n\nid:test\ndata:test2")] * 2,
        ["open", message("test1"), "lost"] * 2,
        times=2,
        ids=["", ""],
    ),
    Case(
        "format-field-id",
        [Answer("id: …\nretry: 60\ndata: hello\n\n".encode()), ECHO],
        ["open", message("hello", "…"), "lost", "open", message("…", "…"), "lost"],
        times=2,
        ids=["", "…"],
    ),
    Case(
        "format-field-id-2, encoded by us",
        [Answer(HELLO), ECHO, ECHO],
        ["open", message("hello", "…"), "lost", *ECHOED, *ECHOED],
        times=3,
        ids=["", "…", "…"],
    ),
    Case(
        "format-field-id-null",
        [Answer(b"id: \0\0\nretry: 60\ndata: hello\n\n"), Answer(texts("again"))],
        ["open", message("hello"), "lost", "open", message("again"), "lost"],
        times=2,
        ids=["", ""],
    ),
    Case(
        "format-field-retry, encoded by us",
        [Answer(texts("x"), retry=0.4)] * 2,
        ["open", message("x"), "lost"] * 2,
        times=2,
        ids=["", ""],
        pause=0.4,
    ),
    Case(
        "format-field-retry-bogus",
        [Answer(b"retry:400\nretry:60x\ndata:x\n\n")] * 2,
        ["open", message("x"), "lost"] * 2,
        times=2,
        ids=["", ""],
        pause=0.4,
    ),
    Case(
        "eventsource-reconnect 200",
        [Answer(texts()), Answer(texts("data"))],
        ["open", "lost", "open", message("data"), "lost"],
        times=2,
        ids=["", ""],
    ),
    Case(
        "eventsource-reconnect events",
        [Answer(told(Event("", "ok", "2"))), Answer(texts("data"))],
        ["open", message("ok", "2"), "lost", "open", message("data", "2"), "lost"],
        times=2,
        ids=["", "2"],
    ),
    Case(
        "eventsource-close",
        [Answer(texts("opened")), Answer(texts("reconnected")), Answer(status=204)],
        ["open", message("opened"), "lost", "open", message("reconnected"), "lost", "refused"],
        ["open", message("opened"), "lost", "open", message("reconnected"), "lost", "ended 204"],
        "our client says that this was the end",
        times=3,
        ids=["", "", ""],
    ),
    Case("eventsource-close, once it is open", [Answer(stays=True)], ["open"], until="open"),
]

REFUSED_BY_STATUS = [
    Case(
        f"request-status-error {status}",
        [Answer(b"data: data\n\n" if status not in {204, 205} else b"", status=status)],
        ["refused"],
        [read],
        reason,
    )
    for status, read, reason in [
        (204, "ended 204", "our client says that this was the end"),
        (205, "failed 205", "our client says why"),
        (210, "failed 210", "our client says why"),
        (299, "failed 299", "our client says why"),
        (404, "failed 404", "our client says why"),
        (410, "failed 410", "our client says why"),
        (503, "lost 503", "our client comes back when the server is"),
    ]
]

BY_TYPE = [
    Case(
        "format-mime-trailing-semicolon",
        [Answer(b"data: data\n\n", type="text/event-stream;")],
        ["open", message("data"), "lost"],
    ),
    Case(
        "format-utf-8 with its charset",
        [Answer("data:ok…\n\n".encode(), type="text/event-stream;charset=UTF-8")],
        ["open", message("ok…"), "lost"],
    ),
    Case(
        "format-utf-8 with another charset",
        [Answer("data:ok…\n\n".encode(), type="text/event-stream;charset=windows-1252")],
        ["refused"],
        ["open", message("ok…"), "lost"],
        "event streams are UTF-8, whatever their type says; Chromium refuses to read this one",
    ),
    *(
        Case(
            name,
            [Answer(b"data: data\n\n", type=media_type)],
            ["refused"],
            ["failed 200"],
            "our client says why",
        )
        for name, media_type in [
            ("format-mime-bogus", "x bogus"),
            ("format-mime-valid-bogus", "text/x-bogus"),
        ]
    ),
]

CASES: Final = [*BYTES, *ENCODED, *RECONNECTING, *REFUSED_BY_STATUS, *BY_TYPE]
