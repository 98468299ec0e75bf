"""Whose birthday it is: the person at the customer is written to, and a task names her."""

from datetime import date

import pytest

from stammkunde.outreach.models import Message
from stammkunde.plays import contents, trial
from stammkunde.tasks.models import Task
from tests import factories
from tests.outreach.planning import NOW, company, consent, customer
from tests.plays.over_time import message, started, task, work

pytestmark = pytest.mark.django_db

BIRTHDAY = {"kind": "dated", "table": "contact_persons", "column": "birthday_on", "yearly": True}


def born_today(at, **fields):
    person = factories.contact_person(at, birthday_on=date(1970, NOW.month, NOW.day), **fields)
    if person.email:
        consent(at, person=person)
    return person


def wishes(*steps):
    return started(*steps, trigger=BIRTHDAY, subject={"per": "row"})


def test_at_a_company_the_mail_goes_to_the_persons_whose_birthday_it_is_and_to_nobody_else(template):
    company()
    firm = customer(name="Werk GmbH", kind="company")
    boss = factories.contact_person(firm, role="decision_maker", email="chef@werk.example")
    consent(firm, person=boss)
    both = [born_today(firm, email=f"{name}@werk.example", role="user") for name in ("a", "b")]
    born_today(firm, email="")  # is written to by nobody, least of all her boss
    play = wishes(message(template()))

    found = trial.of(play, contents.read(play.versions.get().content), now=NOW)
    work()

    assert sorted(Message.objects.values_list("contact_person_id", flat=True)) == [one.pk for one in both]
    assert play.enrolments.filter(code="not_reached").count() == 1
    assert found.n == 1


def test_a_private_customer_is_written_to_where_the_person_has_no_address(template):
    company()
    household = customer(name="Familie Müller", kind="person")
    born_today(household, email="")
    wishes(message(template()))

    work()

    assert Message.objects.get().contact_person_id is None


def test_a_task_names_whose_birthday_it_is():
    firm = customer(name="Werk GmbH", kind="company")
    person = born_today(firm, first_name="Anna", last_name="Weber")
    wishes(task("Gratulieren"))

    work()

    assert Task.objects.get().title == f"Gratulieren: {person}"
    assert "Anna Weber" in Task.objects.get().title
