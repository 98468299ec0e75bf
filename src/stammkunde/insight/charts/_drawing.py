"""What all charts are made of: the specification with its table, and the parts that more than one of them has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import altair as alt

from stammkunde.insight.charts.look import LIGHT, Palette, config, parameters
from stammkunde.insight.charts.words import Labels
from stammkunde.insight.periods import Period

Unit = Literal["text", "day", "cents", "share", "number", "times"]
Width = int | Literal["container"]
Name = Callable[[Period], str]

AXES: dict[str, tuple[int, str]] = {
    "share": (1, "~%"),
    "cents": (100, "$,.0f"),
    "number": (1, ",.0f"),
    "times": (1, ",.1f"),
}
TIPS = {"share": ".1%", "cents": "$,.0f", "number": ",.0f", "times": ",.1f"}
GAPS: Any = "break-paths-show-path-domains"


@dataclass(frozen=True)
class Column:
    """One column of a table: what to call it, and how to write its values."""

    label: str
    unit: Unit


@dataclass(frozen=True)
class Table:
    """What a chart shows, as numbers; empty where unknown. Days are dates, money is in cents."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A specification, and the table that says the same. Its colours are parameters, by day unless it is dressed."""

    spec: dict[str, Any]
    table: Table

    def dressed(self, palette: Palette, *, width: Width = 640, height: int = 320) -> "Chart":
        """Give the chart the colours and the size of where it will stand."""
        look = {
            "width": width,
            "height": height,
            "autosize": {"type": "fit", "contains": "padding"},
            "params": parameters(palette),
            "config": config(palette),
        }
        return replace(self, spec=self.spec | look)


def chart_of(chart: Any, columns: Iterable[Column], table: Iterable[tuple[Any, ...]], *, title: str) -> Chart:
    spec: dict[str, Any] = chart.to_dict(
        validate=False
    )  # a test validates all of them; here it would take most of the time
    spec.pop("config", None)  # Altair's own look
    return Chart(spec | {"title": title, "params": parameters(LIGHT)}, Table(tuple(columns), tuple(table)))


def on_data(data: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[dict(row) for row in data]))


def ink(name: str) -> alt.ExprRef:
    """Name a colour of the palette; which one it is, `Chart.dressed` says."""
    return alt.ExprRef(name)


def along_periods(shown: Iterable[Period], name: Name, scale: alt.Scale) -> alt.X:
    """Set periods side by side in the order of time; names that would overlap are left out."""
    axis = alt.Axis(title=None, labelAngle=0, labelOverlap="parity", labelSeparation=8)
    order = [name(period) for period in sorted(shown, key=lambda period: period.first_month)]
    return alt.X("period:O", sort=order, axis=axis, scale=scale)


def is_running(period: Period, as_of: date | None) -> bool:
    return as_of is not None and period.end_on > as_of


def tip(field: str, title: str, fmt: str = "") -> alt.Tooltip:
    if fmt:
        return alt.Tooltip(f"{field}:Q", title=title, format=fmt)
    return alt.Tooltip(f"{field}:N", title=title)


def day_tip(title: str) -> alt.Tooltip:
    return alt.Tooltip("utcyearmonthdate(on):T", title=title, format="%x")


def columns_of(labels: Labels, named: Iterable[tuple[str, Unit]]) -> list[Column]:
    return [Column(labels[name], unit) for name, unit in named]


def slice_name(value: str | None, labels: Labels) -> str:
    return "" if value is None else value or labels["unknown"]


def whole(cents: int | None) -> float | None:
    """Give money in the unit in which it is shown."""
    return None if cents is None else cents / 100
