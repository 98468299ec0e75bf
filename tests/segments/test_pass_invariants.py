"""What must hold of passes, whatever happens: delta = full, kills lose nothing, undo, late facts, weekly files."""

import random
from datetime import timedelta

import numpy as np
import pytest

from stammkunde import mirror
from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.insight import rules
from stammkunde.intake.models import Import
from stammkunde.sales.facts import ORDERS, PRODUCTS
from stammkunde.sales.models import Order
from stammkunde.segments import counts, following, membership, nightly, passes, scores, vocabulary, worlds
from stammkunde.segments.models import ScoreLeaf, SegmentChange, SegmentState
from stammkunde.signals import queries as signals
from stammkunde.store import touched
from stammkunde.store.models import Touched
from tests import factories
from tests.intake.bringing import bring, undo
from tests.segments.company import FREQUENT, NOW, SILENT, TODAY, make, open_company, refresh, told, work
from tests.segments.test_counts import RULES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(once):
    return once(open_company)


def buy(customer_id, on=TODAY, because="orders:x"):
    made = factories.order(Customer.objects.get(pk=customer_id), on)
    ORDERS.mark({f"{on:%Y-%m}"})
    touched.note([customer_id], because=because)
    return made


def test_the_touched_are_as_everybody_worked_out_anew_after_random_changes(company, administrator):
    groups = {name: make(rule, name) for name, rule in RULES.items()}
    work()
    dice = random.Random(7)
    for number in range(40):
        _change_something(dice, company, administrator)
        if number % 20 == 19:
            work()

    refresh()
    for name, segment in groups.items():
        if not rules.uses(rules.read(RULES[name], vocabulary.known())).fields & {"signal.orders", "signal.last"}:
            assert list(membership.members(segment.pk)) == list(counts_now(name)), name
    before = SegmentChange.objects.exclude(version__segment__in=[groups["bought"], groups["last"]]).count()
    work()
    assert SegmentChange.objects.exclude(version__segment__in=[groups["bought"], groups["last"]]).count() == before
    for state in SegmentState.objects.all():
        assert state.n == len(membership.of(state))


def counts_now(name):
    nightly.keep(signals.current(), today=TODAY, tell=lambda *_told: None)
    worlds.prepare(mirror.tables(), signals.current())
    return counts.who(RULES[name], now=NOW)


def _change_something(dice, company, administrator):
    customer_id, on = dice.choice(company), TODAY - timedelta(days=dice.randint(0, 120))
    kind = dice.choice(["buy", "cancel", "country", "other product"])
    if kind == "buy":
        buy(customer_id, on)
    elif kind == "country":
        fields = {"country": dice.choice(["DE", "", "AT"])}
        customers.change_customer(customer_id=customer_id, fields=fields, now=NOW, staff=administrator)
    else:
        order = dice.choice(list(Order.objects.filter(customer=customer_id)))
        if kind == "cancel":
            order.status = Order.Status.CANCELLED
            order.save()
        else:
            order.lines.update(product=factories.product(category=dice.choice(["Brot", "Kuchen"])))
            PRODUCTS.mark()
        ORDERS.mark({f"{order.ordered_on:%Y-%m}"})
        touched.note([customer_id], because="orders:y")


