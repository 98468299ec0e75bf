"""Who at a customer is written to: people before the firm's own address, by role and consent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.customers.models import ContactPerson
from stammkunde.customers.policy import Basis, Candidate, Permission, Reason, Wanted, choose
from stammkunde.customers.policy.recipients import USUAL

YES = Permission(allowed=True, basis=Basis.CONSENT, reason=Reason.CONSENT_GIVEN)
PRESUMED = Permission(allowed=True, basis=Basis.PRESUMED, reason=Reason.PRESUMED_INTEREST)
NO = Permission(allowed=False, basis=Basis.NONE, reason=Reason.NO_CONSENT)
NOWHERE = Permission(allowed=False, basis=Basis.NONE, reason=Reason.NO_ADDRESS)
OFFERS = Wanted(purpose="advertising")


def candidate(person_id, role="", *, permission=YES, address=None):
    reached_at = f"{person_id}@firma.example" if address is None else address
    return Candidate(person_id=person_id, role=role, permission=permission, address=reached_at)


def ids(candidates, *, is_firm=True, wanted=OFFERS):
    return [one.person_id for one in choose(candidates, is_firm=is_firm, wanted=wanted)]


def test_a_person_comes_before_the_firms_own_address():
    assert ids([candidate(None), candidate(3, "other")]) == [3]


def test_the_firm_is_written_to_where_no_person_may_be():
    assert ids([candidate(None), candidate(3, "user", permission=NO)]) == [None]
    assert ids([candidate(None), candidate(3, "user", address="")]) == [None]


def test_a_private_customer_is_written_to_herself():
    assert ids([candidate(None), candidate(3, "decision_maker")], is_firm=False) == [None]


@pytest.mark.parametrize(
    ("purpose", "role", "chosen"),
    [
        ("advertising", "", 8),
        ("service", "", 7),
        ("survey", "", 9),
        ("advertising", "user", 9),
        ("survey", "executive", 8),
    ],
)
def test_the_matter_says_who_comes_first_unless_a_role_is_wanted(purpose, role, chosen):
    people = [candidate(9, "user"), candidate(7, "purchasing"), candidate(8, "executive")]

    assert ids(people, wanted=Wanted(purpose=purpose, role=role)) == [chosen]


def test_of_equals_whoever_has_agreed_comes_first_and_then_whoever_is_known_longer():
    people = [candidate(4, "user", permission=PRESUMED), candidate(6, "user"), candidate(5, "user")]

    assert ids(people, wanted=Wanted(purpose="advertising", most=None)) == [5, 6, 4]


def test_several_are_capped_and_share_no_address():
    people = [candidate(one, "user", address="team@firma.example" if one < 3 else None) for one in (1, 2, 3, 4)]

    assert ids(people, wanted=Wanted(purpose="survey", most=2)) == [1, 3]


def test_where_a_role_is_wanted_of_several_others_only_stand_in():
    people = [candidate(None), candidate(1, "user"), candidate(2, "purchasing"), candidate(3, "user")]

    assert ids(people, wanted=Wanted(purpose="advertising", role="user", most=None)) == [1, 3]
    assert ids(people, wanted=Wanted(purpose="advertising", role="executive", most=None)) == [2, 1, 3]


def test_where_nobody_may_be_written_to_the_reason_is_one_that_can_be_mended():
    lost = [candidate(None, permission=NOWHERE, address=""), candidate(4, "user", permission=NO)]

    (one,) = choose(lost, is_firm=True, wanted=OFFERS)

    assert (one.person_id, one.reason, one.is_allowed) == (4, "no_consent", False)
    assert ids([candidate(None, permission=NO), candidate(4, "user", permission=NO)]) == [None]


@given(
    st.lists(st.tuples(st.sampled_from([*ContactPerson.Role.values, "strange"]), st.booleans()), max_size=6),
    st.booleans(),
    st.booleans(),
    st.integers(1, 3),
)
def test_nobody_is_chosen_who_may_not_be_written_to(people, own, is_firm, most):
    everybody = [candidate(None, permission=YES if own else NO)]
    everybody += [candidate(n, role, permission=YES if ok else NO) for n, (role, ok) in enumerate(people, start=1)]
    wanted = Wanted(purpose="advertising", most=most)

    chosen = ids(everybody, is_firm=is_firm, wanted=wanted)

    is_allowed = {one.person_id: one.permission.allowed for one in everybody}
    assert all(is_allowed[one] for one in chosen) or not any(is_allowed.values())
    assert 1 <= len(chosen) <= most
    assert len(set(chosen)) == len(chosen)


def test_every_purpose_knows_every_role():
    assert {frozenset(order) for order in USUAL.values()} == {frozenset(ContactPerson.Role.values)}
