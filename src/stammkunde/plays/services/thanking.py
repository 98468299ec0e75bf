"""Thanks after a purchase (R-A4): pure, without advertising, once for every day of purchase."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from stammkunde.customers.models import Purpose
from stammkunde.outreach.models import Template
from stammkunde.plays import drawing, policy
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.services.preparing import AT_ONCE, check_words, enrolled, recipients
from stammkunde.sales import history
from stammkunde.sales.models import Line, Order
from stammkunde.team import services as team
from stammkunde.team.models import Staff

THANKED = {"arm": Enrolment.Arm.TREATED, "forecast": {"outcome": "allowed", "code": ""}}
LEFT_ALONE = {
    "arm": Enrolment.Arm.HELD_OUT,
    "forecast": {"outcome": "held_out", "code": "held_out"},
    "code": "held_out",
    "way": 1,
}


class NotPureThanks(Exception):
    """The template is not one of thanks: what holds an offer or a survey is advertising."""


@transaction.atomic
def create_thanks(  # noqa: PLR0913 (what is said, to whom, from when on, and who says so)
    *,
    name: str,
    template: Template,
    delay_days: int,
    after_on: date,
    staff: Staff,
    now: datetime,
    starts_at: datetime | None = None,
    holdout_share: float = 0.0,
) -> Play:
    """
    Thank whoever buys from a day on, so many days after the purchase. It runs until somebody stops it.

    Nobody is thanked before `starts_at`; `holdout_share` of the customers never are, to compare.

    :raises NothingToSay: if the template has no words
    :raises NotPureThanks: if the template has another purpose than thanks
    :raises CountsAsAdvertising: if its words advertise all the same
    """
    if template.purpose != Purpose.THANKS:
        raise NotPureThanks(template.name)
    check_words(template)
    play = Play.objects.create(
        kind=Play.Kind.THANKS,
        name=name.strip(),
        template=template,
        status=Play.Status.RUNNING,
        delay_days=delay_days,
        after_on=after_on,
        valid_days=policy.LONGEST_DELAY_DAYS,
        holdout_share=holdout_share,
        created_by=staff,
        created_at=now,
        started_at=now,
        starts_at=starts_at,
        chosen_at=now,
    )
    team.record(staff=staff, action="play.started", at=now, thing="play", thing_id=play.pk, label=play.name)
    return play


def due(*, delay_days: int, after_on: date, today: date) -> int:
    """Count the purchases that would be thanked for at once: one for each customer and day."""
    return _bought(delay_days=delay_days, after_on=after_on, today=today).count()


def has_to_enrol(play: Play, *, now: datetime) -> bool:
    """Tell whether somebody bought who has not been thanked."""
    return _purchases(play, today=timezone.localdate(now)).exists()


@transaction.atomic
def enrol_buyers(*, play: Play, now: datetime) -> int:
    """
    Enrol who bought and has not been thanked for that day, and tell how many; repeating is harmless.

    Chance decides at the first purchase who is left alone, and keeps to it at every later one.
    """
    days = list(_purchases(play, today=timezone.localdate(now))[:AT_ONCE])
    people = recipients(play, {customer for customer, _on in days}, now=now)
    held_out = drawing.draw(drawing.of_play(play), people.keys(), now=now)
    rows = [
        Enrolment(
            **(LEFT_ALONE if customer in held_out else THANKED),
            **enrolled(play, customer, on.isoformat(), place, one, now=now),
        )
        for customer, on in days
        for place, one in enumerate(people[customer], start=1)
    ]
    Enrolment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
    return len(rows)


def _purchases(play: Play, *, today: date) -> QuerySet[Order, tuple[int, date]]:
    """Find (customer, day) of purchases that are due to be thanked for."""
    day = Cast(OuterRef("ordered_on"), CharField())  # ISO on both databases
    thanked = Enrolment.objects.filter(play=play, customer=OuterRef("customer"), cycle=day)
    assert play.after_on is not None
    return _bought(delay_days=play.delay_days, after_on=play.after_on, today=today).exclude(Exists(thanked))


def _bought(*, delay_days: int, after_on: date, today: date) -> QuerySet[Order, tuple[int, date]]:
    """Find (customer, day) of purchases that may be thanked for by now."""
    sold = Line.objects.filter(history.SOLD, order=OuterRef("pk"))
    earliest = max(after_on, today - timedelta(days=policy.LONGEST_DELAY_DAYS))
    orders = Order.objects.filter(
        Exists(sold),
        customer__isnull=False,
        ordered_on__gte=earliest,
        ordered_on__lte=today - timedelta(days=delay_days),
    )
    bought = orders.exclude(status=Order.Status.CANCELLED).order_by("customer", "ordered_on")
    return bought.values_list("customer", "ordered_on").distinct()
