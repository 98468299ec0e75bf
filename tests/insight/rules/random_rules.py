"""Rules at random, as plain data: every form, every operator, every span and measure."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from stammkunde.insight.rules import OPERATORS, Column, Table

from .words import FIELDS, TABLES
from .world import TEXTS

Data = dict[str, Any]
DAYS = st.integers(0, 900).map(lambda n: (date(2024, 3, 20) - timedelta(days=n)).isoformat())
LOWER = {upper: table for table in TABLES for upper in table.below}
AMOUNTS = {
    "whole": st.integers(-2, 6),
    "cents": st.sampled_from([0, 100, 1_999, 15_000, 20_000]),
    "real": st.integers(-8, 24).map(lambda n: n / 8),
    "share": st.sampled_from([0, 0.25, 0.3, 0.5, 1]),
    "day": DAYS,
}


@st.composite
def spans(draw: st.DrawFn, *, since: bool) -> Any:
    least, days = draw(st.integers(0, 90)), draw(st.integers(0, 400))
    unit = draw(st.sampled_from(["month", "quarter", "year"]))
    first = draw(st.integers(-60, 30))
    forms: list[Any] = [
        "ever",
        {"last": days + 1},
        {"ago": [least, draw(st.sampled_from([None, least + days]))]},
        {"ahead": [least, draw(st.sampled_from([None, least + days]))]},
        {"from": "2023-06-01"},
        {"from": "2023-06-01", "to": "2024-02-29"},
        {draw(st.sampled_from(["this", "last"])): unit},
        {"yearly": [first, first + days % 365]},
        {"yearly": "month", "years": [1, 2]},
    ]
    if since:
        forms += [{"since": "entry"}, {"since": draw(_beginnings())}]
    return draw(st.sampled_from(forms))


@st.composite
def _beginnings(draw: st.DrawFn) -> Data:
    table = draw(st.sampled_from([table for table in TABLES if table.day]))
    days = [one.name for one in table.columns if one.kind == "day"]
    measure = draw(st.sampled_from(["last", "first", *(f"max.{name}" for name in days)]))
    found = {"happened": table.name, "within": draw(spans(since=False)), "measure": measure}
    return found | ({"where": [draw(conditions(table))]} if table.columns else {})


@st.composite
def checks(draw: st.DrawFn, column: Column, texts: list[str], *, ranked: bool) -> Data:
    offered = [one for one in OPERATORS[column.kind] if ranked or "%" not in one]
    operator = draw(st.sampled_from(offered))
    if operator in {"is known", "is unknown"}:
        return {"is": operator}
    if operator == "within":
        return {"is": operator, "value": draw(spans(since=False))}
    if "%" in operator:
        return {"is": operator, "value": draw(st.sampled_from([0.5, 10, 33.3, 100]))}
    if column.kind == "text":
        part = st.sampled_from(texts) if operator.startswith("is") else st.sampled_from(["d", "04", "ü", "P", "E"])
        value: Any = draw(st.one_of(part, st.lists(part, min_size=1, max_size=3)))
    elif column.kind == "flag":
        value = draw(st.booleans())
    elif operator == "between":
        value = sorted(draw(st.tuples(AMOUNTS[column.kind], AMOUNTS[column.kind])))
    else:
        value = draw(AMOUNTS[column.kind])
    return {"is": operator, "value": value}


@st.composite
def conditions(draw: st.DrawFn, table: Table) -> Data:
    column = draw(st.sampled_from(table.columns))
    texts = [one for one in TEXTS.get(f"{table.name}.{column.name}", []) if one]
    return {"column": column.name} | draw(checks(column, texts, ranked=False))


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Data, str]:
    table = draw(st.sampled_from(TABLES))
    found: Data = {"happened": table.name}
    if table.columns and draw(st.booleans()):
        found["where"] = draw(st.lists(conditions(table), min_size=1, max_size=2))
    if table.name in LOWER and draw(st.booleans()):
        lower = LOWER[table.name]
        found["with"] = [{"table": lower.name, "where": [draw(conditions(lower))], "is": "<=", "value": 1}]
    if table.day:
        found["pick"] = draw(st.sampled_from(["any", "any", "last", "first"]))
        found["within"] = draw(spans(since=True))
    measure, kind = draw(_measures(table))
    return found | {"measure": measure}, kind


@st.composite
def _measures(draw: st.DrawFn, table: Table) -> tuple[Any, str]:
    offered: list[tuple[Any, str]] = [("count", "whole")]
    if table.day:
        offered += [("days", "whole"), ("first", "day"), ("last", "day"), ("gap", "real")]
    for one in table.columns:
        if one.kind not in {"text", "flag", "day"}:
            avg = "real" if one.kind == "whole" else one.kind
            offered += [(f"sum.{one.name}", one.kind), (f"avg.{one.name}", avg), (f"max.{one.name}", one.kind)]
        if one.kind == "day":
            offered.append((f"max.{one.name}", "day"))
    if table.columns:
        offered.append(({"share": [draw(conditions(table))]}, "share"))
    return draw(st.sampled_from(offered))


@st.composite
def leaves(draw: st.DrawFn) -> Data:
    form = draw(st.sampled_from(["field", "happened", "happened", "happened", "compare", "member"]))
    if form == "field":
        column = draw(st.sampled_from(FIELDS))
        texts = [one for one in TEXTS.get(column.name, []) if one]
        return {"field": column.name} | draw(checks(column, texts, ranked=True))
    if form == "happened":
        amount, kind = draw(amounts())
        return amount | draw(checks(Column("amount", kind), [], ranked=True))
    if form == "compare":
        (left, _), (right, _) = draw(amounts()), draw(amounts())
        operator = draw(st.sampled_from([">=", "<=", ">", "<"]))
        return {"left": left, "is": operator, "times": draw(st.sampled_from([0.5, 1, 2])), "right": right}
    if draw(st.booleans()):
        return {"segment": draw(st.sampled_from([1, 2])), "is": draw(st.sampled_from(["in", "not in"]))}
    state = draw(st.sampled_from(["in", "was in", "held out"]))
    return {"play": 7, "is": state, "within": draw(spans(since=False))}


def _grown(inner: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda some: {"all": some}),
        several.map(lambda some: {"any": some}),
        inner.map(lambda one: {"not": one}),
    )


def rules() -> st.SearchStrategy[Data]:
    one, two = leaves(), _grown(leaves())
    return st.one_of(one, two, _grown(st.one_of(one, two)))
