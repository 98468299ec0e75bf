"""
Traits: what may be said of a customer on an evening, one family of them at a time.

A family is a long table: customer_id and value, a row for each value that she has. Whoever has no row is unknown, and
takes no part in comparisons of that family, except where not being listed is an answer (first products).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw

from stammkunde.insight import buying, classes
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.frames import CANCELLATION, DELIVERY, RETURN, Facts, Frame, counted, text, total
from stammkunde.insight.periods import day
from stammkunde.insight.slices import is_sale

YES, NO = "yes", "no"
LONG_PAUSE = 2.0  # usual gaps
LEAST_GAPS = 2


@dataclass(frozen=True, order=True)
class Trait:
    """One thing that customers have or lack: the family, within it a column or problem, and the value."""

    family: str
    name: str  # of the column of the customers; elsewhere empty
    value: str  # a text; a product's id; "low..high" for bands of numbers, open ends empty; yes for problems

    @property
    def key(self) -> str:
        """Write the trait as a text from which `read` makes it again."""
        return json.dumps([self.family, self.name, self.value], ensure_ascii=False, separators=(",", ":"))

    @property
    def band(self) -> tuple[float | None, float | None] | None:
        """Give the lowest and highest number of a band; None where the value is none."""
        low, dots, high = self.value.partition("..")
        try:
            return (float(low) if low else None, float(high) if high else None) if dots else None
        except ValueError:
            return None

    @classmethod
    def read(cls, key: str) -> "Trait":
        """
        Make a trait from its key.

        Args:
            key: what `key` gave.

        Returns:
            the trait.

        Raises:
            InvalidInput: this is no key.
        """
        try:
            family, name, value = json.loads(key)
            known = family in FAMILIES and isinstance(name, str) and isinstance(value, str)
        except (TypeError, ValueError):
            known = False
        if not known:
            raise InvalidInput(f"'{key[:80]}' names no trait. Give the key of a trait.")
        return cls(family, name, value)


@dataclass(frozen=True, eq=False)
class View:
    """What is looked at: the facts of an evening, and how far back problems count."""

    facts: Facts
    today: int
    look_back_days: int

    @property
    def bought(self) -> Frame:
        """List the buying days so far."""
        return buying.days(self.facts).filter(nw.col("day") <= self.today)

    @property
    def lines(self) -> Frame:
        """List the lines so far."""
        return self.facts.lines.filter((nw.col("ordered_on") <= self.today) & ~nw.col("customer_id").is_null())

    def happened(self, kind: str) -> Frame:
        """List what became known of a kind within the look-back."""
        return self.facts.happenings.filter((nw.col("kind") == kind) & self.is_recent("known_on"))

    def is_recent(self, column: str) -> nw.Expr:
        """Say whether a day lies within the look-back."""
        return (nw.col(column) <= self.today) & (nw.col(column) > self.today - self.look_back_days)


@dataclass(frozen=True)
class Family:
    """How a family is read from the facts."""

    read: Callable[[View, str], Frame | None]  # None: the facts say nothing of it
    is_dated: bool  # read anew on every evening; otherwise settled with the first purchase
    is_number: bool = False  # cut into bands
    lists_all: bool = False  # who is not listed does not have it


def customers_here(view: View, *, activity_days: int) -> Frame:
    """
    List who is a customer on an evening.

    Args:
        view: the evening.
        activity_days: length of the activity window.

    Returns:
        customer_id, first and last (days of purchases), bought (purchases within the look-back), after (the day of the
        next purchase, empty where there is none).
    """
    col = nw.col("day")
    here = view.bought.group_by("customer_id").agg(
        col.min().alias("first"),
        col.max().alias("last"),
        counted(view.is_recent("day"), name="bought"),
        nw.when(nw.col("after").is_null() | (nw.col("after") > view.today)).then(nw.col("after")).max().alias("after"),
    )
    return here.filter(nw.col("last") > view.today - activity_days)


def _attribute(view: View, name: str) -> Frame | None:
    if view.facts.customers is None or name not in view.facts.attributes():
        return None
    found = view.facts.customers.select("customer_id", nw.col(name).alias("value")).filter(~nw.col("value").is_null())
    if dict(found.collect_schema())["value"].is_numeric():
        return found
    return found.with_columns(text("value").alias("value")).filter(nw.col("value") != "")


def _first_lines(view: View) -> Frame:
    """List the lines of sale of everybody's first buying day."""
    first = buying.days(view.facts).filter(nw.col("nth") == 1).select("customer_id", nw.col("day").alias("ordered_on"))
    return view.facts.lines.filter(is_sale()).join(first, on=["customer_id", "ordered_on"], how="inner")


def _first_product(view: View, _name: str) -> Frame | None:
    known = _first_lines(view).filter(~nw.col("product_id").is_null())
    return known.select("customer_id", nw.col("product_id").cast(nw.String).alias("value")).unique()


