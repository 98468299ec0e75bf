"""Writing to one customer: in whose words, what the governor says before and after, and who may write what."""

import uuid
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers.models import ContactPreference
from stammkunde.outreach import services
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Message
from stammkunde.outreach.policy import Decision, Verdict
from stammkunde.outreach.wording import Foretold, foretold
from stammkunde.team.models import AuditEntry, Draft
from tests import factories
from tests.outreach.planning import DAY, NOW, company, consent, customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _set_up(settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    company()


def visit(client, to, **query):
    return client.get(reverse("customer-write", args=[to.pk], query=query or None))


def write(client, to, act="send", *, text="{greeting}, ja.", kind="text", **more):
    said = {
        "act": act,
        "person": "",
        "channel": "email",
        "purpose": "service",
        "template": "",
        "once": str(uuid.uuid4()),
        "subject": "Ihre Frage",
        "preview": "",
        "blocks": "1",
        "block-0-kind": kind,
        "block-0-text": text,
        "block-0-title": "10 %" if kind == "offer" else "",
    }
    return client.post(reverse("customer-write", args=[to.pk]), said | more)


def template(by, *, purpose, name):
    made = services.create_template(name=name, channel="email", purpose=purpose, by=by, now=NOW)
    for form, word in (("sie", "Ihr"), ("du", "Dein")):
        text = Text(subject=f"{word} Tee", blocks=(Block(kind="text", text=f"{{greeting}}, {word} Tee."),))
        services.put_words(template_id=made.pk, language="de", form=form, text=text, by=by, now=NOW)
    return made


def test_answer_is_written_to_a_contact_person(client, servant):
    firm = customer(kind="company", name="Weber GmbH")
    anna = factories.contact_person(firm, first_name="Anna", last_name="Weber", salutation="Frau", email="a@w.example")
    client.force_login(servant)

    page = visit(client, firm)
    response = write(client, firm, person=anna.pk)

    assert page.context["shown"].recipient == (firm.pk, anna.pk)
    assert "Herzliche Grüße\nSina" in page.context["draft"].blocks[0].text
    message = Message.objects.get()
    assert response.headers["Location"] == reverse("customer", args=[firm.pk])
    assert (message.contact_person, message.address, message.purpose) == (anna, "a@w.example", "service")
    assert message.content["text"] == "Guten Tag Frau Weber, ja."
    assert (message.state, message.content["subject"]) == ("planned", "Ihre Frage")
    said = client.get(response.headers["Location"]).content.decode()
    assert "Ihre Nachricht ist unterwegs." in said
    assert "Ihre Frage" in said
    entry = AuditEntry.objects.get(action="message.written")
    assert (entry.staff, entry.thing_id) == (servant, message.pk)


def test_sending_twice_sends_once(client, salesperson):
    one, once = customer(), str(uuid.uuid4())
    client.force_login(salesperson)

    write(client, one, once=once)
    write(client, one, once=once)
    other = client.get(write(client, one, once=once, text="Etwas anderes.").headers["Location"])

    assert Message.objects.get().content["text"].endswith(", ja.")
    assert AuditEntry.objects.filter(action="message.written").count() == 1
    assert "schon hinausgegangen" in other.content.decode()


def test_what_the_governor_refuses_stays_on_the_page(client, salesperson):
    one = customer()
    consent(one, state="withdrawn")
    client.force_login(salesperson)

    before = write(client, one, "show", purpose="advertising", kind="offer")
    response = write(client, one, purpose="advertising", kind="offer")

    assert before.context["foretold"].mood == "danger"
    assert response.status_code == 400
    assert response.context["foretold"].text == "Die Nachricht würde abgelehnt."
    assert response.content.decode().count("Die Nachricht würde abgelehnt.") == 1
    assert response.context["draft"].blocks[0].title == "10 %"
    assert not Message.objects.exists()


def test_offers_leave_with_consent(client, salesperson):
    one = customer()
    client.force_login(salesperson)

    write(client, one, purpose="advertising", kind="offer")

    assert Message.objects.get().purpose == "advertising"


def test_what_waits_says_until_when(client, salesperson):
    company(cap_contacts=1, cap_days=7)
    one = customer()
    client.force_login(salesperson)
    write(client, one, purpose="advertising", kind="offer")

    page = write(client, one, "show", purpose="advertising", kind="offer")
    later = write(client, one, purpose="advertising", kind="offer")

    assert page.context["foretold"].mood == "warning"
    assert "Die Nachricht wartet bis" in page.content.decode()
    assert "Geplant. Höchstens 1" in client.get(later.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (
            Decision(verdict=Verdict.ALLOWED, at=NOW),
            Foretold(mood="accent", text="Die Nachricht wird sofort gesendet."),
        ),
        (
            Decision(verdict=Verdict.ALLOWED, at=NOW + DAY, code="sunday"),
            Foretold(
                mood="warning",
                text="Die Nachricht wartet bis 25.11.2026, 12:00.",
                why="Wartet auf das Ende des Sonntags.",
            ),
        ),
        (
            Decision(verdict=Verdict.REFUSED, code="held_out"),
            Foretold(
                mood="danger",
                text="Die Nachricht würde abgelehnt.",
                why="Absichtlich nicht angeschrieben, um zu sehen, was der Kontakt bringt (Kontrollgruppe).",
            ),
        ),
    ],
)
def test_governor_s_word_is_told(decision, told):
    assert foretold(decision, now=NOW) == told


