"""Colours that can be read: contrast as in WCAG 2, and what is done to a company's colour to reach it. Pure."""

import re
from functools import lru_cache

LEAST = 4.5  # WCAG 2 AA for text; what only shows where a button ends needs 3
WHITE, BLACK = "#ffffff", "#000000"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_STEPS = 20


def is_colour(said: str) -> bool:
    """Tell whether this is a colour as `#1f5f8b`."""
    return _COLOUR.fullmatch(said.lower()) is not None


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """Give white or black, whichever reads better; one of them always reaches `LEAST`."""
    return max((WHITE, BLACK), key=lambda one: contrast(one, colour))


@lru_cache(maxsize=64)
def readable(colour: str, *, on: str, least: float = LEAST) -> str:
    """Give a colour, lighter or darker by as little as makes it stand out from a ground."""
    towards = text_on(on)
    tries = (_mixed(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next((one for one in tries if contrast(one, on) >= least), towards)


def _mixed(colour: str, other: str, share: float) -> str:
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(colour), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
