"""What pages say of what plays changed, and to whom."""

import pytest
from django.urls import reverse

from stammkunde.impact.models import Trial, Verdict
from stammkunde.outreach.models import Message, Template
from stammkunde.plays.models import Play
from stammkunde.team import policy

from .company import BEGAN, DAY, NOW, open_company
from .test_verdicts import work

pytestmark = pytest.mark.django_db(transaction=True)


def judged() -> dict[str, object]:
    told = open_company()
    work()
    return told


@pytest.fixture
def told(once, settings):
    settings.LANGUAGE_CODE = "de"
    return once(judged)


@pytest.fixture
def as_role(client, django_user_model):
    def sign_in(role):
        client.force_login(
            django_user_model.objects.create_user(f"{role}@example.org", "x", name="Mia", role=role, created_at=NOW)
        )
        return client

    return sign_in


def text(client, name, *args) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def taken(client, name, *args) -> list[str]:
    response = client.post(reverse(name, args=args), {"format": "csv"})
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


def test_the_page_of_a_campaign_begins_with_what_it_changed(told, as_role):
    page = text(as_role("management"), "play", told["play"])

    verdict = Verdict.objects.get()
    margin = verdict.numbers["margin"]
    assert "Die Kampagne bringt je Kunde" in page
    assert f"{margin['effect'] / 100:.2f}".replace(".", ",") + " € mehr Deckungsbeitrag" in page
    assert f"Verglichen mit {len(told['alone'])} Kunden, die nichts davon bekamen." in page
    assert page.index("Die Kampagne bringt") < page.index('id="course"')


def test_the_page_of_a_trial_tells_all_that_the_verdict_rests_on(told, as_role):
    trial = Trial.objects.get()

    page = text(as_role("analyst"), "trial", trial.pk)

    assert "Beide Gruppen, je Kunde" in page
    assert "Unbereinigt wären es" in page
    assert page.count("ohne diesen Kunden wären es") == 3
    assert "Bis dahin je Kunde gebracht" in page
    assert page.count("<picture>") == 2
    assert "Runde 1, Urteil 1 von 1, 200 Kunden" in page


def test_the_charts_of_a_trial_tell_its_course_to_whoever_may_see_margins(told, as_role):
    pk, course = Trial.objects.get().pk, Verdict.objects.get().numbers["course"]
    client = as_role("analyst")

    for name in ("trial-arms", "trial-difference"):
        told_of = client.get(reverse("chart", args=[name, "json"]), {"trial": pk}).json()
        (values,) = [rows for rows in told_of["spec"]["datasets"].values() if len(rows) >= len(course)]
        assert values[-1]["week"] == course[-1]["week"] == 13
        drawn = client.get(reverse("chart", args=[name, "svg"]), {"trial": pk, "theme": "dark"})
        assert "Wochen seit Beginn" in drawn.content.decode()
        assert client.get(reverse("chart", args=[name, "svg"]), {"trial": "99999"}).status_code == 404
    heads, *rows = (
        client.post(reverse("chart-take", args=["trial-difference", "csv"]) + f"?trial={pk}")
        .content.decode("utf-8-sig")
        .splitlines()
    )
    assert heads.split(";")[:2] == ["Bis Woche", "Unterschied, bereinigt"]
    assert len(rows) == len(course)
    assert as_role("service").get(reverse("chart", args=["trial-arms", "svg"]), {"trial": pk}).status_code in {403, 404}


def test_the_list_tells_plays_apart_and_is_taken_along(told, as_role):
    client = as_role("analyst")

    assert "Sommerkarte" in text(client, "impact")
    heads, row = taken(client, "impact")

    assert heads.split(";")[:5] == ["Name", "Urteil", "Je Kunde", "Mindestens", "Höchstens"]
    assert row.split(";")[:2] == ["Sommerkarte", "Wirkt"]


def test_the_customers_behind_it_are_listed_and_taken_along(told, as_role):
    client, pk = as_role("management"), Trial.objects.get().pk

    page = text(client, "trial-customers", pk)
    rows = taken(client, "trial-customers", pk)

    assert "Vergleichsgruppe" in page
    assert "Kontaktiert" in page
    assert len(rows) == 201


def test_who_is_left_alone_is_listed_page_by_page_and_found_by_customer(told, as_role):
    client = as_role("analyst")

    assert text(client, "left-alone").count("Sommerkarte") == 50
    found = client.get(reverse("left-alone"), {"customer": told["alone"][0]}).content.decode()
    assert found.count("Sommerkarte") == 1
    assert len(taken(client, "left-alone")) == len(told["alone"]) + 1


