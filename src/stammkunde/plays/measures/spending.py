"""How much of its limits a measure has used up."""

from datetime import datetime

from django.db.models import Count, Q, Sum
from django.utils import timezone

from stammkunde.plays import entering, walking
from stammkunde.plays.models import Enrolment, Play, StepRun


def spent(play: Play) -> int:
    """Give what its steps have cost, or will for what is under way, in cents."""
    return StepRun.objects.filter(enrolment__play=play).aggregate(cents=Sum("cost_cents"))["cents"] or 0


def used(play: Play, *, each_cents: int, treated_share: float, now: datetime) -> entering.Used:
    """Tell what is used up; of those who are on the way their expected cost is reserved, whatever their arm."""
    drawn = Enrolment.objects.filter(play=play, zero_at__isnull=False)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = drawn.aggregate(
        entries=Count("pk"),
        of_today=Count("pk", filter=Q(zero_at__gte=today)),
        on_the_way=Count("pk", filter=~Q(state=walking.CLOSED)),
    )
    cents = spent(play)
    reserved = max(int(counted["on_the_way"] * each_cents * treated_share) - cents, 0)
    return entering.Used(
        entries=counted["entries"], of_today=counted["of_today"], spent_cents=cents, reserved_cents=reserved
    )
