"""How good the early warning has been: in words, tables and charts, for whom and in which language."""

from datetime import timedelta

import pytest
from django.urls import reverse

from stammkunde.figures.queries import back_tests
from stammkunde.insight.risk.candidates import RULES
from stammkunde.signals import forecasts, proof
from stammkunde.team import policy
from stammkunde.team.models import AuditEntry
from tests.pages import folded
from tests.signals import forecasting
from tests.signals.forecasting import AS_OF
from tests.signals.warning_pages import read

pytestmark = pytest.mark.django_db

NB = "\N{NO-BREAK SPACE}"


@pytest.fixture
def generation():
    return forecasting.generation()


def test_proof_says_in_plain_words_how_good_it_was(client, analyst, generation):
    text = " ".join(read(client, analyst, name="warnings-proof").split())

    assert (
        "Am 31.03.2026 hätten wir <strong>412</strong> Kunden gewarnt; <strong>271</strong> davon (66 %) gingen. "
        "Von allen 640, die gingen, waren 42 % gewarnt. Die Hälfte dieser Warnungen kam mindestens 38 Tage, "
        "bevor der Kunde als verloren zählte."
    ) in text
    assert "Von allen Kunden dieses Tages gingen 16 %." in text
    for said in ("Viele Anzeichen", "im Einsatz", "78,1 %", "2,1 Punkte", "Branche", "<strong>90 Tagen</strong>"):
        assert said in text


def test_proof_tells_lights_and_classes_apart_with_their_euro(client, analyst, generation):
    tried = proof.latest(generation)
    text = folded(read(client, analyst, name="warnings-proof"))

    assert [(one.light, one.recall) for one in tried.by_light] == [
        ("red", 60 / 640),
        ("amber", 211 / 640),
        ("green", 369 / 640),
    ]
    assert tried.missed_cents == 36_900_000
    for said in ("640.000", "271.000", "369.000", "Nach Ampel, am 31.03.2026", "Nach Klassen, am 31.03.2026"):
        assert said in text


def test_proof_keeps_the_euro_from_those_who_may_not_see_it(client, analyst, generation, monkeypatch):
    monkeypatch.setitem(policy.RIGHTS, "analyst", policy.RIGHTS["analyst"] - {policy.MARGIN_VIEW})

    text = folded(read(client, analyst, name="warnings-proof"))

    assert "Nach Ampel" in text
    assert "640.000" not in text


def test_proof_of_another_rule_is_not_quoted(generation):
    told = forecasting.back_test()
    del told["by_light"]  # as figures say that were made before lights were tried
    generation.forecast["risk"]["back_tests"] = [told]

    assert proof.latest(generation) is None


def test_proof_in_english(client, analyst, generation):
    text = " ".join(read(client, analyst, name="warnings-proof", language="en").split())

    assert "On 31 Mar 2026 we would have warned about <strong>412</strong> customers;" in text
    assert "Of all 640 who left, 42% had been warned about." in text
    assert "half usually come back within 42 days, three in four within 83." in text


def test_proof_of_another_day(client, analyst, generation):
    text = " ".join(read(client, analyst, name="warnings-proof", day="2025-12-31").split())

    assert "Am 31.12.2025 hätten wir <strong>300</strong> Kunden gewarnt" in text
    assert "day=2025-12-31" in text


def test_proof_counts_what_became_of_real_warnings(client, analyst, generation):
    outcomes = ["open", "left", "left", "bought", "calmed", "undone"]
    for number, outcome in enumerate(outcomes):
        one = forecasting.signal(generation)
        closed_on = None if outcome == "open" else AS_OF
        forecasting.warn(one, outcome=outcome, closed_on=closed_on, warned_on=AS_OF - timedelta(days=number))

    given = proof.given()

    assert (given.total, given.decided, round(given.left_share, 3)) == (6, 3, 0.667)
    assert given.since_on == AS_OF - timedelta(days=5)
    assert [n for _outcome, n in given.outcomes] == [1, 1, 2, 1, 1]
    assert dict(given.outcomes)["Zurückgezogen: Daten wurden rückgängig gemacht"] == 1
    assert f"Von 3 entschiedenen gingen 67{NB}%" in read(client, analyst, name="warnings-proof")


def test_proof_takes_a_fixed_number_of_queries(client, analyst, generation, django_assert_num_queries):
    client.force_login(analyst)

    with django_assert_num_queries(12):
        client.get(reverse("warnings-proof"))


@pytest.mark.parametrize("name", back_tests.PLOTS)
@pytest.mark.parametrize("ending", ["svg", "json"])
def test_charts_of_the_proof_are_drawn(client, analyst, servant, generation, name, ending):
    address = f"{reverse('chart', args=[name, ending])}?day=2026-03-31"
    client.force_login(analyst)

    assert client.get(address).status_code == 200
    assert client.get(reverse("chart", args=[name, ending]), {"day": "2020-01-01"}).status_code == 404
    client.force_login(servant)
    assert client.get(address).status_code == 403


def test_charts_say_the_same_as_their_tables(generation):
    tried = proof.latest(generation)

    assert back_tests.calibration(tried).rows == [(0.05, 0.04, 2060), (0.3, 0.27, 2060)]
    assert back_tests.lift(tried).rows == [(0.1, 0.42, pytest.approx(4.2)), (1.0, 1.0, 1.0)]
    assert [one.abc_class for one in tried.by_class] == ["A", "C"]


def test_every_rule_that_may_win_has_a_name_and_a_meaning():
    assert set(forecasts.RULES) == set(RULES)


@pytest.mark.parametrize("ending", ["png", "svg", "csv"])
def test_charts_of_the_proof_can_be_taken_along(client, analyst, generation, ending):
    client.force_login(analyst)

    answer = client.post(f"{reverse('chart-take', args=['lift', ending])}?day=2026-03-31")

    assert answer.status_code == 200
    assert AuditEntry.objects.get(action="export").label == f"lift.{ending}"
