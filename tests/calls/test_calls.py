"""The page for a call: what it shows to whom, what it keeps, and what its buttons do."""

import re
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.calls import queries, services
from stammkunde.calls.models import Call, Draft, Guide
from stammkunde.customers.models import Consent, ContactPreference, Note
from stammkunde.signals.models import CustomerSignal
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from tests import factories
from tests.signals import forecasting

pytestmark = pytest.mark.django_db


@pytest.fixture
def generation():
    return forecasting.generation()


@pytest.fixture
def customer(generation, salesperson):
    made = factories.customer(name="Weber GmbH", kind="company", phone="030 99", owner=salesperson)
    factories.contact_person(made, salutation="Frau", title="Dr.", last_name="Weber", phone="030 1234-5")
    CustomerSignal.objects.create(
        generation=generation,
        customer=made,
        stage="at_risk",
        abc_class="A",
        last_on=date(2026, 9, 23),
        gap_days=31,
        silent_days=58,
        overdue_days=27,
        purchase_days=9,
        value_rank=1,
        risk=0.62,
        risk_level="red",
        risk_reasons=[forecasting.SILENT, forecasting.SPENDS_LESS],
        margin_at_risk_cents=123_400,
        yearly_cents=199_000,
    )
    return made


def page(client, customer, **asked):
    return client.get(reverse("call", args=[customer.pk]), asked)


def record(client, customer, outcome="", **fields):
    data = {"key": str(uuid4()), "outcome": outcome, "for": "", "next": "", "person": ""} | fields
    return client.post(reverse("call-record", args=[customer.pk]), data)


def test_page_shows_guide_reason_and_whom_to_call(client, salesperson, customer):
    client.force_login(salesperson)

    text = page(client, customer, **{"for": f"overdue:{customer.pk}:2026-09-23"}).content.decode()

    assert "Guten Tag Frau Dr. Weber, hier ist Sven von" in text
    assert 'href="tel:03012345"' in text
    assert "Bestellt sonst alle 31 Tage, schweigt seit 58 Tagen." in text
    assert "Am liebsten" not in text


def test_form_of_address_and_language_follow_the_customer(client, salesperson, customer):
    person = customer.contact_persons.get()
    preference = ContactPreference.objects.create(
        customer=customer, contact_person=person, form="du", changed_at=timezone.now()
    )
    client.force_login(salesperson)

    assert "Passt es gerade" in page(client, customer).content.decode()
    assert "wie es dir geht" in page(client, customer).content.decode()
    preference.language = "en"
    preference.save()
    assert "What has changed for you since your last order?" in page(client, customer).content.decode()


def test_preferred_time_is_said_and_whether_it_is_now(client, salesperson, customer):
    ContactPreference.objects.create(
        customer=customer,
        call_from=time(0),
        call_until=time(23, 59),
        call_weekdays=[1, 2, 3],
        changed_at=timezone.now(),
    )
    client.force_login(salesperson)

    text = page(client, customer).content.decode()

    assert "Am liebsten Mo–Mi 0:00–23:59 Uhr." in text
    is_good = timezone.localtime().isoweekday() < 4
    assert ("jetzt gut" in text, "jetzt eher nicht" in text) == (is_good, not is_good)


def test_service_sees_no_money(client, servant, salesperson, customer):
    factories.order(customer, date(2026, 9, 23), cents=987_600)
    for person, expected in ((servant, False), (salesperson, True)):
        client.force_login(person)
        text = page(client, customer).content.decode()
        assert [amount in text for amount in ("1.234", "1.990", "9.876")] == [expected] * 3


def test_who_works_on_no_tasks_calls_nobody(client, analyst, customer):
    client.force_login(analyst)

    assert page(client, customer).status_code == 403
    assert record(client, customer, "reached").status_code == 403
    assert client.post(reverse("call-draft", args=[customer.pk]), {"note": "a"}).status_code == 403
    assert (Call.objects.count(), Draft.objects.count()) == (0, 0)


def test_guides_are_changed_by_who_writes_to_many(client, salesperson, servant):
    address = reverse("guide", args=["risk", "de", "sie"])
    client.force_login(servant)
    assert client.get(address).status_code == 403
    client.force_login(salesperson)
    texts = {"opening": "{greeting}!", "questions": "Eins?\n\n Zwei? ", "goals": "Ziel"}

    assert client.post(address, texts | {"offer": "{nonsense}"}).status_code == 200
    assert Guide.objects.count() == 0
    assert client.post(address, texts).status_code == 302

    own = Guide.objects.get()
    assert (own.opening, own.questions, own.goals) == ("{greeting}!", ["Eins?", "Zwei?"], ["Ziel"])
    client.post(reverse("guide-reset", args=["risk", "de", "sie"]))
    assert Guide.objects.count() == 0
    assert client.get(reverse("guide", args=["risk", "fr", "sie"])).status_code == 404


