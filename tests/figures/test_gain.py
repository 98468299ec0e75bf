"""What a point of retention is worth on the overview: by the year's facts, roughly, and beside the literature."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation

from stammkunde.figures import ahead, claims
from stammkunde.figures.gain import gain, spent
from stammkunde.insight import retention
from stammkunde.signals import answers
from stammkunde.signals.models import Current, Figure, Generation, YearCost
from stammkunde.team import policy
from stammkunde.team.policy import Sight
from tests.pages import folded

SIGHT = Sight(figures=True, margin=True)
FACTS = retention.Base(customers=900, kept=720, each_cents=10_000, error_cents=100, like=0.4, like_error=0.02)


def figure(value, numerator=None, denominator=None):
    return SimpleNamespace(value=value, numerator=numerator, denominator=denominator)


YEAR = {"margin_per_customer_cents": figure(12_000), "retention_rate": figure(0.8, 720, 900)}
NOW = {"customers_start": figure(1000)}


def test_facts_of_the_year_count_those_who_leave_as_what_they_brought():
    said = gain(NOW, name="Q3", year=("2025", YEAR), sight=SIGHT, facts=FACTS)

    assert (said.each_cents, said.like, said.basis) == (4000, 0.4, "Deckungsbeitrag")
    assert (said.per_point.customers, said.per_point.cents) == (10, 40_000)
    assert said.per_point.year.low_cents < 40_000 < said.per_point.year.high_cents
    assert said.per_point.life.cents == pytest.approx(40_000 * 1.1 / 0.3)
    assert said.most_cents == pytest.approx(4000 * 1.1 / 0.3)
    assert said.rises == pytest.approx(0.3 / 0.25 - 1)


def test_without_facts_the_average_buyer_counts_and_no_interval_is_claimed():
    said = gain(NOW, name="Q3", year=("2025", YEAR), sight=SIGHT)

    assert (said.each_cents, said.like, said.per_point.year) == (12_000, None, None)
    assert said.per_point.life.cents == pytest.approx(120_000 * 1.1 / 0.3)


def test_points_beyond_those_who_left_have_no_lifetime():
    few = YEAR | {"retention_rate": figure(0.98, 980, 1000)}

    said = gain(NOW, name="Q3", year=("2025", few), sight=SIGHT)

    assert [step.life is None for step in said.steps] == [False, True, True]
    assert said.rises is None


def test_before_a_year_is_over_only_the_period_counts():
    said = gain(NOW | {"margin_per_customer_cents": figure(3000)}, name="Q3", year=None, sight=SIGHT)

    assert (said.per_point.cents, said.per_point.life, said.most_cents) == (30_000, None, None)


@pytest.mark.parametrize(
    ("winning", "keeping", "each"),
    [
        (1_430_000, 720_000, (10_000, 1_000, 10)),
        (1_430_000, None, (10_000, None, None)),
        (None, 720_000, (None, 1_000, None)),
        (0, 0, (0, 0, None)),
        (None, None, (None, None, None)),
    ],
)
def test_winning_and_keeping_are_told_by_whom_they_won_and_kept_as_far_as_they_are_known(winning, keeping, each):
    won = YEAR | {"customers_won": figure(143)}

    said = spent(FACTS, year="2025", figures=won, winning_cents=winning, keeping_cents=keeping)

    assert (said.won, said.kept) == (143, 720)
    assert (said.each.winning_each_cents, said.each.keeping_each_cents, said.each.times) == each


def test_claims_say_what_the_library_says():
    with translation.override("en"):
        found = [(str(one.says), str(one.measured), str(one.caution)) for one in claims.told()]

    assert found == [(one.says, one.measured, one.caution) for one in retention.CLAIMS]


@pytest.mark.parametrize(("period", "year"), [("2025-Q4", "2025"), ("2026-Q2", "2025"), ("2025", "2025")])
def test_worker_asks_ahead_about_the_last_year_that_is_over(period, year):
    assert str(ahead.last_year(period)) == year


def figured(*, won: int | None = None) -> None:
    shown = Generation.objects.create(
        status=Generation.Status.DONE, as_of_on=date(2026, 6, 30), activity_days=60, started_at=timezone.now()
    )
    Current.objects.create(pk=1, generation=shown)
    for period, kpi, value in (
        ("2026-Q2", "customers_start", 500),
        ("2026-Q2", "retention_rate", 0.5),
        ("2025", "revenue_per_customer_cents", 5000),
        *([("2025", "customers_won", won)] if won is not None else ()),
    ):
        Figure.objects.create(generation=shown, kpi=kpi, period=period, slice_by="", slice_value="", value=value, n=100)


@pytest.mark.django_db
def test_overview_tells_what_the_facts_of_the_year_say(client, administrator, monkeypatch):
    figured()
    asked = []
    monkeypatch.setattr(answers, "kept", lambda **question: asked.append(question) or FACTS)
    client.force_login(administrator)

    text = folded(client.get("/?period=2026-Q2").content.decode())

    assert asked == [{"year": "2025", "basis": None}]
    assert "Wer geht, hatte zuvor 40\xa0% von dem gebracht, was Gebliebene brachten" in text
    assert "40,00\xa0€ Deckungsbeitrag in 2025" in text
    assert "Was die Literatur sagt" in text


@pytest.mark.django_db
def test_overview_holds_keeping_against_winning_or_says_where_to_write_it_down(client, administrator, monkeypatch):
    figured(won=143)
    monkeypatch.setattr(answers, "kept", lambda **_question: FACTS)
    client.force_login(administrator)

    def told():
        return folded(client.get("/?period=2026-Q2").content.decode())

    assert "Was es 2025 gekostet hat, einen Kunden zu gewinnen oder zu halten, ist unbekannt" in told()
    assert "/settings/costs/#years" in told()
    YearCost.objects.create(year=2025, winning_cents=1_430_000, keeping_cents=720_000)
    assert "Je Kunde hat das Gewinnen 10,0-mal so viel gekostet wie das Halten." in told()
    assert "ist unbekannt" not in told()
    YearCost.objects.update(keeping_cents=14_400_000)
    assert "Das Halten war also das teurere von beiden." in told()


@pytest.mark.django_db
def test_whoever_sees_no_margins_is_told_no_costs(client, salesperson, monkeypatch):
    figured(won=143)
    YearCost.objects.create(year=2025, winning_cents=1_430_000)
    monkeypatch.setattr(answers, "kept", lambda **_question: FACTS)
    monkeypatch.setattr(policy, "sight", lambda *_who, **_basis: Sight(figures=True))
    client.force_login(salesperson)

    answer = client.get("/?period=2026-Q2")

    assert answer.status_code == 200
    assert "Halten und gewinnen" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_table_of_points_is_taken_along_as_it_is_shown(client, administrator, monkeypatch, form):
    figured()
    monkeypatch.setattr(answers, "kept", lambda **_question: FACTS)
    client.force_login(administrator)

    answer = client.post("/overview/point/export/", {"format": form, "query": "period=2026-Q2"})

    told = b"".join(answer.streaming_content)
    if form == "xlsx":
        assert told.startswith(b"PK")
        return
    heads, *rows = told.decode("utf-8-sig").splitlines()
    assert heads.startswith("Mehr Kundenbindung, in Punkten;")
    assert [row.split(";")[0] for row in rows] == ["1", "3", "5"]
    assert rows[0].split(";")[2:5] == ["Deckungsbeitrag", "40,00", "2025"]


@pytest.mark.django_db
def test_before_figures_there_is_no_table_of_points(client, administrator):
    client.force_login(administrator)

    assert client.post("/overview/point/export/", {"format": "csv"}).status_code == 400
