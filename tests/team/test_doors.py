"""Who came in, who did not, and who was refused what stands in the audit trail; and so does each setting."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone, translation

from stammkunde.team import attempts, services, wording
from stammkunde.team.models import AuditEntry, Company, Settings

pytestmark = pytest.mark.django_db


def sign_in(client, email="ada@example.org", password="correct horse"):
    return client.post("/sign-in/", {"email": email, "password": password}, headers={"user-agent": "Firefox/140"})


def told() -> list[tuple[str, str, str]]:
    entries = AuditEntry.objects.select_related("staff").order_by("pk")
    return [(one.action, str(one.staff or ""), one.label) for one in entries]


def test_coming_in_going_out_and_failing_stand_in_the_trail(client, administrator):
    sign_in(client, password="wrong")
    sign_in(client)
    client.post("/sign-out/")

    email = "ada@example.org"
    assert told() == [("sign_in.failed", "", email), ("sign_in.done", "Ada", email), ("sign_out.done", "Ada", email)]
    came = AuditEntry.objects.get(action="sign_in.done")
    assert came.detail == {"address": "127.0.0.1", "device": "Firefox/140"}
    assert "correct horse" not in json.dumps(list(AuditEntry.objects.values()), default=str)


def test_whoever_must_wait_is_noted_once_however_often_it_is_tried(client, administrator):
    for _attempt in range(attempts.PER_PERSON + 5):
        sign_in(client, password="wrong")

    assert AuditEntry.objects.filter(action="sign_in.failed").count() == attempts.PER_PERSON
    assert AuditEntry.objects.filter(action="sign_in.throttled", label="ada@example.org").count() == 1


def test_stranger_who_must_wait_fills_no_trail_with_other_addresses_of_mail(client, administrator):
    for number in range(attempts.SIGN_IN.per_address):
        attempts.failed(email=f"{number}@example.org", address="127.0.0.1", now=timezone.now())

    for number in range(3):
        sign_in(client, f"new-{number}@example.org")

    told = AuditEntry.objects.filter(action="sign_in.throttled")
    assert [(one.label, one.detail) for one in told] == [("new-0@example.org", {"address": "127.0.0.1"})]


def test_what_is_refused_to_staff_is_noted_once_with_the_right_that_lacked(client_of, servant):
    client = client_of(servant)

    for number in (7, 8, 9):  # whatever stands in the address
        assert client.get("/staff/").status_code == 403
        assert client.post(f"/staff/{number}/link/").status_code == 403

    entries = AuditEntry.objects.filter(action="refused", staff=servant).order_by("pk")
    assert [(one.label, one.thing_id, one.detail) for one in entries] == [
        ("/staff/", None, {"method": "GET", "right": "staff.manage"}),
        ("/staff/…/link/", 7, {"method": "POST", "right": "staff.manage"}),
    ]


def test_words_in_an_address_do_not_get_into_the_trail(client_of, analyst):
    client_of(analyst).post("/written/somebody's-secret-draft/")
    client_of(analyst).get("/settings/design/somebody's-secret-draft/")

    assert "secret" not in json.dumps(told())


def test_strangers_are_sent_to_sign_in_and_fill_no_trail(db):
    assert Client().get("/staff/").status_code == 302
    assert AuditEntry.objects.count() == 0


def test_several_people_are_known_in_one_browser(client, administrator, servant):
    for email in ("ada@example.org", "sina@example.org"):
        sign_in(client, email)
        client.post("/sign-out/")
    for number in range(attempts.PER_ACCOUNT):
        attempts.failed(email="ada@example.org", address=f"203.0.113.{number}", now=timezone.now())

    assert sign_in(client).status_code == 302
    assert sign_in(Client()).status_code == 400


def test_changed_settings_and_the_own_profile_say_what_was_and_what_is(administrator):
    services.change_company(by=administrator, now=timezone.now(), idle_hours=4)
    services.change_profile(staff=administrator, now=timezone.now(), name="Ada B.")

    with translation.override("en"):
        said = [wording.changes(one.detail) for one in AuditEntry.objects.order_by("pk")]
    assert said == ["hours without activity: 8 → 4", "name: Ada → Ada B."]


def test_no_setting_is_a_secret():
    """What is changed stands in the trail, so secrets are of the environment and in no row."""
    names = [one.name for row in (Company, *Settings.every()) for one in row._meta.fields]

    assert [name for name in names if re.search(r"secret|password|api_key|private", name)] == []