def test_a_guide_says_the_first_name_of_whoever_is_called(client, salesperson, customer):
    refusing = customer.contact_persons.get()
    factories.consent(customer, person=refusing, channel="phone", state="objected")
    factories.contact_person(customer, first_name="Petra", last_name="Kauf", role="purchasing", phone="030 5")
    client.force_login(salesperson)
    address = reverse("guide", args=["risk", "de", "sie"])

    client.post(address, {"opening": "Hallo {Vorname}!", "questions": "{Vorname}, was fehlt?", "goals": "Ziel"})

    assert Guide.objects.get().opening == "Hallo {first_name}!"
    assert "Hallo {Vorname}!" in client.get(address).content.decode()
    text = page(client, customer, guide="risk").content.decode()
    assert "Hallo Petra!" in text
    assert "Petra, was fehlt?" in text


def test_a_refused_offer_leaves_a_call_about_service(client, salesperson, customer):
    person = customer.contact_persons.get()
    factories.consent(customer, person=person, channel="phone", purpose="advertising", state="objected")
    client.force_login(salesperson)

    text = page(client, customer).content.decode()

    assert "Kein Angebot in diesem Anruf" in text
    assert "Sprechen Sie nur über Bestellungen, Lieferungen und Anfragen." in text
    assert "Was hat sich bei Ihnen geändert" not in text
    assert 'href="tel:03012345"' in text


def test_who_must_not_be_called_has_no_link_to_dial(client, salesperson, customer):
    person = customer.contact_persons.get()
    for purpose in ("advertising", "service"):
        factories.consent(customer, person=person, channel="phone", purpose=purpose, state="objected")
    client.force_login(salesperson)

    text = page(client, customer).content.decode()

    assert "Nicht anrufen" in text
    assert "tel:" not in text


def test_no_number_is_said(client, salesperson, generation):
    customer = factories.customer()
    client.force_login(salesperson)

    assert "Keine Telefonnummer bekannt" in page(client, customer).content.decode()


def test_outcome_finishes_the_suggestion_and_leads_back(client, salesperson, customer):
    client.force_login(salesperson)
    key = f"overdue:{customer.pk}:2026-09-23"

    response = record(client, customer, "wants_offer", **{"for": key, "next": "/today/", "minutes": "15", "note": "Ja"})

    assert response.headers["Location"] == "/today/"
    call = Call.objects.get()
    assert (call.task.key, call.task.state, call.task.minutes) == (key, "done", 15)
    assert (call.next_task.title, call.next_task.state) == ("Angebot senden: Weber GmbH", "open")


def test_a_moment_in_one_click_plans_the_call_back(client, salesperson, customer):
    client.force_login(salesperson)

    record(client, customer, back="2999-01-02T10:00")

    following = Call.objects.get().next_task
    assert (following.due_on, following.due_time) == (date(2999, 1, 2), time(10))


def test_a_call_back_without_moment_is_recorded_and_says_so(client, salesperson, customer):
    client.force_login(salesperson)

    response = record(client, customer, "call_back", note="Morgen früh")

    assert Call.objects.get().note == "Morgen früh"
    text = client.get(response.headers["Location"]).content.decode()
    assert "Ein künftiger Zeitpunkt ist nicht vereinbart" in text


@pytest.mark.parametrize(
    "fields",
    [{"minutes": "0"}, {"minutes": "viel"}, {"agreed_on": "morgen"}, {"person": "x"}, {"note": "Zeile\r\n" * 700}],
)
def test_a_call_that_was_made_is_recorded_though_something_beside_it_cannot_be_read(
    client, salesperson, customer, fields
):
    client.force_login(salesperson)

    assert record(client, customer, **{"outcome": "reached"} | fields).status_code == 302
    assert (Call.objects.get().outcome, Call.objects.get().task.minutes) == ("reached", None)


@pytest.mark.parametrize("fields", [{"outcome": "nonsense"}, {"outcome": ""}, {"key": "x"}])
def test_what_no_page_offers_is_refused(client, salesperson, customer, fields):
    client.force_login(salesperson)

    assert record(client, customer, **{"outcome": "reached"} | fields).status_code == 400
    assert Call.objects.count() == 0


def test_a_task_of_somebody_else_is_left_alone(client, salesperson, customer):
    other = tasks.add(
        tasks.Content(title="Anderes"), now=timezone.now(), staff=salesperson, customer=factories.customer()
    )
    client.force_login(salesperson)

    record(client, customer, "reached", **{"for": f"task:{other.pk}:"})

    other.refresh_from_db()
    assert (other.state, Call.objects.get().task.kind) == ("open", "call")


