"""Points on a customer's timeline: when somebody began to collect, and what was redeemed, given or taken."""

from collections.abc import Sequence

from django.db.models import QuerySet

from stammkunde.customers.models import Customer
from stammkunde.loyalty import wording
from stammkunde.loyalty.models import Account, Booking
from stammkunde.ui.asking import Asker
from stammkunde.ui.moments import Moments

TOLD = (Booking.Kind.SPEND, Booking.Kind.CAPTURE, Booking.Kind.GRANT, Booking.Kind.DEDUCT, Booking.Kind.BACK)


def _accounts(customer_id: int) -> QuerySet[Account]:
    return Account.objects.filter(customer_source__in=Customer.objects.filter(pk=customer_id).values("source"))


def _bookings(customer_id: int) -> QuerySet[Booking]:
    """Give what was decided; a reservation that ended by itself is no moment."""
    released = Booking.objects.filter(kind=Booking.Kind.BACK, of__kind=Booking.Kind.HOLD)
    told = Booking.objects.filter(account__in=_accounts(customer_id), kind__in=TOLD)
    return told.exclude(pk__in=released.values("pk"))


def _worded(some: Sequence[Booking], _request: Asker) -> list[str]:
    return [wording.decided(one) for one in some]


MOMENTS = (
    Moments(kind="points-joined", order=14, rows=_accounts, moment="joined_at", template="loyalty/joined_moment.html"),
    Moments(kind="points", order=15, rows=_bookings, moment="booked_at", template="loyalty/moment.html", words=_worded),
)
