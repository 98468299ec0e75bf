from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stammkunde.team import attempts
from stammkunde.team.models import AuditEntry

HERE = "127.0.0.1"


def sign_in(client, email="ada@example.org", password="correct horse", **more):
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def test_sign_in_leads_to_the_first_page_of_the_role(client, administrator, servant):
    assert sign_in(client).headers["Location"] == "/"
    client.post("/sign-out/")

    assert sign_in(client, "sina@example.org").headers["Location"] in {"/today/", "/customers/"}


def test_sign_in_does_not_mind_capitals_and_blanks(client, administrator):
    assert sign_in(client, " ADA@Example.ORG ").status_code == 302


def test_sign_in_goes_on_to_the_page_that_was_asked_for(client, administrator):
    assert client.get("/staff/").headers["Location"] == "/sign-in/?next=/staff/"
    assert sign_in(client, next="/staff/").headers["Location"] == "/staff/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_never_leads_elsewhere(client, administrator, elsewhere):
    assert sign_in(client, next=elsewhere).headers["Location"] == "/"


def test_sign_in_with_a_wrong_password_says_so_and_not_which(client, administrator):
    wrong_password = sign_in(client, password="wrong").content.decode()
    nobody = sign_in(client, "nobody@example.org").content.decode()

    sentence = "E-Mail und Passwort passen nicht zusammen, oder das Konto ist gesperrt."
    assert sentence in wrong_password
    assert sentence in nobody


def test_sign_in_of_a_closed_account_is_refused(client, administrator):
    administrator.is_active = False
    administrator.save()

    assert sign_in(client).status_code == 400


def test_sign_in_closes_after_too_many_failures_even_for_the_right_password(client, administrator):
    for _attempt in range(attempts.PER_PERSON):
        sign_in(client, password="wrong")

    response = sign_in(client)

    assert "Zu viele Versuche" in response.content.decode()
    assert AuditEntry.objects.filter(action="sign_in.failed").count() == attempts.PER_PERSON


def test_sign_in_failures_elsewhere_do_not_lock_anybody_out(client, administrator):
    for _attempt in range(attempts.PER_PERSON):
        client.post("/sign-in/", {"email": "ada@example.org", "password": "no"}, REMOTE_ADDR="203.0.113.9")

    assert sign_in(client).status_code == 302


def test_account_that_is_tried_from_everywhere_waits_but_not_where_its_person_has_signed_in(client, administrator):
    sign_in(client)
    client.post("/sign-out/")
    for number in range(attempts.PER_ACCOUNT):
        attempts.failed(email="ada@example.org", address=f"203.0.113.{number}", now=timezone.now())
    stranger, colleague = Client(), Client()
    colleague.cookies[attempts.cookie_of("sina@example.org")] = attempts.mark_of("sina@example.org")

    assert "Zu viele Versuche" in sign_in(stranger).text
    assert "Zu viele Versuche" in sign_in(colleague).text
    assert sign_in(client).status_code == 302


def test_sign_in_closes_an_address_that_tries_many_people(client, db):
    for number in range(attempts.SIGN_IN.per_address):
        attempts.failed(email=f"{number}@example.org", address=HERE, now=timezone.now())

    assert attempts.must_wait(email="ada@example.org", address=HERE, now=timezone.now())
    assert not attempts.must_wait(email="ada@example.org", address="203.0.113.9", now=timezone.now())


def test_sign_in_opens_again_after_a_quarter_of_an_hour(db):
    for _attempt in range(attempts.PER_PERSON):
        attempts.failed(email="ada@example.org", address=HERE, now=timezone.now())
    later = timezone.now() + attempts.WINDOW + timedelta(seconds=1)

    assert attempts.must_wait(email="ADA@example.org", address=HERE, now=timezone.now())
    assert not attempts.must_wait(email="ada@example.org", address=HERE, now=later)


def test_sign_out_is_a_post_only(client, administrator):
    client.force_login(administrator)

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/profile/").status_code == 302


def test_language_is_kept_by_the_browser_before_sign_in(client, db):
    assert "Passwort vergessen?" in client.get("/sign-in/").content.decode()

    response = client.post("/language/", {"language": "en", "next": "/sign-in/"})

    assert response.headers["Location"] == "/sign-in/"
    assert "Forgotten your password?" in client.get("/sign-in/").content.decode()


def test_language_is_kept_with_the_person(client, administrator):
    client.force_login(administrator)

    client.post("/language/", {"language": "en"})

    administrator.refresh_from_db()
    assert administrator.language == "en"
    assert '<html lang="en"' in client.get("/profile/").content.decode()


def test_language_unknown_changes_nothing(client, administrator):
    client.force_login(administrator)

    client.post("/language/", {"language": "xx", "next": "//evil.example/"})

    administrator.refresh_from_db()
    assert administrator.language == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_appearance_is_kept(client, administrator, theme):
    client.post("/appearance/", {"theme": theme})
    assert f'data-theme="{theme}"' in client.get("/sign-in/").content.decode()
    client.force_login(administrator)

    client.post("/appearance/", {"theme": theme})

    assert f'data-theme="{theme}"' in client.get("/profile/").content.decode()


def test_choices_are_no_get(client):
    assert client.get("/language/").status_code == 405
    assert client.get("/appearance/").status_code == 405
