"""What customers allow and wish: asked by e-mail and confirmed, signed at a fair, taken back, and when to call."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

import numpy as np
from django.db import transaction

from stammkunde.customers import links, wording
from stammkunde.customers import services as customers
from stammkunde.customers.models import Consent, ContactPerson, Customer
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.demo import names
from stammkunde.demo.story import Deed, Story

OFFERS, NEWS, QUESTIONS = ("email", "advertising"), ("email", "newsletter"), ("email", "survey")
ASKED, SIGNED, OBJECTED, WISHES = 0.03, 0.10, 0.012, 0.03  # of all customers
CONFIRMED, TAKEN_BACK = 0.85, 0.15
PAUSED = 3
WISHED: tuple[dict[str, Any], ...] = (
    {"call_from": time(8), "call_until": time(11, 30)},
    {"call_from": time(14), "call_until": time(17), "call_weekdays": [2, 4]},
    {"form": "du"},
    {"channels": ["email", "post"]},
    {"max_contacts": 1, "per_days": 30},
    {"topics": ["service", "thanks", "newsletter"]},
    {"tone": "kurz und sachlich", "payment": "Rechnung"},
    {"delivery": "nur vormittags", "call_weekdays": [1, 3]},
)


def deeds(story: Story) -> Iterator[Deed]:
    """Give what is asked and answered all over the years."""
    chance = story.chance("consents")
    everyone = list(Customer.objects.exclude(email="").select_related("owner").order_by("source"))
    turn, days = iter(chance.permutation(len(everyone))), story.working_days()

    def some(share: float) -> Iterator[tuple[Customer, datetime]]:
        """Choose customers of whom nothing else is told here."""
        for place in islice(turn, round(share * len(everyone))):
            yield everyone[place], story.at(days[chance.integers(len(days))], 8 + 10 * chance.random())

    yield from _asked(story, chance, some(ASKED))
    yield from _signed(story, chance, some(SIGNED))
    for one, at in some(OBJECTED):
        yield Deed(at=at, do=_objection(one))
    for place, (one, at) in enumerate(some(WISHES)):
        yield Deed(at=at, do=_wish(story, one, WISHED[place % len(WISHED)]))
    until = story.last + timedelta(days=40)
    for one, _at in islice(some(1), PAUSED):
        at = story.at(story.last - timedelta(days=6), 10)
        yield Deed(at=at, do=_wish(story, one, {"paused_until_on": until}))


def _asked(story: Story, chance: np.random.Generator, rows: Iterator[tuple[Customer, datetime]]) -> Iterator[Deed]:
    """Ask by e-mail; most confirm within days, and who does not, lets the question lapse."""
    for one, at in rows:
        asked: dict[str, str] = {}
        yield Deed(at=at, do=_question(one, asked))
        later = at + timedelta(hours=float(2 + 70 * chance.random()))
        if chance.random() < CONFIRMED and later.date() <= story.last:
            yield Deed(at=later, do=_confirmation(asked))


def _question(one: Customer, asked: dict[str, str]) -> Callable[[datetime], None]:
    def ask(at: datetime) -> None:
        optin = customers.ask_optin(
            recipient=Recipient(customer_id=one.pk),
            wordings={cell: wording.sentence(*cell, company=names.COMPANY) for cell in (OFFERS, NEWS, QUESTIONS)},
            evidence=Evidence(happened_at=at, origin="Bestellformular im Onlineshop"),
            now=at,
            staff=None,
        )
        customers.optin_sent(optin_id=optin.pk, sent_at=at + timedelta(minutes=1))
        asked["token"] = links.optin_token(optin.nonce)

    return ask


def _confirmation(asked: dict[str, str]) -> Callable[[datetime], object]:
    proof = {"ip": "203.0.113.0", "browser": "Firefox"}
    return lambda at: customers.confirm_optin(token=asked["token"], now=at, proof=proof)


def _signed(story: Story, chance: np.random.Generator, rows: Iterator[tuple[Customer, datetime]]) -> Iterator[Deed]:
    """Let customers sign a form; some take it back later."""
    for number, (one, at) in enumerate(rows, start=1):
        yield Deed(at=at, do=_signature(story, one, f"EW-{number:04}"))
        later = at.date() + timedelta(days=int(40 + 500 * chance.random()))
        if chance.random() < TAKEN_BACK and later <= story.last:
            yield Deed(at=story.at(later, 15), do=_withdrawal(one))


def _signature(story: Story, one: Customer, form: str) -> Callable[[datetime], object]:
    def sign(at: datetime) -> None:
        evidence = Evidence(
            happened_at=at,
            origin=f"Unterschrift auf der Hausmesse {at.year}",
            wording=wording.sentence(*OFFERS, company=names.COMPANY),
            proof={"Formular": form, "Ablage": f"Ordner Einwilligungen {at.year}"},
        )
        staff = one.owner or story.with_role("service")[0]
        customers.record_consent(
            recipient=Recipient(customer_id=one.pk),
            cells=[OFFERS, NEWS, QUESTIONS, ("phone", "advertising")],
            basis=Consent.Basis.WRITTEN,
            evidence=evidence,
            now=at,
            staff=staff,
        )

    return sign


def _withdrawal(one: Customer) -> Callable[[datetime], object]:
    return lambda at: customers.withdraw(
        recipient=Recipient(customer_id=one.pk),
        cells=[OFFERS, NEWS],
        evidence=Evidence(happened_at=at, origin="Abmeldelink in der E-Mail", proof={"ip": "203.0.113.0"}),
        now=at,
        staff=None,
    )


def _objection(one: Customer) -> Callable[[datetime], object]:
    return lambda at: customers.withdraw(
        recipient=Recipient(customer_id=one.pk),
        cells=[("post", "advertising"), ("phone", "advertising"), OFFERS],
        evidence=Evidence(happened_at=at, origin="Brief", proof={"Eingang": at.date().isoformat()}),
        now=at,
        staff=one.owner,
    )


def _wish(story: Story, one: Customer, fields: dict[str, Any]) -> Callable[[datetime], object]:
    """Note a wish: of a company's first person, or the customer's own; every other one said so herself."""

    @transaction.atomic
    def note(at: datetime) -> None:
        person: ContactPerson | None = one.contact_persons.order_by("source").first() if one.owner else None
        recipient = Recipient(customer_id=one.pk, contact_person_id=person.pk if person else None)
        staff = one.owner or (story.with_role("service")[0] if one.pk % 2 else None)
        customers.change_preference(recipient=recipient, fields=fields, changed_at=at, staff=staff)

    return note
