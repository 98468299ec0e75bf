"""What a mapping would lose, and only a person can say whether it may: asked, and done as answered."""

import re
from collections.abc import Mapping
from typing import Any

from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.formats import Dialect
from stammkunde.intake.layouts import Layout
from stammkunde.intake.recognise.choosing import lost

REPEATED, BUYER, AMOUNTS = "repeated", "buyer", "amounts"  # the options that settle it
_NOBODY, _ELSEWHERE = "-", "lines"
_BUYERS = ("customer_number", "email", "customer_name")
_MOST_ANSWERS, _LOOK_ROWS = 4, 200
_AGAIN = re.compile(r"^(.+) \((\d+)\)$")  # as a heading is called that stands in the file once more
_IS_BUYER = re.compile(r"kunde|käufer|kaeufer|debitor|e-?mail|buyer|customer|client\b", re.IGNORECASE)
_IS_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def as_answered(kind: Layout, given: Mapping[str, str], dialect: Dialect, options: Mapping[str, Any]) -> dict[str, str]:
    """Change which column fills which field as a person answered."""
    columns = dict(given)
    if str(options.get(REPEATED, "")).isdecimal() and not kind.foreign:
        place = int(options[REPEATED])
        for name, column in given.items():
            group = _repeats(column, dialect)
            if len(group) > 1:
                columns[name] = group[min(place, len(group)) - 1]
    column = str(options.get(BUYER, ""))
    if column in dialect.header and not _has_buyer(columns):
        columns[_field_for(kind, column, dialect)] = column
    return columns


def questions(kind: Layout, columns: Mapping[str, str], dialect: Dialect) -> tuple[Question, ...]:
    """Ask about what would be lost, answered or not."""
    asked = (_repeated(kind, columns, dialect), _buyer(kind, columns, dialect), _amounts(kind, columns, dialect))
    return tuple(one for one in asked if one)


def _repeated(kind: Layout, columns: Mapping[str, str], dialect: Dialect) -> Question | None:
    """Ask which columns are meant where headings stand in the file more than once, and not with the same values."""
    groups = dict.fromkeys(_repeats(column, dialect) for column in columns.values()) if not kind.foreign else {}
    unlike = [group for group in groups if len(group) > 1 and len({_values(one, dialect) for one in group}) > 1]
    if not unlike:
        return None
    answers = tuple(
        Answer(
            value=str(place + 1), example=_first_row([group[min(place, len(group) - 1)] for group in unlike], dialect)
        )
        for place in range(min(max(map(len, unlike)), _MOST_ANSWERS))
    )
    return Question(option=REPEATED, columns=tuple(group[0] for group in unlike), answers=answers)


def _buyer(kind: Layout, columns: Mapping[str, str], dialect: Dialect) -> Question | None:
    """Ask who bought where nobody would have, although a column may say it."""
    perhaps = _perhaps_buyers(dialect)
    if not _is_of_sales(kind) or _has_buyer(columns) or not perhaps:
        return None
    answers = [Answer(value=one, example=_first_row([one], dialect)) for one in perhaps[:_MOST_ANSWERS]]
    return Question(option=BUYER, columns=tuple(perhaps), answers=(*answers, Answer(value=_NOBODY)))


def _amounts(kind: Layout, columns: Mapping[str, str], dialect: Dialect) -> Question | None:
    """Ask whether orders are meant to come without money, where the file has some."""
    left = lost(dialect.header, columns.values()).get("amount") if kind.name == "orders" else None
    return Question(option=AMOUNTS, columns=tuple(left), answers=(Answer(value=_ELSEWHERE),)) if left else None


def _is_of_sales(kind: Layout) -> bool:
    return "orders" in {table.name for table in kind.tables}


def _has_buyer(columns: Mapping[str, str]) -> bool:
    return any(columns.get(name) for name in _BUYERS)


def _perhaps_buyers(dialect: Dialect) -> list[str]:
    return [one for one in dialect.header if _IS_BUYER.search(one) or _is_address(one, dialect)]


def _field_for(kind: Layout, column: str, dialect: Dialect) -> str:
    fields = {one.name for one in kind.fields}
    if _is_address(column, dialect) and "email" in fields:
        return "email"
    return "customer_name" if "customer_name" in fields and "name" in column.casefold() else "customer_number"


def _is_address(column: str, dialect: Dialect) -> bool:
    """Tell whether a column holds e-mail addresses: most of its first values are."""
    found = [value for value in _values(column, dialect) if value]
    return bool(found) and 2 * sum(1 for one in found if _IS_ADDRESS.fullmatch(one)) > len(found)


def _repeats(column: str, dialect: Dialect) -> tuple[str, ...]:
    """Give the columns with the heading of this one, in the order of the file."""
    first = _heading(column, dialect)
    return tuple(one for one in dialect.header if _heading(one, dialect) == first)


def _heading(column: str, dialect: Dialect) -> str:
    again = _AGAIN.match(column)
    return again[1] if again and again[1] in dialect.header else column


def _values(column: str, dialect: Dialect) -> tuple[str, ...]:
    return dialect.values(column, rows=_LOOK_ROWS)


def _first_row(columns: list[str], dialect: Dialect) -> str:
    """Give what the first row with anything in these columns says there."""
    rows = zip(*(_values(one, dialect) for one in columns), strict=True)
    return next((", ".join(filter(None, row)) for row in rows if any(row)), "")
