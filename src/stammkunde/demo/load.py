"""
Put the demo company into the database as a company would come: staff, then files through the ordinary import; then what
it lived through in three years (`story`), and the figures of today.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.demo import files, incoming, names
from stammkunde.demo.purchases import Span
from stammkunde.demo.story import Story, tell
from stammkunde.impact import working as impact
from stammkunde.insight import periods
from stammkunde.intake.models import Import
from stammkunde.sales.models import Order, Product
from stammkunde.signals import nights
from stammkunde.signals import services as signals
from stammkunde.signals.policy import Learn
from stammkunde.team import services as team
from stammkunde.team.models import Staff

YEARS = 3
FIRST_EVENING_DAYS = 180  # before that, there is little to say
WEEKLY_DAYS, DAILY_DAYS = 49, 7
LEARN_DAYS = 365  # before the end: evenings of the last year are judged by what was known before


class NotEmpty(Exception):
    """There are facts in the database already; the demo company would mix with them."""


def is_empty() -> bool:
    """Tell whether there are neither facts nor imports on their way."""
    return not (
        Customer.objects.exists() or Product.objects.exists() or Order.objects.exists() or Import.objects.exists()
    )


def load(
    directory: Path,
    *,
    seed: int,
    until: date,
    now: datetime,
    say: Callable[[str], object],
    evenings: Sequence[date] | None = None,
) -> None:
    """
    Import the files that `files.write` made up to a day, live through them, and compute the figures.

    Everything takes the same path as a company's own files and work. Figures are looked at on some evenings: monthly,
    weekly in the last seven weeks, daily in the last one; or on those given.

    Learnt is twice. One lesson of today for all evenings would judge each by what came after it; one of a year ago for
    today would be a year old, which no company's worker leaves standing: it learns weekly.

    :raises NotEmpty: if there are facts already
    :raises DemoIncomplete: if an import failed or refused rows
    """
    if not is_empty():
        raise NotEmpty
    span = Span.years(until=until, years=YEARS)
    first = periods.day(span.first)
    staff = company(now=timezone.make_aware(datetime.combine(first, datetime.min.time())))
    for one in [incoming.queue(directory / f"{table}.parquet", layout=table, now=now) for table in files.TABLES]:
        say(f"Importing {one.file_name} …")
        incoming.run(one, now=now)
    today = signals.as_of(now=now)
    seen = [on for on in evenings or usual_evenings(first=first, last=until) if on < today]
    say("Learning from the first two years …")
    with nights.nights(seen, learn_on=max(first, until - timedelta(days=LEARN_DAYS)), now=now) as told:
        tell(Story(seed=seed, first=first, last=until, evenings=seen, nights=told, staff=staff), say=say)
    say("Computing the figures …")
    signals.refresh(as_of=today, now=now, progress=lambda *_: None, learn=Learn.NOW)
    while impact.sweep(now=now):
        pass


def usual_evenings(*, first: date, last: date) -> list[date]:
    """List the ends of months, in the last seven weeks one evening each, in the last one every evening."""
    every = [last - timedelta(days=days) for days in range((last - first).days - FIRST_EVENING_DAYS, -1, -1)]
    return [on for on in every if _is_seen(on, (last - on).days)]


def _is_seen(on: date, days_ago: int) -> bool:
    if days_ago < DAILY_DAYS:
        return True
    if days_ago <= WEEKLY_DAYS:
        return days_ago % 7 == 0
    return (on + timedelta(days=1)).day == 1


@transaction.atomic
def company(*, now: datetime) -> list[Staff]:
    """Open the company: its name, and people who cannot sign in until an administrator gives them a password."""
    staff = [
        Staff.objects.filter(email=email).first() or team.add_staff(by=None, email=email, name=name, role=role, now=now)
        for name, email, role in names.STAFF
    ]
    team.change_company(by=None, now=now, name=names.COMPANY, is_demo=True)
    return staff
