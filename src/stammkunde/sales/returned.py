"""
Which return belongs to which purchase, kept for everybody who asks; the rule is `purchases.remaining`.

What is kept follows from facts alone, whatever the order in which they came: rows that have changed are noted in the
transaction that changes them (`note`), and the worker looks at their customers again, some at a time (`sweep`). A
guest's order stands for itself; what a guest gives back of somebody's order, by its name, counts there.
"""

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet

from stammkunde.customers.models import Customer
from stammkunde.sales import purchases
from stammkunde.sales.history import GIVEN_BACK, NOT_CANCELLED
from stammkunde.sales.models import Line, NamedPurchase, Order, Product, Returned, ToMatch
from stammkunde.store.facts import FactTable

AT_ONCE = 100  # customers in a transaction
NOTES_AT_ONCE = 2_000
MOST_PIECES = 10**12  # thousandths

What = ToMatch.What
_RANGES = (What.LINES, What.ORDERS, What.CUSTOMERS)
_COLUMNS = (
    "pk",
    "order__customer_id",
    "order_id",
    "order__source",
    "key",
    "order__ordered_on",
    "order__delivered_on",
    "order__status",
    "kind",
    "quantity",
    "revenue_cents",
    "product_id",
    "product__kind",
    "of_order",
    "of_key",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A line, and whose it is: a customer's number, or that of a guest's order."""

    whose: int
    pk: int
    line: purchases.Line


# Reading


def of_customers(ids: Collection[int]) -> Iterator[Known]:
    """Give the lines of customers whose orders took place, with what guests gave back of these orders."""
    theirs = Order.objects.filter(customer__in=ids)
    by_hand = _by_hand(theirs)
    for row, line in _lines(_taking_place(order__customer__in=ids), by_hand):
        yield Known(whose=row["order__customer_id"], pk=row["pk"], line=line)
    yield from _of_guests(theirs, "customer_id", by_hand)


def of_guests(order_ids: Collection[int]) -> tuple[list[Known], list[int]]:
    """
    Give the lines of guests' orders, with what other guests gave back of them.

    What came back there of another order, by its name, is only told by its number.
    """
    theirs = Order.objects.filter(pk__in=order_ids)
    by_hand = _by_hand(theirs)
    found = list(_lines(_taking_place(order__in=order_ids), by_hand))
    named = {line.of[0] for _row, line in found if line.of}
    known = set(Order.objects.filter(source__in=named).values_list("source", flat=True))
    own, elsewhere = [], []
    for row, line in found:
        if line.of and line.of[0] != line.order and line.of[0] in known:
            elsewhere.append(row["pk"])
        else:
            own.append(Known(whose=row["order_id"], pk=row["pk"], line=line))
    return [*own, *_of_guests(theirs, "pk", by_hand)], elsewhere


Named = dict[tuple[str, str], tuple[str, str]]  # what came back → with which it was bought, as (order, key)


def _of_guests(theirs: "QuerySet[Order]", owner: str, by_hand: Named) -> Iterator[Known]:
    """Give what guests gave back of these orders, where they or somebody else named them."""
    naming = Q(of_order__in=theirs.values("source"))
    for order, key in by_hand:
        naming |= Q(order__source=order, key=key)
    rows = _taking_place(naming, order__customer=None, kind__in=GIVEN_BACK)
    orders = set(rows.values_list("order", flat=True))
    if not orders:
        return
    by_hand = by_hand | _by_hand(Order.objects.filter(pk__in=orders))
    found = list(_lines(rows, by_hand))
    named = {line.of[0] for _row, line in found if line.of}
    owners = dict(theirs.filter(source__in=named).values_list("source", owner))
    for row, line in found:
        if line.of and line.of[0] in owners and line.of[0] != line.order:
            yield Known(whose=owners[line.of[0]], pk=row["pk"], line=line)


def _taking_place(*which: Q, **whose: Any) -> "QuerySet[Line]":
    return Line.objects.filter(NOT_CANCELLED, *which, **whose).order_by()


def _by_hand(orders: "QuerySet[Order]") -> Named:
    """Give what people named of these orders, whether something came back there or was bought there."""
    sources = orders.values("source")
    rows = NamedPurchase.objects.filter(Q(order_source__in=sources) | Q(of_order__in=sources))
    return {
        (order, key): (of_order, of_key)
        for order, key, of_order, of_key in rows.values_list("order_source", "line_key", "of_order", "of_key")
    }


def _lines(rows: "QuerySet[Line]", by_hand: Named) -> Iterator[tuple[dict[str, Any], purchases.Line]]:
    for row in rows.values(*_COLUMNS).iterator(5_000):
        what = _kind(row["kind"], row["revenue_cents"])
        if what is None:
            continue
        order, key = row["order__source"], row["key"]
        of_file = (row["of_order"], row["of_key"] or "") if row["of_order"] else None
        yield (
            row,
            purchases.Line(
                order=order,
                key=key,
                on=row["order__ordered_on"],
                kind=what,
                cents=abs(row["revenue_cents"]),
                product=row["product_id"],
                pieces=_pieces(row["quantity"]),
                delivered_on=row["order__delivered_on"],
                settled=row["order__status"] == Order.Status.COMPLETED,
                earns=row["product__kind"] != Product.Kind.OTHER,
                of=by_hand.get((order, key), of_file) if what == purchases.Kind.BACK else None,
            ),
        )


def _kind(kind: str, cents: int) -> purchases.Kind | None:
    """Say what a line is to what is left; None: nothing, as what adds to the price afterwards."""
    if kind == Line.Kind.SALE:
        return purchases.Kind.SALE
    if cents >= 0:
        return None
    return purchases.Kind.BACK if kind in GIVEN_BACK else purchases.Kind.DISCOUNT


def _pieces(quantity: float) -> int:
    if not math.isfinite(quantity):
        return 0
    return min(round(abs(quantity) * 1000), MOST_PIECES)


# Hearing


def note(table: FactTable, rows: "QuerySet[Any]", *, going: bool = False) -> None:
    """
    Note rows that have changed, by their first and last number; inside the transaction that changes them.

    Of rows that are about to go it is said whose they are, for nobody can say it afterwards.
    """
    if table.name not in {"lines", "orders", "customers"}:
        return
    ends = rows.order_by().aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    if going:
        _write(_of_notes([ToMatch(what=table.name, **ends)]))
    else:
        ToMatch.objects.create(what=table.name, **ends)


def _of_notes(notes: Iterable[ToMatch]) -> set[tuple[str, int]]:
    """Give those of whom something came back, among whose rows these are."""
    return {one for row in notes for one in _owners(row)}


def _write(owners: Iterable[tuple[str, int]]) -> None:
    rows = [ToMatch(what=what, first=pk, last=pk) for what, pk in sorted(owners)]
    ToMatch.objects.bulk_create(rows, batch_size=NOTES_AT_ONCE)


def _owners(row: ToMatch) -> Iterator[tuple[str, int]]:
    some = {What.LINES: "pk", What.ORDERS: "order_id", What.CUSTOMERS: "order__customer_id"}[What(row.what)]
    there = Line.ever.filter(**{f"{some}__gte": row.first, f"{some}__lte": row.last}).order_by()
    back = Line.ever.filter(kind__in=GIVEN_BACK).order_by()
    theirs = there.filter(order__customer__in=back.exclude(order__customer=None).values("order__customer"))
    yield from ((What.CUSTOMER, pk) for pk in theirs.values_list("order__customer", flat=True).distinct())
    guests = back.filter(order__customer=None)
    own = there.filter(order__customer=None, order__in=guests.values("order"))
    yield from ((What.GUEST, pk) for pk in own.values_list("order", flat=True).distinct())
    by_file = guests.exclude(of_order=None)
    by_hand = NamedPurchase.objects.values("of_order")
    naming = there.filter(order__customer=None)
    hand = NamedPurchase.objects.filter(order_source__in=naming.values("order__source")).values("of_order")
    yield from owners_of(Q(source__in=naming.exclude(of_order=None).values("of_order")) | Q(source__in=hand))
    yield from owners_of(
        Q(pk__in=there.values("order")) & (Q(source__in=by_file.values("of_order")) | Q(source__in=by_hand))
    )


def owners_of(orders: Q) -> Iterator[tuple[str, int]]:
    """Say of orders whose they are: a customer's, or a guest's."""
    for customer, pk in Order.objects.filter(orders).order_by().values_list("customer_id", "pk"):
        yield (What.GUEST, pk) if customer is None else (What.CUSTOMER, customer)


# Keeping


def sweep(*, now: datetime) -> bool:  # noqa: ARG001 (all sweeps are told)
    """Do one piece of what is due; say whether there was any. Safe to run twice, by several workers, to kill."""
    return _find_owners() or _match(What.CUSTOMER) or _match(What.GUEST)


def _find_owners() -> bool:
    notes = list(ToMatch.objects.filter(what__in=_RANGES).order_by("pk")[:NOTES_AT_ONCE])
    if notes:
        found = _of_notes(_joined(notes))  # before the transaction: it may take seconds, and others write meanwhile
        with transaction.atomic():
            _write(found)
            ToMatch.objects.filter(pk__in=[one.pk for one in notes]).delete()
    return bool(notes)


def _joined(notes: Collection[ToMatch]) -> Iterator[ToMatch]:
    """Join what overlaps or follows upon another, as the batches of an import do."""
    before: ToMatch | None = None
    for one in sorted(notes, key=lambda row: (row.what, row.first)):
        if before and before.what == one.what and one.first <= before.last + 1:
            before.last = max(before.last, one.last)
            continue
        if before:
            yield before
        before = ToMatch(what=one.what, first=one.first, last=one.last)
    if before:
        yield before


def _match(what: What) -> bool:
    waiting: dict[int, list[int]] = {}
    for pk, whose in ToMatch.objects.filter(what=what).order_by("pk").values_list("pk", "first")[:NOTES_AT_ONCE]:
        if whose in waiting or len(waiting) < AT_ONCE:
            waiting.setdefault(whose, []).append(pk)
    if not waiting:
        return False
    with transaction.atomic():
        done = look_again(what, waiting)
        ToMatch.objects.filter(pk__in=[pk for one in done for pk in waiting[one]]).delete()
    return bool(done)


def look_again(what: str, numbers: Collection[int]) -> set[int]:
    """
    Bring what is kept of customers, or of guests' orders, to what it should be; inside the caller's transaction.

    Gives those that are done with: who is held by somebody else is left for later, and who is gone needs nothing.
    """
    model, keep = (Customer, bring) if what == What.CUSTOMER else (Order, bring_guests)
    locked = _locked(model, numbers)
    keep(locked)
    there = set(model._default_manager.filter(pk__in=numbers).values_list("pk", flat=True))  # noqa: SLF001 (one of two)
    return {*locked, *(one for one in numbers if one not in there)}


def _locked(model: Any, pks: Collection[int]) -> list[int]:
    skips = connection.features.has_select_for_update_skip_locked
    locked = model.objects.select_for_update(skip_locked=skips, no_key=True).filter(pk__in=pks).order_by("pk")
    return list(locked.values_list("pk", flat=True))


def bring(customers: Collection[int]) -> int:
    """Bring what is kept of customers to what it should be, and tell how many rows that took; the second time none."""
    whose = Q(back__order__customer__in=customers) | Q(sold__order__customer__in=customers)
    return _bring(list(of_customers(customers)), whose)


def bring_guests(order_ids: Collection[int]) -> int:
    """Do the same for orders of guests."""
    known, elsewhere = of_guests(order_ids)
    own = Q(back__order__in=order_ids) & ~Q(back__in=elsewhere)
    return _bring(known, own | Q(sold__order__in=order_ids))


Row = tuple[int, int | None, int, int, str]


def _bring(known: Collection[Known], whose: Q) -> int:
    wanted = set(_wanted(known))
    backs = [one.pk for one in known if one.line.kind == purchases.Kind.BACK]
    rows = Returned.objects.filter(whose | Q(back__in=backs))
    there = {tuple(row): pk for pk, *row in rows.values_list("pk", "back_id", "sold_id", "pieces", "cents", "found")}
    Returned.objects.filter(pk__in=[pk for row, pk in there.items() if row not in wanted]).delete()
    missing = sorted(wanted - there.keys(), key=str)
    Returned.objects.bulk_create(
        [
            Returned(back_id=back, sold_id=sold, pieces=pieces, cents=cents, found=found)
            for back, sold, pieces, cents, found in missing
        ],
        batch_size=NOTES_AT_ONCE,
    )
    return len(missing) + len(there.keys() - wanted)


def _wanted(known: Collection[Known]) -> Iterator[Row]:
    by_owner: dict[int, list[Known]] = {}
    for one in known:
        by_owner.setdefault(one.whose, []).append(one)
    for some in by_owner.values():
        pks = {one.line.name: one.pk for one in some}
        found = purchases.remaining(one.line for one in some)
        for part in found.parts:
            yield pks[part.back.name], pks[part.sold.name], part.pieces, part.cents, part.found.value
        for line in found.unmatched:
            yield pks[line.name], None, line.pieces, line.cents, Returned.Found.NOTHING.value
