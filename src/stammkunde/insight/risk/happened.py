"""
Signs of what happened besides purchases: which kinds of happenings make one, and how they are read.

A new sign is one entry in `REGISTERED` (or one more given to `fit`), and a word for it where reasons are worded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.frames import CONVERSATION, DELIVERY, Facts, arrow, counted, total
from stammkunde.insight.rhythm import BORROWED_GAPS
from stammkunde.insight.risk.bins import numbers
from stammkunde.insight.value.history import Floats

YEAR_DAYS = 365
FEWEST_DAYS = 2  # without a gap between them there is no silence to be told apart
PARTS = 10_000  # sums are of whole ten-thousandths, so that every engine gives the same

Reading = Literal["times", "days_since", "total", "silence"]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """
    How happenings become a sign of a customer: a column of `features`, and the code of a reason.

    `times` counts those that count, `total` sums their numbers, `days_since` counts the days since the last of them
    became known. `silence` is that in usual gaps between such days: her own, drawn towards everybody's as those of
    purchases are; unknown of whom fewer than two such days are known. It brings the days since the last one, too. As
    long as nothing of these kinds is known of anybody, the sign is unknown, and not 0.
    """

    name: str
    kinds: tuple[str, ...]
    read: Reading
    within_days: int | None = None  # before the evening; None: ever
    above: float | None = None  # those alone count whose number is larger
    below: float | None = None  # those alone count whose number is smaller
    of: str = (
        ""  # a column for how many have a number, counting or not (without any, it is unknown); `silence`: the days
    )

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the columns that the sign brings: its own, of how many, and since when."""
        since = f"{self.name}_days" if self.read == "silence" else ""
        return tuple(name for name in (self.name, since, self.of) if name)


REGISTERED = (
    Sign(name="late_deliveries", kinds=(DELIVERY,), read="times", within_days=YEAR_DAYS, above=0, of="deliveries"),
    Sign(name="contact_silence", kinds=(CONVERSATION,), read="silence", of="conversation_days"),
)


def read_happenings(
    facts: Facts, signs: Sequence[Sign], *, today: int, customer_ids: pa.ChunkedArray
) -> dict[str, Floats]:
    """
    Read signs from what had happened by the evening of a day, all of them in one go.

    Args:
        facts: the facts; what became known later is left out.
        signs: how to read them.
        today: the day, counted since 1970-01-01.
        customer_ids: of whom, shape (n,).

    Returns:
        column → numbers, shape (n,), NaN where unknown.
    """
    kinds = sorted({kind for sign in signs for kind in sign.kinds})
    told = facts.until(today).happenings.filter(nw.col("kind").is_in(kinds))
    found = arrow(told.group_by("customer_id").agg(*[part for sign in signs for part in _parts(sign, today)]))
    place = pc.index_in(customer_ids, value_set=found["customer_id"])
    columns: dict[str, Floats] = {}
    for sign in signs:
        columns |= _columns(sign, found, place)
    return columns


def _parts(sign: Sign, today: int) -> list[nw.Expr]:
    kind, number, known_on = nw.col("kind"), nw.col("number"), nw.col("known_on")
    ours = kind.is_in(sign.kinds)
    recent = ours if sign.within_days is None else ours & (known_on > today - sign.within_days)
    counts = recent if sign.above is None else recent & (number > sign.above)
    counts = counts if sign.below is None else counts & (number < sign.below)
    heard = counted(ours, name=_heard(sign))
    if sign.read == "silence":
        return [heard, *_silent_parts(sign, counts, today)]
    value = {"times": _times, "days_since": _days_since, "total": _total}[sign.read](counts, today)
    return [value.alias(_value(sign)), heard, counted(recent & ~number.is_null(), name=_of(sign))]


def _times(counts: nw.Expr, _today: int) -> nw.Expr:
    return counted(counts, name="times")


def _days_since(counts: nw.Expr, today: int) -> nw.Expr:
    return nw.lit(today) - nw.when(counts).then(nw.col("known_on")).max()


def _total(counts: nw.Expr, _today: int) -> nw.Expr:
    parts = (nw.col("number") * PARTS + 0.5).floor().cast(nw.Int64)
    return total(nw.when(counts).then(parts).otherwise(nw.lit(0)))


def _silent_parts(sign: Sign, counts: nw.Expr, today: int) -> list[nw.Expr]:
    on = nw.when(counts).then(nw.col("known_on"))
    days = on.n_unique().cast(nw.Int64) - on.is_null().any().cast(nw.Int64)
    return [
        _days_since(counts, today).alias(_value(sign)),
        (on.max() - on.min()).alias(_span(sign)),
        days.alias(_of(sign)),
    ]


def _columns(sign: Sign, found: pa.Table, place: pa.ChunkedArray) -> dict[str, Floats]:
    if sign.read == "silence":
        told = dict(zip(sign.columns, _silence(sign, found), strict=False))
        return {name: numbers(pa.array(own, pa.float64()).take(place)) for name, own in told.items()}
    value, of = (numbers(found[name].take(place)) for name in (_value(sign), _of(sign)))
    if pc.sum(found[_heard(sign)]).as_py() and sign.read != "days_since":
        value = np.nan_to_num(value)
    if sign.read == "total":
        value = value / PARTS
    if not sign.of:
        return {sign.name: value}
    known = np.nan_to_num(of) > 0
    return {sign.name: np.where(known, value, np.nan), sign.of: np.where(known, of, np.nan)}


def _silence(sign: Sign, found: pa.Table) -> tuple[Floats, Floats, Floats]:
    """Give silence in usual gaps, in days, and how many days it follows; NaN where fewer than two are known."""
    since, span, days = (numbers(found[name]) for name in (_value(sign), _span(sign), _of(sign)))
    often, gaps = days >= FEWEST_DAYS, np.maximum(days - 1, 1)
    usual = float(np.median(span[often] / gaps[often])) if often.any() else 1.0
    gap = np.maximum((span + usual * BORROWED_GAPS) / (gaps + BORROWED_GAPS), 1.0)
    silence, since, days = (np.where(often, own, np.nan) for own in (since / gap, since, days))
    return silence, since, days


def _value(sign: Sign) -> str:
    return f"{sign.name} value"


def _heard(sign: Sign) -> str:
    return f"{sign.name} heard"


def _of(sign: Sign) -> str:
    return f"{sign.name} of"


def _span(sign: Sign) -> str:
    return f"{sign.name} span"
