"""Amounts: what happened within a span, measured for each customer; read and written."""

from typing import Any, get_args

from stammkunde.insight.rules import checks, spans
from stammkunde.insight.rules.known import NUMBERS, Column, Kind, Known, Table, kind_of
from stammkunde.insight.rules.places import Place
from stammkunde.insight.rules.tree import Amount, Cond, Ever, Measure, Pick, Since, Span, With

ENTRIES = ("where", "with", "pick", "within", "measure", "same")
PLAIN, DATED, OF_COLUMN = ("count",), ("days", "first", "last", "gap"), ("sum", "avg", "max")
COUNT = Column("count", "whole")


def read(data: Any, place: Place, known: Known, *, inside: bool = False) -> tuple[Amount, Kind]:
    """
    Read what is measured.

    Args:
        data: an object with `happened`, and what of it counts.
        place: where it is written.
        known: all that rules may ask.
        inside: whether it is what a span begins after, which itself begins after nothing.

    Returns:
        the amount, and the kind of its value.

    Raises:
        InvalidRule: it asks what cannot be asked.
    """
    table = _table(data["happened"], place, known)
    pick = data.get("pick", "any")
    if pick not in get_args(Pick):
        place.at("pick").refuse("unknown_pick", f"{pick!r} picks nothing. Use any, last or first.", pick)
    span = spans.read(
        data.get("within", "ever"), place.at("within"), None if inside else lambda what, at: _since(what, at, known)
    )
    measure, kind = _measure(data.get("measure", "count"), place.at("measure"), table)
    if not table.day and (pick != "any" or span != Ever() or measure.name in DATED):
        place.refuse("no_days", f"'{table.name}' has no days. Ask for `ever`, without a pick.", table.name)
    where = _where(data, place, table)
    having = tuple(_with(one, place.at("with", n), table, known) for n, one in enumerate(_some(data, "with", place), 1))
    return Amount(table.name, where, having, pick, span, measure, _same(data, place, table, known)), kind


def _table(name: Any, place: Place, known: Known) -> Table:
    table = known.tables.get(name) if isinstance(name, str) else None
    if table is None:
        place.refuse("unknown_table", f"Nothing is known of {name!r}. Choose one of {', '.join(known.tables)}.", name)
    return table


def _same(data: Any, place: Place, table: Table, known: Known) -> bool:
    said = data.get("same", False)
    if not isinstance(said, bool):
        place.at("same").refuse("no_flag", f"Say true or false, not {said!r}.", said)
    if said and table.name not in known.same:
        text = f"Rows of '{table.name}' are not about what this is about. Choose {', '.join(known.same) or 'nothing'}."
        place.at("same").refuse("not_same", f"{text} Or leave 'same' out.", table.name)
    return said


def _some(data: Any, name: str, place: Place) -> list[Any]:
    return place.at(name).listed(data[name]) if data.get(name) is not None else []


def _where(data: Any, place: Place, table: Table) -> tuple[Cond, ...]:
    return tuple(cond(one, place.at("where", n), table) for n, one in enumerate(_some(data, "where", place), 1))


def cond(data: Any, place: Place, table: Table) -> Cond:
    """
    Read a question to a column of a row.

    Args:
        data: an object with `column`, `is` and `value`.
        place: where it is written.
        table: whose row is asked.

    Returns:
        the condition.

    Raises:
        InvalidRule: the table has no such column, or it cannot be asked so.
    """
    place.entries(data, needed=["column", "is"], more=["value"])
    column = _column(data["column"], place, table)
    return Cond(column.name, checks.read(data, place, column))


def _column(name: Any, place: Place, table: Table) -> Column:
    column = table.column(name) if isinstance(name, str) else None
    if column is None:
        there = ", ".join(one.name for one in table.columns)
        place.refuse("unknown_column", f"'{table.name}' has no column {name!r}. Choose one of {there}.", name)
    return column


