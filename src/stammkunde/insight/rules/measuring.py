"""Measures: what is reckoned from the rows that an amount counts, in one pass over a table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_

import narwhals as nw

from stammkunde.insight.frames import Frame, counted
from stammkunde.insight.rules import rows
from stammkunde.insight.rules.known import Kind, Table, kind_of
from stammkunde.insight.rules.tree import Amount, Measure, Since
from stammkunde.insight.rules.worlds import World

_NO_DAY = -(10**9)
Raw = list[nw.Expr]


@dataclass(frozen=True)
class Value:
    """
    Where the value of an amount, or a field, is found.

    Args:
        column: of the wide frame.
        kind: of the value.
        anchor: the day from which its spans are counted (since 1970-01-01).
        latest: the day on which its last days end; None: open, for it tells when something happened.
    """

    column: str
    kind: Kind
    anchor: int
    latest: int | None = None


def with_amounts(wide: Frame, amounts: Iterable[Amount], world: World) -> tuple[Frame, dict[Amount, Value]]:
    """
    Measure what happened, each table and each pick in one pass.

    Args:
        wide: one row a customer.
        amounts: what is measured; equal ones once.
        world: what they are held against.

    Returns:
        the frame with a column an amount, and where each is found. Unknown: nothing to measure, or a span that begins
        after what never was.
    """
    distinct = list(dict.fromkeys(amounts))
    begins = rows.beginnings(distinct, world)
    names = {amount: f"amount {n}" for n, amount in enumerate(distinct)}
    begun = {span: f"begun {n}" for n, span in enumerate(begins)}
    for span, name in begun.items():
        wide = wide.join(begins[span].rename({"day": name}), on="customer_id", how="left")
    for group in _groups(distinct):
        wide = wide.join(_grouped(group, begins, world, names), on="customer_id", how="left")
    kept = [*world.customers.collect_schema().names(), *names.values()]
    final = [_final(amount, names[amount], begun).alias(names[amount]) for amount in distinct]
    wide = wide.with_columns(*final).select(*kept) if final else wide
    return wide, {amount: _value(amount, names[amount], world) for amount in distinct}


def _value(amount: Amount, name: str, world: World) -> Value:
    latest = world.today if amount.measure.column else None
    return Value(name, kind(amount, world), world.anchor(amount.table), latest)


def kind(amount: Amount, world: World) -> Kind:
    """
    Tell the kind of an amount.

    Args:
        amount: the amount.
        world: whose vocabulary.

    Returns:
        the kind of its value.
    """
    if amount.measure.name == "avg":
        return "real"  # also where it is asked in whole cents
    return kind_of(amount.measure.name, world.table(amount.table).column(amount.measure.column))


def _groups(amounts: list[Amount]) -> list[list[Amount]]:
    groups: dict[object, list[Amount]] = {}
    for amount in amounts:
        apart = amount.table if rows.one_pass(amount) else (amount.table, amount.pick, amount.within, amount.same)
        groups.setdefault(apart, []).append(amount)
    return list(groups.values())


def _grouped(amounts: list[Amount], begins: dict[Since, Frame], world: World, names: dict[Amount, str]) -> Frame:
    table = world.table(amounts[0].table)
    ready = rows.ready(amounts, begins, world)
    raw = [one for amount in amounts for one in _raw(amount, ready, names[amount], table, world)]
    return ready.frame.group_by("customer_id").agg(*raw)


def _raw(amount: Amount, ready: rows.Counted, name: str, table: Table, world: World) -> Raw:
    measure, rows_ = amount.measure, ready.conditions[amount]
    if _picks_and_counts(amount):
        return _of_pick(amount, ready, name, table)
    if measure.name == "share":
        asked = reduce(and_, rows.conds(measure.where, table, world), rows_)
        return [counted(rows_, name=name), counted(asked, name=f"{name} some")]
    if measure.name in {"sum", "avg", "max"}:
        column = table.column(measure.column)
        return _of_column(measure, nw.when(rows_).then(nw.col(measure.column)), name, column.kind if column else "")
    return _of_rows(measure, rows_, name, table.day)


def _picks_and_counts(amount: Amount) -> bool:
    return amount.pick != "any" and rows.one_pass(amount)


def _of_pick(amount: Amount, ready: rows.Counted, name: str, table: Table) -> Raw:
    """Find the last, or first, row within the span, and that of those that are as asked: the same row, or another."""
    within, asked = (nw.when(one).then(rows.place(table)) for one in (ready.spans[amount], ready.conditions[amount]))
    found = (within.max(), asked.max()) if amount.pick == "last" else (within.min(), asked.min())
    return [one.alias(column) for one, column in zip(found, (f"{name} picked", name), strict=True)]


def _of_rows(measure: Measure, rows_: nw.Expr, name: str, day: str) -> Raw:
    if measure.name == "count":
        return [counted(rows_, name=name)]
    of_rows = nw.when(rows_).then(nw.col(day))
    if measure.name in {"first", "last"}:
        return [(of_rows.min() if measure.name == "first" else of_rows.max()).alias(name)]
    dated = rows_ & ~nw.col(day).is_null()
    days = nw.when(dated).then(nw.col(day).cast(nw.Int64)).otherwise(nw.lit(_NO_DAY)).n_unique()
    none = nw.when(dated).then(nw.lit(0)).otherwise(nw.lit(1)).max()
    found = [days.cast(nw.Int64).alias(name), none.cast(nw.Int64).alias(f"{name} none")]
    ends = [of_rows.min().alias(f"{name} from"), of_rows.max().alias(f"{name} to")]
    return found if measure.name == "days" else [*found, *ends]


def _of_column(measure: Measure, column: nw.Expr, name: str, kind: str) -> Raw:
    if measure.name == "max":
        return [column.max().alias(name)]
    as_type = nw.Float64 if kind in {"real", "share"} else nw.Int64
    summed = column.cast(as_type).sum().cast(as_type).alias(name)
    return [summed] if measure.name == "sum" else [summed, column.count().cast(nw.Int64).alias(f"{name} known")]


def _final(amount: Amount, name: str, begun: dict[Since, str]) -> nw.Expr:
    value = _picked(name) if _picks_and_counts(amount) else _FINAL.get(amount.measure.name, nw.col)(name)
    if not isinstance(amount.within, Since):
        return value
    return nw.when(~nw.col(begun[amount.within]).is_null()).then(value)


def _picked(name: str) -> nw.Expr:
    return nw.when(nw.col(name) == nw.col(f"{name} picked")).then(nw.lit(1)).otherwise(nw.lit(0))


def _days(name: str) -> nw.Expr:
    return (nw.col(name) - nw.col(f"{name} none")).fill_null(0)


def _gap(name: str) -> nw.Expr:
    """Reckon the mean number of days from one day to the next."""
    whole = (nw.col(f"{name} to") - nw.col(f"{name} from")).cast(nw.Float64)
    return nw.when(_days(name) > 1).then(whole / (_days(name) - 1))


def _ratio(part: str, whole: str) -> nw.Expr:
    return nw.when(nw.col(whole) > 0).then(nw.col(part).cast(nw.Float64) / nw.col(whole))


_FINAL: dict[str, Callable[[str], nw.Expr]] = {
    "count": lambda name: nw.col(name).fill_null(0),
    "sum": lambda name: nw.col(name).fill_null(0),
    "days": _days,
    "gap": _gap,
    "avg": lambda name: _ratio(name, f"{name} known"),
    "share": lambda name: _ratio(f"{name} some", name),
}
