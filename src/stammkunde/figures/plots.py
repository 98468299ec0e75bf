"""A chart as a page needs it: its specification dressed for a theme and a width, its numbers, and its addresses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise

from stammkunde import insight
from stammkunde.figures import charts
from stammkunde.figures.charts import Spec
from stammkunde.insight.charts import Chart
from stammkunde.ui import writing
from stammkunde.ui.tables import Column

HEADING = 32  # what a heading takes on paper
NARROW, HALF, FULL = 296, 516, 1094  # what is left for a picture on a phone, in half a page, and across it
PHONE = "(max-width: 40rem)"
DARK = "(prefers-color-scheme: dark)"
THEMES = ("light", "dark")


COLOURS = {"light": insight.charts.LIGHT, "dark": insight.charts.DARK}


@dataclass(frozen=True, kw_only=True)
class Way:
    """Another way to look at a chart."""

    label: str | Promise
    address: str
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One chart and the numbers in it. `draw` makes it for a width, and only when somebody looks at it."""

    name: str
    title: str | Promise
    draw: Callable[[int], Chart]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    height: int
    about: str | Promise = ""
    full: bool = False
    ways: Sequence[Way] = ()
    of_margin: bool = False  # its title tells on hover what a margin is

    @property
    def written(self) -> list[list[dict[str, Any]]]:
        """Give the rows as a person reads them."""
        return [
            [
                {"text": write(cell, unit=column.unit), "is_number": column.is_number}
                for cell, column in zip(row, self.columns, strict=True)
            ]
            for row in self.rows
        ]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One of the pictures that a browser may choose from."""

    media: str
    address: str
    width: int


@dataclass(frozen=True, kw_only=True)
class Take:
    """A file that a chart may be taken along as."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A plot on a page: which pictures there are, and where to take it along."""

    plot: Plot
    picture: str
    width: int
    sources: list[Source]
    takes: list[Take]
    bundle: str


def shown(plot: Plot, *, query: dict[str, str], theme: str) -> Shown:
    """Tell where the pictures of a plot are: for phone and desk, for the theme of the person or of the device."""
    width = FULL if plot.full else HALF

    def at(ending: str, **more: object) -> str:
        return f"{reverse('chart', args=[plot.name, ending])}?{urlencode(query | more)}"

    fixed = theme if theme in THEMES else "light"
    variants = [(PHONE, NARROW, fixed)]
    if theme not in THEMES:
        variants = [(f"{PHONE} and {DARK}", NARROW, "dark"), (DARK, width, "dark"), *variants]
    return Shown(
        plot=plot,
        picture=at("svg", theme=fixed, width=width),
        width=width,
        sources=[
            Source(media=media, address=at("svg", theme=shade, width=wide), width=wide)
            for media, wide, shade in variants
        ],
        takes=[
            Take(
                name=ending.upper(),
                address=f"{reverse('chart-take', args=[plot.name, ending])}?{urlencode(query | {'width': width})}",
            )
            for ending in ("png", "svg", "csv")
        ],
        bundle=reverse("chart-bundle", args=[charts.bundle_name()]),
    )


def write(value: object, *, unit: str) -> str:
    """Write a cell of a plot's table."""
    if value is None:
        return writing.UNKNOWN
    if unit == "cents":
        return writing.money(value)
    if unit == "share":
        return writing.percent(value)
    if unit == "times":
        return writing.number(value, places=1)
    if unit == "ratio":
        return writing.number(value, places=2)
    return writing.number(value) if unit in {"number", "days"} else str(value)


def dressed(plot: Plot, *, theme: str, width: int, on_paper: bool = False) -> Spec:
    """Give the specification the colours and the width of where it will stand; heading and ground on paper only."""
    height = plot.height + HEADING if on_paper else plot.height
    spec = plot.draw(width).dressed(COLOURS[theme], width=width, height=height).spec
    if on_paper:
        return spec | {"title": str(plot.title)}
    bare = {key: value for key, value in spec.items() if key != "title"}
    return bare | {"config": spec["config"] | {"background": None}}
