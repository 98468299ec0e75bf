"""What the overview reads: stored figures in one query; from the mirror only what somebody chose freely."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from stammkunde.figures.tiles import Figures
from stammkunde.figures.wording import MEANINGS
from stammkunde.insight import kpis, periods, retention
from stammkunde.insight.errors import CannotAnswer
from stammkunde.insight.periods import Grain, Period
from stammkunde.segments import slices
from stammkunde.segments.selection import Selection
from stammkunde.signals import answers
from stammkunde.signals.models import Figure, Generation
from stammkunde.team.policy import Sight

SPARK_PERIODS = 13
OWN_ATTRIBUTE = "attr_"  # what only this company knows of its customers; figures by it are not stored


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
    return {kpi: stored.history(kpi, until=until) for kpi in (meaning.kpi for meaning in MEANINGS)}


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
        label = str(slices.label(slice_by, slice_value))
        found.setdefault(slice_by, []).append(
            Segment(key=f"{slice_by}:{slice_value}", label=label, customers=int(value or 0))
        )
    stored = [
        SegmentGroup(label=str(slices.name(slice_by)), segments=members)
        for slice_by, members in found.items()
        if len(members) > 1
    ]
    return [*stored, *_own_attributes()]


def _own_attributes() -> list[SegmentGroup]:
    """List the company's own attributes, which the mirror knows."""
    try:
        columns = answers.slices()
    except answers.NoMirror:
        return []
    return [
        SegmentGroup(
            label=str(slices.name(column.by)),
            segments=[
                Segment(key=f"{column.by}:{value}", label=str(slices.label(column.by, value)), customers=n)
                for value, n in column.values
            ],
        )
        for column in columns
        if column.by.startswith(OWN_ATTRIBUTE)
    ]


def others(stored: Points, selection: Selection) -> list[tuple[Period, Figures]]:
    """Give the figures of the period before and of the same period one year earlier."""
    before, year_before = selection.period.previous(), selection.period.year_before()
    wanted = [before] if before == year_before else [before, year_before]
    known = ((period, stored.at(period)) for period in wanted)
    return [(period, figures) for period, figures in known if figures]


def last_year(stored: Points, selection: Selection) -> tuple[Period, Figures] | None:
    """Give the last whole year that was over when the chosen period was, or is by now; None where there is none."""
    until = min(selection.period.end_on, selection.as_of_on)
    months = [month.start_on for month, _figures in stored.series(grain="month")]
    begun_on = min(months, default=date.min)  # a year in which orders begin says nothing of a whole one
    over = [
        (year, figures)
        for year, figures in stored.series(grain="year")
        if year.end_on <= until and year.start_on >= begun_on
    ]
    return over[-1] if over else None


def year_by_facts(selection: Selection, year: str, *, sight: Sight) -> retention.Base | None:
    """Read what a year says of keeping customers off the facts; of the whole company, at the usual window only."""
    if selection.slice_by or selection.activity_days != selection.usual_days:
        return None
    with suppress(CannotAnswer, answers.NoMirror, answers.NoFacts):
        return answers.kept(year=year, basis=None if sight.margin else "revenue")
    return None


def begun(stored: Points, selection: Selection) -> Selection:
    """Look at the running period where the last whole one was over before the first order."""
    running = periods.containing(selection.as_of_on, grain=selection.period.grain)
    is_young = stored.at(running) and not stored.at(selection.period)
    return replace(selection, period=running) if is_young else selection


def figures(stored: Points, selection: Selection) -> Figures:
    """Give the figures of the chosen period."""
    return stored.at(selection.period)


def chosen_points(generation: Generation, selection: Selection) -> Points:
    """
    Give the points of a selection: stored ones, or counted from the mirror where window or segment are chosen freely.

    None of these while there is no mirror, as after an upgrade that writes it otherwise, until the next data refresh.

    :raises CannotAnswer: if the mirror knows no such segment
    """
    if selection.activity_days == generation.activity_days and not selection.slice_by.startswith(OWN_ATTRIBUTE):
        return points(generation, slice_by=selection.slice_by, slice_value=selection.slice_value)
    try:
        return _counted(selection, periods=_all_periods(generation, grain=selection.period.grain))
    except answers.NoMirror:
        return Points(by_period={})


def _all_periods(generation: Generation, *, grain: Grain) -> list[str]:
    """List the stored periods of one grain, and the months that the revenue needs."""
    stored = Figure.objects.filter(generation=generation, kpi="customers_end", slice_by="").values_list(
        "period", flat=True
    )
    return [text for text in stored if periods.parse(text).grain in {grain, "month"}]


def _counted(selection: Selection, *, periods: list[str]) -> Points:
    by_period: dict[str, dict[str, kpis.Figure]] = {}
    counted = answers.figures(periods=sorted(periods), activity_days=selection.activity_days, within=selection.part)
    for figure in counted:
        by_period.setdefault(figure.period, {})[figure.kpi] = figure
    return Points(by_period=by_period)