def test_undo_leads_back_to_the_page_with_the_words(client, salesperson, customer):
    task = tasks.add(tasks.Content(title="Anrufen"), now=timezone.now(), staff=salesperson, customer=customer)
    client.force_login(salesperson)
    record(client, customer, "reached", **{"for": f"task:{task.pk}:", "note": "Alles gut"})

    response = client.post(reverse("call-undo", args=[Call.objects.get().pk]))

    assert response.headers["Location"] == f"{reverse('call', args=[customer.pk])}?for=task:{task.pk}:"
    assert "Alles gut" in client.get(response.headers["Location"]).content.decode()
    task.refresh_from_db()
    assert task.state == "open"


def test_somebody_else_is_told_who_may_take_a_call_back_and_gets_no_note(client, salesperson, servant, customer):
    client.force_login(salesperson)
    record(client, customer, "reached", note="Vertraulich")
    client.force_login(servant)

    response = client.post(reverse("call-undo", args=[Call.objects.get().pk]), follow=True)

    assert f"Nur {salesperson} oder die Leitung kann diesen Anruf zurücknehmen." in response.content.decode()
    assert (Call.objects.get().undone_at, Draft.objects.count()) == (None, 0)


def test_a_call_of_yesterday_stays(client, salesperson, customer):
    client.force_login(salesperson)
    record(client, customer, "reached")
    Call.objects.update(happened_at=timezone.now() - timedelta(days=1, minutes=1))

    text = client.post(reverse("call-undo", args=[Call.objects.get().pk]), follow=True).content.decode()

    assert "kann innerhalb eines Tages zurückgenommen werden" in text
    assert Call.objects.get().undone_at is None


def test_today_takes_a_call_back_as_a_call(client, salesperson, customer):
    client.force_login(salesperson)
    record(client, customer, "reached", **{"for": f"overdue:{customer.pk}:2026-09-23"})

    text = client.get(reverse("today")).content.decode()

    assert f'action="{reverse("call-undo", args=[Call.objects.get().pk])}"' in text
    assert reverse("task-reopen", args=[Call.objects.get().task_id]) not in text


def test_who_neither_speaks_with_customers_nor_looks_after_them_reads_no_notes(client, salesperson, analyst, customer):
    client.force_login(salesperson)
    record(client, customer, "wants_offer", note="Vertraulich")  # stands in what follows, too

    def reads() -> list[bool]:
        pages = (client.get(reverse(name, args=[customer.pk])) for name in ("customer", "customer-timeline"))
        return ["Vertraulich" in page.content.decode() for page in pages]

    assert reads() == [True, True]
    client.force_login(analyst)
    assert reads() == [False, False]
    ContactPreference.objects.create(customer=customer, preferred_staff=analyst, changed_at=timezone.now())
    assert reads() == [True, True]


def test_an_objection_is_recorded_for_the_person_spoken_to(client, salesperson, customer):
    person = customer.contact_persons.get()
    client.force_login(salesperson)

    record(client, customer, "no_more_calls", person=str(person.pk))

    assert set(Consent.objects.values_list("contact_person", "state")) == {(person.pk, "objected")}


