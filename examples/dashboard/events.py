"""The events of the one stream, and the shape of what each of them says.

`EventTypes(EVENTS)` holds every publish to these shapes. Knows the wire; refuses to know where the
figures come from and how a page draws them. Times are seconds since 1970, sizes are bytes.
"""

from typing import Final, Literal

from typing_extensions import TypedDict  # that of typing, from Python 3.12 on


class Room(TypedDict):
    """How much is used of what there is, in bytes."""

    used: int
    total: int


class Flow(TypedDict):
    """Bytes per second, into the machine (read, received) and out of it (written, sent)."""

    inward: int
    outward: int


class Metric(TypedDict):
    """One sample. `cores` and the flows are means over the `span` seconds that end `at`."""

    at: float
    span: float
    cores: list[float]  # per cent of each
    load: list[float]  # of 1, 5 and 15 minutes
    memory: Room
    swap: Room
    disk: Flow | None  # None where the system does not count it
    network: Flow | None


class Process(TypedDict):
    """A process of note: per cent of one core, and resident bytes."""

    pid: int
    name: str
    cpu: float
    memory: int


class Processes(TypedDict):
    """The busiest, busiest first, and how many there are altogether."""

    busiest: list[Process]
    count: int


class Service(TypedDict):
    """One row: how it is, in a word for the colour and in words for the reader."""

    name: str
    state: Literal["ok", "off", "warning", "down"]
    value: str
    note: str
    share: float | None  # 0 to 1, for a bar


class Status(TypedDict):
    """All rows, and how many tabs hold a stream."""

    services: list[Service]
    tabs: int


class Alert(TypedDict):
    """A rule that is broken since a moment, or no longer."""

    id: str
    rule: str
    title: str
    level: Literal["cleared", "warning", "critical"]
    value: float  # when the level was last changed
    limit: float
    unit: str
    since: float
    acknowledged: bool


class Notification(TypedDict):
    """Something that has happened, for the quiet list."""

    number: int
    at: float
    text: str


class Machine(TypedDict):
    """What does not change while it runs."""

    name: str
    system: str
    cores: int
    memory: int
    since: float


class Board(TypedDict):
    """All that a new tab shows before anything has happened: it is told once, on connecting."""

    machine: Machine
    interval: float  # seconds from sample to sample
    window: int  # samples that a chart is wide
    cpu_limit: float  # per cent, drawn into the chart
    samples: list[Metric]
    processes: Processes
    status: Status
    alerts: list[Alert]
    notifications: list[Notification]


EVENTS: Final = {
    "board": Board,
    "metric": Metric,
    "processes": Processes,
    "status": Status,
    "alert": Alert,
    "notification": Notification,
}