def test_whoever_kills_a_pass_loses_nobody(company, monkeypatch):
    silent = make(SILENT)
    work()
    buy(company[9])

    with monkeypatch.context() as killing:
        killing.setattr(following, "_count", lambda _changes: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            work()
    assert told(silent) == []
    assert Touched.objects.count() == 1

    work(now=NOW + timedelta(minutes=3))  # when the claim of the killed one has run out
    assert told(silent) == [(company[9], False, "fact", "orders:x")]


def test_a_full_pass_that_was_killed_goes_on_with_the_groups_that_are_left(company, monkeypatch):
    make(FREQUENT)
    make(SILENT, "Still")
    store, stored = passes._store, []

    def once_only(version, *given, **more):
        if stored:
            raise KeyboardInterrupt
        stored.append(version)
        store(version, *given, **more)

    with monkeypatch.context() as killing:
        killing.setattr(passes, "_store", once_only)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert SegmentState.objects.count() == 1

    work(now=NOW + timedelta(minutes=3))
    assert SegmentState.objects.count() == 2
    assert not SegmentChange.objects.exists()


def test_an_undone_import_takes_its_members_out_and_says_so(company, tmp_path):
    segment = make({"field": "customer.city", "is": "is", "value": "Köln"})
    work()
    incoming = bring(tmp_path, "customers", [{"customer_number": "1", "customer_name": "Neu", "city": "Köln"}])
    work()
    (came,) = told(segment)
    assert came[1:] == (True, "new", "")

    undo(incoming)
    work()
    assert told(segment)[1:] == [(came[0], False, "undone", f"undo:{incoming.pk}")]
    assert Import.objects.get(pk=incoming.pk).status == Import.Status.UNDONE


def test_a_late_fact_counts_by_its_own_day(company):
    frequent, silent = make(FREQUENT), make(SILENT, "Still")
    work()
    buy(
        company[9], TODAY - timedelta(days=80)
    )  # two more than 100 days ago, one of late: neither silent no more, nor frequent
    work()
    assert told(frequent) == told(silent) == []
    buy(company[9], TODAY - timedelta(days=70))
    work()
    assert told(frequent) == [(company[9], True, "fact", "orders:x")]
    assert told(silent) == []


def test_a_score_counts_when_it_was_said_twice_in_a_row(company, monkeypatch):
    rule = rules.read({"field": "signal.risk", "is": ">=", "value": 0.5}, vocabulary.known())
    asked = scores.leaves([rule])
    said = iter([[1, 2], [2, 3], [3], [3, 1], [3]])
    monkeypatch.setattr("stammkunde.segments.worlds.answers", lambda due, _world: dict.fromkeys(due, _ids(next(said))))

    held = []
    for generation in range(1, 6):
        scores.answer(asked, None, generation_id=generation, save=lambda: None)
        scores.answer(asked, None, generation_id=generation, save=lambda: None)  # repeated: nothing is asked anew
        held.append(list(*scores.members(asked).values()))

    assert held == [[1, 2], [1, 2], [2, 3], [3], [3]]
    assert ScoreLeaf.objects.count() == 1


def _ids(numbers):
    return np.array(sorted(numbers), dtype=np.int64)


def test_a_rule_asks_for_what_is_held_true_and_for_everything_else_at_once(company):
    classed = {"field": "signal.class", "is": "is", "value": ["A", "B", "C"]}
    segment = make({"all": [classed, {"not": SILENT}]})
    work()
    assert list(membership.members(segment.pk)) == company[:5]  # the first answer is believed

    buy(company[9])
    work()
    assert told(segment) == [(company[9], True, "fact", "orders:x")]
    ScoreLeaf.objects.update(held=b"")  # as if the models had said otherwise, twice
    buy(company[0])
    work()
    assert told(segment)[1:] == [(company[0], False, "fact", "orders:x")]


def test_who_bought_within_the_week_that_no_file_has_told_of_is_not_missed(company, tmp_path):
    """Of a shop that sends a file each week, nobody gets "we miss you" for what its next file will tell."""
    silent = make({"happened": "orders", "within": {"last": 30}, "is": "<=", "value": 0})
    row = {"order_number": "W1", "customer_number": "W", "customer_name": "Woche", "product_number": "P", "quantity": 1}
    bring(tmp_path, "flat", [row | {"ordered_at": "2026-10-27", "unit_price": "2.00"},
                             row | {"order_number": "W2", "customer_number": "V", "ordered_at": "2026-11-24",
                                    "unit_price": "2.00"}], now=NOW)  # fmt: skip
    late = {"field": "signal.silent", "is": ">=", "value": 30}
    last = {"not": {"field": "signal.last", "is": "within", "value": {"last": 30}}}
    counted = [make(late, "Lange still"), make(last, "Nicht gekauft")]
    later = NOW + timedelta(hours=1)
    refresh(now=later)
    work(now=later)
    weekly = Customer.objects.get(source="t:W")
    assert weekly.pk not in membership.members(silent.pk)  # silent for 34 days, but for 28 up to the 24th
    for segment in counted:
        assert weekly.pk not in membership.members(segment.pk)
        assert company[5] in membership.members(segment.pk)

    later = NOW + timedelta(hours=2)
    bring(tmp_path, "flat", [row | {"order_number": "W3", "ordered_at": "2026-11-30", "unit_price": "2.00"}], now=later)
    work(now=later)
    for segment in (silent, *counted):  # the refresh has not counted the new file yet
        assert weekly.pk not in membership.members(segment.pk)
