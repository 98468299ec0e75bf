"""What changes sales facts. Imports write in bulk (`intake`); whatever writes marks what the mirror must read again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from stammkunde.sales.facts import LINES, ORDERS, PRODUCTS
from stammkunde.sales.history import GIVEN_BACK, NOT_CANCELLED
from stammkunde.sales.models import Line, NamedPurchase
from stammkunde.sales.returned import look_again, owners_of
from stammkunde.store import changes, facts
from stammkunde.team.models import Staff
from stammkunde.team.services import record


def mark_changed(parts: Iterable[str]) -> None:
    """Count a change of each part (`products`, or months of orders as `2011-09`); inside the caller's transaction."""
    changes.mark(one if one == PRODUCTS.part else changes.of_month(ORDERS.part, one) for one in parts)


class NothingToName(LookupError):
    """What came back, or the purchase, is not there any more, or is neither."""


class OfSomebodyElse(ValueError):
    """The purchase is another customer's than what came back."""


@transaction.atomic
def name_purchase(*, back_id: int, sold_id: int, now: datetime, staff: Staff | None) -> NamedPurchase:
    """
    Say with which line something was bought that came back; what is kept of both customers follows at once.

    :raises NothingToName: if there is no such return, or no such sale
    :raises OfSomebodyElse: if both have customers, and not the same one
    """
    back = _line(back_id, kind__in=GIVEN_BACK)
    sold = _line(sold_id, kind=Line.Kind.SALE)
    if back.order.customer_id not in {None, sold.order.customer_id}:
        raise OfSomebodyElse
    former = _told_of(back)
    what = {"of_order": sold.order.source, "of_key": sold.key, "named_at": now, "named_by": staff}
    named, _created = NamedPurchase.objects.update_or_create(
        order_source=back.order.source, line_key=back.key, defaults=what
    )
    _record(back, "return.named", staff=staff, at=now, of=sold.order.number, of_line=sold.key)
    _look_again(back, sold, former=former)
    return named


@transaction.atomic
def forget_named_purchase(*, back_id: int, now: datetime, staff: Staff | None) -> bool:
    """
    Take back what a person named: what files and the rule say counts again. Tell whether there was anything.

    :raises NothingToName: if there is no such return
    """
    back = _line(back_id, kind__in=GIVEN_BACK)
    former = _told_of(back)
    gone, _by_model = NamedPurchase.objects.filter(order_source=back.order.source, line_key=back.key).delete()
    if gone:
        _record(back, "return.forgotten", staff=staff, at=now)
        _look_again(back, former=former)
    return bool(gone)


def _line(pk: int, **which: Any) -> Line:
    found = Line.objects.filter(NOT_CANCELLED, pk=pk, **which).select_related("order").first()
    if found is None:
        raise NothingToName(pk)
    return found


def _record(back: Line, action: str, *, staff: Staff | None, at: datetime, **detail: object) -> None:
    order = back.order
    record(
        staff=staff, action=action, at=at, thing="order", thing_id=order.pk, label=order.number, line=back.key, **detail
    )


def _told_of(back: Line) -> Q:
    """Say by whose order somebody named this return until now."""
    named = NamedPurchase.objects.filter(order_source=back.order.source, line_key=back.key)
    return Q(source__in=list(named.values_list("of_order", flat=True)))


def _look_again(*lines: Line, former: Q) -> None:
    """Bring what follows from these lines up to date, and tell whoever hears of lines."""
    for one in lines:
        rows = Line.ever.filter(pk=one.pk)
        facts.tell(LINES, rows)
        LINES.touch(rows, because="return")
    for what, pk in sorted(set(owners_of(former | Q(pk__in=[one.order_id for one in lines])))):
        look_again(what, [pk])
