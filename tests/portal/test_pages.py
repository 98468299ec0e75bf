"""Pages for customers: the signed link says who it is, GET changes nothing, and repeating is harmless."""

from datetime import time, timedelta

import pytest
from django.core.signing import Signer
from django.utils import timezone

from stammkunde.customers import links, services, visitors
from stammkunde.customers.models import Consent, ContactPreference, OptIn
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.team.models import AuditEntry, Company
from tests import factories

pytestmark = pytest.mark.django_db

NEWS = ("email", "newsletter")


@pytest.fixture(autouse=True)
def _public(settings):
    settings.PUBLIC_URL = "https://crm.example.org"


@pytest.fixture
def customer():
    return factories.customer(email="kim@example.org", phone="030 1", street="Weg 1", city="Berlin", name="Kim Lux")


def path(url: str) -> str:
    return url.removeprefix("https://crm.example.org")


def ask(customer, *, cells=(NEWS,), asked_at=None, **proof) -> OptIn:
    now = asked_at or timezone.now()
    return services.ask_optin(
        recipient=Recipient(customer_id=customer.pk),
        wordings=dict.fromkeys(cells, "Ich bin einverstanden."),
        evidence=Evidence(happened_at=now, origin="Messe", proof=proof),
        now=now,
        staff=None,
    )


def unsubscribe(customer, *, person=None, purpose="newsletter") -> str:
    return path(links.unsubscribe_url(customer=customer, contact_person=person, channel="email", purpose=purpose))


def preferences(customer, person=None) -> str:
    return path(links.preferences_url(customer=customer, contact_person=person))


def states() -> list[tuple[str, str, str]]:
    return list(Consent.objects.order_by("pk").values_list("channel", "purpose", "state"))


def everything() -> tuple:
    return tuple(
        list(model.objects.order_by("pk").values()) for model in (Consent, OptIn, ContactPreference, AuditEntry)
    )


# --- confirm


def test_scanner_that_opens_every_link_changes_nothing(client, customer):
    factories.consent(customer, purpose="newsletter")
    pages = [path(links.optin_url(optin=ask(customer, cells=[("email", "survey")]))), unsubscribe(customer)]
    pages.append(preferences(customer))
    before = everything()

    for page in pages:
        assert client.get(page).status_code == 200
        assert client.head(page).status_code == 200
        assert client.get(f"{page}?language=en&List-Unsubscribe=One-Click&what=all").status_code == 200

    assert everything() == before
    assert client.cookies == {}


def test_one_button_confirms_with_proof(client, customer):
    page = path(links.optin_url(optin=ask(customer)))

    shown = client.get(page)
    answer = client.post(page, headers={"user-agent": "Mail 1.0"}, REMOTE_ADDR="203.0.113.77")
    again = client.post(page)

    assert "Ich bin einverstanden." in shown.text
    assert "k…@example.org" in shown.text
    assert (answer.status_code, answer.headers["Location"], again.status_code) == (302, page, 302)
    given = Consent.objects.get(state="given")
    assert (given.proof["ip"], given.proof["user_agent"]) == ("203.0.113.0", "Mail 1.0")
    assert "Bestätigt, vielen Dank" in client.get(page).text


def test_page_speaks_as_the_form_did_on_which_they_asked_for_it(client, customer):
    page = path(links.optin_url(optin=ask(customer, language="en")))

    assert '<html lang="en"' in client.get(page).text
    assert '<html lang="de"' in client.get(f"{page}?language=de").text


def test_expired_link_says_so_and_sends_a_new_one(client, customer):
    optin = ask(customer, asked_at=timezone.now() - timedelta(days=15))
    page = path(links.optin_url(optin=optin))

    assert "Dieser Link ist abgelaufen" in client.get(page).text
    assert "Dieser Link ist abgelaufen" in client.post(page).text
    assert OptIn.objects.count() == 1

    for _repeated in range(2):
        assert "Ein neuer Link ist unterwegs" in client.post(page, {"act": "again"}).text
    new = OptIn.objects.exclude(pk=optin.pk).get()
    client.post(path(links.optin_url(optin=new)))

    assert states() == [(*NEWS, "asked"), (*NEWS, "asked"), (*NEWS, "given")]


def test_question_to_somebody_who_is_gone_is_not_asked_of_others(client, customer):
    person = factories.contact_person(customer, email="lee@example.org")
    optin = services.ask_optin(
        recipient=Recipient(customer_id=customer.pk, contact_person_id=person.pk),
        wordings={NEWS: "Ich bin einverstanden."},
        evidence=Evidence(happened_at=timezone.now() - timedelta(days=15), origin="Messe"),
        now=timezone.now() - timedelta(days=15),
        staff=None,
    )
    person.delete()

    page = client.post(path(links.optin_url(optin=optin)), {"act": "again"})

    assert "Ein neuer Link ist unterwegs" not in page.text
    assert OptIn.objects.count() == 1


