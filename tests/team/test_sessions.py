"""Where people are signed in: until when, how it is listed, and what ends it."""

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from stammkunde.team import devices, services, sessions
from stammkunde.team.models import AccessSettings, AuditEntry, Session
from stammkunde.team.sessions import SessionStore

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0"


def browser(staff, agent=FIREFOX, password="correct horse") -> Client:
    """A browser in which somebody has signed in by the form."""
    client = Client(headers={"user-agent": agent})
    assert client.post("/sign-in/", {"email": staff.email, "password": password}).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get("/profile/").status_code == 200


def move(client, **ago: timedelta) -> None:
    """Let a session have begun, and somebody have been seen in it, so long ago."""
    store = SessionStore(client.session.session_key)
    for name, span in ago.items():
        store[name] = (timezone.now() - span).isoformat()
    store.set_expiry(timezone.now() + timedelta(days=1))
    store.save()


def end_of(client) -> datetime:
    return Session.objects.get(session_key=client.session.session_key).expire_date


@pytest.mark.parametrize(
    ("person", "idle", "longest"),
    [
        ("salesperson", timedelta(hours=8), timedelta(days=14)),
        ("administrator", timedelta(hours=2), timedelta(hours=12)),
    ],
)
def test_session_ends_without_activity_and_at_the_latest(request, person, idle, longest):
    client = browser(request.getfixturevalue(person))
    assert abs(end_of(client) - timezone.now() - idle) < timedelta(minutes=1)

    move(client, seen=idle - timedelta(minutes=1), since=longest - timedelta(hours=1))
    assert is_in(client)
    assert abs(end_of(client) - timezone.now() - timedelta(hours=1)) < timedelta(minutes=1), "the latest end stays"

    move(client, seen=timedelta(minutes=6), since=longest)
    assert not is_in(client)
    again = browser(request.getfixturevalue(person))
    move(again, seen=idle)
    assert not is_in(again)


def test_session_whose_end_has_come_is_found_by_nobody_and_cleared_away(salesperson):
    client = browser(salesperson)
    key = client.session.session_key
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert not is_in(client)
    browser(salesperson)
    assert not Session.objects.filter(session_key=key).exists()


def test_what_an_open_page_asks_by_itself_keeps_nobody_signed_in(salesperson):
    client = browser(salesperson)
    move(client, seen=timedelta(minutes=30))

    client.get("/profile/", headers={"hx-request": "true", "x-by-itself": "1"})
    assert SessionStore(client.session.session_key)["seen"] < (timezone.now() - timedelta(minutes=29)).isoformat()

    client.get("/profile/")
    assert SessionStore(client.session.session_key)["seen"] > (timezone.now() - timedelta(minutes=1)).isoformat()


def test_company_decides_how_long_and_it_holds_for_who_is_signed_in(administrator, salesperson):
    client = browser(salesperson)
    sent = {"idle_hours": 1, "longest_days": 2, "administrator_idle_hours": 1, "administrator_longest_hours": 73}
    sent |= {"token_longest_days": 365, "calls_per_minute": 300}
    ada = browser(administrator)
    assert ada.post("/settings/sessions/", sent).status_code == 400

    ada.post("/settings/sessions/", sent | {"administrator_longest_hours": 3})
    move(client, seen=timedelta(hours=1))
    assert client.get("/profile/", headers={"x-by-itself": "1"}).status_code == 302
    client = browser(salesperson)
    move(client, seen=timedelta(hours=1))

    assert AccessSettings.objects.get().limits(salesperson) == (timedelta(hours=1), timedelta(days=2))
    assert not is_in(client)


def test_own_sessions_are_listed_by_device_and_one_can_be_ended(salesperson, servant):
    here, phone, other = browser(salesperson), browser(salesperson, SAFARI), browser(servant, EDGE)
    page = here.get("/profile/").text
    assert "Firefox auf Windows" in page
    assert "Safari auf iPhone" in page
    assert "Edge auf Mac" not in page
    assert page.count("dieses Gerät") == 1
    assert phone.session.session_key not in page

    for client in (phone, other):
        handle = Session.objects.get(session_key=client.session.session_key).handle
        here.post(f"/profile/sessions/{handle}/end/")

    assert [is_in(here), is_in(phone), is_in(other)] == [True, False, True]
    assert AuditEntry.objects.filter(action="session.ended").count() == 1


def test_own_sessions_are_ended_everywhere(salesperson):
    here, phone = browser(salesperson), browser(salesperson, SAFARI)

    assert here.post("/profile/sessions/end/").headers["Location"] == "/sign-in/"

    assert "Sie sind überall abgemeldet" in here.get("/sign-in/").text
    assert [is_in(here), is_in(phone)] == [False, False]


def test_administrator_ends_the_sessions_of_somebody_and_nobody_else_does(administrator, salesperson, servant):
    theirs, ada, sina = browser(salesperson), browser(administrator), browser(servant)
    assert "Firefox auf Windows" in ada.get(f"/staff/{salesperson.pk}/").text
    assert sina.post(f"/staff/{salesperson.pk}/sessions/end/").status_code == 403
    assert is_in(theirs)

    ada.post(f"/staff/{salesperson.pk}/sessions/end/")

    assert [is_in(theirs), is_in(ada), is_in(sina)] == [False, True, True]
    entry = AuditEntry.objects.get(action="sessions.ended")
    assert (entry.staff, entry.label) == (administrator, "sven@example.org")


def test_sessions_end_with_the_password_and_with_the_account(administrator, salesperson):
    here, phone = browser(salesperson), browser(salesperson, SAFARI)
    new = {"current_password": "correct horse", "new_password": "ein neuer Satz", "password_again": "ein neuer Satz"}

    here.post("/profile/password/", new)
    assert [is_in(here), is_in(phone)] == [True, False]
    assert salesperson.sessions.count() == 1

    services.change_staff(by=administrator, staff_id=salesperson.pk, is_active=False, now=timezone.now())
    assert salesperson.sessions.count() == 0


def test_session_that_was_ended_meanwhile_does_not_come_back(salesperson):
    client = browser(salesperson)
    held = SessionStore(client.session.session_key)
    assert sessions.goes_on(held, staff=salesperson, now=timezone.now() + timedelta(hours=1))
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        held.save()

    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox auf Windows"),
        (SAFARI, "Safari auf iPhone"),
        (EDGE, "Edge auf Mac"),
        ("curl/8", "unbekanntes Gerät"),
    ],
)
def test_device_is_told_in_words(agent, words, settings):
    assert devices.words(agent) == words
