"""Points: a programme of three years, who takes part, what is redeemed at the counter, what service gives by hand."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from stammkunde.customers.models import Customer
from stammkunde.demo.story import SATURDAY, Deed, Story
from stammkunde.loyalty import by_hand, queries, services, working
from stammkunde.loyalty.models import Proposal, Rule
from stammkunde.team.models import Staff

SHARE, FEWEST = 0.06, 12  # of all customers take part
REDEEMS = 0.35  # of them, once
STEP = 50  # points are redeemed in steps
COMPLAINED = 14  # got some by hand
REASONS = ("Ware kam beschädigt an", "Lange Wartezeit", "Falsche Sorte geliefert", "Dank für Geduld beim Umtausch")
OVER = 1200  # more than one person books alone


def deeds(story: Story) -> Iterator[Deed]:
    """Give the rule, who joins and when, what is redeemed and given, and in the end what days have brought."""
    (management,), (service,) = story.with_role("management"), story.with_role("service")
    chance, days = story.chance("points"), story.working_days()
    yield Deed(at=story.at(days[0], 8), do=lambda at: services.write_rule(version=_rule(at), now=at, staff=management))
    everyone = list(Customer.objects.order_by("source"))
    members = [
        everyone[place] for place in chance.permutation(len(everyone))[: max(FEWEST, round(SHARE * len(everyone)))]
    ]
    for place, customer in enumerate(members):
        on = days[int(len(days) * (place / len(members)) ** 2)]  # most at the beginning
        at = story.at(on, 9 + 8 * chance.random())
        yield Deed(at=at, do=_join(customer, service))
        if chance.random() < REDEEMS and (later := _day_after(days, on, chance.random())):
            yield Deed(at=story.at(later, 10 + 7 * chance.random()), do=_redeem(customer, f"counter:{place}"))
    lately = days[-COMPLAINED - 2 :]
    for place, customer in enumerate(members[:COMPLAINED]):
        reason, points = REASONS[place % len(REASONS)], 50 + 25 * (place % 5)
        yield Deed(at=story.at(lately[place], 15.5), do=_give(customer, points, reason, service, f"hand:{place}"))
    yield from _second_person(story, members[1], lately[3], service, management, agrees=True)
    yield from _second_person(story, members[2], lately[5], service, management, agrees=False)
    yield Deed(at=story.at(lately[-1], 16), do=_give(members[3], OVER, "Großbestellung kam zu spät", service, "over:3"))
    yield Deed(at=story.at(days[-1], 17.5), do=_work)


def _rule(at: datetime) -> Rule:
    return Rule(
        code="euro", name="Ein Punkt je Euro", holds_from_on=at.date(), points_num=1, points_den=100,
    )  # fmt: skip


def _day_after(days: Sequence[date], on: date, chance: float) -> date | None:
    """Give a day of work at least two months later, when points are confirmed; None: there is none any more."""
    able = [day for day in days if day >= on + timedelta(days=60) and day.weekday() < SATURDAY]
    return able[int(chance * len(able))] if able else None


def _join(customer: Customer, service: Staff) -> Callable[[datetime], object]:
    return lambda at: services.join(customer=customer, now=at, staff=service)


def _redeem(customer: Customer, key: str) -> Callable[[datetime], object]:
    """Let somebody redeem at the counter what there is in whole steps, when purchases are booked up to that day."""

    def redeem(at: datetime) -> None:
        account = queries.account_of(customer.source)
        assert account is not None, "only who takes part redeems"
        points = services.bring(account_id=account.pk, now=at).available // STEP * STEP
        with suppress(services.NotANumberOfPoints):  # nothing there yet
            services.redeem(account_id=account.pk, points=points, key=key, now=at, origin="Ladenkasse")

    return redeem


def _give(customer: Customer, points: int, reason: str, by: Staff, key: str) -> Callable[[datetime], object]:
    def give(at: datetime) -> object:
        account = queries.account_of(customer.source)
        assert account is not None, "only who takes part is given points"
        return by_hand.book(account_id=account.pk, points=points, reason=reason, key=key, now=at, staff=by)

    return give


def _second_person(
    story: Story, customer: Customer, on: date, service: Staff, management: Staff, *, agrees: bool
) -> Iterator[Deed]:
    """Let service ask for more than it may book alone, and management decide an hour later."""
    key = f"over:{'yes' if agrees else 'no'}"
    decide = by_hand.agree if agrees else by_hand.refuse
    yield Deed(at=story.at(on, 11), do=_give(customer, OVER, "Lieferung ging verloren", service, key))
    yield Deed(
        at=story.at(on, 12),
        do=lambda at: decide(proposal_id=Proposal.objects.get(key=key).pk, staff=management, now=at),
    )


def _work(at: datetime) -> None:
    while working.sweep(now=at):
        pass