def test_offer_under_the_name_of_an_answer_is_refused(client, salesperson):
    one = customer()
    client.force_login(salesperson)

    response = write(client, one, kind="offer")

    assert response.content.decode().count("Mit einem Angebot gilt es als Werbung. Nehmen") == 1
    assert not Message.objects.exists()


def test_missing_field_is_named(client, salesperson):
    one = customer()
    client.force_login(salesperson)

    response = write(client, one, text="Wie ist {product}?")

    assert response.status_code == 400
    said = "Die Nachricht kann nicht gesendet werden: Diesem Kunden fehlt zuletzt gekauftes Produkt."
    assert response.context["foretold"].text == said


def test_words_of_a_template_come_in_the_customer_s_form(client, salesperson):
    made = template(salesperson, purpose="advertising", name="Tee")
    one = customer(name="Dora Du")
    ContactPreference.objects.create(customer=one, form="du", changed_at=timezone.now())
    client.force_login(salesperson)

    page = write(client, one, "use", template=made.pk)

    assert page.context["draft"].subject == "Dein Tee"
    assert page.context["form"]["purpose"].value() == "advertising"


def test_service_writes_answers_and_thanks_only(client, servant, salesperson):
    thanks = template(salesperson, purpose="thanks", name="Dank")
    template(salesperson, purpose="advertising", name="Tee")
    one = customer()
    client.force_login(servant)

    form = visit(client, one).context["form"]
    response = write(client, one, purpose="advertising", kind="offer")

    assert [value for value, _label in form.fields["purpose"].choices] == ["service", "thanks"]
    assert [value for value, _label in form.fields["template"].choices] == ["", thanks.pk]
    assert (response.status_code, Message.objects.count()) == (400, 0)


@pytest.mark.parametrize(("person", "status"), [("analyst", 403), ("servant", 200), ("salesperson", 200)])
def test_only_who_may_write_writes(client, request, person, status):
    one = customer()
    client.force_login(request.getfixturevalue(person))

    assert visit(client, one).status_code == status
    shown = client.get(reverse("customer", args=[one.pk])).content.decode()
    assert (reverse("customer-write", args=[one.pk]) in shown) == (status == 200)


def test_page_says_what_must_be_set_up(client, salesperson, settings):
    settings.EMAIL_IS_SET = False
    client.force_login(salesperson)

    assert "Es ist kein Mailserver eingestellt" in visit(client, customer()).content.decode()


