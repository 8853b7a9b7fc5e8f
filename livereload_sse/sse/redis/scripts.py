"""What Redis does in one piece: two scripts, what they are given, and what they answer.

Knows the keys and what is in them. Refuses to know connections, and who reads.

    {prefix}:meta             hash: `epoch`, and `ms` and `n` of the newest id of all channels
    {prefix}:stream:<channel> stream: entries with `n` name, `d` data, `p` the id before it in this
                              channel, `s` where the stream begins with it, `f` where it is final
    {prefix}:news             stream: for each time that something was stored, `p` the id before it in
                              all channels, and `k` for each event its stream; where they are short,
                              behind it what else is in its entry, and `i` its id
    {prefix}:publisher:<…>    the number of the last event that was stored for one process

Each process waits for one stream, the news, however many channels it reads: Redis would wake who
waits for several by the first that has something, and tell nothing of the others.

The prefix stands in braces, so that all keys are in one slot of a Redis Cluster.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from itertools import pairwise
from typing import Any, Final

from livereload_sse.errors import InvalidEventIdError
from livereload_sse.sse.events import EventId
from livereload_sse.sse.history import ORIGIN_BITS

# An id is <milliseconds>-<sequence>, and the sequence is epoch · 2²⁰ + n. The epoch is drawn when
# there is none: a Redis that was emptied has another one, so no id of before can be taken for one of
# after. Lua's numbers are exact up to 2⁵³: 31 bits of epoch and 20 of n.
EPOCH_BITS: Final = 31

_BEGIN: Final = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'ms', 'n')
local epoch, ms, n = tonumber(meta[1]), tonumber(meta[2]), tonumber(meta[3])
if not (epoch and ms and n) then
  epoch, ms, n = tonumber(ARGV[1]), now, 0
  redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'ms', string.format('%.0f', ms), 'n', '0')
end
local function name(ms, n)
  return string.format('%.0f-%.0f', ms, epoch * 1048576 + n)
end
"""

# KEYS: meta, news, publisher, streams. ARGV: an epoch, how long a quiet stream is kept (ms), how long
# a publisher is remembered (ms), the number of the first event, '1' if they are short, then for each
# event: which of the streams, how many it may hold, the moment it speaks of (ms, or ''), name, data,
# '1' if final.
_PUBLISH: Final = (
    _BEGIN
    + """
local expire, number = tonumber(ARGV[2]), tonumber(ARGV[4])
local seen = tonumber(redis.call('GET', KEYS[3]) or 0)
local trouble
local news = {'XADD', KEYS[2], 'MAXLEN', '~', '256', '', 'p', name(ms, n)}
for at = 6, #ARGV, 6 do
  if number > seen then
    local key = KEYS[3 + ARGV[at]]
    local moment = tonumber(ARGV[at + 2]) or now
    if moment > ms then ms, n = moment, 0 else n = n + 1 end
    if n >= 1048576 then ms, n = ms + 1, 0 end
    local before, begins = redis.pcall('XREVRANGE', key, '+', '-', 'COUNT', 1), false
    if before.err then trouble = before break end
    before = before[1] and before[1][1]
    if before then
      -- Somebody else's, or from before the epoch was lost: ids of a stream can only grow.
      local top, sequence = string.match(before, '(%d+)-(%d+)')
      top, sequence = tonumber(top), tonumber(sequence)
      if top > ms or (top == ms and sequence >= epoch * 1048576 + n) then ms, n = top + 1, 0 end
    else
      -- Whatever was here is gone since it was not used for so long; more is not known of it.
      before, begins = string.format('%.0f-0', math.max(0, now - expire)), true
    end
    local id = name(ms, n)
    local fields = {'n', ARGV[at + 3], 'd', ARGV[at + 4], 'p', before}
    if begins then fields[#fields + 1] = 's' fields[#fields + 1] = '1' end
    if ARGV[at + 5] == '1' then fields[#fields + 1] = 'f' fields[#fields + 1] = '1' end
    local added = redis.pcall('XADD', key, 'MAXLEN', '=', ARGV[at + 1], id, unpack(fields))
    if added.err then trouble = added break end
    redis.call('PEXPIRE', key, ARGV[2])
    seen = number
    news[#news + 1] = 'k' news[#news + 1] = key
    if ARGV[5] == '1' then
      news[#news + 1] = 'i' news[#news + 1] = id
      for _, field in ipairs(fields) do news[#news + 1] = field end
    end
  end
  number = number + 1
end
redis.call('HSET', KEYS[1], 'ms', string.format('%.0f', ms), 'n', string.format('%.0f', n))
redis.call('SET', KEYS[3], string.format('%.0f', seen), 'PX', ARGV[3])
if #news > 8 then
  news[6] = name(ms, n)
  if redis.pcall(unpack(news)).err then
    -- Something newer is in there that is not ours. Who misses what went with it looks for itself.
    redis.call('DEL', KEYS[2])
    redis.call(unpack(news))
  end
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return trouble or name(ms, n)
"""
)

