"""Booking by hand: alone up to a limit, above it only with a second person; repeated, killed and shared."""

from datetime import timedelta

import pytest

from stammkunde.loyalty import by_hand, queries, services
from stammkunde.loyalty.models import Booking, Proposal
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.loyalty.shop import NOW, account

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return account()


def book(one, staff, points, *, key="k", reason="Kulanz", now=NOW):
    return by_hand.book(account_id=one.pk, points=points, reason=reason, key=key, now=now, staff=staff)


def test_up_to_the_limit_it_is_booked_and_above_it_waits(one, servant):
    assert book(one, servant, 500).available == 500
    waiting = book(one, servant, 1, key="more")

    assert isinstance(waiting, Proposal)
    assert queries.balance(one.pk).available == 500


def test_many_small_ones_are_no_way_around_but_tomorrow_is_another_day(one, servant, salesperson):
    for key in "ab":
        book(one, servant, 200, key=key)
    book(one, servant, -100, key="c")

    assert isinstance(book(one, servant, 1, key="d"), Proposal)
    assert not isinstance(book(one, salesperson, 500, key="e"), Proposal)  # another person
    assert not isinstance(book(account(), servant, 500, key="f"), Proposal)  # another customer
    assert not isinstance(book(one, servant, 500, key="g", now=NOW + timedelta(days=1)), Proposal)


def test_what_a_second_person_agreed_to_uses_up_nothing_of_ones_own_limit(one, servant, administrator):
    waiting = book(one, servant, 900)
    by_hand.agree(proposal_id=waiting.pk, staff=administrator, now=NOW)

    assert by_hand.left_for(one.pk, staff=servant, now=NOW) == 500


def test_limit_of_nothing_always_asks(one, servant):
    factories.decided(points_by_hand=0)

    assert isinstance(book(one, servant, 1), Proposal)


def test_somebody_else_agrees_and_it_is_booked_once(one, servant, administrator):
    waiting = book(one, servant, 900)
    receipt = by_hand.agree(proposal_id=waiting.pk, staff=administrator, now=NOW)

    assert receipt.available == 900
    booking = Booking.objects.get(key="k")
    assert (booking.booked_by, booking.reason) == (servant, "Kulanz")
    with pytest.raises(by_hand.NotWaiting):
        by_hand.agree(proposal_id=waiting.pk, staff=administrator, now=NOW)
    with pytest.raises(by_hand.NotWaiting):
        by_hand.refuse(proposal_id=waiting.pk, staff=administrator, now=NOW)
    assert queries.balance(one.pk).available == 900
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "points.proposed",
        "points.granted",
        "points.agreed",
    }


def test_nobody_agrees_to_her_own(one, administrator):
    waiting = book(one, administrator, 900)
    with pytest.raises(by_hand.OwnProposal):
        by_hand.agree(proposal_id=waiting.pk, staff=administrator, now=NOW)

    assert queries.balance(one.pk).available == 0
    assert by_hand.refuse(proposal_id=waiting.pk, staff=administrator, now=NOW).state == "withdrawn"


def test_refused_books_nothing(one, servant, administrator):
    waiting = book(one, servant, 900)

    assert by_hand.refuse(proposal_id=waiting.pk, staff=administrator, now=NOW).state == "refused"
    assert not Booking.objects.filter(key="k").exists()


def test_sent_again_it_is_one_and_with_another_body_refused(one, servant):
    first = book(one, servant, 900)

    assert book(one, servant, 900) == first
    with pytest.raises(services.KeyUsedForSomethingElse):
        book(one, servant, 901)
    assert book(one, servant, 50, key="small") == book(one, servant, 50, key="small")
    with pytest.raises(services.KeyUsedForSomethingElse):
        book(one, servant, 51, key="small")


def test_taking_asks_what_is_there_now_and_when_it_is_agreed_to(one, servant, administrator):
    with pytest.raises(services.NotEnoughPoints):
        book(one, servant, -700)
    by_hand.agree(proposal_id=book(one, servant, 800, key="give").pk, staff=administrator, now=NOW)
    waiting = book(one, servant, -700)
    services.redeem(account_id=one.pk, points=300, key="spent", now=NOW)
    with pytest.raises(services.NotEnoughPoints) as refused:
        by_hand.agree(proposal_id=waiting.pk, staff=administrator, now=NOW)

    assert refused.value.available == 500
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


@pytest.mark.parametrize(
    ("points", "reason", "key", "problem"),
    [
        (0, "x", "k", services.NotANumberOfPoints),
        (10**13, "x", "k", services.NotANumberOfPoints),
        (900, " ", "k", services.ReasonMissing),
        (900, "x", "", services.BadKey),
        (900, "x", "k" * 121, services.BadKey),
    ],
)
def test_what_could_never_be_booked_does_not_wait_either(one, servant, points, reason, key, problem):
    with pytest.raises(problem):
        book(one, servant, points, reason=reason, key=key)
    assert not Proposal.objects.exists()
