from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from stammkunde.outreach import services, wording
from stammkunde.outreach.models import Message, MessageSettings, Undeliverable
from stammkunde.plays.models import Play
from stammkunde.team import queries as team
from stammkunde.team.models import AuditEntry
from tests.outreach.planning import DAY, NOW, company, customer, planned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _company():
    company()


def unclear(**fields) -> Message:
    message = planned(customer(), **fields)
    services.begin(services.claim(channel="email", holder="h 1 a", at_most=9, now=NOW), holder="h 1 a", now=NOW)
    services.take_over(now=NOW, is_gone=lambda _holder: True)
    return Message.objects.get(pk=message.pk)


@pytest.mark.parametrize("many", [1, 3])
def test_list_takes_the_same_number_of_queries_for_one_and_three(client, salesperson, django_assert_num_queries, many):
    for _one in range(many):
        planned(customer())
    client.force_login(salesperson)

    with django_assert_num_queries(13):
        client.get(reverse("messages"))


def test_list_says_why(client, salesperson):
    message = planned(customer(name="Anna Öz", email=""))
    client.force_login(salesperson)

    text = client.get(reverse("messages")).content.decode()

    assert "Anna Öz" in text
    assert "abgelehnt" in text
    assert "Keine Adresse erfasst." in text or "Adresse" in text
    assert reverse("message", args=[message.pk]) in text


def shown(client, **chosen):
    return {row.message.pk for row in client.get(reverse("messages"), chosen).context["rows"]}


def test_list_filters_by_state_channel_origin_and_customer(client, salesperson):
    anna, ben = customer(kind="company"), customer()
    mail, call = planned(anna, origin="a"), planned(anna, channel="call", origin="b")
    refused = planned(ben, purpose="newsletter", origin="a")
    client.force_login(salesperson)

    assert shown(client, state="refused") == {refused.pk}
    assert shown(client, channel="call") == {call.pk}
    assert shown(client, origin="a") == {mail.pk, refused.pk}
    assert shown(client, customer=anna.pk) == {mail.pk, call.pk}
    assert shown(client, state="nonsense", customer="x") == {mail.pk, call.pk, refused.pk}


def test_list_and_page_name_what_a_message_belongs_to(client, salesperson):
    origin = Play.objects.create(kind=Play.Kind.MEASURE, name="Frühling", status="running", created_at=NOW).origin
    message = planned(customer(kind="company"), origin=origin)
    client.force_login(salesperson)

    pages = [
        client.get(reverse("messages"), {"origin": origin}),
        client.get(reverse("message", args=[message.pk])),
    ]

    assert [pages[0].context["origin"], pages[0].context["rows"][0].origin] == ["Frühling", "Frühling"]
    assert pages[1].context["told"].origin == "Frühling"


def test_what_a_message_had_waited_for_is_not_told_when_it_is_over():
    sunday = datetime(2026, 11, 29, 11, tzinfo=UTC)
    company(quiet_sundays=True)
    message = planned(customer(), not_before_at=sunday)

    before, after = (wording.told(message, now=now).why for now in (sunday, sunday + timedelta(days=2)))

    assert (before, after) == ("Wartet auf das Ende des Sonntags.", "")


@pytest.mark.slow
def test_list_is_paged_by_key(client, salesperson):
    anna = customer()
    keys = [planned(anna, purpose="service").pk for _many in range(52)]
    client.force_login(salesperson)

    first = client.get(reverse("messages")).context["listing"]
    second = client.get(first.pager["next"]).context["listing"]
    back = client.get(second.pager["previous"]).context["listing"]

    assert [one.pk for one in first.page.rows] == keys[::-1][:50]
    assert [one.pk for one in second.page.rows] == keys[::-1][50:]
    assert back.page.rows == first.page.rows
    assert (first.pager["previous"], second.pager["next"]) == ("", "")


def test_unclear_message_is_announced_and_decided(client, salesperson):
    one, other = unclear(), unclear()
    client.force_login(salesperson)
    page = client.get(reverse("messages"))
    assert "Bei 2 Nachrichten ist ungeklärt, ob sie ankamen." in page.content.decode()

    client.post(reverse("message-send-again", args=[one.pk]))
    client.post(reverse("message-count-as-sent", args=[other.pk]))
    again = client.post(reverse("message-count-as-sent", args=[one.pk]), follow=True)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state) == ("planned", "handed_over")
    assert "schon entschieden" in again.content.decode()
    assert set(AuditEntry.objects.values_list("action", "thing_id")) >= {
        ("message.sent_again", one.pk),
        ("message.counted_as_sent", other.pk),
    }


def test_planned_message_is_stopped(client, salesperson):
    message = planned(customer(), not_before_at=NOW + DAY)
    client.force_login(salesperson)

    response = client.post(reverse("message-stop", args=[message.pk]), {"next": reverse("message", args=[message.pk])})

    message.refresh_from_db()
    assert (message.state, response.headers["Location"]) == ("stopped", reverse("message", args=[message.pk]))
    assert (
        "schon hinausgegangen" in client.post(reverse("message-stop", args=[message.pk]), follow=True).content.decode()
    )


def test_deciding_leads_back_to_this_site_only(client, salesperson):
    client.force_login(salesperson)

    response = client.post(reverse("message-stop", args=[unclear().pk]), {"next": "https://evil.example/"})

    assert response.headers["Location"] == reverse("messages")


