"""Put the demo company into the database as a company would come: staff, then files through the ordinary import."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
from django.db import transaction

from stammkunde.customers import services as customers
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.demo import files, names
from stammkunde.intake import layouts
from stammkunde.intake import services as intake
from stammkunde.intake.models import Import
from stammkunde.sales.models import Order, Product
from stammkunde.signals import services as signals
from stammkunde.signals.policy import Learn
from stammkunde.team import services as team
from stammkunde.team.models import Staff

ORIGIN = "demo"
NOTED = 240  # so many customers have notes; people forget to write


class NotEmpty(Exception):
    """There are facts in the database already; the demo company would mix with them."""


class DemoIncomplete(Exception):
    """One of the demo company's files was not imported whole; the import tells why."""


def is_empty() -> bool:
    """Tell whether there are neither facts nor imports on their way."""
    return not (
        Customer.objects.exists() or Product.objects.exists() or Order.objects.exists() or Import.objects.exists()
    )


def load(directory: Path, *, seed: int, now: datetime, say: Callable[[str], object]) -> None:
    """
    Import the files that `files.write` made, write some notes, and compute the figures.

    Everything takes the same path as a company's own files. Killed half-way, the worker completes the imports.

    :raises NotEmpty: if there are facts already
    :raises DemoIncomplete: if an import failed or refused rows
    """
    if not is_empty():
        raise NotEmpty
    staff = _company(now=now)
    for incoming in [_queue(directory / f"{table}.parquet", layout=table, now=now) for table in files.TABLES]:
        say(f"Importing {incoming.file_name} …")
        intake.run(import_id=incoming.pk, now=now)
        _insist(Import.objects.get(pk=incoming.pk))
    _notes(staff=staff, seed=seed, now=now)
    say("Computing the figures …")
    signals.refresh(as_of=signals.as_of(now=now), now=now, progress=lambda *_: None, learn=Learn.NOW)


@transaction.atomic
def _company(*, now: datetime) -> list[Staff]:
    """Open the company: its name, and people who cannot sign in until an administrator gives them a password."""
    staff = [
        Staff.objects.filter(email=email).first() or team.add_staff(by=None, email=email, name=name, role=role, now=now)
        for name, email, role in names.STAFF
    ]
    team.change_company(by=None, now=now, name=names.COMPANY, is_demo=True)
    return staff


def _queue(path: Path, *, layout: str, now: datetime) -> Import:
    shown = f"{layouts.get(layout).label('de')}.parquet"
    incoming = intake.receive(now=now, file_name=shown, path=path, layout=layout, options={"origin": ORIGIN})
    return intake.start(import_id=incoming.pk, now=now)


def _insist(incoming: Import) -> None:
    refused = sum(count.get("refused", 0) for count in incoming.counts.values())
    if incoming.status != Import.Status.DONE or refused:
        raise DemoIncomplete(f"{incoming.file_name}: {incoming.status}, {refused} rows refused, {incoming.error or ''}")


@transaction.atomic
def _notes(*, staff: list[Staff], seed: int, now: datetime) -> None:
    """Write down what salespeople know about some of their customers."""
    rng = np.random.default_rng([seed, NOTED])
    people = list(ContactPerson.objects.select_related("customer__owner").order_by("source")[: NOTED * 20])
    for place in sorted(rng.choice(len(people), min(NOTED, len(people)), replace=False)):
        person = people[place]
        matters = bool(rng.random() < 0.7)
        words = names.MATTERS if matters else names.HEARD
        customers.add_note(
            customer_id=person.customer_id,
            contact_person=person if matters else None,
            text=words[rng.integers(len(words))],
            staff=person.customer.owner or staff[rng.integers(len(staff))],
            matters=matters,
            now=now,
        )
