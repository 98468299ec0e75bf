"""Whom a customer's message goes to, and how many are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.customers.policy import Basis, Permission, Reason
from stammkunde.plays import policy
from stammkunde.plays.policy import Choice

YES = Permission(allowed=True, basis=Basis.CONSENT, reason=Reason.CONSENT_GIVEN)
NO = Permission(allowed=False, basis=Basis.NONE, reason=Reason.NO_CONSENT)


def choice(person_id, role="", *, allowed=True):
    return Choice(person_id=person_id, role=role, permission=YES if allowed else NO)


def test_the_customers_own_address_comes_first():
    assert policy.recipient([choice(3, "decision_maker"), choice(None)]) is None


def test_people_come_by_role_and_then_by_age_of_their_row():
    people = [choice(None, allowed=False), choice(9, "user"), choice(7, "executive"), choice(5, "executive")]

    assert policy.recipient(people) == 5


def test_where_nobody_may_be_written_to_the_customer_is_refused():
    assert policy.recipient([choice(None, allowed=False), choice(4, "user", allowed=False)]) is None


@given(st.lists(st.tuples(st.sampled_from([*policy.ROLES, "strange"]), st.booleans()), max_size=6), st.booleans())
def test_nobody_is_chosen_who_may_not_be_written_to(people, own):
    choices = [choice(None, allowed=own)]
    choices += [choice(number, role, allowed=allowed) for number, (role, allowed) in enumerate(people, start=1)]

    chosen = policy.recipient(choices)

    is_allowed = {one.person_id: one.permission.allowed for one in choices}
    assert is_allowed[chosen] or not any(is_allowed.values())


@pytest.mark.parametrize(("customers", "share"), [(0, 0.0), (199, 0.0), (200, 0.1), (10_000, 0.1)])
def test_some_are_left_alone_only_where_that_tells_anything(customers, share):
    assert policy.usual_holdout(customers) == share
