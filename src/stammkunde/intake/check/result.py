"""What a check found."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Self

from stammkunde.intake.asking import Question, of_dict

REFUSED = "refused"  # the row is not imported
FLAGGED = "flagged"  # it is, with a remark
ASIDE = "aside"  # it is no record (a total, a title), or tells of no sale


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One remark on one row. `value` is cut to 200 characters; `code` and `detail` are worded by `intake.wording`."""

    row: int
    column: str  # the file's column; empty: the row as a whole
    value: str
    code: str
    detail: dict[str, Any]
    severity: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """
    What a check found; `as_dict()` fits a JSON field.

    `rows` = `accepted` + `refused` (blank rows, and those that were set `aside`, are none). `flagged` and `refused` count rows, `problem_count` counts
    remarks, of which `problems` are the first by line, refusals before flags. `merged` rows repeated another one exactly.
    """  # noqa: E501

    layout: str
    rows: int
    accepted: int
    refused: int
    flagged: int
    merged: int
    aside: int
    tables: dict[str, int]  # table → rows in its Parquet file
    problem_count: int
    problems: list[Problem] = field(repr=False)
    problem_codes: dict[str, int]  # code → remarks
    revenue_cents: int | None  # of all accepted lines; None: the file has no lines
    guest_orders: int
    first_on: date | None
    last_on: date | None
    totals: dict[str, Any] = field(default_factory=dict)  # see `check.totals`
    asked: tuple[Question, ...] = ()  # what only a person knows, answered or not

    @classmethod
    def of_dict(cls, given: dict[str, Any]) -> Self:
        """Make it of what was kept of it."""
        days = {name: given[name] and date.fromisoformat(given[name]) for name in ("first_on", "last_on")}
        problems = [Problem(**one) for one in given["problems"]]
        return cls(**{**given, **days, "problems": problems, "asked": tuple(map(of_dict, given["asked"]))})

    def as_dict(self) -> dict[str, Any]:
        days = {name: getattr(self, name) and getattr(self, name).isoformat() for name in ("first_on", "last_on")}
        return asdict(self) | days
