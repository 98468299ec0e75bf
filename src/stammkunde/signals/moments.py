"""Changes of stage, and warnings, on a customer's timeline."""

from collections.abc import Sequence

from django.db.models import QuerySet

from stammkunde.signals import forecasts, queries
from stammkunde.signals import reasons as risks
from stammkunde.signals.models import EarlyWarning, StageChange
from stammkunde.team.models import Staff
from stammkunde.ui.asking import Asker
from stammkunde.ui.moments import Moments


def _stages(customer_id: int) -> QuerySet[StageChange]:
    return StageChange.objects.filter(customer=customer_id)


def _warnings(customer_id: int) -> QuerySet[EarlyWarning]:
    return EarlyWarning.objects.filter(customer=customer_id)


def _why(warnings: Sequence[EarlyWarning], request: Asker) -> list[str]:
    assert isinstance(request.user, Staff)  # nobody else is shown a customer
    sight = forecasts.sight(request.user, queries.current())
    return ["; ".join(risks.texts(one.reasons, sight=sight)) for one in warnings]


MOMENTS = (
    Moments(
        kind="stage", order=4, rows=_stages, moment="changed_on", by_day=True, template="signals/stage_moment.html"
    ),
    Moments(
        kind="warning",
        order=5,
        rows=_warnings,
        moment="warned_on",
        by_day=True,
        template="signals/warning_moment.html",
        words=_why,
    ),
)