def test_timeline_tells_a_call_once_and_not_when_it_was_taken_back(client, salesperson, customer):
    task = tasks.add(tasks.Content(title="Anrufen wegen Mai"), now=timezone.now(), staff=salesperson, customer=customer)
    client.force_login(salesperson)
    record(client, customer, "reached", **{"for": f"task:{task.pk}:", "note": "Bestellt im Mai"})
    address = reverse("customer-timeline", args=[customer.pk])

    text = client.get(address).content.decode()
    assert ("Bestellt im Mai" in text, "Anrufen wegen Mai" in text) == (True, False)

    client.post(reverse("call-undo", args=[Call.objects.get().pk]))
    text = client.get(address).content.decode()
    assert ("Bestellt im Mai" in text, "Anrufen wegen Mai" in text) == (False, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_number_of_queries(client, salesperson, customer, rows, django_assert_num_queries):
    for number in range(rows):
        factories.order(customer, date(2026, 9, number + 1), of=factories.product())
        factories.contact_person(customer, phone="1")
        Note.objects.create(customer=customer, text="N", author=salesperson, created_at=timezone.now())
        Task.objects.create(title="T", customer=customer, owner=salesperson, created_at=timezone.now())
        Call.objects.create(
            key=str(number),
            customer=customer,
            staff=salesperson,
            outcome="reached",
            happened_at=datetime.now().astimezone(),
        )
    client.force_login(salesperson)

    with django_assert_num_queries(QUERIES):
        page(client, customer)


QUERIES = 70


def test_today_leads_to_the_call_and_to_a_list_for_the_pocket(client, salesperson, customer):
    client.force_login(salesperson)

    today = client.get(reverse("today"), {"who": "all"}).content.decode()
    listed = client.get(reverse("call-list"), {"who": "all"}).content.decode()

    key = f"overdue:{customer.pk}:2026-09-23".replace(":", "%3A")
    assert f'href="{reverse("call", args=[customer.pk])}?for={key}' in today
    assert f'href="{reverse("call", args=[customer.pk])}?for={key}' in listed
    assert 'href="tel:03012345"' in listed


def test_list_of_a_colleague_is_shown_by_name(client, administrator, salesperson, customer):
    client.force_login(administrator)

    shown = [
        customer.name in client.get(reverse("today"), {"who": who}).content.decode()
        for who in (str(salesperson.pk), str(administrator.pk), "all", "0", "x")
    ]

    assert shown == [True, False, True, True, True]  # what cannot be read shows everybody's to who looks after nobody


def test_a_call_for_no_reason_given_is_about_what_the_figures_suggest(client, salesperson, customer):
    client.force_login(salesperson)

    assert f'name="for" value="overdue:{customer.pk}:2026-09-23"' in page(client, customer).content.decode()


@pytest.fixture
def guide(client, salesperson, customer):
    """Change the guide for customers at risk: its opening, and the one goal."""
    client.force_login(salesperson)

    def change(goal):
        texts = {"opening": f"Es geht um {goal}.", "questions": "Wie?", "goals": goal}
        assert client.post(reverse("guide", args=["risk", "de", "sie"]), texts).status_code == 302

    return change


def shown_again(client, customer, text, **more):
    """Take the call up from the page with this text, and follow to what is shown then."""
    guided_at = re.search(r'name="guided_at" value="([^"]+)"', text)[1]
    data = {"key": str(uuid4()), "for": "", "guide": "risk", "person": "0", "guided_at": guided_at}
    return client.post(reverse("call-take-up", args=[customer.pk]), data, follow=True).content.decode()


def test_guide_changed_during_a_call_stays_as_it_was_seen_and_the_new_one_is_offered(client, customer, guide):
    guide("Altes")
    before = page(client, customer, guide="risk", person="0").content.decode()
    guide("Neues")

    after = shown_again(client, customer, before)
    new = page(client, customer, guide="risk", person="0").content.decode()

    assert ("Es geht um Altes." in after, "Es geht um Neues." in after) == (True, False)
    assert "Dieser Leitfaden wurde geändert" in after
    assert "Neue Fassung zeigen" in after
    assert ("Es geht um Neues." in new, "Dieser Leitfaden wurde geändert" in new) == (True, False)


def test_ready_made_guide_stays_too_and_an_unchanged_one_says_nothing(client, customer, guide):
    before = page(client, customer, guide="risk", person="0").content.decode()
    assert "Dieser Leitfaden wurde geändert" not in shown_again(client, customer, before)
    guide("Neues")

    assert "Es geht um Neues." not in shown_again(client, customer, before)


def test_call_tells_by_which_words_it_was_led_also_when_it_is_taken_back(client, customer, guide):
    guide("Altes")
    since = timezone.now()
    guide("Neues")

    record(client, customer, "reached", goals=["Altes"], guide="risk", guided_at=since.isoformat())
    call = Call.objects.get()
    again = client.post(reverse("call-undo", args=[call.pk]), follow=True).content.decode()

    assert (call.goals, call.guided_at) == (["Altes"], since)
    assert queries.guide("risk", "de", "sie", at=call.guided_at).goals == ("Altes",)
    assert "Es geht um Altes." in again


def test_what_was_ticked_is_not_lost_with_the_words_of_a_guide(client, customer, guide, salesperson):
    services.keep_draft(staff=salesperson, customer=customer, note="", goals=["Altes"], now=timezone.now())
    guide("Neues")

    text = page(client, customer, guide="risk", person="0").content.decode()

    assert re.search(r'name="goals" value="Altes" checked', text)
    assert "schon angehakt; steht nicht in diesem Leitfaden" in text


@pytest.mark.parametrize("said", ["", "nonsense", "2026-01-01T00:00:00", "2020-01-01T00:00:00+00:00"])
def test_no_moment_and_one_long_ago_show_the_guide_as_it_stands(client, customer, guide, said):
    guide("Altes")
    guide("Neues")

    assert "Es geht um Neues." in page(client, customer, guide="risk", person="0", guided_at=said).content.decode()
    assert record(client, customer, "reached", guided_at=said).status_code == 302
    assert Call.objects.get().guided_at is None
