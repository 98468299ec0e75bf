"""A small company whose groups are worked out: made once, its mirror and generation included."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from stammkunde.segments import services, working
from stammkunde.segments.models import SegmentChange
from stammkunde.signals import policy
from stammkunde.signals import services as signals
from tests import factories

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TODAY = date(2026, 11, 30)
FREQUENT = {"happened": "orders", "within": {"last": 90}, "is": ">=", "value": 2}
SILENT = {"happened": "orders", "within": {"last": 60}, "is": "<=", "value": 0}
_LOOKS = count()


def refresh(*, now=NOW):
    return signals.refresh(
        as_of=signals.as_of(now=now), now=now, progress=lambda *_told: None, learn=policy.Learn.MISSING
    )


def open_company() -> list[int]:
    """Twelve customers: the first bought today, each other one a fortnight before the one before, all twice."""
    goods = [factories.product(category=category) for category in ("Brot", "Kuchen")]
    customers = [
        factories.customer(country="DE" if number % 2 else "", city="Kiel", email=f"k{number}@example.org")
        for number in range(12)
    ]
    for number, one in enumerate(customers):
        for back in (number * 14, number * 14 + 20):
            factories.order(one, TODAY - timedelta(days=back), of=goods[number % 2], cents=1000 * (number + 1))
    refresh()
    return [one.pk for one in customers]


def work(*, now=NOW):
    """Work on until nothing is due; each look is a little later than the last: two changes of one moment are one."""
    while working.sweep(now=now + next(_LOOKS) * timedelta(milliseconds=10)):
        pass


def make(rule, name="Gruppe", *, now=NOW):
    return services.create(name=name, rule=rule, now=now, staff=None)


def told(segment):
    """Who came and left, in order."""
    changes = SegmentChange.objects.filter(version__segment=segment).order_by("pk")
    return [(one.customer_id, one.is_in, one.cause, one.source) for one in changes]
