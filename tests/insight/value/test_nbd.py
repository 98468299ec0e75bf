import numpy as np
import pytest

from stammkunde.insight import value
from stammkunde.insight.errors import NotEnoughData


def states(*, n=4000, r=0.8, alpha=60.0, seed=4):
    random = np.random.default_rng(seed)
    age = random.integers(100, 700, n).astype(float)
    x = random.poisson(random.gamma(r, 1 / alpha, n) * age)
    return x, np.where(x > 0, np.ceil(age * 0.7), 0.0), age


def test_nbd_finds_the_parameters_of_customers_who_behave_so():
    model = value.fit_nbd(value.history(*states(n=40_000)))

    assert (model.r, model.alpha) == pytest.approx((0.8, 60.0), rel=0.03)
    assert not model.common


def test_nbd_expects_what_then_comes_and_draws_own_rates_together():
    x, t_x, age = states()
    model = value.fit_nbd(value.history(x, t_x, age))

    expected = model.expected_purchases(365, x, t_x, age)
    assert expected.sum() == pytest.approx((x.sum() / age.sum()) * 365 * len(x), rel=0.05)
    own = x / age * 365
    middle = expected.mean()
    assert (np.abs(expected - middle) <= np.abs(own - middle) + middle).all()
    assert expected[x == 0].min() > 0


def test_nbd_leaves_one_common_rate_where_customers_do_not_differ():
    age = np.full(500, 400.0)
    x = np.full(500, 20)

    model = value.fit_nbd(value.history(x, age - 1, age))

    assert model.common
    assert model.expected_purchases(365, [0, 20, 60], [0, 399, 399], [400, 400, 400]) == pytest.approx(
        365 / 20, rel=0.05
    )


def test_nbd_refuses_a_rate_of_a_few_purchases():
    with pytest.raises(NotEnoughData, match="29 repeat purchases; a rate needs 30"):
        value.fit_nbd(value.history([29, 0], [300, 0], [400, 400]))
