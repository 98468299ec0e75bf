"""
What a customer's timeline tells of plays: who was left out and why; when a measure began, and how it ended.

What was sent is a message's own moment, and that nothing more was left to do is none.
"""

from collections.abc import Sequence

from django.db.models import QuerySet

from stammkunde.plays import wording
from stammkunde.plays.measures import told
from stammkunde.plays.measures.wording import ENDS
from stammkunde.plays.models import Enrolment
from stammkunde.ui.asking import Asker
from stammkunde.ui.moments import Moments


def _refused(customer_id: int) -> QuerySet[Enrolment]:
    refused = Enrolment.objects.filter(customer=customer_id, planned_at__isnull=False, message=None).exclude(code="")
    return refused.select_related("play", "contact_person")


def _why(some: Sequence[Enrolment], _request: Asker) -> Sequence[str]:
    return [wording.reason(one.forecast) for one in some]


def _entered(customer_id: int) -> QuerySet[Enrolment]:
    """Give the measures that did something for her; who is left alone has no moments of it."""
    return told.seen(customer_id, sees_arms=False).filter(zero_at__isnull=False).select_related("play", "version")


def _ended(customer_id: int) -> QuerySet[Enrolment]:
    return _entered(customer_id).filter(closed_at__isnull=False).exclude(code__in=SAYS_NOTHING)


def _began(some: Sequence[Enrolment], _request: Asker) -> Sequence[str]:
    return [one.why for one in told.told(list(some))]


def _how(some: Sequence[Enrolment], _request: Asker) -> Sequence[str]:
    return [str(ENDS.get(one.code, one.code)) for one in some]


SAYS_NOTHING = ("done", "moved")  # ends that nobody wants to read
MOMENTS = (
    Moments(
        kind="refused",
        order=9,
        rows=_refused,
        moment="planned_at",
        template="plays/moment.html",
        words=_why,
    ),
    Moments(
        kind="measure",
        order=11,
        rows=_entered,
        moment="zero_at",
        template="plays/measure_moment.html",
        words=_began,
    ),
    Moments(
        kind="measure_end",
        order=12,
        rows=_ended,
        moment="closed_at",
        template="plays/measure_end_moment.html",
        words=_how,
    ),
)