# KEYS: meta, streams. ARGV: an epoch, then for each stream how many of its entries are wanted.
_LOAD: Final = (
    _BEGIN
    + """
local found = {}
for index = 2, #KEYS do
  found[index - 1] = redis.call('XREVRANGE', KEYS[index], '+', '-', 'COUNT', ARGV[index])
end
return {string.format('%.0f', epoch), name(ms, n), string.format('%.0f', now), found}
"""
)


@dataclass(frozen=True, slots=True)
class Script:
    """A script, and the digest by which Redis knows one that it has run before."""

    source: bytes
    digest: bytes

    @classmethod
    def of(cls, text: str) -> "Script":
        """Prepare a source."""
        source = text.encode()
        return cls(source, sha1(source, usedforsecurity=False).hexdigest().encode())


PUBLISH: Final = Script.of(_PUBLISH)
LOAD: Final = Script.of(_LOAD)


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of what one prefix has in Redis."""

    prefix: str

    @property
    def meta(self) -> bytes:
        """The hash with what is known of all channels together."""
        return f"{{{self.prefix}}}:meta".encode()

    @property
    def news(self) -> bytes:
        """The stream that says in which channels there is something new."""
        return f"{{{self.prefix}}}:news".encode()

    def stream(self, channel: str) -> bytes:
        """The stream of a channel."""
        return f"{{{self.prefix}}}:stream:{channel}".encode(errors="surrogatepass")

    def channel(self, stream: bytes) -> str:
        """The channel of a stream."""
        return stream[len(self.stream("")) :].decode(errors="surrogatepass")

    def publisher(self, token: str) -> bytes:
        """What is remembered of one process that publishes."""
        return f"{{{self.prefix}}}:publisher:{token}".encode()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a stream.

    previous: the id before it in its channel; of the newest that may be gone, where it `begins`
    is_ours: False for what somebody else has put there, which is no event
    """

    id: EventId
    name: str
    data: str
    previous: EventId
    begins: bool = False
    final: bool = False
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What the news say of one time that something was stored.

    id: the newest id of all channels then; previous: what it was before
    entries: what is new in which stream, where that was short
    streams: those that have something new which was not
    """

    id: EventId
    previous: EventId
    entries: Sequence[tuple[bytes, Entry]]
    streams: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What there is at one moment.

    last_id: the newest id of all channels
    now: Redis's clock, milliseconds
    entries: of each stream that was asked for, oldest first
    """

    epoch: int
    last_id: EventId
    now: int
    entries: Sequence[Sequence[Entry]]


def epoch_of(event_id: EventId) -> int:
    """Return the epoch that is in an id."""
    return event_id.sequence >> ORIGIN_BITS


def first_of(epoch: int) -> EventId:
    """Return the id that stands before all of an epoch."""
    return EventId(0, epoch << ORIGIN_BITS)


def read_snapshot(answer: Any) -> Snapshot:
    """Read what LOAD answers."""
    epoch, last_id, now, streams = answer
    entries = [read_entries(reversed(stream)) for stream in streams]
    return Snapshot(int(epoch), read_id(last_id), int(now), entries)


def read_news(raw: Iterable[Any]) -> list[Told]:
    """Read the entries of the news, but for what somebody else has put there."""
    return [
        _read_told(read_id(told), fields)
        for told, fields in raw
        if fields[0] == b"p" and _find_id(fields[1]) is not None
    ]


def _read_told(told_id: EventId, fields: Sequence[bytes]) -> Told:
    entries, streams = [], []
    starts = [at for at in range(2, len(fields), 2) if fields[at] == b"k"]
    for start, stop in pairwise((*starts, len(fields))):
        stream, rest = fields[start + 1], fields[start + 2 : stop]
        if rest:
            entries.append((stream, _read_entry(read_id(rest[1]), rest[2:])))
        else:
            streams.append(stream)
    return Told(told_id, read_id(fields[1]), entries, streams)


def read_entries(raw: Iterable[Any]) -> list[Entry]:
    """Read the entries of one stream, as Redis gives them: an id, and names and values in turn."""
    return [_read_entry(read_id(entry_id), fields) for entry_id, fields in raw]


def _read_entry(entry_id: EventId, fields: Sequence[bytes]) -> Entry:
    found = dict(zip(fields[::2], fields[1::2], strict=True))
    previous = _find_id(found.get(b"p", b""))
    return Entry(
        entry_id,
        found.get(b"n", b"").decode(errors="replace"),
        found.get(b"d", b"").decode(errors="replace"),
        previous or entry_id,
        begins=b"s" in found,
        final=b"f" in found,
        is_ours=previous is not None,
    )


def _find_id(raw: bytes) -> EventId | None:
    try:
        return read_id(raw)
    except InvalidEventIdError:
        return None


def read_id(raw: bytes) -> EventId:
    """Read an id as Redis writes it."""
    return EventId.parse(raw.decode("ascii", "replace"))