def test_no_new_link_is_promised_where_no_address_is_known(client, customer):
    optin = ask(customer, asked_at=timezone.now() - timedelta(days=15))
    customer.email = ""
    customer.save()

    page = client.post(path(links.optin_url(optin=optin)), {"act": "again"})

    assert "Dieser Link ist abgelaufen" in page.text
    assert OptIn.objects.count() == 1


def test_link_of_what_was_withdrawn_since_confirms_nothing(client, customer):
    page = path(links.optin_url(optin=ask(customer)))
    client.post(unsubscribe(customer))

    assert "Inzwischen abgemeldet" in client.post(page).text
    assert states() == [(*NEWS, "asked"), (*NEWS, "objected")]


# --- unsubscribe


def test_mail_program_unsubscribes_with_one_click_and_without_anything_else(client, customer):
    factories.consent(customer, purpose="newsletter")
    factories.consent(customer, purpose="survey")
    client = type(client)(enforce_csrf_checks=True)

    answers = [
        client.post(
            unsubscribe(customer), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        for _repeated in range(2)
    ]

    assert [(one.status_code, one.text) for one in answers] == [(200, "OK"), (200, "OK")]
    assert states() == [(*NEWS, "given"), ("email", "survey", "given"), (*NEWS, "withdrawn")]
    assert Consent.objects.get(state="withdrawn").origin == "one_click"


def test_person_unsubscribes_from_one_thing_or_from_all(client, customer):
    page = unsubscribe(customer)

    assert "Newsletter" in client.get(page).text
    done = client.post(page, follow=True)
    assert "Das kommt nicht mehr per E-Mail" in done.text
    assert states() == [(*NEWS, "objected")]
    done = client.post(page, {"what": "all"}, follow=True)

    assert "Es kommt keine Werbung mehr per E-Mail." in done.text
    assert {purpose for _channel, purpose, _state in states()} == {"newsletter", "survey", "advertising"}


def test_person_is_unsubscribed_and_not_the_company(client, customer):
    kim = factories.contact_person(customer, email="kim2@example.org")

    client.post(unsubscribe(customer, person=kim))

    assert Consent.objects.get().contact_person == kim
    assert Consent.objects.get().person_source == kim.source


def test_unsubscribing_works_after_links_were_revoked_and_after_the_person_left(client, customer, salesperson):
    kim = factories.contact_person(customer)
    page = unsubscribe(customer, person=kim)
    services.revoke_links(
        recipient=Recipient(customer_id=customer.pk, contact_person_id=kim.pk), staff=salesperson, now=timezone.now()
    )

    assert client.post(page).status_code == 302
    services.remove_contact_person(person_id=kim.pk, staff=salesperson, now=timezone.now())
    gone = client.post(page, {"List-Unsubscribe": "One-Click"})

    assert gone.status_code == 200
    assert "nicht mehr gespeichert" in gone.text


# --- preferences


def fill(**chosen) -> dict:
    usual = {"language": "de", "frequency": "", "form": ""}
    return usual | {name: value for name, value in chosen.items() if value is not None}


def test_preferences_show_what_is_allowed_now(client, customer):
    factories.consent(customer, purpose="newsletter", address="kim@example.org")
    services.ask_optin(
        recipient=Recipient(customer_id=customer.pk),
        wordings={("email", "survey"): "Ja"},
        evidence=Evidence(happened_at=timezone.now(), origin="Messe"),
        now=timezone.now(),
        staff=None,
    )

    grid = client.get(preferences(customer)).context["grid"]

    ticked = {box.value for box in grid.boxes if box.is_ticked}
    assert ticked == {
        "email:newsletter",
        "email:survey",
        "post:newsletter",
        "post:advertising",
        "post:survey",
        *(f"{channel}:thanks" for channel in ("email", "post", "phone")),
    }
    assert [box.value for box in grid.boxes if box.is_asked] == ["email:survey"]


def test_preferences_of_what_cannot_reach_anybody_are_not_offered(client):
    grid = client.get(preferences(factories.customer(phone="030 1"))).context["grid"]

    assert {box.cell[0] for box in grid.boxes} == {"phone"}


def test_changed_boxes_are_acts_and_others_stay_as_they_are(client, customer):
    factories.consent(customer, purpose="newsletter", address="kim@example.org")
    shown = ["email:newsletter", "email:advertising", "post:advertising", "phone:advertising"]

    answer = client.post(
        preferences(customer), fill(shown=shown, may=["email:advertising", "phone:advertising"]), follow=True
    )

    assert states() == [
        (*NEWS, "given"),
        (*NEWS, "withdrawn"),
        ("post", "advertising", "objected"),
        ("phone", "advertising", "given"),
        ("email", "advertising", "asked"),
    ]
    called = Consent.objects.get(channel="phone")
    assert (called.basis, called.origin, called.proof["language"]) == ("online", "preference_page", "de")
    assert called.wording.startswith("Ich bin einverstanden, dass Stammkunde mich wegen Angeboten anruft.")
    assert "Ein Klick fehlt noch: In der E-Mail an k…@example.org" in answer.text


def test_same_page_sent_twice_changes_nothing_more(client, customer):
    filled = fill(shown=["email:advertising", "post:survey"], may=["email:advertising"], frequency="1/30")

    for _repeated in range(2):
        assert client.post(preferences(customer), filled).status_code == 302

    assert states() == [("post", "survey", "objected"), ("email", "advertising", "asked")]
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "consent.withdrawn",
        "preference.changed",
        "consent.asked",
    ]


