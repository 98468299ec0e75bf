import re
import threading
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stammkunde.team import forgotten
from stammkunde.team.models import AuditEntry, Session
from tests import factories

pytestmark = pytest.mark.django_db
SEND = forgotten.send
NEW = "Ein Kranich im Apfelbaum"


@pytest.fixture(autouse=True)
def company(settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    factories.decided(name="Musterhaus", sender_email="gruss@musterhaus.example")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Mails leave before the test goes on."""

    monkeypatch.setattr(forgotten, "send", lambda staff, *, link: SEND(staff, link=link).join())


def ask(client, email="ada@example.org", **more):
    return client.post("/forgotten/", {"email": email}, **more)


def link(mail):
    return re.search(r"https://kunden\.example(\S+)", mail.body)[1]


def test_link_sets_a_new_password_once_and_signs_out_everywhere(client, administrator, mailoutbox):
    Client().force_login(administrator)
    ask(client, " ADA@Example.ORG ")
    there = link(mailoutbox[0])
    opened = client.get(there)
    taken = client.post(there, {"new_password": NEW, "password_again": NEW})

    administrator.refresh_from_db()
    assert (opened.status_code, taken.headers["Location"]) == (200, "/sign-in/")
    assert administrator.check_password(NEW)
    assert not Session.objects.exists()
    assert client.get(there).status_code == 410
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "password.asked", "password.changed",
    ]  # fmt: skip
    assert (mailoutbox[0].to, mailoutbox[0].from_email) == (
        ["ada@example.org"],
        "Musterhaus <gruss@musterhaus.example>",
    )


def test_link_leads_to_the_public_address_whatever_the_request_says(client, administrator, settings, mailoutbox):
    settings.ALLOWED_HOSTS = ["*"]
    ask(client, headers={"host": "elsewhere.example"})

    assert "elsewhere" not in mailoutbox[0].body
    assert link(mailoutbox[0]).startswith("/set-password/")


def test_answer_is_the_same_whether_the_address_is_known(client, administrator, servant, mailoutbox):
    servant.is_active = False
    servant.save()
    answers = [ask(client, email) for email in ("ada@example.org", "sina@example.org", "nobody@example.org")]

    said = {re.sub(r"\w+@example\.org", "", one.content.decode()) for one in answers}
    assert (len(said), {one.status_code for one in answers}, len(mailoutbox)) == (1, {200}, 1)


def test_link_of_yesterday_or_with_a_wrong_sign_leads_nowhere(client, administrator, mailoutbox, monkeypatch):
    ask(client)
    there = link(mailoutbox[0])
    later = forgotten.LINKS._now() + forgotten.GOOD_FOR + timedelta(seconds=5)

    assert client.get(there[:-2] + "x/").status_code == 410
    monkeypatch.setattr(type(forgotten.LINKS), "_now", lambda _self: later)
    assert client.get(there).status_code == 410


def test_asking_is_slowed_down_for_a_person_and_from_an_address(client, administrator, mailoutbox):
    for number in range(forgotten.PER_PERSON + 2):
        ask(client, REMOTE_ADDR=f"203.0.113.{number}")
    for number in range(forgotten.ASKED.per_address):
        forgotten.ask(email=f"{number}@example.org", address="203.0.113.99", now=timezone.now())

    assert len(mailoutbox) == forgotten.PER_PERSON
    assert forgotten.ask(email="new@example.org", address="203.0.113.99", now=timezone.now()) is None
    assert AuditEntry.objects.filter(label="new@example.org").count() == 0


@pytest.mark.parametrize("lacking", [{"EMAIL_IS_SET": False}, {"PUBLIC_URL": ""}])
def test_page_says_whom_to_ask_where_no_link_leaves(client, administrator, settings, mailoutbox, lacking):
    for name, value in lacking.items():
        setattr(settings, name, value)

    assert "stammkunde staff password EMAIL" in client.get("/forgotten/").content.decode()
    assert "stammkunde staff password EMAIL" in ask(client).content.decode()
    assert mailoutbox == []


def test_mail_server_that_refuses_harms_nobody(client, administrator, monkeypatch, caplog):
    def refuse(_mail):
        raise OSError("away")

    monkeypatch.setattr(forgotten.EmailMessage, "send", refuse)

    assert ask(client).status_code == 200
    assert "did not leave" in caplog.text


def test_server_that_ends_waits_for_mails_on_their_way_but_not_for_ever(administrator, monkeypatch, mailoutbox):
    goes_on = threading.Event()
    monkeypatch.setattr(forgotten.EmailMessage, "send", lambda mail: goes_on.wait(5) and mailoutbox.append(mail))
    thread = SEND(administrator, link="/")

    forgotten.finish(seconds=0)
    assert (thread.is_alive(), mailoutbox) == (True, [])
    goes_on.set()
    forgotten.finish(seconds=5)

    assert (thread.is_alive(), len(mailoutbox)) == (False, 1)
