"""Who at a customer is called: by the rule of recipients, people with a number first."""

import pytest

from stammkunde.customers import queries
from tests import factories
from tests.outreach.planning import NOW, company

pytestmark = pytest.mark.django_db


def named(customer):
    return {pk: one.last_name for pk, one in queries.people_to_call([customer.pk], today=NOW.date()).items()}


def test_whoever_objected_to_calls_loses_the_turn_to_the_next_by_role():
    company()
    firm = factories.customer(kind="company", phone="030 1")
    chief = factories.contact_person(firm, last_name="Chef", role="decision_maker", phone="030 2")
    factories.contact_person(firm, last_name="Lager", role="user", phone="030 3")
    factories.contact_person(firm, last_name="Kauf", role="purchasing", phone="030 4")
    factories.contact_person(firm, last_name="Vorstand", role="executive")
    assert named(firm) == {firm.pk: "Chef"}

    factories.consent(firm, person=chief, channel="phone", state="objected")

    assert named(firm) == {firm.pk: "Kauf"}


def test_without_numbers_of_their_own_the_role_says_who_and_somebody_is_named_where_nobody_may_be():
    company()
    firm = factories.customer(kind="company", phone="030 1")
    factories.contact_person(firm, last_name="Lager", role="user")
    factories.contact_person(firm, last_name="Chef", role="decision_maker")
    alone = factories.customer(name="Niemand", kind="company", phone="030 9")
    assert (named(firm), named(alone)) == ({firm.pk: "Chef"}, {})

    factories.consent(firm, channel="phone", state="objected")

    assert named(firm) == {firm.pk: "Lager"}  # the governor says why not
