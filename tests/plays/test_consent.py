"""Asking many for consent: told before, each mailbox once, within the limits of advertising, and taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers import links
from stammkunde.customers import services as customers
from stammkunde.customers.models import Consent, Customer, OptIn
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import claiming
from stammkunde.plays import queries, services
from stammkunde.plays.models import Play
from stammkunde.tasks import services as tasks
from tests import factories
from tests.outreach.planning import NOW, company, consent, customer, planned
from tests.plays.test_campaign import work

pytestmark = pytest.mark.django_db

WANTED = ("newsletter", "advertising")


@pytest.fixture(autouse=True)
def _public(settings):
    company()
    settings.PUBLIC_URL = "https://crm.example.org"


def reachable(**fields) -> Customer:
    """Give somebody with an address of their own, of whom no consent is known."""
    made = factories.customer(**fields)
    Customer.objects.filter(pk=made.pk).update(email=f"k{made.pk}@mail.example")
    made.refresh_from_db()
    return made


def question(staff, *, name="Messe", now=NOW) -> Play:
    what = services.Campaign(
        name=name,
        template=None,
        audience={},
        audience_text="Alle Kunden",
        holdout_share=0.0,
        valid_days=14,
        starts_at=None,
    )
    asked = services.Question(purposes=WANTED, origin="Liste auf der Messe")
    play = services.create_consent_campaign(what, asked, staff=staff, now=now)
    work(now)
    play.refresh_from_db()
    return play


def start(play, staff, *, now=NOW) -> None:
    services.start(play_id=play.pk, starts_at=None, staff=staff, now=now)
    work(now)


def claimed(*, now=NOW + timedelta(minutes=2)) -> list[Message]:
    return claiming.claim(channel="email", holder="me", at_most=9, now=now)


def left_out(play) -> dict[int, str]:
    return dict(play.enrolments.exclude(code="").values_list("customer", "code"))


def test_who_is_left_out_and_why_is_told_before_anything_is_asked(marketer):
    fine, silent, agreed, no, away = reachable(), factories.customer(), customer(), reachable(), reachable()
    for purpose in WANTED:
        consent(agreed, purpose=purpose)
        consent(no, purpose=purpose, state="objected")
    customers.change_preference(
        recipient=customers.Recipient(customer_id=away.pk),
        fields={"paused_until_on": NOW.date() + timedelta(days=9)},
        changed_at=NOW,
        staff=marketer,
    )

    play = question(marketer)

    assert play.status == "ready"
    expected = {silent.pk: "no_address", agreed.pk: "consent_given", no.pk: "objected", away.pk: "paused"}
    assert left_out(play) == expected
    assert list(play.enrolments.filter(code="").values_list("customer", flat=True)) == [fine.pk]
    assert (OptIn.objects.count(), Message.objects.count()) == (0, 0)


def test_each_is_asked_once_by_the_question_alone_and_never_again(marketer):
    company(name="Musterhaus GmbH", sender_name="Haus am Markt")
    one, twin = reachable(), reachable()
    Customer.objects.filter(pk=twin.pk).update(email=one.email.upper())  # the same mailbox
    play = question(marketer)
    assert left_out(play) == {twin.pk: "duplicate_address"}  # told before the start

    start(play, marketer)

    message = Message.objects.get()
    assert (message.customer_id, message.purpose, message.first) == (one.pk, "service", False)
    asked = Consent.objects.filter(customer=one)
    assert all("Haus am Markt" in row.wording for row in asked)  # as the mail itself calls the company
    assert {(row.purpose, row.state, row.origin) for row in asked} == {
        (purpose, "asked", "Liste auf der Messe") for purpose in WANTED
    }
    later = question(marketer, now=NOW + timedelta(days=60))
    assert left_out(later) == dict.fromkeys((one.pk, twin.pk), "not_confirmed")  # no answer is one

    claiming.record([(message, claiming.Result(state="handed_over"))], holder=claimed()[0].leased_by, now=NOW)
    customers.confirm_optin(token=links.optin_token(OptIn.objects.get().nonce), now=NOW, proof={})
    found = queries.answers(play)
    assert (found.asked, found.confirmed) == (1, 1)


def test_its_name_may_be_that_of_another_campaign_by_another_way(template, marketer):
    template(channel="sms", name="Messe #1")

    assert [question(marketer).template.name for _twice in range(2)] == ["Messe #2", "Messe #3"]


def test_its_name_may_sound_like_an_offer_or_hold_braces(marketer):
    assert question(marketer, name="20 % Rabatt auf {alles}!").status == "ready"


def test_a_person_is_asked_before_the_firm(marketer):
    firm = reachable(kind="company")
    ada = factories.contact_person(firm, email="ada@mail.example", role="purchasing")

    play = question(marketer)

    assert list(play.enrolments.values_list("contact_person", "code")) == [(ada.pk, "")]


def test_it_keeps_to_the_limits_of_advertising(marketer):
    factories.decided(cap_contacts=0)
    reachable()

    play = question(marketer)

    assert set(left_out(play).values()) == {"none_allowed"}


def test_it_takes_the_place_of_another_contact_while_it_leaves_and_after(marketer):
    company(cap_contacts=1, cap_days=7)
    one = reachable()
    consent(one, purpose="survey")
    start(question(marketer), marketer)
    (message,) = claimed(now=NOW)

    meanwhile = planned(one, purpose="survey")
    claiming.record([(message, claiming.Result(state="handed_over"))], holder="me", now=NOW)
    later = planned(one, purpose="survey")

    assert {meanwhile.due_at, later.due_at} == {NOW + timedelta(days=7), NOW + timedelta(days=14)}


def test_an_open_complaint_comes_first(marketer):
    one = reachable()
    what = tasks.Content(title="Kaputt", is_complaint=True)
    tasks.add(what, now=NOW, staff=marketer, customer=one, due_on=NOW.date())

    play = question(marketer)
    start(play, marketer)

    assert Message.objects.get().due_at is None  # it waits until the complaint is settled


@pytest.mark.parametrize(
    ("purposes", "state", "code"), [(WANTED[:1], "objected", "objected"), (WANTED, "given", "consent_given")]
)
def test_what_is_said_after_planning_counts_when_it_would_leave(purposes, state, code, marketer):
    one = reachable()
    start(question(marketer), marketer)
    for purpose in purposes:
        consent(one, purpose=purpose, state=state, at=NOW + timedelta(minutes=1))

    assert claimed() == []

    message = Message.objects.get()
    assert (message.state, message.reason) == ("refused", {"code": code})
    assert not Consent.objects.filter(state="asked").exists()  # nobody was


def signs_up(one) -> OptIn | None:
    return customers.ask_optin(
        recipient=customers.Recipient(customer_id=one.pk),
        wordings={("email", purpose): "Ja, gern." for purpose in WANTED},
        evidence=customers.Evidence(happened_at=NOW, origin="signup_form", proof={"language": "en"}),
        now=NOW + timedelta(minutes=1),
        staff=None,
    )


def test_whoever_asks_for_it_herself_waits_for_no_campaign_and_is_asked_once(marketer):
    one = reachable()
    start(question(marketer), marketer)

    mine = signs_up(one)

    assert outreach.plan_optins(company=company(), now=NOW + timedelta(minutes=1)) == 1
    assert [message.question for message in claimed()] == [mine.pk]
    assert Message.objects.get(state="refused").reason == {"code": "asked_since"}
    assert list(OptIn.objects.all()) == [mine]


def test_what_has_left_is_the_same_question_whoever_wants_it(marketer):
    one = reachable()
    start(question(marketer), marketer)
    (message,) = claimed(now=NOW)
    claiming.record([(message, claiming.Result(state="handed_over"))], holder="me", now=NOW)

    assert signs_up(one).pk == message.question


def test_a_question_follows_nobody_to_another_address(marketer):
    one = reachable()
    start(question(marketer), marketer)
    Customer.objects.filter(pk=one.pk).update(email="anders@mail.example")

    assert claimed() == []
    assert Message.objects.get().reason == {"code": "asked_elsewhere"}
    assert not OptIn.objects.exists()  # nobody was asked


def test_it_counts_as_sent_and_its_time_begins_when_it_leaves(marketer):
    reachable()
    start(question(marketer), marketer)
    left_at = NOW + timedelta(days=13)
    assert (OptIn.objects.get().sent_at, outreach.plan_optins(company=company(), now=NOW)) == (None, 0)

    (message,) = claimed(now=left_at)
    claiming.record([(message, claiming.Result(state="handed_over"))], holder="me", now=left_at)

    optin = OptIn.objects.get()
    assert (optin.sent_at, optin.expires_at) == (left_at, left_at + timedelta(days=14))
    done = customers.confirm_optin(token=links.optin_token(optin.nonce), now=left_at + timedelta(days=13), proof={})
    assert {one.proof["sent_at"] for one in done.records} == {left_at.isoformat()}


def test_whose_question_was_stopped_counts_as_never_asked(marketer):
    one = reachable()
    play = question(marketer)
    start(play, marketer)
    assert queries.answers(play).asked == 1

    services.stop(play_id=play.pk, staff=marketer, now=NOW)

    assert queries.answers(play).asked == 0
    assert not Consent.objects.filter(customer=one).exists()
    assert left_out(question(marketer)) == {}  # and is asked the next time


def test_whose_mail_could_not_be_handed_over_counts_as_never_asked(marketer):
    reachable()
    start(question(marketer), marketer)
    (message,) = claimed()

    claiming.record([(message, claiming.Result(state="failed", code="not_taken"))], holder="me", now=NOW)

    assert not OptIn.objects.exists()


def test_a_pause_after_planning_puts_the_question_off(marketer):
    one = reachable()
    start(question(marketer), marketer)
    customers.change_preference(
        recipient=customers.Recipient(customer_id=one.pk),
        fields={"paused_until_on": NOW.date() + timedelta(days=2)},
        changed_at=NOW,
        staff=marketer,
    )

    assert claimed() == []
    assert Message.objects.get().state == "planned"


def test_a_start_is_taken_back_until_something_is_planned(marketer):
    reachable()
    play = question(marketer)
    services.start(play_id=play.pk, starts_at=NOW + services.GRACE, staff=marketer, now=NOW)
    work()

    services.take_back(play_id=play.pk, staff=marketer, now=NOW)

    work(NOW + timedelta(days=1))
    assert (OptIn.objects.count(), Message.objects.count()) == (0, 0)


def test_it_is_made_from_the_filtered_list_and_says_what_is_asked(client, marketer):
    one = reachable(kind="company")
    reachable(kind="person")
    client.force_login(marketer)
    page = reverse("consent-campaign-new")
    typed = {
        "query": "kind=company",
        "name": "Messe",
        "purposes": ["newsletter"],
        "origin": "Messe",
        "valid_days": "14",
    }

    assert "nicht erlaubt" in client.post(page, typed).text  # asked unasked, it would be advertising
    client.post(page, typed | {"is_wanted": "on"})
    work(timezone.now())

    play = Play.objects.get()
    shown = client.get(reverse("play", args=[play.pk])).text
    assert list(play.enrolments.values_list("customer", flat=True)) == [one.pk]
    assert "Frage nach der Einwilligung" in shown
    assert "Newsletter" in shown
