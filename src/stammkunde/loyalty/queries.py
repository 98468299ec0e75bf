"""What the ledger is about: purchases, decisions and rules by account, and what is in the pots now."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from stammkunde.customers.models import Customer
from stammkunde.loyalty.earning import Version
from stammkunde.loyalty.models import Account, Booking, Move, Rule
from stammkunde.loyalty.postings import Act, Kind
from stammkunde.sales import returned
from stammkunde.sales.purchases import Line


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What is in the pots of an account."""

    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0


def balance(account_id: int) -> Balance:
    """Give the balance: the last row says it."""
    last = Move.objects.filter(account=account_id).order_by("-seq").values("pending", "available", "held", "debt")[:1]
    return next((Balance(**row) for row in last), Balance())


def account_of(customer_source: str) -> Account | None:
    return Account.objects.filter(customer_source=customer_source).first()


def customer_of(account: Account) -> Customer | None:
    """Give whose account it is; None: nobody's by name any more."""
    return Customer.objects.filter(source=account.customer_source).first()


def versions() -> list[Version]:
    """Give what rules say, in the order in which it was written."""
    return [
        Version(
            code=one.code,
            holds_from_on=one.holds_from_on,
            num=one.points_num,
            den=one.points_den,
            delivery_days=one.delivery_days,
            return_days=one.return_days,
            years=one.years,
        )
        for one in Rule.objects.order_by("pk")
    ]


def acts(account_ids: Collection[int]) -> Iterator[tuple[int, Act]]:
    """Give what was decided, by account."""
    found = Booking.objects.filter(account__in=account_ids).exclude(kind=Booking.Kind.RECONCILE).order_by("pk")
    for account_id, pk, key, kind, on, points, of in found.values_list(
        "account_id", "pk", "key", "kind", "happened_on", "points", "of__key"
    ):
        yield account_id, Act(number=pk, key=key, kind=Kind(kind), on=on, points=points, of=of or "")


def lines(customer_sources: Collection[str]) -> Iterator[tuple[str, Line]]:
    """Give the lines of orders that took place, by customer."""
    sources = dict(Customer.objects.filter(source__in=customer_sources).values_list("pk", "source"))
    for one in returned.of_customers(list(sources)):
        yield sources[one.whose], one.line


def history(account_id: int) -> "QuerySet[Move, Any]":
    """Give the rows of an account, the last one first, with what they rest on."""
    return Move.objects.filter(account=account_id).select_related("booking", "lot").order_by("-seq")


def next_to_expire(account_id: int) -> tuple[date, int] | None:
    """Say when points expire next, and how many; None where there are none."""
    left = Move.objects.filter(account=account_id, lot__isnull=False).order_by().values_list("lot__expires_on")
    found = left.annotate(points=Sum("d_available")).filter(points__gt=0).order_by("lot__expires_on")
    return next(iter(found.values_list("lot__expires_on", "points")[:1]), None)


def left_of(taken: Booking, *, without: Booking | None = None) -> int:
    """Say how many points of what was spent or reserved have not been given back."""
    back = taken.followed_by.filter(kind=Booking.Kind.BACK)
    if without:
        back = back.exclude(pk=without.pk)
    return taken.points - int(back.aggregate(points=Sum("points"))["points"] or 0)