def test_wishes_are_kept_and_shown_again(client, customer, salesperson):
    later = timezone.localdate() + timedelta(days=30)

    client.post(
        preferences(customer),
        fill(
            language="en",
            frequency="2/30",
            form="du",
            paused_until_on=later.isoformat(),
            call_from="09:00",
            call_until="11:30",
            call_weekdays=["1", "4"],
            preferred_staff=salesperson.pk,
            payment="Rechnung",
            delivery="Mittwochs",
        ),
    )

    kept = ContactPreference.objects.get()
    assert (kept.language, kept.form, kept.max_contacts, kept.per_days) == ("en", "du", 2, 30)
    assert (kept.paused_until_on, kept.call_from, kept.call_until) == (later, time(9), time(11, 30))
    assert (kept.call_weekdays, kept.preferred_staff, kept.origin) == ([1, 4], salesperson, "customer")
    assert (kept.payment, kept.delivery) == ("Rechnung", "Mittwochs")
    page = client.get(preferences(customer))
    assert page.headers["Content-Language"] == "en"
    assert "How may we be in touch?" in page.text
    assert page.context["form"].initial["frequency"] == "2/30"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"paused_until_on": "2020-01-01"}, "Dieser Tag ist vorbei."),
        ({"call_from": "09:00"}, "Bitte beides angeben"),
        ({"call_from": "09:00", "call_until": "08:00"}, "Das Ende muss nach dem Anfang liegen."),
    ],
)
def test_wishes_that_mean_nothing_are_refused_with_the_cure(client, customer, wrong, words):
    answer = client.post(preferences(customer), fill(**wrong))

    assert answer.status_code == 422
    assert words in answer.text
    assert not ContactPreference.objects.exists()


def test_what_we_noted_gives_way_to_what_they_say_themselves(client, customer):
    ContactPreference.objects.create(
        customer=customer, channels=["post"], max_contacts=3, per_days=14, changed_at=timezone.now()
    )

    page = client.get(preferences(customer))
    client.post(preferences(customer), fill(shown=["phone:thanks"], may=["phone:thanks"], frequency="3/14"))

    assert "höchstens 3 in 14 Tagen" in page.text
    kept = ContactPreference.objects.get()
    assert (kept.channels, kept.max_contacts, kept.per_days) == (None, 3, 14)
    assert states() == [("phone", "thanks", "given")]


def test_objection_for_the_whole_company_is_not_undone_by_one_person(client, customer):
    kim = factories.contact_person(customer, phone="030 2")
    factories.consent(customer, channel="phone", purpose="advertising", state="objected")

    page = client.get(preferences(customer, kim))
    client.post(preferences(customer, kim), fill(shown=["phone:advertising"], may=["phone:advertising"]))

    assert [box.value for box in page.context["grid"].boxes if box.is_closed] == ["phone:advertising"]
    assert len(states()) == 1


def test_what_the_company_wishes_is_not_undone_by_one_person(client, customer):
    kim = factories.contact_person(customer, phone="030 2")
    ContactPreference.objects.create(
        customer=customer, channels=["post"], topics=["newsletter"], changed_at=timezone.now()
    )

    page = client.get(preferences(customer, kim))
    client.post(preferences(customer, kim), fill(shown=["phone:newsletter"], may=["phone:newsletter"]))

    assert [box.value for box in page.context["grid"].boxes if not box.is_closed] == ["post:newsletter"]
    assert states() == []


