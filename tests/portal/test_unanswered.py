"""Who signed up and never answered is removed after a while; whoever answered, or was worked with, stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stammkunde.contacts.models import Contact
from stammkunde.customers import links, services
from stammkunde.customers.models import Consent, ContactPerson, Customer, OptIn
from stammkunde.outreach import working
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import forget_unanswered, plan_optins, telling
from stammkunde.team import queries as team
from stammkunde.team import sealing
from stammkunde.team.models import AuditEntry
from tests import factories
from tests.portal.test_signup import publish

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LATER = NOW + timedelta(days=31)


@pytest.fixture
def version(administrator, settings):
    settings.PUBLIC_URL = "https://crm.example.org"
    factories.decided(name="Grünwerk", privacy_url="https://gruenwerk.example/datenschutz")
    return publish(administrator)


def signed_up(version, name="lux", *, now=NOW) -> OptIn:
    """Let somebody sign up, and the mail leave."""
    someone = services.Person(email=f"ott@{name}.example", company=f"Café {name}", last_name="Ott")
    optin = services.sign_up(someone, version=version, language="de", proof={"ip": "203.0.113.0"}, now=now)
    plan_optins(company=team.company(), now=now)
    mine = Message.objects.filter(customer=optin.customer)
    mine.update(state="handed_over", begun_at=now, handed_over_at=now)
    telling.tell(mine, now=now)
    return optin


def test_who_never_answers_goes_with_everything_that_was_told(version):
    signed_up(version)
    sealing.seal_all(now=NOW)
    assert Contact.objects.exists()

    assert forget_unanswered(now=NOW + timedelta(days=29)) == 0
    assert (forget_unanswered(now=LATER), forget_unanswered(now=LATER)) == (1, 0)

    for model in (Customer, ContactPerson, OptIn, Consent, Message, Contact):
        assert not model.objects.exists(), model
    told = " ".join(f"{one.label} {one.detail}" for one in AuditEntry.objects.all())
    assert "lux" not in told.lower()
    sealing.seal_all(now=LATER)
    assert not sealing.check().flaw


def test_the_question_stays_while_it_can_be_answered(version):
    factories.decided(optin_days=60)
    signed_up(version)

    assert forget_unanswered(now=LATER) == 0
    assert forget_unanswered(now=NOW + timedelta(days=60)) == 1


def _confirm(optin, _staff):
    token = links.optin_url(optin=optin).rstrip("/").rpartition("/")[2]
    services.confirm_optin(token=token, now=NOW, proof={})


def _object(optin, _staff):
    whose = optin.contact_person
    factories.consent(optin.customer, person=whose, state="objected", address=optin.email)


def _note(optin, staff):
    services.add_note(customer_id=optin.customer_id, text="Rief an.", now=NOW, staff=staff)


def _assign(optin, staff):
    services.assign(customer_ids=[optin.customer_id], owner=staff, now=NOW, staff=staff)


def _wish(optin, _staff):
    whose = services.Recipient(customer_id=optin.customer_id, contact_person_id=optin.contact_person_id)
    services.change_preference(
        recipient=whose, fields={"language": "en"}, changed_at=NOW + timedelta(minutes=1), staff=None
    )


def _order(optin, _staff):
    factories.order(optin.customer, NOW.date())


def _again(optin, _staff):
    OptIn.objects.filter(pk=optin.pk).update(created_at=LATER - timedelta(days=20))


@pytest.mark.parametrize("what", [_confirm, _object, _note, _assign, _wish, _order, _again])
def test_whoever_answered_or_was_worked_with_stays(version, salesperson, what):
    what(signed_up(version), salesperson)

    assert forget_unanswered(now=LATER) == 0
    assert Customer.objects.count() == 1


def test_nobody_goes_who_did_not_come_by_the_form_and_the_sweep_looks_once_an_hour(version):
    known = factories.customer(email="kim@example.org")
    services.sign_up(services.Person(email="kim@example.org"), version=version, language="de", proof={}, now=NOW)
    signed_up(version)

    assert [working.forget_unanswered(now=LATER) for _turn in range(3)] == [True, False, False]
    assert Customer.objects.get() == known
