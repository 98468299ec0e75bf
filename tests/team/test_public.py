"""A page that is opened by a link: nobody signs in, nothing is kept with whoever opens it, and guessing gets slow."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from stammkunde.team import attempts, public
from stammkunde.team.models import AuditEntry
from stammkunde.ui.links import Links

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.team.test_public")]

ANSWERS = Links(purpose="tests.answers", parts=1)


@public.by_link("answers")
def answer(request, token):
    (number,) = ANSWERS.read(token)
    request.session["seen"] = True  # as somebody might do by mistake
    response = HttpResponse(f"{request.method} {number}")
    response.set_cookie("seen", "1")
    return response


urlpatterns = [path("a/<str:token>/", answer)]


def test_link_opens_its_page_without_signing_in_and_takes_forms_from_anywhere():
    client = Client(enforce_csrf_checks=True)

    assert client.get(f"/a/{ANSWERS.token(7)}/").text == "GET 7"
    assert client.post(f"/a/{ANSWERS.token(7)}/").text == "POST 7"
    assert client.put(f"/a/{ANSWERS.token(7)}/").status_code == 405


def test_page_keeps_nothing_with_whoever_opens_it_and_is_in_no_index(client):
    page = client.get(f"/a/{ANSWERS.token(7)}/")

    assert client.cookies == {}
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]


def test_link_that_leads_nowhere_says_so_in_the_language_asked_for(client):
    page = client.get("/a/nonsense/?language=en")

    assert page.status_code == 404
    assert "This link leads nowhere" in page.text
    assert page.headers["Content-Language"] == "en"
    assert AuditEntry.objects.get(action="link.failed").label == "answers"


def test_too_many_links_that_lead_nowhere_must_wait_but_not_those_of_others(client):
    for _attempt in range(attempts.LINKS.per_address):
        attempts.LINKS.count(label="answers", address="203.0.113.7", now=timezone.now())

    assert client.get("/a/nonsense/", REMOTE_ADDR="203.0.113.7").status_code == 429
    assert client.get("/a/nonsense/", REMOTE_ADDR="203.0.113.8").status_code == 404
    assert client.get(f"/a/{ANSWERS.token(7)}/", REMOTE_ADDR="203.0.113.7").status_code == 200
    assert AuditEntry.objects.filter(action="link.failed").count() == attempts.LINKS.per_address + 1


def test_no_address_of_a_visitor_is_kept_and_the_limit_holds_all_the_same(client):
    client.get("/a/nonsense/", REMOTE_ADDR="203.0.113.7")

    entry = AuditEntry.objects.get(action="link.failed")
    assert "203.0.113.7" not in str(entry.detail) + entry.label

    midnight = datetime(2026, 5, 4, tzinfo=UTC)
    for number in range(attempts.LINKS.per_address):
        at = midnight - timedelta(minutes=5)
        attempts.LINKS.count(label="", address=f"2001:db8:0:7::{number}", now=at)
    later = midnight + timedelta(minutes=5)
    assert attempts.LINKS.must_wait(address="2001:db8:0:7:ffff::1", now=later)  # one network, one visitor
    assert not attempts.LINKS.must_wait(address="2001:db8:0:8::1", now=later)
