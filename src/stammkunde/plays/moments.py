"""Who was in a play and got nothing, and why, on a customer's timeline; what was sent is a message's own moment."""

from collections.abc import Sequence

from django.db.models import QuerySet

from stammkunde.plays import wording
from stammkunde.plays.models import Enrolment
from stammkunde.ui.asking import Asker
from stammkunde.ui.moments import Moments


def _refused(customer_id: int) -> QuerySet[Enrolment]:
    refused = Enrolment.objects.filter(customer=customer_id, planned_at__isnull=False, message=None).exclude(code="")
    return refused.select_related("play", "contact_person")


def _why(some: Sequence[Enrolment], _request: Asker) -> Sequence[str]:
    return [wording.reason(one.forecast) for one in some]


MOMENTS = (
    Moments(
        kind="refused",
        order=9,
        rows=_refused,
        moment="planned_at",
        template="plays/moment.html",
        words=_why,
    ),
)
