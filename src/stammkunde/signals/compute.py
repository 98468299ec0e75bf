"""One generation's answers: the customers' rows and the dated figures, as Arrow tables shaped like our own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from stammkunde.insight import kpis, periods
from stammkunde.insight.frames import Facts
from stammkunde.signals import frames, mirror

SLICES = ("kind", "country", "segment", "region", "industry", "owner", "channel")
SLICED = [name for name in kpis.NAMES if name != "customer_lifetime_days"]  # by slice: only for years and quarters

FIGURES = pa.schema(
    [
        ("kpi", pa.string()),
        ("period", pa.string()),
        ("slice_by", pa.string()),
        ("slice_value", pa.string()),
        ("value", pa.float64()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("n", pa.int64()),
        ("reason", pa.string()),
        ("remark", pa.string()),
        ("coverage", pa.float64()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Computation:
    """What is known about the facts up to a day, ready to be counted."""

    facts: Facts
    as_of: date
    activity_days: int

    def figures(self, *, progress: Callable[[int, int], None]) -> pa.Table:
        """Count all figures over the whole history, unsliced and by every slice."""
        asked = self._periods()
        tables = []
        for place, by in enumerate((None, *SLICES)):
            progress(place, len(SLICES) + 1)
            tables.append(_table(self._figures(asked, by=by)))
        return pa.concat_tables(tables)

    def _periods(self) -> list[periods.Period]:
        days = self.facts.until(self.as_of).days()
        if days is None:
            return []
        first = periods.day(days[0])
        return [period for grain in periods.GRAIN_MONTHS for period in periods.between(first, self.as_of, grain=grain)]

    def _figures(self, asked: list[periods.Period], *, by: str | None) -> list[kpis.Figure]:
        known = self.facts if by is None else frames.cut(self.facts, by=by)
        count = {"activity_days": self.activity_days, "as_of": self.as_of, "by": by}
        if by is None:
            return kpis.figures(known, periods=asked, **count)
        longer = [period for period in asked if period.months > 1]
        return [
            *kpis.figures(known, periods=asked, names=SLICED, **count),
            *kpis.figures(known, periods=longer, names=["customer_lifetime_days"], **count),
        ]


@contextmanager
def opened(manifest: mirror.Manifest, *, as_of: date, wanted_days: int | None) -> Iterator[Computation]:
    """Open the mirror for one computation, and let go of what it held in the engine."""
    facts = frames.open_facts(mirror.tables(manifest))
    try:
        yield Computation(facts=facts, as_of=as_of, activity_days=wanted_days or 180)
    finally:
        facts.release()


def _table(figures: list[kpis.Figure]) -> pa.Table:
    columns = {name: [getattr(figure, name, None) for figure in figures] for name in FIGURES.names}
    columns["slice_value"] = [figure.slice or "" for figure in figures]
    return pa.table(columns, schema=FIGURES)
