"""Somebody's list: whose customers it is about, how long the day is, and what fits into it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Any

from django.utils import timezone

from stammkunde.calls import asking, leading
from stammkunde.calls import queries as calls
from stammkunde.customers import caretakers
from stammkunde.customers.models import Customer
from stammkunde.figures.queries import budget
from stammkunde.home.queries import today as queries
from stammkunde.outreach.models import Message
from stammkunde.signals import forecasts, standing
from stammkunde.signals import queries as signals
from stammkunde.signals.models import FigureSettings
from stammkunde.tasks import policy as task_policy
from stammkunde.tasks import queries as task_queries
from stammkunde.tasks import worklist
from stammkunde.tasks.models import Task, TimeSettings
from stammkunde.tasks.worklist import Asked, Item
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest
from stammkunde.team.models import Company, Staff
from stammkunde.ui import given

MOST_SHOWN = 60
DONE_SHOWN = 50
MOST_NOT_CALLED = 10


@dataclass(frozen=True, kw_only=True)
class Day:
    """What there is of someone's day, in minutes."""

    minutes: int
    done: int
    lengths: task_policy.Lengths

    @classmethod
    def of(cls, staff: Staff, *, done: list[Task], usual: int) -> "Day":
        return cls(
            minutes=task_policy.day_minutes(staff.hours_per_week),
            done=sum(task_policy.took(task.state, task.minutes, usual=usual) for task in done),
            lengths=task_policy.Lengths(usual=usual),
        )

    @property
    def left(self) -> int:
        return max(self.minutes - self.done, 0)

    @property
    def most_items(self) -> int:
        """Tell how many could fit if each took the least."""
        return max(self.left // self.lengths.least, task_policy.LEAST_PER_DAY)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The list as it was asked for: `shown` of what there is, and `beside` it; `more` tells whether there is more."""

    company: Company
    workers: list[Staff]
    who: str  # mine, all, or a colleague's number
    asked: Asked
    day: Day
    done: list[Task]
    shown: list[Item]
    beside: list[Item]
    refused: list[Item]  # who may not be called, and does not stand here in writing
    more: bool

    @classmethod
    def of(cls, request: StaffRequest) -> "Listed":
        company, done, workers = team.company(), _done(request), list(team.workers())
        who = _who(request, workers)
        asked = asked_by(request, company, owner=_owner(request, who, workers))
        day = Day.of(request.user, done=done, usual=TimeSettings.of(company).minutes_per_contact)
        wanted = _wanted(request)
        everything = queries.items(asked, limit=(wanted or day.most_items) + 1)
        found = queries.named(everything)
        refused = [item for item in everything if item.refusal and (item.is_ranked or item.task)]
        beside = [item for item in queries.beside(everything) if item not in refused]
        shown = found[:wanted] if wanted else queries.that_fit(found, minutes=day.left, least=day.lengths.least)
        more = len(found) > len(shown) and len(shown) < MOST_SHOWN
        return cls(
            company=company, workers=workers, who=who, asked=asked, day=day, done=done, shown=shown, beside=beside,
            refused=[item for item in refused if item.key not in {one.key for one in shown}], more=more,
        )  # fmt: skip

    @property
    def is_full(self) -> bool:
        """Tell whether the hours of the day end the list, and not the number of names."""
        return sum(item.minutes for item in self.shown) + self.day.lengths.least > self.day.left

    def sections(self, *, staff: Staff) -> list[dict[str, Any]]:
        """Put what belongs together under one heading; what stands beside comes last."""
        everything = [*self.shown, *self.beside]
        customers = [item.customer for item in everything if item.customer]
        hints, taken = self._hints(customers), asking.taken_up([one.pk for one in customers])
        return [
            {
                "name": section.name,
                "heading": section.heading,
                "beside": section.beside,
                "rows": [
                    _row(item, self.asked, staff=staff) | {"hint": hints(item), "taken": self._taken(item, taken)}
                    for item in rows
                ],
            }
            for section, rows in groupby(everything, key=lambda item: item.under)
        ]

    def _taken(self, item: Item, taken: dict[int, Message]) -> Mapping[str, object] | None:
        """Say who has taken up the call of an item, if anybody has."""
        message = taken.get(item.customer.pk) if item.customer else None
        return asking.by_whom(message) if message else None

    @property
    def not_called(self) -> list[Item]:
        """Give those who would stand on the list if they might be called now; others took their places."""
        days = (self.asked.generation.activity_days or 1) if self.asked.generation else 1
        rates = [item.rate(usual_days=days) for item in self.shown if item.is_ranked and not item.refusal]
        least = min(rates, default=0.0)
        return [item for item in self.refused if item.task or item.rate(usual_days=days) >= least][:MOST_NOT_CALLED]

    def _hints(self, customers: list[Customer]) -> Callable[[Item], dict[str, Any] | None]:
        """Say for each item when it is a good time to call, where anything is known."""
        now, hours = timezone.localtime(), calls.hours(customers, company=self.company)
        usual = calls.usually_reached(hours, now=now)
        return partial(leading.hint, hours=hours, usual=usual, now=now)


def asked_by(request: StaffRequest, company: Company, *, owner: Staff | None) -> Asked:
    """Ask for the list of one person's customers, or of everybody's, as whoever asks may see it."""
    generation = signals.current()
    setting, now = budget.setting(company), timezone.now()
    return Asked(
        most_ranked=_wanted(request) + 1 if _wanted(request) else task_policy.MOST_PER_DAY + 1,
        today=timezone.localdate(),
        generation=generation,
        owner=owner,
        months=FigureSettings.of(company).no_purchase_months,
        may=lambda right: policy.may(request.user, right),
        lengths=setting.lengths,
        plan=budget.of(generation, setting).minutes,
        refused=partial(asking.refused, now=now),
        now=now,
    )


def _row(item: Item, asked: Asked, *, staff: Staff) -> dict[str, object]:
    return {
        "item": item,
        "reason": worklist.words(item, sight=policy.sight(staff)),
        "year_why": standing.year(item.signal) if item.is_ranked else "",
        "slug": item.key.replace(":", "-"),
        "trend": forecasts.trend(item.signal, asked.generation),
    }


def _owner(request: StaffRequest, who: str, workers: list[Staff]) -> Staff | None:
    """Give the person whose list it is; None: everybody's."""
    return request.user if who == "mine" else next((one for one in workers if str(one.pk) == who), None)


def _who(request: StaffRequest, workers: list[Staff]) -> str:
    """Show one's own work first; who looks after nobody sees everybody's. A colleague is named by number."""
    chosen = request.GET.get("who", "")
    if chosen in {"mine", "all"} or any(str(one.pk) == chosen for one in workers):
        return chosen
    return "mine" if caretakers.has_customers(request.user) else "all"


def _wanted(request: StaffRequest) -> int:
    """Tell how many were asked for; 0 is what still fits into the day."""
    return min(given.whole(request.GET.get("shown", "")) or 0, MOST_SHOWN)


def _done(request: StaffRequest) -> list[Task]:
    begin = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return task_queries.closed_between(begin=begin, end=begin + timedelta(days=1), staff=request.user, limit=DONE_SHOWN)
