"""
What is known of each customer as of last night: the answers of the generation, and the ways to reach her.

Rules read it as fields, `signal.…` and `reach.…`, from one Parquet file a generation beside the mirror, so that nothing
is worked out while somebody types. What each field is called, and where it comes from, stands here.
"""

from collections.abc import Callable
from datetime import date

import duckdb
import pyarrow as pa
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.customers.models import Channel, Customer, Purpose
from stammkunde.intake import told
from stammkunde.mirror.engine import connection
from stammkunde.outreach import recipients
from stammkunde.segments import files
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.store import bulk, kept
from stammkunde.store.facts import Asked

AT_ONCE = 10_000

CLASSES = (("A", "A"), ("B", "B"), ("C", "C"))

# What models and ranks say: it wavers, so that groups believe it only when it is said twice in a row.
SCORES = (
    Asked(name="stage", label=_("Stage"), choices=CustomerSignal.Stage.choices),
    Asked(name="class", label=_("A/B/C class"), read="t.abc_class", choices=CLASSES),
    Asked(name="level", label=_("Risk light"), read="t.risk_level", choices=CustomerSignal.Level.choices),
    Asked(name="risk", label=_("Risk of leaving"), kind="share"),
    Asked(
        name="risk_rise",
        label=_("Rise of the risk"),
        kind="share",
        unit=_("percentage points"),
        read="t.risk - t.risk_before",
    ),
    Asked(name="at_stake", label=_("Margin at stake"), kind="cents", read="t.margin_at_risk_cents"),
    Asked(name="expected", label=_("Expected within a year"), kind="cents", read="t.expected_cents"),
    Asked(name="expected_orders", label=_("Expected purchases"), kind="real", read="t.expected_purchases"),
    Asked(name="value", label=_("Value of the next three years"), kind="cents", read="t.clv_cents"),
    Asked(name="rank", label=_("Rank by value"), kind="whole", read="t.value_rank"),
)
# What was counted up to last night.
COUNTS = (
    Asked(name="orders", label=_("Number of purchases"), kind="whole"),
    Asked(name="first", label=_("First purchase"), kind="day", read="t.first_on"),
    Asked(name="last", label=_("Last purchase"), kind="day", read="t.last_on"),
    Asked(name="silent", label=_("Days since the last purchase"), kind="whole", read="t.silent_days", unit=_("days")),
    Asked(name="rhythm", label=_("Usual gap"), kind="real", read="t.gap_days", unit=_("days")),
    Asked(name="due", label=_("Next purchase usual on"), kind="day", read="t.due_on"),
    Asked(name="overdue", label=_("Overdue"), kind="whole", read="t.overdue_days", unit=_("days")),
    Asked(name="revenue", label=_("Revenue so far"), kind="cents", read="t.revenue_cents"),
    Asked(name="revenue_year", label=_("Revenue of the last 12 months"), kind="cents", read="t.revenue_year_cents"),
    Asked(name="margin", label=_("Margin so far"), kind="cents", read="t.margin_cents"),
    Asked(name="margin_year", label=_("Margin of the last 12 months"), kind="cents", read="t.margin_year_cents"),
    Asked(name="favourite", label=_("Favourite product group"), read="t.favourite_category"),
    Asked(name="channel", label=_("Channel of the last purchase"), read="t.last_channel"),
    Asked(name="returned_share", label=_("Share of returns"), kind="share"),
)
SIGNALS = (*SCORES, *COUNTS)
REACH = (
    Asked(name=Channel.EMAIL, label=pgettext_lazy("reached", "Offers by e-mail"), kind="flag"),
    Asked(name=Channel.POST, label=pgettext_lazy("reached", "Offers by post"), kind="flag"),
    Asked(name=Channel.PHONE, label=pgettext_lazy("reached", "Offers by phone"), kind="flag"),
    Asked(name=Channel.MESSAGE, label=pgettext_lazy("reached", "Offers by text message"), kind="flag"),
)

WAYS = {  # how somebody is reached → the channel that does it
    Channel.EMAIL: "email",
    Channel.POST: "letter",
    Channel.PHONE: "call",
    Channel.MESSAGE: "webhook",
}
SCORE_FIELDS = frozenset(f"signal.{one.name}" for one in SCORES)
_DAYS = ("first_on", "last_on", "due_on")
_READ = (
    "stage", "abc_class", "risk_level", "risk", "risk_before", "margin_at_risk_cents", "expected_cents",
    "expected_purchases", "clv_cents", "value_rank", "orders", "silent_days", "gap_days", "overdue_days",
    "revenue_cents", "revenue_year_cents", "margin_cents", "margin_year_cents", "favourite_category", "last_channel",
    "returned_share",
)  # fmt: skip


