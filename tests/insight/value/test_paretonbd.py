import numpy as np
import pytest
from scipy import integrate
from scipy.optimize import approx_fprime

from stammkunde.insight import value
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.value import paretonbd
from tests.insight.value import simulate


def test_pareto_nbd_finds_the_published_parameters_of_cdnow(cdnow):
    model = value.fit_pareto_nbd(value.history(cdnow["x"], cdnow["t_x"], cdnow["t"]))

    found = (round(model.r, 3), round(model.alpha, 3), round(model.s, 3), round(model.beta, 3))
    assert (*found, round(model.log_likelihood, 2)) == (0.553, 10.578, 0.606, 11.669, -9594.98)


@pytest.mark.slow
def test_pareto_nbd_finds_the_parameters_of_customers_who_behave_so():
    truth = {"r": 0.6, "alpha": 40.0, "s": 0.7, "beta": 200.0}
    x, t_x, t = simulate.pareto_nbd(n=30_000, age=800, seed=5, **truth)

    model = value.fit_pareto_nbd(value.history(x, t_x, t))

    off = [
        (getattr(model, name) - true) / error
        for (name, true), error in zip(truth.items(), model.standard_errors, strict=True)
    ]
    assert max(abs(z) for z in off) < 3.5


@pytest.mark.parametrize("count", [0, 1, 7, 60, 900])
def test_odds_of_having_left_equal_the_integral_at_any_count(count):
    r, alpha, s, beta = 0.6, 12.0, 0.9, 30.0
    t_x, t = (0.0 if count == 0 else 100.0), 400.0
    grid = np.arange(0.0, 401.0)
    past = paretonbd._Past(np.full(401, count), np.where(grid == t_x, t_x, 0.0) * (count > 0), np.full(401, t))

    log_odds = past.left(r, alpha, s, beta)[0][int(t_x)]

    def over_first(y):
        return np.exp(-(r + count) * np.log((alpha + y) / (alpha + t_x)) - (s + 1) * np.log((beta + y) / (beta + t_x)))

    over_stayed = (
        (r + count) * np.log((alpha + t) / (alpha + t_x)) + s * np.log(beta + t) - (s + 1) * np.log(beta + t_x)
    )
    integral, _ = integrate.quad(over_first, t_x, t, epsabs=0, epsrel=1e-11, limit=400, points=[t_x + 1, t_x + 10])
    assert log_odds == pytest.approx(np.log(s * integral) + over_stayed, rel=1e-9)


def test_gradient_is_the_slope_of_the_likelihood():
    objective = paretonbd._likelihood(
        value.history(*simulate.pareto_nbd(n=300, r=0.6, alpha=40.0, s=0.7, beta=200.0, age=400, seed=1))
    )
    theta = np.log([0.5, 30.0, 0.8, 150.0])

    assert objective(theta)[1] == pytest.approx(approx_fprime(theta, lambda at: objective(at)[0], 1e-6), rel=1e-4)


def test_expected_purchases_are_continuous_where_the_formula_divides_by_zero():
    near, at = (
        value.ParetoNbd(0.6, 12.0, s, 30.0, (0, 0, 0, 0), 0.0, 1).expected_purchases(90, [3], [80], [100])
        for s in (1 + 1e-7, 1.0)
    )

    assert near == pytest.approx(at, rel=1e-6)


def test_pareto_nbd_refuses_times_that_are_not_rounded():
    t = np.linspace(100, 200, 6000)

    with pytest.raises(InvalidInput, match="Round them to whole days"):
        value.fit_pareto_nbd(value.history(np.ones(6000), t / 2, t))
