"""The Python parser, held against the vectors that the browser's half is held against, too.

`tests/contract/event_stream.json` says of each stream which events it has, the id to come back with
and the delay that was asked for. Those called `standard` are the HTML standard's examples, those
called `format-…` what the web platform tests' pages of that name expect.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.sse.decoder import Decoder

CONTRACT = Path(__file__).parent.parent / "contract" / "event_stream.json"
VECTORS: list[dict[str, Any]] = json.loads(CONTRACT.read_text("utf-8"))


def encode(vector: dict[str, Any]) -> bytes:
    return bytes.fromhex(vector["hex"]) if "hex" in vector else str(vector["stream"]).encode()


def cut(stream: bytes, places: Sequence[int]) -> list[bytes]:
    return [stream[begin:end] for begin, end in pairwise([0, *places, len(stream)])]


def cut_everywhere(vector: dict[str, Any]) -> Iterator[list[bytes]]:
    """Whole, byte by byte, in two with nothing between them at each place, and as it is asked."""
    stream = encode(vector)
    yield [stream]
    yield cut(stream, range(1, len(stream)))
    for place in range(len(stream) + 1):
        yield cut(stream, [place, place])
    for places in vector.get("cuts", []):
        yield cut(stream, places)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_stream_says_what_the_contract_says_however_it_is_cut(vector: dict[str, Any]) -> None:
    wanted = (
        [tuple(event) for event in vector["events"]],
        vector.get("id", ""),
        vector.get("retry"),
    )

    for chunks in cut_everywhere(vector):
        decoder = Decoder(last_event_id=vector.get("after", ""))
        events = [event for chunk in chunks for event in decoder.feed(chunk)]
        told = [(event.name, event.data, event.last_event_id) for event in events]
        assert (told, decoder.last_event_id, decoder.retry) == wanted, chunks
