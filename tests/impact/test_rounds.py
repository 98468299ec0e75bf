"""Rounds of a measure: each compared by itself, put together by their numbers, told in one sentence."""

from math import sqrt

import pytest

from stammkunde.impact import combining, queries
from stammkunde.impact.models import Trial, Verdict

from .company import BEGAN, NOW, TODAY, play
from .test_pages import as_role, taken, text  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db


def said(trial, round_, effect, se, *, n=100, look=4, basis="margin", code="works") -> Verdict:
    reach = 1.733 * se
    margin = {
        "effect": effect, "se": se, "low": effect - reach, "high": effect + reach, "treated": n, "held_out": n,
        "smallest_visible": 2.5 * se, "uncorrected": effect, "uncorrected_low": effect - reach,
        "uncorrected_high": effect + reach, "moved": [],
    }  # fmt: skip
    arm = dict.fromkeys(
        ("n", "brought_cents", "cost_cents", "net_cents", "returned_cents", "expected_cents", "purchases", "bought",
         "contacts"), 10,
    )  # fmt: skip
    numbers = {"basis": basis, "margin": margin, "worth_cents": 100, "arms": {"treated": arm, "held_out": arm}}
    return Verdict.objects.create(
        trial=trial, round=round_, look=look, of=4, code=code, customers=2 * n, as_of_on=TODAY, at=NOW, numbers=numbers
    )


@pytest.fixture
def trial(db):
    of = play(kind="measure", name="Rhythmus")
    return Trial.objects.create(
        play=of, origin=of.origin, name=of.name, plan="rolling", lag_days=30, begun_at=BEGAN, round=3
    )


def test_rounds_count_by_their_customers_and_are_never_pooled(trial):
    verdicts = [said(trial, 1, 400, 100, n=100), said(trial, 2, 100, 50, n=300)]

    found = combining.over(verdicts)

    se = sqrt((0.25 * 100) ** 2 + (0.75 * 50) ** 2)
    assert found.effect == pytest.approx(175)
    assert (found.low, found.high) == pytest.approx((175 - 1.733 * se, 175 + 1.733 * se))
    assert (found.treated, found.held_out) == (400, 400)


def test_a_round_that_runs_or_tells_nothing_of_money_takes_no_part(trial):
    one = said(trial, 1, 400, 100)
    running, split = said(trial, 2, 100, 50, look=1), said(trial, 3, 100, 50, code="wrong_split")
    other = said(trial, 4, 100, 50, basis="revenue")

    assert combining.over([one, running]) is None
    assert combining.over([one, split]) is None
    assert combining.over([one, other]) is None
    assert combining.over([]) is None


@pytest.mark.parametrize(
    ("effects", "sentence"),
    [
        (
            (400, 300),
            "bringt über 2 Runden je Kunde 3,50 € mehr Deckungsbeitrag (zwischen 2,27 € und 4,73 €), alle",
        ),
        ((-400, -300), "Die Maßnahme kostet über 2 Runden mehr, als sie bringt: −3,50 € je Kunde"),
        ((100, -100), "Über 2 Runden liegt der Unterschied je Kunde zwischen −1,23 € und 1,23 €"),
    ],
)
def test_the_page_says_what_rounds_show_together_and_each_of_them_below(trial, as_role, settings, effects, sentence):  # noqa: F811
    settings.LANGUAGE_CODE = "de"
    for round_, effect in enumerate(effects, start=1):
        said(trial, round_, effect, 100)

    page = text(as_role("analyst"), "trial", trial.pk)

    assert sentence in page
    assert page.index("Alle Runden zusammen") < page.index('data-label="Urteil"')
    assert page.count('<td data-label="Urteil">') == 2


def test_the_list_shows_what_all_rounds_show(trial, as_role, settings):  # noqa: F811
    settings.LANGUAGE_CODE = "de"
    said(trial, 1, 400, 100)
    client = as_role("analyst")
    _heads, row = taken(client, "impact")
    assert row.split(";")[2] == "4,00"

    said(trial, 2, 300, 100)

    _heads, row = taken(client, "impact")
    assert row.split(";")[2] == "3,50"
    (standing,) = queries.standings(queries.of_plays())
    assert standing.verdict.round == 2


def test_what_several_years_brought_together_is_said_in_one_sentence(as_role, settings):  # noqa: F811
    settings.LANGUAGE_CODE = "de"
    client = as_role("analyst")
    for number, effect in ((2025, 3_000), (2026, 2_000)):
        year = Trial.objects.create(
            origin=f"all:{number}", name="", plan="once", lag_days=30, begun_at=BEGAN.replace(year=number)
        )
        assert "Über 2 Jahre" not in text(client, "impact")
        of_year = said(year, 1, effect, 500, n=1_000)
        Verdict.objects.filter(pk=of_year.pk).update(look=1, of=1)

    page = text(client, "impact")

    assert "Über 2 Jahre bringen alle Maßnahmen zusammen je Kunde und Jahr 25,00 € Deckungsbeitrag" in page
