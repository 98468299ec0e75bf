"""How many keep to a rule, over the mirror and as of last night; the same over the database."""

from datetime import timedelta

import pytest

from stammkunde import mirror
from stammkunde.insight import rules
from stammkunde.mirror import NoMirror
from stammkunde.sales.models import Line
from stammkunde.segments import counts, examples, files, nightly, vocabulary, worlds
from stammkunde.signals import queries as signals
from tests.segments.company import FREQUENT, NOW, SILENT, TODAY, open_company, refresh

pytestmark = pytest.mark.django_db(transaction=True)
SAME = pytest.mark.same_on_both("counted in the mirror; the tests between compare it with the database")
BREAD, CAKE = ([{"column": "category", "is": "is", "value": one}] for one in ("Brot", "Kuchen"))
RULES = {
    "frequent": FREQUENT,
    "silent": SILENT,
    "bread": {"happened": "lines", "where": BREAD, "is": ">=", "value": 2},
    "basket": {
        "happened": "orders",
        "with": [{"table": "lines", "where": CAKE, "is": ">=", "value": 1}],
        "measure": "sum.revenue", "is": ">=", "value": 8000,
    },
    "german": {"field": "customer.country", "is": "is", "value": "DE"},
    "by mail": {"field": "reach.email", "is": "is", "value": True},
    "by post": {"not": {"field": "reach.post", "is": "is", "value": True}},
    "bought": {"field": "signal.orders", "is": ">=", "value": 2},
    "last": {"field": "signal.last", "is": "within", "value": {"last": 30}},
}  # fmt: skip


@pytest.fixture
def company(once):
    ids = once(open_company)
    nightly.keep(signals.current(), today=TODAY, tell=lambda *_told: None)
    worlds.prepare(mirror.tables(), signals.current())
    return ids


def test_count_with_reach_unknown_and_the_day_of_last_night(company):
    found = counts.count(FREQUENT, now=NOW)
    assert (found.n, found.of, found.as_of, found.until) == (5, 12, TODAY, {})
    assert found.reach == {"email": 0, "post": 0, "phone": 0, "message": 0}

    german = counts.count(RULES["german"], now=NOW)
    assert (german.n, german.unknown) == (6, (6,))
    assert counts.count({"not": RULES["german"]}, now=NOW).n == 6


@SAME
def test_who_never_or_always_got_a_discount_is_nobody_where_discounts_are_unknown(company):
    assert not Line.objects.exclude(discount_cents=None).exists()
    for key in ("only-discounted", "never-discounted"):
        assert counts.count(examples.find(key).rule, now=NOW).n == 0


@SAME
def test_the_same_is_answered_once_and_anew_when_facts_are(company, monkeypatch):
    counts.count(FREQUENT, now=NOW)
    monkeypatch.setattr(counts, "_counted", lambda *_given: pytest.fail("asked again"))
    assert counts.count(FREQUENT, now=NOW).n == 5


def test_everybody_and_some_are_answered_alike(company):
    known = vocabulary.known()
    asked = {name: rules.read(rule, known) for name, rule in RULES.items()}
    asking = worlds.Asking(known=known, uses=[rules.uses(one) for one in asked.values()], days=worlds.days(now=NOW))
    generation, some = signals.current(), company[1::2]

    everybody = worlds.answers(asked, worlds.of_all(asking, tables=mirror.tables(), generation=generation))
    with worlds.of_few(asking, customer_ids=some, generation=generation) as world:
        few = worlds.answers(asked, world)

    assert {name: [one for one in ids if one in some] for name, ids in everybody.items()} == {
        name: list(ids) for name, ids in few.items()
    }
    assert {name: len(ids) for name, ids in everybody.items()} == {
        "frequent": 5, "silent": 7, "bread": 6, "basket": 5, "german": 6, "by mail": 0, "by post": 12, "bought": 12,
        "last": 3,
    }  # fmt: skip


@SAME
def test_before_the_first_refresh_and_before_the_night_is_written_down_nothing_is_guessed(once):
    with pytest.raises(NoMirror):
        counts.count(FREQUENT, now=NOW)
    once(open_company)
    with pytest.raises(nightly.NotKept):
        counts.count(FREQUENT, now=NOW)


@SAME
def test_until_the_night_is_written_down_the_one_before_is_read(company):
    refresh()
    assert not files.is_kept(nightly.name(signals.current()))
    assert counts.count(RULES["bought"], now=NOW).n == 12


@SAME
def test_a_file_that_nothing_needs_stays_for_an_hour(company):
    name = nightly.name(signals.current())
    for minutes in (0, 59):
        files.forget_all_but([], now=NOW + timedelta(minutes=minutes))
        assert files.is_kept(name)
    files.forget_all_but([name], now=NOW + timedelta(minutes=61))  # needed again: the hour begins anew
    files.forget_all_but([], now=NOW + timedelta(minutes=62))
    assert files.is_kept(name)
    files.forget_all_but([], now=NOW + timedelta(minutes=123))
    assert not files.is_kept(name)
