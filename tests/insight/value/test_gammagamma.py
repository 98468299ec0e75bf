import numpy as np
import pytest

from stammkunde.insight import value
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from tests.insight.value import simulate


def test_gamma_gamma_finds_the_published_parameters_of_cdnow(cdnow):
    came_back = cdnow["x"] > 0

    model = value.fit_gamma_gamma(cdnow["x"][came_back], cdnow["mean"][came_back])

    assert (round(model.p, 2), round(model.q, 2), round(model.gamma, 2)) == (6.25, 3.74, 15.44)


def test_gamma_gamma_finds_the_parameters_of_customers_who_behave_so():
    truth = {"p": 5.0, "q": 4.0, "gamma": 60.0}
    x, mean = simulate.gamma_gamma(n=60_000, seed=7, **truth)

    model = value.fit_gamma_gamma(x, mean)

    off = [
        (getattr(model, name) - true) / error
        for (name, true), error in zip(truth.items(), model.standard_errors, strict=True)
    ]
    assert max(abs(z) for z in off) < 3.5


def test_gamma_gamma_in_cents_is_gamma_gamma_in_euro():
    x, mean = simulate.gamma_gamma(n=5000, p=5.0, q=4.0, gamma=60.0, seed=7)

    euro, cents = value.fit_gamma_gamma(x, mean), value.fit_gamma_gamma(x, mean * 100)

    assert cents.gamma == pytest.approx(euro.gamma * 100, rel=1e-4)
    assert cents.expected_mean([3], [2000]) == pytest.approx(euro.expected_mean([3], [20]) * 100, rel=1e-4)


def test_interval_holds_the_true_mean_as_often_as_it_says():
    random = np.random.default_rng(11)
    model = value.GammaGamma(5.0, 4.0, 60.0, (0, 0, 0), 0.0, 1)
    rate = random.gamma(4.0, 1 / 60.0, 20_000)
    x = random.integers(1, 6, 20_000)
    mean = random.gamma(5.0 * x, 1 / rate) / x

    lower, upper = model.mean_interval(x, mean, share=0.8)

    assert np.mean((lower <= 5.0 / rate) & (5.0 / rate <= upper)) == pytest.approx(0.8, abs=0.01)


def test_expected_mean_moves_from_everybody_to_the_customer():
    model = value.GammaGamma(5.0, 4.0, 60.0, (0, 0, 0), 0.0, 1)

    none, few, many = model.expected_mean([0, 2, 2000], [0.0, 50.0, 50.0])

    assert none == pytest.approx(100.0)
    assert 50 < few < 100
    assert many == pytest.approx(50.0, rel=0.01)


def test_gamma_gamma_refuses_amounts_that_are_not_above_zero():
    with pytest.raises(InvalidInput, match="Row 1: mean must be above 0"):
        value.fit_gamma_gamma([1, 2], [10.0, -3.0])


def test_gamma_gamma_refuses_too_few_customers():
    with pytest.raises(NotEnoughData, match="2 customers; the model needs 30"):
        value.fit_gamma_gamma([1, 2], [10.0, 3.0])
