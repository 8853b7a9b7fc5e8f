"""The parser, held against the standard's own examples and the browsers' shared expectations."""

from itertools import pairwise
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.sse.decoder import Decoder, ReceivedEvent
from livereload_sse.sse.events import Event, EventId, encode_comment, encode_id, encode_retry

Told: TypeAlias = list[tuple[str, str, str]]  # name, data, last event id

text = st.text(st.characters(exclude_categories=["Cs"]))
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"))
ids = st.builds(EventId, st.integers(0, 10**15), st.integers(0, 999))
events = st.builds(Event, names, text, st.none() | ids)
LINES = """data|data:|data: x|data:  x|event: a|event|id: 1|id|id: \0|retry: 5|: c|:|foo: bar||
\ufeffdata: x|data: é\U0001f600||"""
lines = st.sampled_from(LINES.replace("\n", "").split("|"))
ends = st.sampled_from(["\n", "\r", "\r\n"])
streams = st.lists(st.tuples(lines, ends)).map(lambda pairs: "".join(map("".join, pairs)).encode())


def decode(*chunks: bytes) -> Told:
    decoder = Decoder()
    received = [event for chunk in chunks for event in decoder.feed(chunk)]
    return [(event.name, event.data, event.last_event_id) for event in received]


def messages(*data: str) -> Told:
    return [("message", each, "") for each in data]


def as_received(event: Event) -> tuple[str, str, str]:
    data = event.data.replace("\r\n", "\n").replace("\r", "\n")
    return (event.name or "message", data, str(event.id or ""))


# The examples of the HTML standard, "Interpreting an event stream".
STANDARD = [
    pytest.param(b"data: YHOO\ndata: +2\ndata: 10\n\n", messages("YHOO\n+2\n10"), id="three-lines"),
    pytest.param(
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
        [("message", "first event", "1"), ("message", "second event", "")],
        id="four-blocks",
    ),
    pytest.param(
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        [("message", "first event", "1"), *messages("second event", " third event")],
        id="four-blocks-closed",
    ),
    pytest.param(b"data\n\ndata\ndata\n\ndata:", messages("", "\n"), id="empty-data"),
    pytest.param(b"data:test\n\ndata: test\n\n", messages("test", "test"), id="optional-space"),
    pytest.param(
        b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
        [("add", "73857293", ""), ("remove", "2153", ""), ("add", "113411", "")],
        id="named",
    ),
]

# What the web platform tests expect of browsers (eventsource/format-*), named as they are.
BROWSERS = [
    pytest.param(
        "\ufeffdata:1\n\n\ufeffdata:2\n\ndata:3\n\n".encode(), messages("1", "3"), id="bom"
    ),
    pytest.param(
        "\ufeff\ufeffdata:1\n\ndata:2\n\ndata:3\n\n".encode(), messages("2", "3"), id="bom-2"
    ),
    pytest.param(
        b"data:1\r:\0\n:\r\ndata:2\n:" + b"x" * 2000 + b"\rdata:3\n:data:fail\r:x\ndata:4\n\n",
        messages("1\n2\n3\n4"),
        id="comments",
    ),
    pytest.param(
        b"retry:1000\ndata:test1\n\nid:test\ndata:test2",
        messages("test1"),
        id="data-before-final-empty-line",
    ),
    pytest.param(
        b"data:\n\ndata\ndata\n\ndata:test\n\n", messages("", "\n", "test"), id="field-data"
    ),
    pytest.param(
        b"event:test\ndata:x\n\ndata:x\n\n",
        [("test", "x", ""), ("message", "x", "")],
        id="field-event",
    ),
    pytest.param(b"event: \ndata:data\n\n", messages("data"), id="field-event-empty"),
    pytest.param(b"event: a\nevent\ndata:data\n\n", messages("data"), id="field-event-reset"),
    pytest.param("id: …\ndata:x\n\n".encode(), [("message", "x", "…")], id="field-id"),
    pytest.param(
        b"id:1\ndata:x\n\ndata:y\n\nid\ndata:z\n\n",
        [("message", "x", "1"), ("message", "y", "1"), ("message", "z", "")],
        id="field-id-2",
    ),
    pytest.param(
        b"id:a\ndata:x\n\nid:\0b\ndata:y\n\nid:c\0\nid:d\0d\ndata:z\n\n",
        [("message", "x", "a"), ("message", "y", "a"), ("message", "z", "a")],
        id="field-id-null",
    ),
    pytest.param(
        b"data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n"
        b" data:32\ndata:4\n\n",
        messages("\0\n 2\n1\n3\n\n4"),
        id="field-parsing",
    ),
    pytest.param(
        b"data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
        messages("test\n\ntest"),
        id="field-unknown",
    ),
    pytest.param(
        b"data:\ttest\rdata: \ndata:test\n\n", messages("\ttest\n\ntest"), id="leading-space"
    ),
    pytest.param(b"data:test\r\ndata\ndata:test\r\n\r\n", messages("test\n\ntest"), id="newlines"),
    pytest.param(b"data:\0\n\n\n\n", messages("\0"), id="null-character"),
    pytest.param("data:ok…\n\n".encode(), messages("ok…"), id="utf-8"),
]


