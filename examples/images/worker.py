"""What runs in a process of its own: takes an order, draws it, tells how it goes.

Knows a pipe and what is said on it. Refuses to know who asks: it ends when nobody does any more.
"""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from canvas import Canvas
from coast import Coast
from orders import Order
from palettes import PALETTES
from PIL import Image

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# Parts of the work after which the picture is shown: at first each grid, later bands of the finest.
SHOWN = (1 / 256, 1 / 64, 1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 5 / 8, 3 / 4, 7 / 8)


@dataclass(frozen=True, slots=True)
class Progress:
    """So many per cent are drawn."""

    percent: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole picture as it is by now: a JPEG."""

    percent: int
    picture: bytes


@dataclass(frozen=True, slots=True)
class Finished:
    """The picture: a PNG."""

    picture: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there will be no picture."""

    why: str


Told: TypeAlias = Progress | Preview | Finished | Failed


def draw(order: Order) -> Iterator[Told]:
    """Draw a picture, and tell how it goes."""
    coast = Coast(order.seed, PALETTES[order.palette], order.width, order.height)
    canvas = Canvas(coast.pixel, order.width, order.height)
    shown, percent = 0, -1
    for part in canvas.draw():
        if shown < len(SHOWN) and part >= SHOWN[shown]:
            while shown < len(SHOWN) and part >= SHOWN[shown]:
                shown += 1
            percent = int(part * 100)
            yield Preview(percent, _encode(canvas.picture(), "JPEG", quality=84))
        elif int(part * 100) > percent:
            percent = int(part * 100)
            yield Progress(percent)
    yield Finished(_encode(canvas.picture(), "PNG"))


def _encode(image: Image.Image, kind: str, **how: int) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def work(pipe: "Connection[Told, Order]") -> None:
    """Draw order after order, until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends us
    try:
        while True:
            order = pipe.recv()
            try:
                for told in draw(order):
                    pipe.send(told)
            except (ArithmeticError, LookupError, MemoryError, ValueError) as error:
                pipe.send(Failed(f"{type(error).__name__}: {error}"))
    except (EOFError, OSError):
        return
