"""Cards of the customer page: who brings which, where they stand, and for whom."""

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from stammkunde.ui import cards
from stammkunde.ui.cards import Asked, Card, Place

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def asked(*rights) -> Asked:
    request = RequestFactory().get("/")
    return Asked(customer=None, people=[], request=request, now=NOW, today=NOW.date(), may=rights.__contains__)


def card(name, **kwargs) -> Card:
    return Card(
        **{"place": Place.SIDE, "order": 1, "template": f"{name}.html", "context": lambda _: {}} | kwargs, name=name
    )


@pytest.fixture
def declared(monkeypatch):
    found = []
    monkeypatch.setattr(cards, "cards", lambda: found)
    return found


def shown(place, *rights) -> list[str]:
    return [one.template for one in cards.arranged(asked(*rights))[place]]


def test_every_card_has_a_name_and_a_place_of_its_own():
    found = cards.cards()

    assert len({one.name for one in found}) == len(found) > 3
    assert len({(one.place, one.order) for one in found}) == len(found)


def test_card_is_shown_only_to_those_who_may_see_it(declared):
    def counted(_asked):
        raise AssertionError("nothing is asked for whoever may not see it")

    declared += [card("all"), card("worth", right="figures.view", context=counted)]

    assert shown("side") == ["all.html"]


def test_card_with_a_right_is_shown_to_those_who_have_it(declared):
    declared += [card("worth", right="figures.view")]

    assert shown("side", "figures.view") == ["worth.html"]


def test_card_without_anything_to_show_is_left_out(declared):
    declared += [card("favourites", context=lambda _: None), card("master")]

    assert shown("side") == ["master.html"]
    assert shown("main") == []


def test_what_several_cards_want_to_know_is_asked_once():
    times = []
    one = asked()

    def ask(customer_id):
        times.append(customer_id)

    answers = [one.once(ask, 1), one.once(ask, 1), one.once(ask, 2)]

    assert answers == [None, None, None]
    assert times == [1, 2]