def _with(data: Any, place: Place, upper: Table, known: Known) -> With:
    place.entries(data, needed=["table"], more=["where", "is", "value"])
    table = _table(data["table"], place.at("table"), known)
    if upper.name not in table.below:
        there = [one.name for one in known.tables.values() if upper.name in one.below]
        text = f"'{table.name}' does not belong to '{upper.name}'. Choose one of {', '.join(there) or 'none'}."
        place.at("table").refuse("not_below", text, table.name)
    asked = data if "is" in data or "value" in data else {"is": ">=", "value": 1}
    return With(table.name, _where(data, place, table), checks.read(asked, place, COUNT))


def _measure(data: Any, place: Place, table: Table) -> tuple[Measure, Kind]:
    if isinstance(data, dict):
        place.entries(data, needed=["share"])
        inner = place.at("share")
        where = tuple(cond(one, inner.at(n), table) for n, one in enumerate(inner.listed(data["share"]), 1))
        return Measure("share", where=where), "share"
    if data in PLAIN or data in DATED:
        return Measure(data), kind_of(data, None)
    name, _, of = data.partition(".") if isinstance(data, str) else ("", "", "")
    if name not in OF_COLUMN:
        forms = 'count, days, sum.x, avg.x, max.x, first, last, gap or {"share": [conditions]}'
        place.refuse("unknown_measure", f"{data!r} measures nothing. Use {forms}.", data)
    column = _column(of, place, table)
    if column.kind not in NUMBERS and not (name == "max" and column.kind == "day"):
        place.refuse("no_amount", f"'{of}' is of the kind {column.kind}, which has no {name}. Measure another.", of)
    return Measure(name, of), kind_of(name, column)


def _since(data: Any, place: Place, known: Known) -> Since:
    if isinstance(data, str):
        if data not in known.moments:
            there = ", ".join(sorted(known.moments)) or "none"
            place.refuse("unknown_moment", f"There is no moment {data!r} here. Choose one of {there}.", data)
        return Since(data)
    place.entries(data, needed=["happened"], more=ENTRIES)
    amount, kind = read({"measure": "last"} | data, place, known, inside=True)
    if kind != "day":
        place.at("measure").refuse("no_day", "A span begins after a day. Use last, first or the max of a day.", kind)
    return Since(amount)


def write(amount: Amount) -> dict[str, Any]:
    """
    Write an amount canonically: without what goes without saying.

    Args:
        amount: the amount.

    Returns:
        plain data that `read` reads as the same amount.
    """
    written: dict[str, Any] = {"happened": amount.table}
    if amount.where:
        written["where"] = [_written(one) for one in amount.where]
    if amount.having:
        written["with"] = [_with_written(one) for one in amount.having]
    if amount.pick != "any":
        written["pick"] = amount.pick
    if amount.within != Ever():
        written["within"] = write_span(amount.within)
    if amount.measure != Measure("count"):
        written["measure"] = _measure_written(amount.measure)
    if amount.same:
        written["same"] = True
    return written


def write_span(span: Span) -> Any:
    """
    Write a span canonically, whatever it begins after.

    Args:
        span: the span.

    Returns:
        plain data.
    """
    return spans.write(span, _since_written)


def _since_written(span: Since) -> Any:
    if isinstance(span.what, str):
        return span.what
    return {name: value for name, value in write(span.what).items() if (name, value) != ("measure", "last")}


def _written(one: Cond) -> dict[str, Any]:
    return {"column": one.column} | checks.write(one.check)


def _with_written(one: With) -> dict[str, Any]:
    where = {"where": [_written(cond) for cond in one.where]} if one.where else {}
    return {"table": one.table} | where | checks.write(one.check)


def _measure_written(measure: Measure) -> Any:
    if measure.name == "share":
        return {"share": [_written(one) for one in measure.where]}
    return f"{measure.name}.{measure.column}" if measure.column else measure.name
