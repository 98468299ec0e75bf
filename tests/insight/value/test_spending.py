"""Bounds on what customers spend: whoever has probably stopped is bounded by nothing."""

from functools import partial

import numpy as np
import pytest

from stammkunde.insight.value import BetaGeometric, GammaGamma, fit_bg_nbd, fit_gamma_gamma, history
from stammkunde.insight.value.spending import DRAWS, LEVELS, Played, _quantiles, spread
from tests.insight.value import simulate


@pytest.fixture(scope="module")
def played():
    x, t_x, t = simulate.bg_nbd(n=3000, r=0.6, alpha=10.0, a=0.8, b=6.0, age=720, seed=2)
    purchases = fit_bg_nbd(history(x, t_x, t))
    bought, mean = simulate.gamma_gamma(n=3000, p=6.0, q=4.0, gamma=15.0, seed=3)
    money = fit_gamma_gamma(bought, mean)
    assert isinstance(purchases, BetaGeometric)
    assert isinstance(money, GammaGamma)
    return partial(spread, purchases, money, horizon=365)


def test_a_regular_who_has_probably_stopped_is_bounded_by_nothing(played):
    found = played(frequency=np.array([50.0, 50.0]), age=np.array([600.0, 600.0]))
    alive, scale = np.array([0.03, 0.97]), np.array([5_000.0, 5_000.0])

    bounds = {level: found.at(level, alive=alive, scale=scale) for level in (0.1, 0.5, 0.9)}
    bought = {level: found.purchases_at(level, alive=alive) for level in (0.1, 0.5, 0.9)}

    assert [bounds[level][0] for level in (0.1, 0.5, 0.9)] == [0, 0, 0]
    assert [bought[level][0] for level in (0.1, 0.5, 0.9)] == [0, 0, 0]
    assert 0 < bounds[0.1][1] < bounds[0.5][1] < bounds[0.9][1]
    assert 0 < bought[0.1][1] < bought[0.5][1] < bought[0.9][1]


def test_bounds_never_fall_with_the_level(played):
    random = np.random.default_rng(4)
    n = 400
    found = played(frequency=random.integers(0, 60, n).astype(float), age=random.uniform(0, 720, n))
    alive, scale = random.random(n), random.uniform(1, 1e4, n)

    bounds = np.array([found.at(level, alive=alive, scale=scale) for level in np.linspace(0, 1, 21)])

    assert (np.diff(bounds, axis=0) >= -1e-9).all()


def test_bounds_are_the_same_whoever_else_is_asked_about(played):
    frequency, age = np.array([60.0, 3.0, 0.0, 12.0]), np.array([720.0, 100.0, 40.0, 500.0])
    alive, scale = np.full(4, 0.8), np.full(4, 1_000.0)
    some = [0, 1]  # with the highest count and age, between which all others are told apart

    of_all = played(frequency=frequency, age=age).at(0.9, alive=alive, scale=scale)
    of_some = played(frequency=frequency[some], age=age[some]).at(0.9, alive=alive[some], scale=scale[some])

    assert of_some.tolist() == of_all[some].tolist()


def test_whoever_was_played_through_before_is_not_again_and_has_the_same_bounds(played):
    frequency, age = np.array([60.0, 3.0]), np.array([720.0, 100.0])
    before = Played()
    fresh = played(frequency=frequency, age=age, played=before)
    marked = {name: (bought + 1, spent) for name, (bought, spent) in before.used.items()}

    again = played(frequency=frequency, age=age, played=Played(known=before.used))
    read = played(frequency=frequency, age=age, played=Played(known=marked))
    other = played(frequency=frequency, age=age, played=Played(known=marked), unsure=0.1)

    assert (again.bought == fresh.bought).all()
    assert (again.spent == fresh.spent).all()
    assert (read.bought == fresh.bought + 1).all()
    assert (other.bought == played(frequency=frequency, age=age, unsure=0.1).bought).all()


def test_quantiles_of_sorted_rows_are_those_of_numpy():
    random = np.random.default_rng(5)
    drawn = np.stack([random.gamma(0.5, size=DRAWS), random.poisson(3, DRAWS).astype(float), np.zeros(DRAWS)])

    assert (_quantiles(drawn) == np.quantile(drawn, LEVELS, axis=1).T).all()
