"""A shop with a rule, and what its people do; facts are written as imports write them."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from stammkunde.loyalty import facts, ledger, services
from stammkunde.loyalty.models import Account, Move, Rule
from stammkunde.sales.models import Line
from stammkunde.store import facts as tables
from tests import factories

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def rule(**fields) -> Rule:
    usual = {
        "code": "euro",
        "name": "Ein Punkt je Euro",
        "holds_from_on": date(2020, 1, 1),
        "points_num": 1,
        "points_den": 100,
        "delivery_days": 0,
        "return_days": 0,
    }
    return services.write_rule(version=Rule(**usual | fields), now=NOW, staff=None)


def account(*, since_days: int = 0, **fields) -> Account:
    return services.join(customer=factories.customer(**fields), now=NOW - timedelta(days=since_days))


def bought(by, cents=5000, *, days_ago=0, **fields):
    return factories.order(by, TODAY - timedelta(days=days_ago), cents=cents, **fields)


def returned(order, cents, *, pieces=1.0, key="r"):
    return Line.objects.create(order=order, key=key, kind="return", quantity=-pieces, revenue_cents=-cents)


def customer_of(one: Account):
    return tables.table("customers").model.objects.get(source=one.customer_source)


def tell(name: str, rows) -> None:
    """Tell of rows as whoever writes them does."""
    facts.note(tables.table(name), rows)


def reconcile(*accounts: Account, now: datetime = NOW) -> int:
    with transaction.atomic():
        return ledger.reconcile(ledger.lock([one.pk for one in accounts]), now=now)


def sums(one: Account) -> dict:
    """What the ledger contains, by what rows are about."""
    found: dict = {}
    for row in Move.objects.filter(account=one).select_related("lot"):
        key = (row.cause, row.rule, row.kind, row.lot.key if row.lot else "")
        pots = found.setdefault(key, [0, 0, 0, 0])
        for at, change in enumerate((row.d_pending, row.d_available, row.d_held, row.d_debt)):
            pots[at] += change
    return {key: tuple(pots) for key, pots in found.items() if any(pots)}
