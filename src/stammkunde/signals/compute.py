"""What one generation is computed from, and its dated figures, as Arrow tables shaped like our own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial

import pyarrow as pa

from stammkunde import mirror
from stammkunde.insight import kpis, periods, rhythm, slices
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.frames import Facts
from stammkunde.signals import frames, margins, reuse

SLICES = (*frames.CLASSES, "kind", "country", "segment", "region", "industry", "owner", "channel")
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

LEAST_DAYS = 180  # the window where the facts are too few to suggest one


@dataclass(frozen=True, kw_only=True)
class Computation:
    """What is known about the facts up to a day, ready to be counted."""

    facts: Facts
    as_of: date
    activity_days: int

    def channels(self) -> list[str]:
        """List the channels that figures tell apart."""
        return frames.told_apart(self.facts, by="channel")

    def figures(self, *, progress: Callable[[int, int], None], kept: reuse.Kept) -> pa.Table:
        """Count all figures over the whole history, unsliced and by every slice, but those that are kept (`reuse`)."""
        everything = self._periods()
        rest = [period for period in everything if str(period) not in kept.periods]
        tables = [FIGURES.empty_table()]
        wanted = ["", *(by for by in SLICES if frames.says_something(self.facts, by=by))]
        asked = {by: everything if by in kept.anew else rest for by in wanted}
        for place, (by, known) in enumerate(self._put_together(wanted)):
            progress(place, len(wanted))
            among = everything if known.alike else []  # what one slice needs of all periods is there for the others
            tables.append(_table(self._figures(known, asked[by], by=by, among=among)))
        return pa.concat_tables(tables)

    def _put_together(self, wanted: Sequence[str]) -> Iterator[tuple[str, Facts]]:
        """Give the facts to count each slice from: properties of customers are counted at once."""
        names = sorted({*wanted} - {"", "channel"})
        known = self._at_once(names)
        yield from ((by, known) for by in ("", *names))
        if "channel" in wanted:
            yield "channel", frames.cut(self.facts, by="channel")

    def _at_once(self, names: Sequence[str]) -> Facts:
        """Put properties together, the smaller values of each as one."""
        known = self.facts
        for by in names:
            known = frames.cut(known, by=by)
        return slices.put_together(known, by=names)

    def _periods(self) -> list[periods.Period]:
        days = self.facts.until(self.as_of).days()
        if days is None:
            return []
        first = periods.day(days[0])
        return [period for grain in periods.GRAIN_MONTHS for period in periods.between(first, self.as_of, grain=grain)]

    def _figures(
        self, known: Facts, asked: Sequence[periods.Period], *, by: str, among: Sequence[periods.Period]
    ) -> list[kpis.Figure]:
        if not asked:
            return []
        count = partial(
            kpis.figures, known, activity_days=self.activity_days, as_of=self.as_of, by=by or None, among=among
        )
        if not by:
            return count(periods=asked)
        longer = [period for period in asked if period.months > 1]
        return [
            *count(periods=asked, names=SLICED),
            *count(periods=longer, names=["customer_lifetime_days"]),
        ]


@contextmanager
def opened(
    manifest: mirror.Manifest, *, as_of: date, wanted_days: int | None, margin: margins.Terms
) -> Iterator[Computation]:
    """Open the mirror for one computation, and let go of what it held in the engine."""
    tables = mirror.tables(manifest)
    facts = frames.with_class(frames.open_facts(tables, margin=margin), as_of=as_of)
    days = wanted_days or suggested_days(facts, as_of=as_of)
    try:
        yield Computation(facts=facts, as_of=as_of, activity_days=days)
    finally:
        facts.release()


def suggested_days(facts: Facts, *, as_of: date) -> int:
    """Take the window that the company's own rhythm suggests; half a year where it is too young to have one."""
    try:
        return rhythm.suggest_activity_days(facts.until(as_of)).activity_days
    except NotEnoughData:
        return LEAST_DAYS


def numbered(tables: Sequence[pa.Table]) -> pa.Table:
    """Put figures together, numbered by `row`."""
    rows = pa.concat_tables(tables)
    return rows.append_column("row", pa.array(range(1, len(rows) + 1), pa.int64()))


def _table(figures: list[kpis.Figure]) -> pa.Table:
    """Put figures into a table: slices of a figure by their name, whichever order the engine gives them in."""
    place: dict[tuple[str, str], int] = {}
    for one in figures:
        place.setdefault((one.kpi, one.period), len(place))
    figures = sorted(figures, key=lambda one: (place[one.kpi, one.period], one.slice or ""))
    columns = {name: [getattr(figure, name, None) for figure in figures] for name in FIGURES.names}
    columns["slice_value"] = [figure.slice or "" for figure in figures]
    return pa.table(columns, schema=FIGURES)
