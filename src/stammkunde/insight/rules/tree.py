"""
What a rule is made of: a small tree of groups and leaves, each true or false for every customer on a day.

Days of spans are whole numbers since 1970-01-01, amounts are whole cents, shares lie from 0 to 1.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Scalar: TypeAlias = str | int | float | bool | date
Unit = Literal["month", "quarter", "year"]
Pick = Literal["any", "last", "first"]


@dataclass(frozen=True)
class Me:
    """Whoever looks: for lists only, as a rule must mean the same for everybody."""


@dataclass(frozen=True)
class Ever:
    """All that is known, also what has no day."""


@dataclass(frozen=True)
class Last:
    """The last days until the anchor, open to the front: what is known of later days counts."""

    days: int


@dataclass(frozen=True)
class Ago:
    """From `most` days before the anchor until `least` days before it; without `most`, from the beginning."""

    least: int
    most: int | None


@dataclass(frozen=True)
class Between:
    """Calendar days, both included; None: open."""

    first: int | None
    last: int | None


@dataclass(frozen=True)
class Calendar:
    """The month, quarter or year of the anchor (`which` 0), or the one before (-1)."""

    unit: Unit
    which: Literal[0, -1]


@dataclass(frozen=True)
class Ahead:
    """From `least` to `most` days after the anchor; without `most`, to the end."""

    least: int
    most: int | None


@dataclass(frozen=True)
class Since:
    """After the day that an amount gives, the last such happening, or that of a moment by its name; never: unknown."""

    what: "Amount | str"


@dataclass(frozen=True)
class Yearly:
    """
    Days that return in a window of days from the anchor, or in its month: birthdays, jubilees, seasons.

    The first return is a year after the day; `years` keeps only these returns. 29 February returns on 28 February.
    """

    window: tuple[int, int] | Literal["month"]
    years: tuple[int, ...] = ()


Span: TypeAlias = Ever | Last | Ago | Between | Calendar | Ahead | Since | Yearly


@dataclass(frozen=True)
class Check:
    """What is asked of a value; a missing value answers every question with no, but `is unknown`."""

    operator: str
    values: tuple[Scalar | Me, ...] = ()
    span: Span | None = None


@dataclass(frozen=True)
class Cond:
    """A question to a column of a row."""

    column: str
    check: Check


@dataclass(frozen=True)
class With:
    """A question to how many rows of a lower table a row has: an order with two lines of a category."""

    table: str
    where: tuple[Cond, ...]
    check: Check


@dataclass(frozen=True)
class Measure:
    """What is reckoned from a customer's rows: by its name, of a column, or of the rows that keep to conditions."""

    name: str
    column: str = ""
    where: tuple[Cond, ...] = ()


@dataclass(frozen=True)
class Amount:
    """
    A number or a day for each customer, from the rows of a table; of those about what it is about, where it is `same`.

    Rows within the span are picked first (all, each customer's last, or first), then `where` and `having` must hold for
    the same row, then the rest is measured.
    """

    table: str
    where: tuple[Cond, ...] = ()
    having: tuple[With, ...] = ()
    pick: Pick = "any"
    within: Span = Ever()
    measure: Measure = Measure("count")
    same: bool = False


@dataclass(frozen=True)
class Field:
    """A leaf: a question to a column of the customer."""

    name: str
    check: Check


@dataclass(frozen=True)
class Happened:
    """A leaf: a question to what happened."""

    amount: Amount
    check: Check


@dataclass(frozen=True)
class Compare:
    """A leaf: one amount against a multiple of another one; days count as days back from their table's anchor."""

    left: Amount
    operator: str
    times: float
    right: Amount


@dataclass(frozen=True)
class Member:
    """A leaf: whether somebody is in a segment, or in, was in or is held out of a play."""

    group: Literal["segment", "play"]
    key: int
    state: str
    within: Span = Ever()

    @property
    def name(self) -> str:
        """Name the members that answer it: `segment:12`, `play:7:held out`."""
        return f"segment:{self.key}" if self.group == "segment" else f"play:{self.key}:{self.state}"


Leaf: TypeAlias = Field | Happened | Compare | Member


@dataclass(frozen=True)
class All:
    """A group of which every rule holds."""

    rules: "tuple[Rule, ...]"


@dataclass(frozen=True)
class Any:
    """A group of which at least one rule holds."""

    rules: "tuple[Rule, ...]"


@dataclass(frozen=True)
class Not:
    """The exact complement of a rule: whatever is unknown is in it, too."""

    rule: "Rule"


Rule: TypeAlias = All | Any | Not | Leaf