def test_page_of_nobody_is_not_found(client, salesperson):
    client.force_login(salesperson)

    assert client.get(reverse("customer-write", args=[9])).status_code == 404


@pytest.mark.parametrize("nonsense", [{"person": "999"}, {"once": "x"}, {"channel": "pigeon"}, {"template": "7"}])
def test_nonsense_is_refused(client, salesperson, nonsense):
    one = customer()
    client.force_login(salesperson)

    response = write(client, one, **nonsense)

    assert (response.status_code, Message.objects.count()) == (400, 0)
    assert "Bitte wählen Sie neu" in response.context["problems"]["form"]


def test_message_written_by_hand_says_so(client, salesperson):
    one = customer()
    client.force_login(salesperson)
    write(client, one)

    text = client.get(reverse("message", args=[Message.objects.get().pk])).content.decode()

    assert "Von Hand geschrieben" in text


def test_message_waits_for_two_weeks_at_most(client, salesperson):
    client.force_login(salesperson)
    before = datetime.now(UTC)

    write(client, customer())

    assert (Message.objects.get().latest_at - before).days == services.handwritten.DAYS


@pytest.mark.parametrize(
    ("more", "mood", "said"),
    [
        ({}, "accent", "Die Nachricht wird sofort gesendet."),
        ({"subject": ""}, "", "Sobald Betreff und Text dastehen, wird die Nachricht sofort gesendet."),
        ({"channel": "letter"}, "warning", "Auf diesem Kanal kann noch nichts hinausgehen."),
        ({"text": "{product}"}, "danger", "Diesem Kunden fehlt"),
    ],
)
def test_there_is_one_verdict(client, salesperson, more, mood, said):
    one = customer(street="Am Tor 1", city="Ulm")
    client.force_login(salesperson)

    page = write(client, one, "show", **more)

    assert page.context["foretold"].mood == mood
    assert said in page.context["foretold"].text
    assert page.content.decode().count('class="callout') == 1
    assert ("Die Nachricht wird sofort gesendet." in page.content.decode()) == (mood == "accent")


def test_a_letter_waits_for_the_post_and_is_not_sent_at_once(client, salesperson):
    company(sender_address="Am Markt 1\n89073 Ulm")
    one = customer(street="Am Tor 1", city="Ulm")
    client.force_login(salesperson)

    page = write(client, one, "show", channel="letter")

    assert page.context["foretold"].text == "Die Nachricht wartet auf den nächsten Druckauftrag."


def test_whoever_suits_better_is_named_and_one_click_away(client, salesperson):
    firm = customer(kind="company", name="Weber GmbH")
    anna = factories.contact_person(firm, last_name="Weber", first_name="Anna", role="purchasing", email="a@w.example")
    consent(firm, person=anna, purpose="newsletter")
    client.force_login(salesperson)

    page = write(client, firm, "show", purpose="newsletter")
    changed = write(client, firm, f"to-{anna.pk}", purpose="newsletter")

    assert "Besser an Anna Weber, Einkauf: hat in Newsletter eingewilligt." in page.content.decode()
    assert f'value="to-{anna.pk}"' in page.content.decode()
    assert changed.context["form"]["person"].value() == str(anna.pk)
    assert changed.context["advised"] is None


def test_words_are_a_draft_until_they_are_sent(client, salesperson):
    to = customer()
    client.force_login(salesperson)
    place = {"draft-form": "words", "draft-page": reverse("customer-write", args=[to.pk]), "draft-key": "1-a"}

    shown = write(client, to, act="add-offer", **place)
    assert [draft.fields["blocks"] for draft in Draft.objects.all()] == [["1"]]
    assert 'name="draft-form" value="words"' in shown.text
    assert "/drafts/?page" not in shown.text  # it is not offered where it stands
    assert "/drafts/?page" in visit(client, to).text

    write(client, to, **place)
    write(client, to, act="show", **place)  # a preview that was on its way
    assert not Draft.objects.exclude(fields={}).exists()
