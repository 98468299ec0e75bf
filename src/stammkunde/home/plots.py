"""A chart as a page needs it: its specification dressed for a theme and a width, its numbers, and its addresses."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise

from stammkunde.home import charts
from stammkunde.home.charts import Spec
from stammkunde.home.exports import Column
from stammkunde.ui import writing

NARROW, HALF, FULL = 296, 516, 1094  # what is left for a picture on a phone, in half a page, and across it
PHONE = "(max-width: 40rem)"
DARK = "(prefers-color-scheme: dark)"
THEMES = ("light", "dark")
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Liberation Sans, Arial, sans-serif"


@dataclass(frozen=True, kw_only=True)
class Colours:
    """The colours of `ui/css/base.css`; a test holds the two together."""

    surface: str
    sunken: str
    text: str
    muted: str
    line: str
    faint: str
    accent: str
    pale: str  # the accent, where another mark stands before it
    blue: str
    violet: str
    warning: str
    danger: str


NAMES = {field.name for field in fields(Colours)}
COLOURS = {
    "light": Colours(
        surface="#ffffff",
        sunken="#f4f4f1",
        text="#1d1d1b",
        muted="#63625d",
        line="#e6e5e0",
        faint="#eef4f2",
        accent="#0f6e64",
        pale="#b5d3ce",
        blue="#2b5fa8",
        violet="#68519e",
        warning="#8a5300",
        danger="#b3261e",
    ),
    "dark": Colours(
        surface="#1b1c1f",
        sunken="#101113",
        text="#ebebe9",
        muted="#a2a39f",
        line="#2c2e33",
        faint="#1f2a2a",
        accent="#5cc4b4",
        pale="#2d5650",
        blue="#8cb4ea",
        violet="#b7a4e6",
        warning="#e2ae5c",
        danger="#f2877f",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One chart and the numbers in it. `spec` is bare: it knows data and marks, neither theme nor width."""

    name: str
    title: str | Promise
    spec: Spec
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    height: int
    about: str | Promise = ""
    full: bool = False
    slim: Spec | None = None  # instead, where the picture is narrower than `slim_below`
    slim_below: int = 0

    def fitting(self, width: int) -> Spec:
        return self.slim if self.slim is not None and width < self.slim_below else self.spec

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
    return writing.number(value) if unit in {"number", "days"} else str(value)


def dressed(plot: Plot, *, theme: str, width: int, on_paper: bool = False) -> Spec:
    """Give the specification the colours, letters and width of where it will stand."""
    colours = COLOURS[theme]
    config = _config(colours, background=colours.surface if on_paper else None)
    spec = plot.fitting(width)
    return _coloured(spec, colours) | {
        "width": width,
        "height": plot.height,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": _merged(config, spec.get("config", {})),
    }


def _coloured(part: Any, colours: Colours) -> Any:
    """Put colours in the place of their names (`@accent`)."""
    if isinstance(part, dict):
        return {key: _coloured(value, colours) for key, value in part.items()}
    if isinstance(part, list):
        return [_coloured(value, colours) for value in part]
    return getattr(colours, part[1:]) if isinstance(part, str) and part[:1] == "@" and part[1:] in NAMES else part


def _config(colours: Colours, *, background: str | None) -> Spec:
    return {
        "background": background,
        "padding": 4,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": colours.muted,
            "titleColor": colours.muted,
            "titleFontWeight": "normal",
            "labelFontSize": 12,
            "titleFontSize": 12,
            "gridColor": colours.line,
            "domainColor": colours.line,
            "tickColor": colours.line,
            "ticks": False,
            "labelPadding": 6,
        },
        "axisX": {"grid": False},
        "axisY": {"domain": False},
        "legend": {
            "labelColor": colours.text,
            "titleColor": colours.muted,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "orient": "top",
            "title": None,
        },
        "text": {"color": colours.text, "fontSize": 12},
        "rule": {"color": colours.line},
        "line": {"color": colours.accent, "strokeWidth": 2},
        "area": {"color": colours.accent},
        "bar": {"color": colours.accent, "cornerRadiusEnd": 2},
        "point": {"color": colours.accent, "filled": True},
        "range": {
            "category": [colours.accent, colours.blue, colours.violet, colours.warning, colours.muted],
            "heatmap": [colours.surface, colours.accent],
            "ramp": [colours.surface, colours.accent],
        },
    }


def _merged(under: Spec, over: Spec) -> Spec:
    both = {
        key: _merged(under[key], value) if isinstance(value, dict) and isinstance(under.get(key), dict) else value
        for key, value in over.items()
    }
    return under | both
