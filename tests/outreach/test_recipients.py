"""Whom a message is for at a consumer, at a company with five people, and at one where nobody is known."""

from datetime import date

import pytest
from django.utils import translation

from stammkunde.outreach import queries, recipients
from stammkunde.outreach.models import Template, Undeliverable
from tests import factories
from tests.outreach.planning import DAY, NOW, company, consent, customer, plan, planned

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
ROLES = ("other", "user", "purchasing", "decision_maker", "executive")


@pytest.fixture
def firm():
    company()
    return customer(kind="company", name="Weber GmbH", email="info@weber.example", street="Am Tor 1", city="Ulm")


@pytest.fixture
def five(firm):
    return {
        role: factories.contact_person(
            firm, first_name=role.title(), last_name="Weber", role=role, email=f"{role}@w.example"
        )
        for role in ROLES
    }


def chosen(*customers, channel="email", **fields):
    whom = recipients.wanted(**{"purpose": "advertising"} | fields)
    found = recipients.choose(customer_ids={one.pk for one in customers}, channel=channel, whom=whom, today=TODAY)
    return [[one.person_id for one in found[customer.pk]] for customer in customers]


def test_consumer_and_company_where_nobody_is_known_are_written_to_themselves(firm):
    assert chosen(customer(), firm) == [[None], [None]]


def test_consent_decides_on_mail_and_role_on_paper(firm, five):
    consent(firm, person=five["user"])

    assert chosen(firm) == [[five["user"].pk]]
    assert chosen(firm, channel="letter") == [[five["decision_maker"].pk]]
    assert chosen(firm, channel="letter", role="purchasing") == [[five["purchasing"].pk]]


def test_several_are_as_many_as_the_settings_allow(firm, five):
    company(cap_persons=2)

    assert chosen(firm, channel="letter", to_several=True) == [[five["decision_maker"].pk, five["executive"].pk]]
    assert chosen(firm, channel="letter", to_several=True, role="user") == [[five["user"].pk]]


def test_a_bounced_address_leaves_the_turn_to_the_next(firm, five):
    consent(firm, person=five["user"])
    Undeliverable.objects.create(channel="email", address="user@w.example", code="bounced", since_at=NOW)

    assert chosen(firm) == [[None]]


def test_the_number_of_queries_does_not_grow(firm, five, django_assert_num_queries):
    many = [customer() for _ in range(5)]
    chosen(firm)

    with django_assert_num_queries(10):
        chosen(firm)
    with django_assert_num_queries(10):
        chosen(firm, *many)


def test_who_is_reached_is_told_for_all_channels_at_once_as_for_each(firm, five, django_assert_max_num_queries):
    consent(firm, person=five["user"])
    bounced = customer(email="weg@w.example")
    Undeliverable.objects.create(channel="email", address="weg@w.example", code="bounced", since_at=NOW)
    ids = {one.pk for one in (firm, bounced, customer(), customer(street=""))}
    ways = ["email", "letter", "call", "webhook"]

    with django_assert_max_num_queries(15):
        found = recipients.reached(customer_ids=ids, ways=ways, purpose="advertising", today=TODAY)
    whom = recipients.wanted(purpose="advertising")
    for way in ways:
        chosen = recipients.choose(customer_ids=ids, channel=way, whom=whom, today=TODAY)
        assert found[way] == {pk for pk, some in chosen.items() if some[0].is_allowed}, way
    assert firm.pk in found["email"]
    assert found["letter"] == {firm.pk}


def test_it_is_said_who_and_why():
    said = {"role": "purchasing", "reason": "consent_given"}

    with translation.override("de"):
        words = recipients.words(said, name="Anna Weber", purpose="newsletter")

    assert words == "Anna Weber, Einkauf: hat in Newsletter eingewilligt"


def test_the_governor_refuses_whoever_is_one_too_many_at_a_company(firm, five):
    company(cap_persons=2)
    for one in five.values():
        consent(firm, person=one)
    first = planned(firm, contact_person_id=five["user"].pk)

    second = planned(firm, contact_person_id=five["other"].pk)
    third = planned(firm, contact_person_id=five["executive"].pk)
    elsewhere = planned(firm, contact_person_id=five["executive"].pk, origin="other:1")

    assert [one.state for one in (first, second, third, elsewhere)] == ["planned", "planned", "refused", "planned"]
    assert third.reason == {"code": "cap_people", "most": 2, "taken": 2}


def test_whoever_was_written_to_counts_and_the_same_person_is_no_other(firm, five):
    company(cap_persons=1)
    for one in five.values():
        consent(firm, person=one)
    sent = planned(firm, contact_person_id=five["user"].pk)
    type(sent).objects.filter(pk=sent.pk).update(state="handed_over", handed_over_at=NOW, slot_at=None)

    again = planned(firm, contact_person_id=five["user"].pk, now=NOW + DAY)
    other = planned(firm, contact_person_id=five["other"].pk, now=NOW + DAY)
    service = planned(firm, contact_person_id=five["other"].pk, now=NOW + DAY, purpose="service")

    assert [one.state for one in (again, other, service)] == ["planned", "refused", "planned"]
    assert plan(firm).contact_person_id is None


def test_words_are_tried_on_whoever_would_get_them():
    company()
    firm = customer(kind="company", email="info@mail.example")
    factories.contact_person(firm, last_name="Erste", role="user", email="erste@mail.example")
    kim = factories.contact_person(firm, last_name="Kim", role="purchasing", email="kim@mail.example")
    consent(firm, person=kim)
    template = Template(channel="email", purpose="advertising")

    assert queries.somebody(firm.pk, template=template, today=TODAY) == (firm.pk, kim.pk)
