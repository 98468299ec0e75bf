"""The level of all risks: by hand, and what must not change with it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from scipy import special

from stammkunde import insight
from stammkunde.insight import risk
from stammkunde.insight.risk import evenings
from stammkunde.insight.risk.level import model_target, step_to, year_target
from tests.insight.conftest import on_polars
from tests.insight.risk.conftest import AS_OF, WINDOW
from tests.insight.value import simulate

SAID = np.array([0.1, 0.2, 0.4, 0.7])


def odds(p):
    return np.log(p / (1 - p))


def test_target_by_a_year_ago_is_half_what_left_then_and_half_the_model_of_purchases():
    then, left = np.full(200, 0.3), np.arange(200) < 100

    off = (odds(0.5) - odds(0.3)) * 100 / 130
    moved = special.expit(odds(SAID) + off).mean()
    assert year_target(SAID, then, left, None) == pytest.approx(moved)
    assert year_target(SAID, then, left, 0.2) == pytest.approx(special.expit((odds(moved) + odds(0.2)) / 2))


@pytest.mark.parametrize(("horizons", "share"), [(0, 0.0), (2, 0.5), (8, 0.8)])
def test_target_without_a_year_ago_is_the_nearer_to_the_model_the_less_was_learnt(horizons, share):
    found = model_target(SAID, 0.6, horizons=horizons)

    assert found == pytest.approx(special.expit(share * odds(SAID.mean()) + (1 - share) * odds(0.6)))
    assert model_target(SAID, None, horizons=horizons) == SAID.mean()


@pytest.mark.parametrize("target", [0.02, 0.35, 0.9])
def test_step_brings_the_mean_to_the_target(target):
    step = step_to(SAID, target)

    assert special.expit(odds(SAID) + step).mean() == pytest.approx(target, abs=1e-8)


@pytest.mark.slow
def test_level_moves_all_together_and_keeps_their_order(played, model):
    signs = risk.signs(played, model)
    step = model.level.log_odds
    line = replace(model.verdict.line, offset=model.verdict.line.offset - step)

    learnt = risk.probability(replace(model, verdict=replace(model.verdict, line=line)), signs)

    found = risk.probability(model, signs)
    assert step != 0
    assert odds(found) - odds(learnt) == pytest.approx(step)
    assert (np.argsort(found, kind="stable") == np.argsort(learnt, kind="stable")).all()
    assert model.level.by == "year"


def test_year_back_is_an_evening_whose_outcome_is_known(played):
    question = evenings.Question(WINDOW, 120)

    found = evenings.year_back(played, question, as_of=AS_OF)

    assert found.on == AS_OF - timedelta(days=364)
    assert found.known_on <= AS_OF
    for horizon, days in ((365, 365), (450, None)):
        longer = evenings.year_back(played, replace(question, horizon_days=horizon), as_of=AS_OF + timedelta(days=100))
        assert (longer and longer.on) == (days and AS_OF + timedelta(days=100 - days))
    assert evenings.year_back(played, question, as_of=AS_OF - timedelta(days=300)) is None


@pytest.mark.slow
def test_level_follows_the_season():
    """All round the year few leave, but after the peak of the season many do not come back in time."""
    lines = simulate.lines(n=1500, days=1000, r=0.8, alpha=40, a=0.5, b=6, seed=3, arriving=1.0, season=0.8)
    facts = on_polars({"lines": lines})
    as_of = insight.periods.day(910 + 70)  # 364 days later, the same weeks: a trough comes
    model = risk.fit(facts, as_of=as_of - timedelta(days=70), activity_days=WINDOW, horizon_days=60)
    signs = risk.signs(facts, model)

    question = evenings.Question(WINDOW, 60)
    left = evenings._left(facts, signs, on=model.as_of, horizon_days=question.horizon_days)
    found = risk.probability(model, signs)
    learnt = special.expit(odds(found) - model.level.log_odds)
    assert abs(odds(found.mean()) - odds(left.mean())) < abs(odds(learnt.mean()) - odds(left.mean()))
    assert model.level.by == "year"
