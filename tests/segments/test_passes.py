"""Who is in a group: worked out after each refresh, and within a minute for whom facts have changed."""

from datetime import timedelta

import pytest

from stammkunde.customers import services as customers
from stammkunde.segments import latest, membership, passes, services
from stammkunde.segments.models import Recent, SegmentState
from stammkunde.signals.models import CustomerSignal
from stammkunde.store import touched
from stammkunde.store.models import Touched
from tests import factories
from tests.segments.company import FREQUENT, NOW, SILENT, TODAY, make, open_company, refresh, told, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(once):
    return once(open_company)


def test_the_first_pass_fills_a_group_without_changes_and_says_since_when_at_least(company):
    segment = make(FREQUENT)
    assert membership.size(segment.pk) is None
    work()

    assert list(membership.members(segment.pk)) == company[:5]
    assert membership.size(segment.pk) == 5
    assert told(segment) == []
    assert membership.since(segment.pk, company[0]) == membership.Since(on=TODAY, at_least=True)
    assert membership.since(segment.pk, company[9]) is None
    assert membership.of_customer(company[0]) == [(segment, membership.Since(on=TODAY, at_least=True))]
    assert membership.of_customer(company[9]) == []


def test_a_fact_moves_its_customer_within_the_minute_and_says_which_it_was(company):
    frequent, silent = make(FREQUENT), make(SILENT, "Still")
    work()
    factories.order(factories.Customer.objects.get(pk=company[9]), TODAY)
    touched.note([company[9]], because="orders:till:1")
    work()

    assert told(silent) == [(company[9], False, "fact", "orders:till:1")]
    assert told(frequent) == []
    assert membership.size(silent.pk) == 6
    assert company[9] not in membership.members(silent.pk)
    assert not Touched.objects.exists()


def test_a_refresh_with_an_older_mirror_does_not_undo_what_the_database_said(company):
    silent = make(SILENT)
    work()
    factories.order(factories.Customer.objects.get(pk=company[9]), TODAY)
    touched.note([company[9]], because="orders:till:1")
    work()
    SegmentState.objects.update(generation=0)  # as after a refresh whose mirror was built before the order
    work()

    assert told(silent) == [(company[9], False, "fact", "orders:till:1")]


def test_time_alone_moves_customers_and_the_cause_says_so(company):
    silent = make(SILENT)
    work()
    later = NOW + timedelta(days=10)
    refresh(now=later)
    work(now=later)

    assert told(silent) == [(company[4], True, "time", "")]
    assert membership.since(silent.pk, company[4]).on == later.date()
    assert list(membership.members_on(silent.pk, TODAY)) == company[5:]
    assert list(membership.members_on(silent.pk, later.date())) == company[4:]
    assert membership.members_on(silent.pk, TODAY - timedelta(days=1)) is None
    assert [(one.on, one.entered, one.left, one.by_rule) for one in membership.days(silent.pk, since=TODAY)] == [
        (later.date(), 1, 0, 0)
    ]


def test_another_rule_moves_customers_because_of_the_rule(company):
    segment = make(FREQUENT)
    work()
    services.edit(segment_id=segment.pk, rule=SILENT, now=NOW, staff=None)
    assert list(membership.members(segment.pk)) == company[:5]  # until the worker has been there
    work()

    assert list(membership.members(segment.pk)) == company[5:]
    assert {one[2] for one in told(segment)} == {"rule"}
    assert membership.days(segment.pk, since=TODAY)[0].by_rule == 12


def test_a_new_customer_comes_as_such_and_one_who_is_removed_leaves_as_such(company, administrator):
    segment = make({"field": "customer.city", "is": "is", "value": "Kiel"})
    work()
    new = customers.create_customer(fields={"name": "Neu", "city": "Kiel"}, now=NOW, staff=administrator)
    work()
    number = new.pk
    assert told(segment) == [(number, True, "new", "")]

    new.delete()
    customers.mark_changed([number])
    work()
    assert told(segment)[1:] == [(number, False, "erased", "")]


def test_groups_of_groups_follow_in_one_pass_and_in_one_minute(company):
    silent = make(SILENT)
    others = make({"not": {"segment": silent.pk, "is": "in"}}, "Andere")
    work()
    assert list(membership.members(others.pk)) == company[:5]

    factories.order(factories.Customer.objects.get(pk=company[9]), TODAY)
    touched.note([company[9]], because="orders:till:1")
    work()
    assert told(others) == [(company[9], True, "fact", "orders:till:1")]


def test_a_rule_that_cannot_be_read_any_more_holds_and_stops_nobody(company):
    segment = make(FREQUENT)
    work()
    segment.versions.update(rule={"field": "customer.gone", "is": "is known"})
    SegmentState.objects.update(generation=0)
    work()
    assert list(membership.members(segment.pk)) == company[:5]


def test_what_the_refresh_itself_wrote_is_known_to_the_pass_after_it(company):
    changed = make({"happened": "stage_changes", "within": {"last": 7}, "is": ">=", "value": 1})
    work()
    CustomerSignal.objects.filter(customer=company[0]).update(stage="lost")
    later = NOW + timedelta(days=1)
    refresh(now=later)
    work(now=later)
    assert list(membership.members(changed.pk)) == company[:1]

    touched.note(company, because="customers:x")
    work(now=later)
    assert len(told(changed)) == 1


def test_without_groups_nothing_piles_up(company):
    work()
    touched.note(company, because="customers:x")
    touched.note_everybody(because="import:1")
    work()
    assert Recent.objects.count() == len(company)

    later = NOW + timedelta(days=1)
    refresh(now=later)
    work(now=later)
    assert not Recent.objects.exists()
    assert not Touched.objects.exists()


def test_evenings_that_are_past_see_nothing_dated_later_and_time_alone_moves_between_them(company):
    segment = make(FREQUENT)
    for days in (30, 0):
        before = timedelta(days=days)
        passes.work_out_as_of([latest.version_of(segment.pk)], on=TODAY - before, now=NOW - before)
        if days:
            assert list(membership.members(segment.pk)) == company[3:8]

    assert list(membership.members(segment.pk)) == company[:5]
    came, left = [(pk, True, "time", "") for pk in company[:3]], [(pk, False, "time", "") for pk in company[5:8]]
    assert told(segment) == [*came, *left]
