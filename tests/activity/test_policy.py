"""How much fits into a day, a week and a month."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.activity import policy, queries
from stammkunde.team import services as team
from stammkunde.team.models import Staff

HOURS = st.lists(st.integers(min_value=0, max_value=60), max_size=30)
MINUTES = st.integers(min_value=5, max_value=240)


@pytest.mark.parametrize(("hours", "minutes", "contacts"), [(20, 24, 10), (0, 24, 3), (40, 24, 20), (20, 60, 4)])
def test_day_capacity_follows_the_hours(hours, minutes, contacts):
    assert policy.day_capacity(hours, minutes_per_contact=minutes) == contacts


@pytest.mark.parametrize(
    ("hours", "week", "month"), [([20], 50, 217), ([20, 10], 75, 325), ([], 15, 65), ([1], 15, 65)]
)
def test_team_capacity_adds_up_the_hours(hours, week, month):
    assert policy.week_capacity(hours, minutes_per_contact=24) == week
    assert policy.month_capacity(hours, minutes_per_contact=24) == month


@given(hours=HOURS, minutes=MINUTES)
def test_month_holds_more_than_a_week_and_nobody_takes_away(hours, minutes):
    week = policy.week_capacity(hours, minutes_per_contact=minutes)

    assert policy.month_capacity(hours, minutes_per_contact=minutes) > week
    assert policy.week_capacity([*hours, 20], minutes_per_contact=minutes) >= week


@pytest.mark.django_db
def test_capacity_counts_those_who_work_the_list(salesperson, servant, analyst, administrator):
    Staff.objects.filter(pk__in=[salesperson.pk, servant.pk, administrator.pk]).update(hours_per_week=10)
    Staff.objects.filter(pk=administrator.pk).update(is_active=False)
    team.change_company(by=salesperson, minutes_per_contact=30)

    assert queries.capacity() == queries.Capacity(week=40, month=173)  # the analyst works no list
