"""The nights that can be asked for."""

from dataclasses import dataclass

from colours import Light, from_hex


@dataclass(frozen=True, slots=True)
class Palette:
    """The light of one night. Colours are `#rrggbb`; strengths are parts of 1.

    sky: at its top, half-way, at the horizon
    glow, cloud, moon, land: what shines in it, and what does not
    """

    label: str
    sky: tuple[str, str, str]
    glow: str
    cloud: str
    moon: str
    land: str
    moonlight: float
    stars: float
    clouds: float
    aurora: float = 0.0


@dataclass(frozen=True, slots=True)
class Lights:
    """The colours of a palette, as light."""

    zenith: Light
    middle: Light
    horizon: Light
    glow: Light
    cloud: Light
    moon: Light
    land: Light

    @classmethod
    def of(cls, palette: Palette) -> "Lights":
        """Read them."""
        others = (palette.glow, palette.cloud, palette.moon, palette.land)
        return cls(*(from_hex(text) for text in (*palette.sky, *others)))


PALETTES = {
    "moonlit": Palette(
        label="Moonlit",
        sky=("#0a1226", "#1b2c4c", "#4a6684"),
        glow="#5f7d9a",
        cloud="#8fa6bd",
        moon="#f4efe0",
        land="#05070d",
        moonlight=1.0,
        stars=1.0,
        clouds=0.75,
    ),
    "afterglow": Palette(
        label="Afterglow",
        sky=("#131a3a", "#4a3a68", "#d9774e"),
        glow="#ff9a4a",
        cloud="#f0906a",
        moon="#ffe6c0",
        land="#0d0810",
        moonlight=0.35,
        stars=0.6,
        clouds=0.9,
    ),
    "aurora": Palette(
        label="Aurora",
        sky=("#050d1c", "#0b2233", "#1d4a52"),
        glow="#2f8f78",
        cloud="#4f8f8a",
        moon="#dff2ea",
        land="#03070a",
        moonlight=0.0,
        stars=1.0,
        clouds=0.25,
        aurora=1.0,
    ),
    "first-light": Palette(
        label="First light",
        sky=("#1d3350", "#5b7f98", "#e8b9a4"),
        glow="#ffc6a0",
        cloud="#f3c9bd",
        moon="#fff6e8",
        land="#0e1418",
        moonlight=0.45,
        stars=0.15,
        clouds=0.8,
    ),
}