def test_language_can_be_switched_without_keeping_it(client, customer):
    page = client.get(f"{preferences(customer)}?language=en")

    assert ("How may we be in touch?" in page.text, page.headers["Content-Language"]) == (True, "en")
    assert "Wie dürfen wir" in client.get(preferences(customer)).text


@pytest.mark.parametrize("count", [1, 3])
def test_preferences_take_few_queries(client, customer, count, django_assert_num_queries):
    for number in range(count):
        kim = factories.contact_person(customer, email=f"k{number}@example.org")
        factories.consent(customer, person=kim)
    page = preferences(customer)

    with django_assert_num_queries(13):
        client.get(page)


# --- links


def test_company_says_whose_pages_these_are(client, customer):
    Company.objects.create(
        pk=1, name="Lux", sender_name="Kaffee Lux", imprint="Lux GmbH\nWeg 1", privacy_url="https://lux.example/ds"
    )

    page = client.get(unsubscribe(customer))

    assert "Kaffee Lux" in page.text
    assert "Lux GmbH<br>Weg 1" in page.text
    assert 'href="https://lux.example/ds"' in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["confirm", "unsubscribe", "preferences"])
def test_guessing_links_is_slowed_down(client, name):
    for _tried in range(30):
        assert client.get(f"/c/{name}/1-0-0.guess/").status_code == 404

    blocked = client.get(f"/c/{name}/1-0-0.guess/")

    assert blocked.status_code == 429
    assert "In einer Viertelstunde" in blocked.text
    assert AuditEntry.objects.filter(action="link.failed").count() == 30
    assert client.get(f"/c/{name}/x/", REMOTE_ADDR="198.51.100.9").status_code == 404


def test_link_that_works_is_never_slowed_down(client, customer):
    for _tried in range(31):
        client.get("/c/unsubscribe/x/")

    assert client.post(unsubscribe(customer), {"List-Unsubscribe": "One-Click"}).text == "OK"


@pytest.mark.parametrize(
    ("address", "how", "kept"),
    [
        ("203.0.113.77", "cut", "203.0.113.0"),
        ("2001:db8:1:2:3::4", "cut", "2001:db8:1::"),
        ("203.0.113.77", "full", "203.0.113.77"),
        ("203.0.113.77", "none", ""),
        ("unix", "cut", ""),
    ],
)
def test_internet_address_is_kept_as_the_company_decides(address, how, kept):
    assert visitors.shortened(address, how) == kept


def test_proxy_is_believed_only_where_there_is_one(client, customer, settings):
    page = path(links.optin_url(optin=ask(customer)))
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    client.post(page, headers={"x-forwarded-for": "192.0.2.1, 203.0.113.77"}, REMOTE_ADDR="127.0.0.1")

    assert Consent.objects.get(state="given").proof["ip"] == "203.0.113.0"


def revoke(customer, by) -> None:
    services.revoke_links(recipient=Recipient(customer_id=customer.pk), staff=by, now=timezone.now())


def test_revoked_links_lead_nowhere_and_hand_out_no_new_ones(client, customer, salesperson):
    optin = ask(customer)
    confirm, wishes, leave = path(links.optin_url(optin=optin)), preferences(customer), unsubscribe(customer)

    revoke(customer, salesperson)

    assert [client.get(one).status_code for one in (confirm, wishes)] == [404, 404]
    assert client.post(confirm).status_code == 404
    for page in (client.get(leave), client.post(leave, {"what": "all"}, follow=True)):
        assert page.status_code == 200
        assert "/c/preferences/" not in page.content.decode()
    assert states() == [(*NEWS, "asked"), (*NEWS, "objected")]
    assert client.get(preferences(customer)).status_code == 200
    assert "/c/preferences/" in client.get(unsubscribe(customer)).content.decode()


def test_links_of_mails_from_before_links_had_versions_still_unsubscribe(client, customer, salesperson):
    once = Signer(salt="stammkunde.customers.unsubscribe", sep=".").sign(f"{customer.pk}-0-email-newsletter")
    leave = f"/c/unsubscribe/{once}/"

    assert "/c/preferences/" in client.get(leave).content.decode()
    revoke(customer, salesperson)

    assert "/c/preferences/" not in client.get(leave).content.decode()
    assert client.post(leave, {"List-Unsubscribe": "One-Click"}).content == b"OK"
    assert states() == [(*NEWS, "objected")]


def test_a_question_after_links_were_revoked_is_a_new_one(client, customer, salesperson):
    first = ask(customer)
    revoke(customer, salesperson)

    again = ask(customer)

    assert again.pk != first.pk
    assert client.get(path(links.optin_url(optin=again))).status_code == 200