def test_who_plans_messages_sees_who_is_left_alone_without_seeing_money(told, as_role, monkeypatch):
    monkeypatch.setitem(policy.RIGHTS, "marketing", frozenset({policy.MESSAGES_SEND, policy.CUSTOMERS_VIEW}))
    client, trial = as_role("marketing"), Trial.objects.get()

    found = client.get(reverse("left-alone"), {"trial": trial.pk}).content.decode()

    assert found.count("Sommerkarte") == 50
    assert "€" not in found
    assert client.get(reverse("left-alone"), {"trial": trial.pk + 1}).content.decode().count("Sommerkarte") == 0
    assert client.get(reverse("trial", args=[trial.pk])).status_code == 403


def test_whoever_may_not_see_margins_is_not_told_either_who_is_left_alone(told, as_role):
    client, pk = as_role("service"), Trial.objects.get().pk

    for name, *args in (("impact",), ("left-alone",), ("trial", pk), ("trial-customers", pk)):
        assert client.get(reverse(name, args=args)).status_code == 403


def test_before_a_verdict_the_page_says_when_to_expect_it(told, as_role):
    Verdict.objects.all().delete()
    Trial.objects.update(progress=Trial.objects.get().progress | {"ripe": 0, "next_at": 200, "next_on": "2026-10-01"})

    page = text(as_role("management"), "play", told["play"])

    assert "Noch kein Ergebnis." in page
    assert "0 der 200 Kunden, auf die das nächste Urteil wartet, haben ihre 91 Tage hinter sich" in page
    assert "Das nächste Urteil ist am 01.10.2026 zu erwarten." in page


def test_nothing_compared_yet_says_how_it_gets_here(db, as_role, settings):
    settings.LANGUAGE_CODE = "de"
    assert "Noch wird nichts verglichen" in text(as_role("analyst"), "impact")
    assert "Niemand wird ausgelassen" in text(as_role("management"), "left-alone")


def test_what_it_costs_as_a_whole_is_asked_until_the_last_verdict(told, as_role):
    client, trial = as_role("marketing"), Trial.objects.get()
    address = reverse("trial-cost", args=[trial.pk])
    assert "Kosten insgesamt" not in text(client, "trial", trial.pk)
    assert client.post(address, {"euros": "480"}).status_code == 302
    assert Play.objects.get().fixed_cost_cents == 0

    Verdict.objects.all().delete()

    assert "Kosten insgesamt" in text(client, "trial", trial.pk)
    refused = client.post(address, {"euros": "-1"})
    assert (refused.status_code, Play.objects.get().fixed_cost_cents) == (400, 0)
    client.post(address, {"euros": "480.50", "what_for": "Druck"})
    assert (Play.objects.get().fixed_cost_cents, Play.objects.get().fixed_cost_for) == (48_050, "Druck")
    assert 'value="480.50"' in text(client, "trial", trial.pk)
    assert as_role("analyst").post(address, {"euros": "1"}).status_code == 403


def open_worded() -> dict[str, object]:
    """As `open_company`; half of the cards say what the template said before it was changed, one is from long ago."""
    told = open_company()
    template = Template.objects.get()
    before = {"template": template.pk, "since": (template.changed_at - DAY).isoformat()}
    after = {"template": template.pk, "since": template.changed_at.isoformat()}
    cards = list(Message.objects.order_by("pk"))
    for place, one in enumerate(cards[1:]):
        one.content, one.handed_over_at = {"worded": before if place < 40 else after}, BEGAN + (place >= 40) * DAY
    Message.objects.bulk_update(cards, ["content", "handed_over_at"])
    work()
    return told | {"cards": len(cards)}


def test_the_page_says_which_words_they_got_and_since_when_these_stood_so(once, as_role, settings):
    settings.LANGUAGE_CODE = "de"
    worded = once(open_worded)
    trial = Trial.objects.get()

    page = text(as_role("marketing"), "trial", trial.pk)

    told = Verdict.objects.get().numbers["words"]
    assert [row["n"] for row in told] == [40, worded["cards"] - 41]
    assert "Welchen Text sie bekamen" in page
    assert page.count("seitdem geändert") == 1
    assert page.count(reverse("template", args=[Template.objects.get().pk])) == 2
    assert reverse("message", args=[told[0]["example"]]) in page
