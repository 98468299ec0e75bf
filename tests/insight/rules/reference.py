"""The meaning of rules once more, in plain Python, a customer and a row at a time."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from stammkunde.insight.periods import EPOCH, day_number
from stammkunde.insight.rules import Known, column_of, kind_of, tree
from stammkunde.insight.rules.tree import Amount, Check, Cond, Rule, Since, Span

Row = dict[str, Any]


@dataclass
class Reference:
    """Rows as dictionaries, and the days from which spans are counted."""

    known: Known
    rows: dict[str, list[Row]]
    today: int
    until: dict[str, int] = field(default_factory=dict)
    me: str = ""

    def __post_init__(self) -> None:
        self.of = {name: _by_customer(rows) for name, rows in self.rows.items()}

    def members(self, rule: Rule) -> set[int]:
        return {one["customer_id"] for one in self.rows["customers"] if self.holds(rule, one)}

    def holds(self, rule: Rule, customer: Row) -> bool:  # noqa: PLR0911 - one for each form
        match rule:
            case tree.All(rules):
                return all(self.holds(one, customer) for one in rules)
            case tree.Any(rules):
                return any(self.holds(one, customer) for one in rules)
            case tree.Not(inner):
                return not self.holds(inner, customer)
            case tree.Field(name, check):
                kind = self.known.fields[name].kind
                others = lambda: [one[column_of(name)] for one in self.rows["customers"]]  # noqa: E731
                return self.check(check, customer[column_of(name)], kind, self.today, others)
            case tree.Happened(amount, check):
                others = lambda: [self.value(amount, one["customer_id"]) for one in self.rows["customers"]]  # noqa: E731
                value = self.value(amount, customer["customer_id"])
                if isinstance(check.span, tree.Last) and not amount.measure.column:  # when it happened: open
                    return value is not None and self.inside(check.span, value, self.anchor(amount.table), None)
                counts = amount.measure.name in {"count", "days", "sum"}
                return self.check(check, value, self.kind(amount), self.anchor(amount.table), others, counts=counts)
            case tree.Compare(left, operator, times, right):
                one, other = (self.number(amount, customer["customer_id"]) for amount in (left, right))
                return one is not None and other is not None and _compared(operator, one, other * times)
            case tree.Member(_, _, state, within):
                days = [row["day"] for row in self.of[rule.name][customer["customer_id"]]]
                found = any(self.inside(within, day, self.today, None) for day in days)
                return found != (state == "not in")

    def anchor(self, table: str) -> int:
        return self.until.get(table, self.today)

    def kind(self, amount: Amount) -> str:
        return kind_of(amount.measure.name, self.known.tables[amount.table].column(amount.measure.column))

    def number(self, amount: Amount, customer: int) -> float | None:
        value = self.value(amount, customer)
        if value is None:
            return None
        return float(self.anchor(amount.table) - value if self.kind(amount) == "day" else value)

    def check(
        self, check: Check, value: Any, kind: str, anchor: int, others: Any = None, *, counts: bool = False
    ) -> bool:
        is_known = value is not None and value != ""
        if check.operator in {"is known", "is unknown"} or not is_known:
            return is_known == (check.operator == "is known") and check.operator in {"is known", "is unknown"}
        if check.span is not None:
            is_ahead = isinstance(check.span, tree.Last) and value > self.today
            return self.inside(check.span, value, anchor, None) and not is_ahead
        values = [self.plain(one) for one in check.values]
        if check.operator in {"top %", "bottom %"}:
            known = [one for one in others() if one is not None and not (counts and one == 0)]
            better = sum(one > value if check.operator == "top %" else one < value for one in known)
            return better * 100 < len(known) * values[0] and not (counts and value == 0)
        if check.operator in {"begins with", "contains"}:
            text, parts = value.lower(), [one.lower() for one in values]
            return any(text.startswith(one) if check.operator == "begins with" else one in text for one in parts)
        if check.operator in {"is", "is none of"}:
            return (value in values) == (check.operator == "is")
        return (
            values[0] <= value <= values[1]
            if check.operator == "between"
            else _compared(check.operator, value, values[0])
        )

    def plain(self, value: Any) -> Any:
        return self.me if isinstance(value, tree.Me) else day_number(value) if isinstance(value, date) else value

    def inside(self, span: Span, day: int | None, anchor: int, since: int | None) -> bool:  # noqa: PLR0911
        match span:
            case tree.Ever():
                return True
            case tree.Last(days):
                return day is not None and day > anchor - days
            case tree.Ago(least, most):
                return day is not None and anchor - day >= least and (most is None or anchor - day <= most)
            case tree.Ahead(least, most):
                return day is not None and day - anchor >= least and (most is None or day - anchor <= most)
            case tree.Between(first, last):
                return day is not None and (first is None or day >= first) and (last is None or day <= last)
            case tree.Since():
                return day is not None and since is not None and day > since
            case tree.Calendar(unit, which):
                return day is not None and _part(day, unit) == _part(anchor, unit) + which
            case tree.Yearly(window, years):
                return day is not None and any(_returned(day, n, window, anchor) for n in years or range(1, 200))

    def begun(self, span: Span, customer: int) -> int | None:
        if not isinstance(span, Since):
            return None
        if isinstance(span.what, str):
            days = [row["day"] for row in self.of["moments"][customer] if row["name"] == span.what]
            return max(days, default=None)
        return self.value(span.what, customer)

    def counted(self, amount: Amount, customer: int) -> list[Row]:
        table, anchor = self.known.tables[amount.table], self.anchor(amount.table)
        since = self.begun(amount.within, customer)
        found = self.of[amount.table][customer]
        found = [row for row in found if self.inside(amount.within, row.get(table.day), anchor, since)]
        if amount.pick != "any":
            dated = sorted((row[table.day], row[table.key]) for row in found if row[table.day] is not None)
            keys = [key for _, key in dated][-1 if amount.pick == "last" else 0 :][:1]
            found = [row for row in found if row[table.key] in keys]
        return [row for row in found if self.keeps(amount.where, amount.table, row) and self.has(amount, row)]

    def keeps(self, where: tuple[Cond, ...], table: str, row: Row) -> bool:
        kinds = {one.name: one.kind for one in self.known.tables[table].columns}
        return all(self.check(one.check, row[one.column], kinds[one.column], self.anchor(table)) for one in where)

    def has(self, amount: Amount, row: Row) -> bool:
        key = self.known.tables[amount.table].key
        for one in amount.having:
            link = self.known.tables[one.table].below[amount.table]
            lower = [low for low in self.rows[one.table] if low[link] == row[key]]
            found = sum(self.keeps(one.where, one.table, low) for low in lower)
            if not self.check(one.check, found, "whole", 0):
                return False
        return True

    def value(self, amount: Amount, customer: int) -> Any:
        if isinstance(amount.within, Since) and self.begun(amount.within, customer) is None:
            return None
        found, measure = self.counted(amount, customer), amount.measure
        days = sorted(
            {row[day] for row in found if (day := self.known.tables[amount.table].day) and row[day] is not None}
        )
        values = [row[measure.column] for row in found if measure.column and row[measure.column] is not None]
        some = [row for row in found if self.keeps(measure.where, amount.table, row)]
        measured = {
            "count": lambda: len(found),
            "days": lambda: len(days),
            "sum": lambda: sum(values),
            "avg": lambda: sum(values) / len(values) if values else None,
            "max": lambda: max(values, default=None),
            "share": lambda: len(some) / len(found) if found else None,
            "first": lambda: days[0] if days else None,
            "last": lambda: days[-1] if days else None,
            "gap": lambda: (days[-1] - days[0]) / (len(days) - 1) if len(days) > 1 else None,
        }
        return measured[measure.name]()


def _by_customer(rows: list[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["customer_id"]].append(row)
    return found


def _compared(operator: str, value: Any, other: Any) -> bool:
    return {">=": value >= other, "<=": value <= other, ">": value > other, "<": value < other}[operator]


def _part(day: int, unit: str) -> int:
    on = EPOCH + timedelta(days=day)
    return (on.year * 12 + on.month - 1) // {"month": 1, "quarter": 3, "year": 12}[unit]


def _returned(day: int, years: int, window: Any, anchor: int) -> bool:
    on = EPOCH + timedelta(days=day)
    if (on.month, on.day) == (2, 29):
        on = on.replace(day=28)
    back = on.replace(year=on.year + years)
    if window == "month":
        return _part(day_number(back), "month") == _part(anchor, "month")
    return anchor + window[0] <= day_number(back) <= anchor + window[1]