def test_message_shows_its_history_and_what_the_other_side_said(client, salesperson):
    planned(customer())
    claimed = services.claim(channel="email", holder="h 1 a", at_most=9, now=NOW)
    (message,) = services.begin(claimed, holder="h 1 a", now=NOW)
    services.record(
        [(message, services.Result(state="failed", code="not_taken", answer="550 no such user", bad_address=True))],
        holder="h 1 a",
        now=NOW,
    )
    client.force_login(salesperson)

    text = client.get(reverse("message", args=[message.pk])).content.decode()

    assert text.index("fehlgeschlagen") < text.index("wird versandt") < text.index("geplant")
    assert "550 no such user" in text
    assert f"An {message.address} wird nichts mehr gesendet." in text
    client.post(reverse("message-lift", args=[message.pk]))
    assert not Undeliverable.objects.exists()


def test_message_that_is_not_there_is_not_found(client, salesperson):
    client.force_login(salesperson)

    assert client.get(reverse("message", args=[9])).status_code == 404
    assert client.post(reverse("message-stop", args=[9])).status_code == 404


@pytest.mark.parametrize("name", ["message-send-again", "message-count-as-sent", "message-stop", "message-lift"])
@pytest.mark.parametrize(("person", "status"), [("analyst", 403), ("servant", 302), ("salesperson", 302)])
def test_only_who_may_change_customers_decides(client, request, name, person, status):
    message = unclear(purpose="thanks")
    client.force_login(request.getfixturevalue(person))

    assert client.get(reverse(name, args=[message.pk])).status_code == 405
    assert client.post(reverse(name, args=[message.pk])).status_code == status


@pytest.mark.parametrize(("purpose", "status"), [("advertising", 403), ("thanks", 302), ("service", 302)])
def test_nobody_sends_again_what_she_may_not_write(client, servant, purpose, status):
    message = unclear(purpose=purpose)
    client.force_login(servant)

    assert client.post(reverse("message-send-again", args=[message.pk])).status_code == status
    page = client.get(reverse("messages")).content.decode()
    assert (reverse("message-count-as-sent", args=[message.pk]) in page) is (status == 403)
    message.refresh_from_db()
    assert message.state == ("planned" if status == 302 else "unknown")


def test_margin_is_shown_to_those_who_may_see_it_only(client, salesperson, servant):
    message = planned(customer(), importance_cents=123456)

    for person, sees in ((salesperson, True), (servant, False)):
        client.force_login(person)
        assert ("1.234,56" in client.get(reverse("message", args=[message.pk])).content.decode()) == sees


def test_customer_page_says_what_was_said_and_refused(client, servant):
    anna = customer()
    planned(anna, content={"subject": "Sommerfest", "text": "Kommen Sie?"})
    planned(anna, purpose="newsletter")
    client.force_login(servant)

    page = client.get(reverse("customer", args=[anna.pk]))

    assert [(row.subject, row.message.state) for row in page.context["said"]] == [
        ("Guten Tag", "refused"),
        ("Sommerfest", "planned"),
    ]
    assert "Sommerfest" in page.content.decode()


def test_page_says_what_must_be_set_up_while_something_waits(client, salesperson, settings):
    settings.EMAIL_IS_SET = False
    client.force_login(salesperson)
    assert client.get(reverse("messages")).context["held_up"] == []

    planned(customer())

    assert "Es ist kein Mailserver eingestellt" in client.get(reverse("messages")).content.decode()


SENDING = {
    "quiet_from": "21:00",
    "quiet_until": "07:30",
    "quiet_sundays": "on",
    "holiday_region": "de-nw",
    "cap_contacts": "0",
    "cap_customer_contacts": "",
    "cap_days": "14",
    "gap_hours": "20",
}


def test_quiet_hours_and_caps_are_settings(client, administrator):
    client.force_login(administrator)

    response = client.post(reverse("settings-sending"), SENDING)

    assert response.status_code == 302
    house = MessageSettings.of(team.company())
    assert (str(house.quiet_from), str(house.quiet_until), house.quiet_sundays, house.quiet_holidays) == (
        "21:00:00",
        "07:30:00",
        True,
        False,
    )
    assert (house.holiday_region, house.cap_contacts, house.cap_customer_contacts, house.cap_days) == (
        "DE-NW",
        0,
        None,
        14,
    )
    assert house.gap_hours == 20


@pytest.mark.parametrize(
    "wrong",
    [{"quiet_until": ""}, {"holiday_region": "DE-XX"}, {"cap_days": "0"}, {"cap_contacts": "-1"}, {"gap_hours": "0"}],
)
def test_settings_that_cannot_be_are_refused_beside_their_field(client, administrator, wrong):
    client.force_login(administrator)

    response = client.post(reverse("settings-sending"), SENDING | wrong)

    assert response.status_code == 400
    (form,) = response.context["forms"]
    assert list(form.errors) == list(wrong)


def test_test_mail_goes_to_whoever_asks(client, administrator, settings, mailoutbox):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    client.force_login(administrator)

    text = client.post(reverse("settings-send-test"), follow=True).content.decode()

    assert [mail.to for mail in mailoutbox] == [["ada@example.org"]]
    assert "Eine Testmail ist unterwegs an ada@example.org." in text
    assert not Message.objects.exists()


def test_test_mail_says_what_is_missing(client, administrator, settings):
    settings.EMAIL_IS_SET = False
    client.force_login(administrator)

    assert (
        "Es ist kein Mailserver eingestellt" in client.post(reverse("settings-send-test"), follow=True).content.decode()
    )


def test_test_mail_says_what_the_server_says(client, administrator, settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    settings.EMAIL_BACKEND = "stammkunde.outreach.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    client.force_login(administrator)

    text = client.post(reverse("settings-send-test"), follow=True).content.decode()

    assert "Der Mailserver sagt:" in text
