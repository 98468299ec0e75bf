"""How much fits into a day, a week and a month, and who is given how many minutes."""

from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.tasks import policy, queries
from stammkunde.team import services as team
from stammkunde.team.models import Staff


@pytest.mark.parametrize(
    ("minutes", "contacts", "reached"),
    [
        (100, [60, 24, 24], 3),  # 16 are left for the last, which is a useful length
        (95, [60, 24, 24], 2),
        (0, [24, 24, 24], 2),  # a few stand there on a full day, too
        (600, [60, 60], 2),
    ],
)
def test_contacts_are_made_one_after_the_other_while_time_is_left(minutes, contacts, reached):
    assert policy.reached(minutes, contacts, least=12, fewest=2) == reached


@pytest.mark.django_db
def test_capacity_counts_those_who_work_the_list(salesperson, servant, analyst, administrator):
    Staff.objects.filter(pk__in=[salesperson.pk, servant.pk, administrator.pk]).update(hours_per_week=10)
    Staff.objects.filter(pk=administrator.pk).update(is_active=False)
    team.change_company(by=salesperson, minutes_per_contact=30, now=timezone.now())

    assert queries.capacity() == policy.Capacity(
        hours_per_week=20, usual_minutes=30, people=2
    )  # the analyst works no list


LENGTHS = st.integers(min_value=5, max_value=240).map(lambda usual: policy.Lengths(usual=usual))
BUDGETS = st.integers(min_value=0, max_value=60_000)
NEEDS = st.lists(st.one_of(st.just(0), st.integers(min_value=1, max_value=10**9)), max_size=60)
SPLITS = st.tuples(*[st.integers(min_value=0, max_value=100)] * 3).filter(any).map(policy.in_percent)


@given(budget=BUDGETS, needs=NEEDS, lengths=LENGTHS)
def test_minutes_of_a_class_add_up_to_what_it_has(budget, needs, lengths):
    given_minutes = policy.by_need(budget, needs, lengths=lengths)

    usable = lengths.most * sum(need > 0 for need in needs)
    assert sum(given_minutes) == (min(budget, usable) if budget >= lengths.least else 0)


@given(budget=BUDGETS, needs=NEEDS, lengths=LENGTHS)
def test_minutes_are_none_or_a_useful_length(budget, needs, lengths):
    for minutes, need in zip(policy.by_need(budget, needs, lengths=lengths), needs, strict=True):
        assert minutes == 0 or (need > 0 and lengths.least <= minutes <= lengths.most)


@given(budget=BUDGETS, needs=NEEDS, lengths=LENGTHS)
def test_more_at_stake_is_never_given_less(budget, needs, lengths):
    ranked = sorted(zip(needs, policy.by_need(budget, needs, lengths=lengths), strict=True))

    for (less, its_minutes), (more, minutes) in pairwise(ranked):
        assert less == more or its_minutes <= minutes


def test_four_times_as_much_at_stake_is_given_twice_the_time():
    assert policy.by_need(180, [40_000, 10_000], lengths=policy.Lengths(usual=24)) == [120, 60]


def test_where_time_is_short_those_with_most_at_stake_are_called():
    lengths = policy.Lengths(usual=24)

    assert policy.by_need(30, [1, 500, 400, 2], lengths=lengths) == [0, 16, 14, 0]
    assert policy.by_need(11, [500], lengths=lengths) == [0]
    assert policy.by_need(10_000, [500, 1], lengths=lengths) == [240, 240]


@given(budget=BUDGETS, split=SPLITS, customers=st.tuples(*[st.integers(0, 200)] * 3), lengths=LENGTHS)
def test_classes_share_all_that_they_can_use(budget, split, customers, lengths):
    parts = policy.by_class(budget, split=split, customers=customers, lengths=lengths)

    rooms = [lengths.most * count for count in customers]
    assert all(part == 0 or lengths.least <= part <= room for part, room in zip(parts, rooms, strict=True))
    left = budget - sum(parts)
    assert left == 0 or left < lengths.least or parts == rooms


def test_what_a_class_cannot_use_goes_to_the_others():
    lengths = policy.Lengths(usual=24)

    assert policy.by_class(1000, split=(70, 20, 10), customers=(1, 9, 9), lengths=lengths) == [240, 660, 100]
    assert policy.by_class(1000, split=(70, 20, 10), customers=(9, 9, 9), lengths=lengths) == [700, 200, 100]


@given(parts=st.tuples(*[st.floats(min_value=0, max_value=1e12)] * 3))
def test_split_is_whole_percents_that_add_up(parts):
    split = policy.in_percent(parts)

    assert sum(split) == 100
    assert min(split) >= 0


@pytest.mark.parametrize(
    ("margins", "at_risk", "split"),
    [
        ((80, 15, 5), (60, 25, 15), (70, 20, 10)),
        ((80, 15, 5), (0, 0, 0), (80, 15, 5)),
        ((0, 0, 0), (0, 0, 0), (70, 20, 10)),
        ((100, 0, 0), (100, 0, 0), (91, 5, 4)),
    ],
)
def test_proposal_follows_the_money_and_forgets_nobody(margins, at_risk, split):
    assert policy.proposed_split(margins=margins, at_risk=at_risk) == split


def test_next_contact_is_neither_too_short_nor_too_long():
    lengths = policy.Lengths(usual=24)

    assert [lengths.contact(minutes) for minutes in (0, 12, 40, 240)] == [12, 12, 40, 60]
