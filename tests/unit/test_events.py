"""The bytes of an event, and the text of an id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import InvalidEventError, InvalidEventIdError
from livereload_sse.sse.decoder import Decoder
from livereload_sse.sse.events import Event, EventId, encode_comment, encode_id, encode_retry

ids = st.builds(EventId, st.integers(0, 10**20 - 1), st.integers(0, 10**20 - 1))


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ("", b"data: \n"),
        ("one", b"data: one\n"),
        (" one", b"data:  one\n"),
        ("one\n", b"data: one\ndata: \n"),
        ("one\ntwo", b"data: one\ndata: two\n"),
        ("one\rtwo", b"data: one\ndata: two\n"),
        ("one\r\ntwo", b"data: one\ndata: two\n"),
        ("one\n\rtwo", b"data: one\ndata: \ndata: two\n"),
        ("a\vb\fc\x1cd\x85e\u2028f\u2029g", "data: a\vb\fc\x1cd\x85e\u2028f\u2029g\n".encode()),
        ("\ufeffid: 1", b"data: \xef\xbb\xbfid: 1\n"),
        ("\0", b"data: \0\n"),
    ],
)
def test_data_becomes_one_field_per_line_and_only_cr_and_lf_end_lines(
    data: str, lines: bytes
) -> None:
    assert Event("", data).encode() == lines + b"\n"


def test_an_event_writes_its_name_and_id_before_its_data() -> None:
    event = Event("change", "{}", EventId(1767225600000, 3))

    assert event.encode() == b"event: change\nid: 1767225600000-3\ndata: {}\n\n"


@pytest.mark.parametrize("name", ["", "message"])
def test_the_default_name_is_not_written(name: str) -> None:
    assert Event(name, "x").encode() == b"data: x\n\n"


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\0b", "\n", "a\ud800", "x\ndata: forged\n\n"])
def test_a_name_that_would_forge_a_field_is_refused(name: str) -> None:
    with pytest.raises(InvalidEventError, match="name"):
        Event(name, "")


@pytest.mark.parametrize("name", ["deploy", "a:b", " spaced ", "été", "a\u2028b", "x" * 1000])
def test_any_other_name_is_written_as_it_is(name: str) -> None:
    assert Event(name, "").encode().startswith(f"event: {name}\n".encode())


def test_data_that_utf8_cannot_carry_is_refused() -> None:
    with pytest.raises(InvalidEventError, match="udce9"):
        Event("change", "caf\udce9").encode()


@given(ids)
def test_an_id_reads_back_from_its_text(event_id: EventId) -> None:
    assert EventId.parse(str(event_id)) == event_id


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "1", "1-", "-1", "1-2-3", "1--2", "-1-2", "1-a", "a-1", "0x1-0", "1_0-0"),
        *(" 1-0", "1-0 ", "1-0\n", "+1-0", "1.5-0", "1-0\0", "NaN-0", "undefined", "null"),
        *("\u0661-\u0662", "\u00b9-0", "\uff11-0", "1\u20130"),  # digits and a dash not in ASCII
        *("1" * 21 + "-0", "0-" + "1" * 21, "9" * 100_000 + "-0"),
    ],
)
def test_anything_else_is_not_an_id(text: str) -> None:
    with pytest.raises(InvalidEventIdError):
        EventId.parse(text)


def test_an_absurd_id_is_quoted_shortly_and_in_ascii() -> None:
    with pytest.raises(InvalidEventIdError) as caught:
        EventId.parse("\x1b[31mé" + "x" * 100_000)

    assert len(str(caught.value)) < 300
    assert str(caught.value).isascii()
    assert "\x1b" not in str(caught.value)


def test_ids_sort_by_time_and_then_by_sequence() -> None:
    texts = sorted(map(EventId.parse, ["10-10", "9-10", "11-1", "10-2", "10-0"]))

    assert [str(each) for each in texts] == ["9-10", "10-0", "10-2", "10-10", "11-1"]


def test_a_comment_is_a_colon_line_for_each_of_its_lines() -> None:
    assert encode_comment("still here") == b": still here\n\n"
    assert encode_comment("data: x\n\ndata: y\rz") == b": data: x\n: \n: data: y\n: z\n\n"
    assert encode_comment("caf\udce9") == b": caf?\n\n"


@pytest.mark.parametrize(
    ("seconds", "wire"),
    [
        (0.5, b"retry: 500\n\n"),
        (3, b"retry: 3000\n\n"),
        (0.0004, b"retry: 1\n\n"),
        (0, b"retry: 1\n\n"),
    ],
)
def test_retry_is_whole_milliseconds_and_never_zero(seconds: float, wire: bytes) -> None:
    assert encode_retry(seconds) == wire


def test_an_id_alone_is_a_block_without_data() -> None:
    assert encode_id(EventId(7, 1)) == b"id: 7-1\n\n"


@pytest.mark.parametrize("event_id", ["7", "row 12", "été", ":a", " spaced ", "x" * 128, "é" * 64])
def test_an_id_may_be_any_text_and_comes_back_as_it_was(event_id: str) -> None:
    decoder = Decoder()
    [received] = decoder.feed(Event("row", "x", event_id).encode())

    assert (received.last_event_id, decoder.last_event_id) == (event_id, event_id)
    assert encode_id(event_id) == f"id: {event_id}\n\n".encode()


@pytest.mark.parametrize("event_id", ["a\nb", "a\rb", "a\0b", "a\ud800", "1\ndata: forged\n\n"])
def test_an_id_that_would_forge_a_field_or_be_ignored_is_refused(event_id: str) -> None:
    with pytest.raises(InvalidEventIdError, match="control character"):
        Event("", "", event_id)


@pytest.mark.parametrize("event_id", ["x" * 129, "é" * 65, "x" * 100_000])
def test_an_id_that_makes_browsers_ask_for_leave_first_is_refused(event_id: str) -> None:
    with pytest.raises(InvalidEventIdError, match="too long") as caught:
        Event("", "", event_id)

    assert str(len(event_id.encode())) in caught.value.where
    assert len(str(caught.value)) < 300


def test_an_empty_id_takes_the_readers_place_away() -> None:
    decoder = Decoder(last_event_id="7")
    decoder.feed(Event("", "x", "").encode())

    assert decoder.last_event_id == ""


def test_data_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidEventError, match=r"Event\.of"):
        Event("a", b"{}")  # type: ignore[arg-type]  # the mistake


def test_of_a_payload_its_json_is_told() -> None:
    assert (
        Event.of("a", {"b": [1, "2"]}, id="7").encode()
        == b'event: a\nid: 7\ndata: {"b":[1,"2"]}\n\n'
    )