# Silence counts up to the day for which purchases are complete, `back` days before the generation's own.
_COUNTED = (
    "CASE WHEN silent_days > {back} THEN silent_days - {back} WHEN silent_days IS NOT NULL THEN 0 END AS silent_days, "
    "CASE WHEN overdue_days > {back} THEN overdue_days - {back} END AS overdue_days"
)

_TYPES = {"text": "VARCHAR", "whole": "BIGINT", "cents": "BIGINT", "day": "INTEGER", "flag": "BOOLEAN"}
# Before the first refresh: nothing is known of anybody.
NOTHING = "(SELECT NULL::BIGINT AS customer_id, {} WHERE false)".format(
    ", ".join(
        f"NULL::{_TYPES.get(one.kind, 'DOUBLE')} AS {family}__{one.name}"
        for family, some in (("signal", SIGNALS), ("reach", REACH))
        for one in some
    )
)


class NotKept(LookupError):
    """The worker has not written down yet what is known of everybody as of the shown generation."""


def name(generation: Generation) -> str:
    """Name the file of a generation."""
    return f"nightly-{generation.pk}-{kept.program('segments')}"


def keep(generation: Generation, *, today: date, tell: Callable[[int, int], None]) -> None:
    """Write down what is known of everybody as of a generation, whole or not at all. Repeating is harmless."""
    if files.is_kept(name(generation)):
        return
    ways = _reached(today=today, tell=tell)
    with bulk.snapshot() as look:
        columns = [*_READ, *(f"{look.day(one)} AS {one}" for one in _DAYS)]
        look.take({"signals": _of(generation, columns)})
        rows = look.rows("signals")
        back = max((generation.as_of_on - counted_to(generation)).days, 0)
        files.put(_joined(rows, ways, back=back), name(generation))


def counted_to(generation: Generation) -> date:
    """Give the day up to which purchases were complete for a generation: silence after it is none."""
    complete = told.until(today=generation.as_of_on, now=generation.started_at)
    return complete.get("orders", generation.as_of_on)


def _of(generation: Generation, columns: list[str]) -> str:
    table = CustomerSignal._meta.db_table  # noqa: SLF001
    return f"SELECT customer_id, {', '.join(columns)} FROM {table} WHERE generation_id = {int(generation.pk)}"  # noqa: S608


def _joined(signals_of: pa.RecordBatchReader, ways: pa.Table, *, back: int) -> duckdb.DuckDBPyRelation:
    counted = _COUNTED.format(back=int(back))
    rows, found = signals_of.read_all(), ways  # noqa: F841 (named in SQL)
    signals = ", ".join(
        f"({one.read or f't.{one.name}'})::{_TYPES.get(one.kind, 'DOUBLE')} AS signal__{one.name}" for one in SIGNALS
    )
    reach = ", ".join(f"r.{one.name} AS reach__{one.name}" for one in REACH)
    return connection().sql(
        f"SELECT customer_id, {signals}, {reach} FROM (SELECT * REPLACE ({counted}) FROM rows) t "  # noqa: S608
        "FULL JOIN found r USING (customer_id) ORDER BY 1"
    )


def _reached(*, today: date, tell: Callable[[int, int], None]) -> pa.Table:
    """Ask the governor's rule of everybody, some thousand at once."""
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    columns: dict[str, list[bool]] = {way: [] for way in WAYS}
    ways = list(WAYS.values())
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        tell(start, len(ids))
        found = recipients.reached(customer_ids=some, ways=ways, purpose=Purpose.ADVERTISING, today=today)
        for way, channel in WAYS.items():
            columns[way] += [one in found[channel] for one in some]
    flags = {str(way): pa.array(flags, pa.bool_()) for way, flags in columns.items()}
    return pa.table({"customer_id": pa.array(ids, pa.int64()), **flags})


def source(generation: Generation) -> str:
    """
    Say in the engine's SQL where it is written what is known of everybody as of a generation.

    :raises NotKept: if the worker has not written down anything yet
    """
    return files.source(standing(generation))


def standing(generation: Generation) -> str:
    """
    Name the file that is read: of a generation, or of the newest before it until its own stands.

    :raises NotKept: if there is none
    """
    if files.is_kept(name(generation)):
        return name(generation)
    found = {_generation_of(one): one for one in files.names(f"nightly-*-{kept.program('segments')}")}
    for pk in sorted(pk for pk in found if pk < generation.pk)[::-1]:
        if files.is_kept(found[pk]):
            return found[pk]
    raise NotKept(generation.pk)


def _generation_of(name: str) -> int:
    return int(name.split("-")[1])
