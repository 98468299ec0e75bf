"""What somebody typed and did not send: kept for this person alone, offered again, and gone when it has served."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from stammkunde.customers import drafts as of_customers
from stammkunde.customers.models import Note
from stammkunde.team import drafts
from stammkunde.team.models import Draft
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 7, 40, tzinfo=UTC)
TYPED = "Sie mag <Rosen> & Tulpen."


@pytest.fixture
def page(client, salesperson):
    client.force_login(salesperson)
    return client


@pytest.fixture
def customer():
    return factories.customer(name="Muster")


def kept(staff, *, page="/customers/7/", form="note", text=TYPED, about=7, now=NOW, **fields):
    said = {"text": [text], **fields}
    return drafts.save(staff=staff, page=page, form=form, about=about, fields=said, now=now)


def sent(customer, **fields):
    place = f"/customers/{customer.pk}/"
    return {"draft-form": "note", "draft-page": place, "draft-about": customer.pk, "text": TYPED, **fields}


def offered(page, customer, form="note"):
    return page.get("/drafts/", {"page": f"/customers/{customer.pk}/", "form": form}).content.decode()


def test_words_are_kept_while_somebody_types_and_offered_again(page, customer):
    assert offered(page, customer) == ""

    answer = page.post("/drafts/save/", sent(customer, new_password="geheim", csrfmiddlewaretoken="c"))

    assert answer.status_code == 204
    said = offered(page, customer)
    assert "Entwurf vom" in said
    assert "Wiederherstellen" in said
    assert "Verwerfen" in said
    assert "Sie mag &lt;Rosen&gt; &amp; Tulpen." in said
    assert Draft.objects.get().fields == {"text": [TYPED]}, "no password, and nothing of the form itself"
    assert offered(page, customer, "task") == ""


def test_form_that_is_refused_keeps_its_words_and_one_that_is_taken_forgets_them(page, customer):
    address = reverse("note-add", args=[customer.pk])
    page.post(address, sent(customer, text="x" * 4001))
    assert "x" * 4001 in offered(page, customer), "the answer leads to the customer's page, where the form is empty"

    page.post(address, sent(customer))

    assert Note.objects.get().text == TYPED
    assert not Draft.objects.exists()


def test_words_that_another_site_sent_or_a_right_lacks_for_are_not_kept(salesperson, analyst, customer):
    kept(salesperson, page=f"/customers/{customer.pk}/")
    elsewhere, unable = Client(enforce_csrf_checks=True), Client()
    elsewhere.force_login(salesperson)
    unable.force_login(analyst)
    note, nothing = (reverse("note-add", args=[pk]) for pk in (customer.pk, customer.pk + 1))

    refused = [one.post(note, sent(customer, text="Words of others")) for one in (elsewhere, unable)]
    unable.force_login(salesperson)
    missing = unable.post(nothing, sent(customer, text="Words of others"))

    assert [one.status_code for one in [*refused, missing]] == [403, 403, 404]
    assert [draft.fields["text"] for draft in Draft.objects.all()] == [[TYPED]]


def test_settings_that_are_refused_are_kept(client, administrator):
    client.force_login(administrator)
    place = {"draft-form": "settings", "draft-page": "/settings/"}

    answer = client.post(reverse("settings"), {**place, "name": "", "sender_email": "gruss"})

    assert answer.status_code == 400
    assert Draft.objects.get().fields["sender_email"] == ["gruss"]


def test_draft_is_of_one_person_alone(client, page, customer, administrator):
    page.post("/drafts/save/", sent(customer))

    client.force_login(administrator)

    assert offered(client, customer) == ""
    client.post("/drafts/discard/", sent(customer))
    assert Draft.objects.count() == 1


def test_draft_is_discarded_by_a_click_and_with_signing_out(page, customer):
    page.post("/drafts/save/", sent(customer))
    assert page.post("/drafts/discard/", sent(customer)).content == b""
    assert not Draft.objects.exists()

    page.post("/drafts/save/", sent(customer))
    page.post("/sign-out/")
    assert not Draft.objects.exists()


def test_draft_goes_after_a_week_and_with_its_customer(salesperson, customer):
    kept(salesperson, form="old", about=None, now=NOW - drafts.KEPT)
    kept(salesperson, form="gone", about=customer.pk + 1)
    kept(salesperson, form="there", about=customer.pk)
    kept(salesperson, form="nobody", about=None)
    place = {"staff": salesperson, "page": "/customers/7/", "form": "old"}
    assert drafts.find(**place, now=NOW) is None
    assert drafts.find(**place, now=NOW - timedelta(seconds=1))

    assert of_customers.sweep(now=NOW) is False

    assert set(Draft.objects.values_list("form", flat=True)) == {"there", "nobody"}


@pytest.mark.parametrize(
    "given",
    [
        {"text": "x" * drafts.MOST_BYTES},
        {"text": "  \n"},
        {"page": "https://elsewhere.example/"},
        {"page": "/" + "x" * 300},
        {"form": ""},
        {"form": "x" * 61},
    ],
)
def test_what_is_too_large_empty_or_nowhere_is_not_kept(salesperson, given):
    assert not kept(salesperson, **given)
    assert not Draft.objects.exists()


def test_oldest_drafts_make_room(salesperson):
    for number in range(drafts.MOST + 2):
        kept(salesperson, form=f"form {number}", now=NOW + timedelta(seconds=number))

    assert Draft.objects.count() == drafts.MOST
    assert not Draft.objects.filter(form__in=["form 0", "form 1"]).exists()


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("customer", {"note", "task"}),
        ("customer-edit", {"form"}),
        ("today", {"task"}),
        ("settings", {"settings"}),
    ],
)
def test_forms_for_notes_tasks_and_settings_have_a_place_for_drafts(client, administrator, customer, name, forms):
    client.force_login(administrator)
    address = reverse(name, args=[customer.pk] if name.startswith("customer") else [])

    shown = client.get(address).content.decode()

    assert all(f'name="draft-form" value="{form}"' in shown for form in forms)
    assert f'name="draft-page" value="{address}"' in shown
    assert 'data-draft="/drafts/save/"' in shown


def test_a_saving_that_arrives_after_its_form_was_sent_or_discarded_is_dropped(page, customer):
    late = sent(customer, **{"draft-key": "1-a"})
    page.post("/drafts/save/", late)

    page.post(reverse("note-add", args=[customer.pk]), late)
    page.post("/drafts/save/", late)
    assert offered(page, customer) == ""

    page.post("/drafts/save/", sent(customer, **{"draft-key": "1-b"}))  # the same form, opened again
    assert TYPED.replace("<Rosen> &", "&lt;Rosen&gt; &amp;") in offered(page, customer)
    over = page.post("/drafts/discard/", sent(customer, **{"draft-key": "1-b"}))
    for key in ("1-a", "1-b"):
        page.post("/drafts/save/", sent(customer, **{"draft-key": key}))
    assert (over.headers["Draft-Over"], offered(page, customer)) == ("1", "")


def test_what_is_known_of_a_visit_that_is_over_holds_no_words_and_goes_after_an_hour(salesperson):
    kept(salesperson)
    drafts.discard(staff=salesperson, page="/customers/7/", form="note", key="1-a", now=NOW)

    ended = Draft.objects.get()
    assert (ended.fields, ended.about, ended.ended) == ({}, None, ["1-a"])
    drafts.forget_old(now=NOW + drafts.LATE - timedelta(seconds=1))
    assert Draft.objects.exists()
    drafts.forget_old(now=NOW + drafts.LATE)
    assert not Draft.objects.exists()