@pytest.mark.parametrize(("stream", "told"), [*STANDARD, *BROWSERS])
def test_a_stream_tells_what_the_standard_says_whole_or_byte_by_byte(
    stream: bytes, told: Told
) -> None:
    assert decode(stream) == told
    assert decode(*[stream[i : i + 1] for i in range(len(stream))]) == told


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_each_of_the_three_line_ends_closes_an_event_at_once(end: bytes) -> None:
    assert decode(b"data: x" + end + end) == messages("x")
    assert decode(b"data: x" + end + end[:1]) == messages("x")


def test_an_lf_that_comes_after_its_cr_in_a_later_chunk_is_no_second_line_end() -> None:
    assert decode(b"data: a\r", b"\ndata: b\r", b"", b"\n\r", b"\ndata: c\n\n") == messages(
        "a\nb", "c"
    )


def test_an_lf_after_a_cr_and_its_lf_is_a_blank_line() -> None:
    assert decode(b"data: a\r", b"\n", b"\n") == messages("a")


@pytest.mark.parametrize(
    ("stream", "retry"),
    [
        (b"data: x\n\n", None),
        (b"retry: 500\n", 0.5),
        (b"retry:3000\nretry:1000x\ndata:x\n\n", 3.0),
        (b"retry:0\n", 0.0),
        (b"retry\n", None),
        (b"retry: \n", None),
        (b"retry: -1\n", None),
        (b"retry: 1.5\n", None),
        (b"retry:  1\n", None),
        ("retry: ٣\n".encode(), None),
        ("retry: ²\n".encode(), None),
    ],
)
def test_retry_is_taken_when_it_is_ascii_digits_and_ignored_otherwise(
    stream: bytes, retry: float | None
) -> None:
    decoder = Decoder()
    decoder.feed(stream)

    assert decoder.retry == retry


def test_an_absurdly_long_retry_is_survived() -> None:
    decoder = Decoder()
    decoder.feed(b"retry: " + b"9" * 100_000 + b"\n\ndata: x\n")

    assert decoder.feed(b"\n") == [ReceivedEvent("message", "x", "")]
    assert decoder.retry is not None


def test_an_id_without_data_dispatches_nothing_and_still_moves_the_place() -> None:
    decoder = Decoder()

    assert decoder.feed(b"id: 7-0\n\n") == []
    assert decoder.last_event_id == "7-0"


def test_an_id_counts_only_once_its_block_is_closed() -> None:
    decoder = Decoder(last_event_id="6-0")
    decoder.feed(b"id: 7-0\ndata: cut off\n")

    assert decoder.last_event_id == "6-0"


def test_a_name_does_not_outlive_its_block() -> None:
    assert decode(b"event: a\n\ndata: x\n\n") == messages("x")


def test_a_new_connection_goes_on_with_the_old_ones_id() -> None:
    decoder = Decoder(last_event_id="7-0")

    assert decoder.feed(b"data: x\n\n") == [ReceivedEvent("message", "x", "7-0")]


def test_a_character_cut_in_two_is_whole_again() -> None:
    assert decode(b"data: \xf0\x9f", b"\x98\x80\n\n") == messages("\U0001f600")


def test_invalid_utf8_is_replaced_and_never_an_error() -> None:
    assert decode(b"data: \xff\xc3(\n\n") == messages("\ufffd\ufffd(")


@given(events)
def test_a_decoded_event_is_the_encoded_one_wherever_it_is_cut(event: Event) -> None:
    wire = event.encode()

    for cut in range(len(wire) + 1):
        assert decode(wire[:cut], wire[cut:]) == [as_received(event)]


@given(st.lists(events))
def test_events_in_a_row_do_not_touch_each_other(several: list[Event]) -> None:
    between = encode_comment("data: x\n\nid: y") + encode_retry(0.5)
    told, last = [], ""
    for event in several:
        name, data, own = as_received(event)
        last = own or last
        told.append((name, data, last))

    assert decode(between.join(event.encode() for event in several)) == told


@given(streams, st.lists(st.integers(0, 200)))
def test_how_a_stream_is_cut_makes_no_difference(stream: bytes, cuts: list[int]) -> None:
    borders = sorted({0, *(min(cut, len(stream)) for cut in cuts), len(stream)})
    pieces = [stream[a:b] for a, b in pairwise(borders)]

    assert decode(*pieces) == decode(stream)


@given(st.binary(), st.binary())
def test_no_bytes_are_an_error(one: bytes, two: bytes) -> None:
    assert decode(one, two) == decode(one + two)


def test_an_id_only_block_of_ours_is_what_the_reader_comes_back_with() -> None:
    decoder = Decoder()
    decoder.feed(encode_id(EventId(5, 1)))

    assert EventId.parse(decoder.last_event_id) == EventId(5, 1)
