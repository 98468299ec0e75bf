"""Birthdays and anniversaries that are near."""

from collections.abc import Iterator
from datetime import date, timedelta

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.signals.models import CustomerSignal
from stammkunde.signals.suggestions.item import ANNIVERSARY, BIRTHDAY, CHUNK, WISHES, most_valuable, of_owner
from stammkunde.tasks.worklist import Asked, Item

BIRTHDAY_AHEAD_DAYS = 3
BIRTHDAY_BEHIND_DAYS = 1
OLDEST_YEAR = 1920
ROUND_YEARS = (1, 5, 10, 15, 20, 25, 30, 40, 50)
ANNIVERSARY_DAYS = 3


def birthdays(asked: Asked) -> list[Item]:
    """Give the contact persons whose birthday is near, those of the most valuable customers first."""
    people = ContactPerson.objects.filter(birthday_on__in=list(_birth_days(asked.today)))
    people = of_owner(people, asked, path="customer").select_related("customer", "customer__owner")
    near = list(people.order_by("pk")[: CHUNK * 5])
    ranked = most_valuable([(person.customer_id, person) for person in near], asked)
    return [_birthday_item(person, signal, asked) for person, signal in ranked]


def _birth_days(today: date) -> Iterator[date]:
    """Give every day of birth whose anniversary is near; 29 February comes round on the 28th in other years."""
    for ahead in range(-BIRTHDAY_BEHIND_DAYS, BIRTHDAY_AHEAD_DAYS + 1):
        near = today + timedelta(days=ahead)
        for year in range(OLDEST_YEAR, today.year):
            yield from (born for born in _same_days(near, year) if anniversary(born, near.year) == near)


def _same_days(on: date, year: int) -> Iterator[date]:
    days = [(on.month, on.day)] + ([(2, 29)] if (on.month, on.day) == (2, 28) else [])
    for month, number in days:
        try:
            yield date(year, month, number)
        except ValueError:
            continue


def anniversary(born: date, year: int) -> date:
    """Give the day on which a day comes round in a year; 29 February comes round on the 28th where there is none."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _birthday_item(person: ContactPerson, signal: CustomerSignal | None, asked: Asked) -> Item:
    born = person.birthday_on
    assert born is not None  # asked for
    near = min(
        (anniversary(born, asked.today.year + years) for years in (-1, 0, 1)),
        key=lambda on: abs((on - asked.today).days),
    )
    reason = {
        "code": BIRTHDAY,
        "on": near,
        "age": near.year - born.year,
        "days": (near - asked.today).days,
    }
    return Item(
        kind=BIRTHDAY,
        key=f"{BIRTHDAY}:{person.pk}:{near.year}",
        under=WISHES,
        reason=reason,
        customer=person.customer,
        person=person,
        signal=signal,
        minutes=asked.lengths.least,
    )


def birthday_again(person_id: int, asked: Asked) -> Item | None:
    person = ContactPerson.objects.select_related("customer").filter(pk=person_id, birthday_on__isnull=False).first()
    return _birthday_item(person, None, asked) if person else None


def anniversaries(asked: Asked) -> list[Item]:
    """Give the customers who have been with us for a round number of years these days, and bought on record."""
    recent = [asked.today - timedelta(days=behind) for behind in range(ANNIVERSARY_DAYS)]
    days = [anniversary(on, on.year - years) for on in recent for years in ROUND_YEARS]
    customers = of_owner(Customer.objects.filter(since_on__in=days), asked, path="pk").select_related("owner")
    near = list(customers.order_by("pk")[: CHUNK * 5])
    ranked = most_valuable([(customer.pk, customer) for customer in near], asked)
    gone = (CustomerSignal.Stage.LOST, CustomerSignal.Stage.PROSPECT)
    still = [(customer, signal) for customer, signal in ranked if signal and signal.stage not in gone]
    return [_anniversary_item(customer, signal, asked) for customer, signal in still]


def _anniversary_item(customer: Customer, signal: CustomerSignal | None, asked: Asked) -> Item:
    since = customer.since_on
    assert since is not None  # asked for
    years = asked.today.year - since.year
    if anniversary(since, asked.today.year) > asked.today:
        years -= 1  # it was in December, and today is in January
    return Item(
        kind=ANNIVERSARY,
        key=f"{ANNIVERSARY}:{customer.pk}:{years}",
        under=WISHES,
        reason={"code": ANNIVERSARY, "years": years, "on": since},
        customer=customer,
        signal=signal,
        minutes=asked.lengths.least,
    )


def since_again(customer_id: int, asked: Asked) -> Item | None:
    customer = Customer.objects.filter(pk=customer_id, since_on__isnull=False).first()
    return _anniversary_item(customer, None, asked) if customer else None
