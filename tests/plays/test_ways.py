"""A campaign of several ways: everybody gets the first that is allowed and leads there, C customers the cheap ones."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from stammkunde.customers.models import Customer
from stammkunde.outreach.models import Message, Template, TemplateText, Undeliverable
from stammkunde.outreach.services import settling
from stammkunde.plays import queries, services, wording
from stammkunde.plays.models import CallTurn, Enrolment, Play
from stammkunde.signals.models import Current, CustomerSignal, Generation
from tests import factories
from tests.outreach.planning import NOW, company, consent, customer
from tests.plays.test_campaign import campaign, prepared, work

pytestmark = pytest.mark.django_db
HOME = {"street": "Weg 1", "postcode": "12345", "city": "Ort"}


@pytest.fixture(autouse=True)
def _ready(settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"


@pytest.fixture
def ways(template):
    """Make templates of some channels, in this order."""

    def make(*names) -> list[Template]:
        made = [template(f"Text für {name}", channel=name, name=name) for name in names]
        company(sender_address="Weg 9\n12345 Ort", letter_cost_cents=90)
        return made

    return make


def mixed(ways, staff, *, calls=False, calls_per_day=5, **fields) -> Play:
    first, *others = ways
    if not calls:
        return prepared(first, staff, otherwise=others, **fields)
    how = services.ByPhone(guide="win_back", about="", callers=[staff], calls_per_day=calls_per_day)
    what = services.Campaign(
        name="Herbst", template=first, audience={}, audience_text="Alle", holdout_share=0.0, valid_days=14,
        starts_at=None, otherwise=others, spends_on_c=True,
    )  # fmt: skip
    play = services.create_mixed_campaign(what, how, staff=staff, now=NOW)
    work()
    play.refresh_from_db()
    return play


def started(play, staff) -> None:
    services.start(play_id=play.pk, starts_at=None, staff=staff, now=NOW)
    work()


def found(play) -> dict[str, tuple[int, str]]:
    return {name: (way, code) for name, way, code in play.enrolments.values_list("customer__name", "way", "code")}


def sent(play) -> dict[str, str]:
    return dict(Message.objects.filter(origin=play.origin).values_list("customer__name", "channel"))


def test_everybody_gets_the_first_way_that_is_allowed_and_leads_to_them(ways, marketer):
    customer(name="Mail", **HOME)
    factories.customer(name="Brief", email="b@mail.example", **HOME)
    factories.customer(name="Firma", kind="company", phone="030 1")
    factories.customer(name="Niemand")
    play = mixed(ways("email", "letter"), marketer, calls=True)

    assert found(play) == {"Mail": (1, ""), "Brief": (2, ""), "Firma": (3, ""), "Niemand": (1, "no_address")}
    numbers = queries.by_way(play, services.ways_of(play))
    assert [(one.template.channel, one.reachable) for one in numbers] == [("email", 1), ("letter", 1), ("call", 1)]
    assert list(CallTurn.objects.values_list("enrolment__customer__name", "caller")) == [("Firma", marketer.pk)]

    started(play, marketer)

    assert sent(play) == {"Mail": "email", "Brief": "letter", "Firma": "call"}
    assert Message.objects.get(channel="letter").content["text"] == "Text für letter"
    assert Message.objects.get(channel="call").content["guide"] == "win_back"
    nobody = Enrolment.objects.get(customer__name="Niemand")
    assert re.search("E-Mail: .*Brief: .*Anruf: ", wording.enrolment(nobody))


def test_the_right_person_is_chosen_for_each_way(ways, marketer):
    firm = factories.customer(name="Firma", kind="company", email="info@mail.example", **HOME)
    buyer = factories.contact_person(firm, last_name="Kauf", role="purchasing", email="kauf@mail.example")
    chief = factories.contact_person(firm, last_name="Chef", role="decision_maker", email="chef@mail.example")
    consent(firm, person=buyer)
    letter_only = factories.customer(name="Post", kind="company", email="p@mail.example", **HOME)
    head = factories.contact_person(letter_only, last_name="Kopf", role="decision_maker")

    play = mixed(ways("email", "letter"), marketer)

    assert dict(play.enrolments.values_list("contact_person", "way")) == {buyer.pk: 1, head.pk: 2}
    assert chief.pk not in play.enrolments.values_list("contact_person", flat=True)


def test_a_way_that_closes_before_the_start_gives_room_to_the_next(ways, marketer):
    anna = customer(name="Anna", **HOME)
    play = mixed(ways("email", "letter"), marketer)
    assert found(play) == {"Anna": (1, "")}
    consent(anna, state="withdrawn", at=NOW)

    started(play, marketer)

    assert sent(play) == {"Anna": "letter"}
    assert Message.objects.count() == 1
    row = play.enrolments.get()
    assert (row.way, [one["channel"] for one in row.forecast["tried"]]) == (2, ["email"])


def test_whoever_comes_to_be_called_at_the_start_has_a_caller_and_a_day_of_her_own(ways, marketer):
    def firm(number):
        return factories.customer(name=f"F{number}", kind="company", phone=f"030 {number}", **HOME)

    called, late = [firm(1), firm(2)], [firm(3), firm(4)]
    for one in late:
        Customer.objects.filter(pk=one.pk).update(email=f"f{one.pk}@mail.example")
        consent(one)
    play = mixed(ways("email"), marketer, calls=True, calls_per_day=1)
    assert {one.enrolment.customer for one in CallTurn.objects.all()} == set(called)
    for one in late:
        consent(one, state="withdrawn", at=NOW)
    consent(late[1], channel="phone", state="objected")

    started(play, marketer)

    calls = Message.objects.filter(origin=play.origin).order_by("not_before_at")
    assert [one.customer for one in calls] == [*called, late[0]]
    assert {one.content["caller"] for one in calls} == {marketer.pk}
    assert len({one.not_before_at.date() for one in calls}) == 3
    assert CallTurn.objects.count() == 3


def test_all_customers_are_locked_before_the_first_way(ways, marketer, monkeypatch):
    """Or two campaigns, of which one reaches by mail whom the other writes to, would wait for each other."""
    letter, mail = factories.customer(name="Brief", **HOME), customer(name="Mail", **HOME)
    play = mixed(ways("email", "letter"), marketer)
    locked, lock = [], settling.lock
    monkeypatch.setattr(settling, "lock", lambda ids: locked.append(sorted(set(ids))) or lock(locked[-1]))

    started(play, marketer)

    assert locked == [[letter.pk, mail.pk], [mail.pk], [letter.pk]]


def test_what_only_waits_or_calls_us_spam_changes_no_way(ways, marketer):
    angry = customer(name="Spam", **HOME)
    Undeliverable.objects.create(channel="email", address=angry.email, code="complained", since_at=NOW)

    play = mixed(ways("email", "letter"), marketer)

    assert found(play) == {"Spam": (1, "address_complained")}


def test_a_channel_that_is_not_set_up_is_passed_over(ways, marketer, settings):
    settings.EMAIL_IS_SET, settings.WEBHOOK_URL = False, ""
    customer(name="Mail", **HOME)
    anna = factories.customer(name="Anna", mobile="0171 2345678", country="DE", **HOME)
    consent(anna, channel="message")

    play = mixed(ways("email", "webhook", "letter"), marketer)

    assert found(play) == {"Mail": (1, ""), "Anna": (3, "")}  # the first way waits until it is set up


def classed(**classes: str) -> None:
    generation = Generation.objects.create(
        status="done", as_of_on=NOW.date(), activity_days=180, started_at=NOW - timedelta(hours=1)
    )
    Current.objects.create(pk=1, generation=generation)
    for name, abc in classes.items():
        one = Customer.objects.get(name=name)
        CustomerSignal.objects.create(
            generation=generation, customer=one, stage="active", abc_class=abc, revenue_year_cents=0
        )


@pytest.mark.parametrize(("spends", "gets"), [(False, {"Gut": "letter"}), (True, {"Gut": "letter", "Klein": "letter"})])
def test_c_customers_get_no_letters_unless_the_campaign_says_so(ways, marketer, spends, gets):
    for name in ("Gut", "Klein"):
        factories.customer(name=name, **HOME)
    customer(name="Mail", **HOME)
    classed(Gut="A", Klein="C", Mail="C")

    play = mixed(ways("email", "letter"), marketer, spends_on_c=spends)
    started(play, marketer)

    assert sent(play) == {"Mail": "email", **gets}
    if not spends:
        assert "C-Kunden" in wording.enrolment(play.enrolments.get(customer__name="Klein"))


def test_the_form_asks_for_ways_and_the_page_counts_each(client, ways, administrator):
    customer(name="Anna")
    factories.customer(name="Ben", **HOME)
    mail, letter = ways("email", "letter")
    client.force_login(administrator)
    typed = {
        "query": "", "name": "Herbst", "template": mail.pk, "second": mail.pk, "valid_days": 14, "holdout_percent": 0,
    }  # fmt: skip

    twice = client.post(reverse("campaign-new"), typed)
    assert "Jeder Weg ist ein anderer Kanal" in twice.content.decode()
    nobody = client.post(reverse("campaign-new"), typed | {"second": letter.pk, "guide": "win_back"})
    assert list(nobody.context["form"].errors) == ["callers"]
    client.post(
        reverse("campaign-new"),
        typed | {"second": letter.pk, "guide": "win_back", "callers": [administrator.pk], "spends_on_c": "on"},
    )
    play = Play.objects.get()
    work()

    assert [one.channel for one in services.ways_of(play)] == ["email", "letter", "call"]
    page = " ".join(client.get(reverse("play", args=[play.pk])).content.decode().split())
    assert "Auf welchem Weg" in page
    assert "0,90 €" in page.replace("\xa0", " ")


@pytest.mark.parametrize("name", ["campaign-new", "call-campaign-new"])
@pytest.mark.parametrize("rule", [False, True])
def test_a_campaign_begins_with_the_company_s_rule_for_c_customers(client, administrator, ways, rule, name):
    ways("email")
    client.force_login(administrator)
    page = client.get(reverse("settings-sending"))
    sent = {one.html_name: one.value() for one in page.context["forms"][0] if one.value() not in (None, False)}
    client.post(reverse("settings-sending"), sent | ({"spends_on_c": "on"} if rule else {}))

    assert client.get(reverse(name)).context["form"]["spends_on_c"].value() is rule


def test_a_campaign_of_one_way_is_as_it_was(template, marketer):
    assert not TemplateText.objects.exists()
    play = campaign(template(), marketer)

    assert [one.pk for one in services.ways_of(play)] == [play.template_id]