def _categorised(view: View, lines: Frame) -> Frame | None:
    if view.facts.products is None:
        return None
    category = view.facts.products.select("product_id", text("category").alias("value")).filter(nw.col("value") != "")
    return lines.join(category, on="product_id", how="inner")


def _first_category(view: View, _name: str) -> Frame | None:
    found = _categorised(view, _first_lines(view))
    return None if found is None else found.select("customer_id", "value").unique()


def _favourite_category(view: View, _name: str) -> Frame | None:
    found = _categorised(view, view.lines.filter(is_sale()))
    return None if found is None else _most(found, by=total("revenue_cents"))


def _first_channel(view: View, _name: str) -> Frame | None:
    known = _first_lines(view).filter(text("channel") != "")
    return known.select("customer_id", text("channel").alias("value")).unique()


def _usual_channel(view: View, _name: str) -> Frame | None:
    known = view.lines.filter(is_sale() & (text("channel") != "")).with_columns(text("channel").alias("value"))
    return _most(known, by=nw.len().cast(nw.Int64))


def _most(frame: Frame, *, by: nw.Expr) -> Frame:
    """Find each customer's value with the most; ties by name."""
    summed = frame.group_by("customer_id", "value").agg((by * -1).alias("order"))
    before = nw.col("customer_id").shift(1).over("customer_id", order_by=["order", "value"]).alias("before")
    return summed.with_columns(before).filter(nw.col("before").is_null()).select("customer_id", "value")


def _class(view: View, _name: str) -> Frame | None:
    found = classes.customers(view.facts, last_on=day(view.today))
    return found.select("customer_id", nw.col("abc_class").alias("value"))


def _first_order(view: View, _name: str) -> Frame | None:
    return _first_lines(view).group_by("customer_id").agg(total("revenue_cents", name="value"))


def _tenure(view: View, _name: str) -> Frame | None:
    first = buying.days(view.facts).filter((nw.col("nth") == 1) & (nw.col("day") <= view.today))
    return first.select("customer_id", (nw.lit(view.today) - nw.col("day")).alias("value"))


def _late_delivery(view: View, _name: str) -> Frame | None:
    """Know it of those alone to whom something promised was delivered."""
    promised = view.happened(DELIVERY).filter(~nw.col("number").is_null())
    late = promised.group_by("customer_id").agg(counted(nw.col("number") > 0, name="times"))
    return _yes_or_no(late, nw.col("times") > 0)


def _return(view: View, _name: str) -> Frame | None:
    return _given_back(view, RETURN)


def _cancellation(view: View, _name: str) -> Frame | None:
    return _given_back(view, CANCELLATION)


def _given_back(view: View, kind: str) -> Frame:
    """Know it of whoever bought or gave back within the look-back."""
    here = view.lines.filter(view.is_recent("ordered_on")).select("customer_id", nw.lit(0).alias("times"))
    back = view.happened(kind).select("customer_id", nw.lit(1).alias("times"))
    times = nw.concat([here, back]).group_by("customer_id").agg(total("times"))
    return _yes_or_no(times, nw.col("times") > 0)


def _long_pause(view: View, _name: str) -> Frame | None:
    """Know it of those who bought three times: whether a pause that ended of late was twice their usual one."""
    gap = (nw.col("day") - nw.col("before")).cast(nw.Float64).alias("gap")
    gaps = view.bought.filter(~nw.col("before").is_null()).select("customer_id", gap, "day")
    recent = nw.when(view.is_recent("day")).then(nw.col("gap"))
    usual = gaps.group_by("customer_id").agg(
        nw.col("gap").median().alias("usual"), recent.max().alias("longest"), nw.len().alias("n")
    )
    known = usual.filter((nw.col("n") >= LEAST_GAPS) & ~nw.col("longest").is_null())
    return _yes_or_no(known, nw.col("longest") >= nw.col("usual") * LONG_PAUSE)


def _yes_or_no(frame: Frame, condition: nw.Expr) -> Frame:
    return frame.select("customer_id", nw.when(condition).then(nw.lit(YES)).otherwise(nw.lit(NO)).alias("value"))


FAMILIES: dict[str, Family] = {
    "attribute": Family(_attribute, is_dated=False),
    "first_product": Family(_first_product, is_dated=False, lists_all=True),
    "first_category": Family(_first_category, is_dated=False),
    "first_channel": Family(_first_channel, is_dated=False),
    "first_order": Family(_first_order, is_dated=False, is_number=True),
    "favourite_category": Family(_favourite_category, is_dated=True),
    "usual_channel": Family(_usual_channel, is_dated=True),
    "class": Family(_class, is_dated=True),
    "tenure": Family(_tenure, is_dated=True, is_number=True),
    "late_delivery": Family(_late_delivery, is_dated=True),
    "return": Family(_return, is_dated=True),
    "cancellation": Family(_cancellation, is_dated=True),
    "long_pause": Family(_long_pause, is_dated=True),
}
PROBLEMS = ("late_delivery", "return", "cancellation", "long_pause")
