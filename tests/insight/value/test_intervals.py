import numpy as np
import pytest

from stammkunde.insight import value
from stammkunde.insight.errors import InvalidInput
from tests.insight.value import simulate

TRUTH = {"r": 0.5, "alpha": 30.0, "a": 0.8, "b": 3.0}
ASKED = np.array([0, 1, 5, 12]), np.array([0.0, 60.0, 300.0, 500.0]), np.array([400.0, 400.0, 500.0, 510.0])


def test_interval_of_a_parameter_is_its_standard_error():
    model = value.fit_bg_nbd(value.history(*simulate.bg_nbd(n=3000, age=700, seed=1, **TRUTH)))

    bounds = value.interval(model, lambda one: np.array([one.alpha]), share=0.9544997)

    width = 2 * model.standard_errors[1] / model.alpha
    assert np.log(bounds.high[0] / model.alpha) == pytest.approx(width, rel=1e-4)
    assert np.log(model.alpha / bounds.low[0]) == pytest.approx(width, rel=1e-4)


@pytest.mark.slow
def test_interval_holds_the_truth_as_often_as_it_says():
    true = value.BetaGeometric(*TRUTH.values(), (0, 0, 0, 0), 0.0, 1, first_may_leave=False)
    expected, alive = true.expected_purchases(90, *ASKED), true.alive(*ASKED)[1:]
    held = []
    for seed in range(60):
        model = value.fit_bg_nbd(value.history(*simulate.bg_nbd(n=1500, age=700, seed=seed, **TRUTH)))
        numbers = value.interval(model, lambda one: one.expected_purchases(90, *ASKED), share=0.8)
        chances = value.interval(model, lambda one: one.alive(*ASKED)[1:], share=0.8, scale="logit")
        held.append([*((numbers.low <= expected) & (expected <= numbers.high))])
        held[-1] += [*((chances.low <= alive) & (alive <= chances.high))]

    assert np.mean(held) == pytest.approx(0.8, abs=0.1)


def test_interval_stays_within_what_can_be():
    model = value.fit_bg_nbd(value.history(*simulate.bg_nbd(n=300, age=700, seed=1, **TRUTH)))

    chances = value.interval(model, lambda one: one.alive(*ASKED), share=0.999, scale="logit")

    assert ((chances.low >= 0) & (chances.low <= chances.high) & (chances.high <= 1)).all()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_interval_refuses_a_share_that_is_none(share):
    model = value.fit_gamma_gamma(*simulate.gamma_gamma(n=500, p=5.0, q=4.0, gamma=60.0, seed=7))

    with pytest.raises(InvalidInput, match="between 0 and 1"):
        value.interval(model, lambda one: one.expected_mean([1], [10.0]), share=share)


def test_interval_of_a_retention_curve_is_there_too():
    curve = value.fit_retention([1000, 631, 468, 382, 326, 289, 262, 241])

    bounds = value.interval(curve, lambda one: one.survival([7]), share=0.95, scale="logit")

    assert bounds.low[0] < 0.241 < bounds.high[0]


def test_interval_needs_a_fitted_model():
    with pytest.raises(InvalidInput, match="a model that was fitted"):
        value.interval(value.GammaGamma(5.0, 4.0, 60.0, (0, 0, 0), 0.0, 1), lambda one: one.expected_mean([1], [10.0]))
