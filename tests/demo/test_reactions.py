"""What the customers of the demo company were made to do is found again by what the product says of its campaigns."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from stammkunde.customers.models import Customer
from stammkunde.demo import chapters, files, incoming, load
from stammkunde.demo.chapters import reactions
from stammkunde.demo.story import Story, tell
from stammkunde.impact import working
from stammkunde.impact.models import Verdict
from stammkunde.sales.models import Line, Order
from stammkunde.store import facts
from tests.impact.company import figured

pytestmark = pytest.mark.django_db(transaction=True)

UNTIL = date(2026, 11, 29)
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SILENT, ALIVE = 500, 200
LONG_AGO, LATELY = date(2024, 6, 3), date(2026, 2, 2)


def judged():
    """Let a company live through these campaigns alone, and judge them."""
    names, chapters.NAMES = chapters.NAMES, ("office", "reactions")
    try:
        with TemporaryDirectory() as directory:
            written = files.write(Path(directory), customers=10, seed=2, until=UNTIL)
            assert written["products"]
            incoming.run(incoming.queue(Path(directory) / "products.parquet", layout="products", now=NOW), now=NOW)
        people()
        staff = load.company(now=datetime(2023, 11, 30, tzinfo=UTC))
        story = Story(seed=2, first=date(2023, 11, 30), last=UNTIL, evenings=(), nights=None, staff=staff)
        tell(story, say=lambda _words: None)
    finally:
        chapters.NAMES = names
    figured(on=date(2026, 11, 30), now=NOW)
    while working.sweep(now=NOW):
        pass


def people():
    """Make private customers; of those who were silent every tenth comes back by herself, of the others most do."""
    chance = Random(5)
    made = Customer.objects.bulk_create(
        Customer(
            source=f"demo:{number}", number=str(number), name=f"Kundin {number}", kind="person", updated_at=NOW,
            street=f"Gartenweg {number}", postcode="99423", city="Weimar", country="Deutschland",
        )
        for number in range(10_001, 10_001 + SILENT + ALIVE)
    )  # fmt: skip
    bought = [(one, LONG_AGO if place < SILENT else LATELY) for place, one in enumerate(made)]
    again = [(one, LATELY + timedelta(days=chance.randrange(10, 200))) for place, one in enumerate(made)
             if chance.random() < (0.1 if place < SILENT else 0.8)]  # fmt: skip
    orders = Order.objects.bulk_create(
        Order(
            customer=one, source=f"demo:B{place}", number=f"B{place}", ordered_on=on, updated_at=NOW,
            ordered_at=datetime.combine(on, NOW.time(), UTC),
        )
        for place, (one, on) in enumerate(bought + again)
    )  # fmt: skip
    Line.objects.bulk_create(
        Line(order=one, key="1", quantity=1, revenue_cents=2 * margin, cost_cents=margin, kind="sale")
        for one in orders
        for margin in [chance.randrange(500, 6_000)]
    )
    for table in ("customers", "orders", "lines"):
        facts.table(table).mark({f"{one.ordered_on:%Y-%m}" for one in orders})


@pytest.fixture
def verdicts(once):
    once(judged)
    return {one.trial.name: one for one in Verdict.objects.select_related("trial")}


def test_a_card_that_works_one_that_costs_more_and_one_that_does_nothing_are_told_apart(verdicts):
    works, harms, nothing = (verdicts[plan.name] for plan in reactions.PLANS)

    assert (works.code, harms.code) == ("works", "harms")
    assert nothing.code in {"cannot_tell", "too_little"}


def test_what_was_planted_is_as_far_off_as_chance_makes_it(verdicts):
    """Of three ranges of nine in ten one misses now and then; none is off by what chance does once in a hundred."""
    for plan in reactions.PLANS:
        margin = verdicts[plan.name].numbers["margin"]
        assert abs(margin["effect"] - plan.true_cents) < 2.6 * margin["se"], plan.name


def test_only_whoever_was_reached_reacts_once_and_the_books_stay_as_they_are(verdicts):
    extra = Order.objects.filter(number__startswith="F")

    assert {int(one.customer.number) % 6 for one in extra.select_related("customer")} <= {0, 2, 3, 4}
    for plan in reactions.PLANS:
        treated = verdicts[plan.name].numbers["arms"]["treated"]
        assert treated["cost_cents"] == reactions.POSTCARD_CENTS * treated["n"], plan.name
