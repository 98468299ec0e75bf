"""What the overview reads: stored figures in one query; from the mirror only what somebody chose freely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stammkunde.home import wording
from stammkunde.home.selection import Selection
from stammkunde.home.tiles import Figures
from stammkunde.home.wording import BY_KPI
from stammkunde.insight import periods
from stammkunde.insight.periods import Grain, Period
from stammkunde.signals.models import Figure, Generation

SPARK_PERIODS = 13


@dataclass(frozen=True, kw_only=True)
class Points:
    """All figures of one slice, by period and KPI."""

    by_period: Mapping[str, Figures]

    def at(self, period: Period) -> Figures:
        return self.by_period.get(str(period), {})

    def history(self, kpi: str, *, until: Period) -> list[float | None]:
        """Give a figure's last values up to a period, oldest first."""
        values: list[float | None] = []
        for _step in range(SPARK_PERIODS):
            figure = self.at(until).get(kpi)
            values.insert(0, figure.value if figure else None)
            until = until.previous()
        return values

    def series(self, *, grain: Grain) -> list[tuple[Period, Figures]]:
        """Give the points of one grain, oldest first."""
        parsed = ((periods.parse(text), figures) for text, figures in self.by_period.items())
        return sorted((pair for pair in parsed if pair[0].grain == grain), key=lambda pair: pair[0].first_month)


def points(generation: Generation, *, slice_by: str = "", slice_value: str = "") -> Points:
    """Read all stored figures of a slice; one query."""
    by_period: dict[str, dict[str, Figure]] = {}
    for figure in Figure.objects.filter(generation=generation, slice_by=slice_by, slice_value=slice_value):
        by_period.setdefault(figure.period, {})[figure.kpi] = figure
    return Points(by_period=by_period)


def histories(stored: Points, *, until: Period) -> dict[str, list[float | None]]:
    return {kpi: stored.history(kpi, until=until) for kpi in BY_KPI}


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Customers with something in common, that one may look at by themselves."""

    key: str
    label: str
    customers: int


@dataclass(frozen=True, kw_only=True)
class SegmentGroup:
    label: str
    segments: Sequence[Segment]


def segments(generation: Generation, *, period: Period) -> list[SegmentGroup]:
    """List what the figures can be sliced by, with the customers in it at the end of the period; one query."""
    rows = (
        Figure.objects.filter(generation=generation, kpi="customers_end", period=str(period))
        .exclude(slice_by="")
        .order_by("slice_by", "-value", "slice_value")
        .values_list("slice_by", "slice_value", "value")
    )
    found: dict[str, list[Segment]] = {}
    for slice_by, slice_value, value in rows:
        label = str(wording.slice_label(slice_by, slice_value))
        found.setdefault(slice_by, []).append(
            Segment(key=f"{slice_by}:{slice_value}", label=label, customers=int(value or 0))
        )
    return [
        SegmentGroup(label=str(wording.slice_name(slice_by)), segments=members) for slice_by, members in found.items()
    ]


def others(stored: Points, selection: Selection) -> list[tuple[Period, Figures]]:
    """Give the figures of the period before and of the same period one year earlier."""
    before, year_before = selection.period.previous(), selection.period.year_before()
    wanted = [before] if before == year_before else [before, year_before]
    return [(period, stored.at(period)) for period in wanted]


def figures(stored: Points, selection: Selection) -> Figures:
    """Give the figures of the chosen period."""
    return stored.at(selection.period)
