"""How likely exactly so many purchases are: published numbers, and the sums that must come out."""

from dataclasses import replace

import numpy as np
import pytest

from stammkunde.insight import value
from stammkunde.insight.errors import InvalidInput
from tests.insight.value import simulate

CDNOW = value.BetaGeometric(0.243, 4.414, 0.793, 2.426, (0, 0, 0, 0), 0.0, 1, first_may_leave=False)
MODELS = pytest.mark.parametrize("model", [CDNOW, replace(CDNOW, first_may_leave=True)], ids=["bg", "mbg"])
CUSTOMER = (2, 30.43, 38.86)  # of CDNOW's sample: repeat purchases, weeks to the last, weeks known


def test_counts_have_the_published_parameters_chances():
    found = [float(value.probability_of(CDNOW, n, 39, *CUSTOMER)) for n in range(200)]

    assert [round(chance, 5) for chance in found[:4]] == [0.44537, 0.23932, 0.14418, 0.08085]
    assert round(float(CDNOW.alive(*CUSTOMER)), 4) == 0.7266
    assert float(CDNOW.expected_purchases(39, *CUSTOMER)) == pytest.approx(1.226, abs=5e-4)  # as published
    assert sum(n * chance for n, chance in enumerate(found)) == pytest.approx(1.226028, abs=5e-7)


@MODELS
def test_counts_add_up_to_one_and_to_the_expected_number(model):
    x, t_x, t = np.array([0, 1, 12]), np.array([0.0, 5.0, 30.0]), np.array([20.0, 35.0, 39.0])

    chances = np.array([value.probability_of(model, n, 26, x, t_x, t) for n in range(400)])

    assert chances.sum(axis=0) == pytest.approx(np.ones(3), abs=1e-9)
    assert np.arange(400) @ chances == pytest.approx(model.expected_purchases(26, x, t_x, t), rel=1e-7)


@MODELS
def test_counts_come_as_often_among_customers_who_behave_so(model):
    """Whoever has just begun: her first time is played, not what follows from a past."""
    may = {"first_may_leave": model.first_may_leave}
    x, _, t = simulate.bg_nbd(n=200_000, r=0.243, alpha=4.414, a=0.793, b=2.426, age=40, seed=2, **may)
    weeks = t == 30

    for n in range(4):
        chance = float(value.probability_of(model, n, 30, 0, 0, 0))
        assert float(np.mean(x[weeks] == n)) == pytest.approx(chance, abs=4 * (chance / weeks.sum()) ** 0.5)


@pytest.mark.parametrize(("purchases", "horizon"), [(-1, 39), (1.5, 39), (1, 0)])
def test_counts_refuse_what_cannot_be_asked(purchases, horizon):
    with pytest.raises(InvalidInput, match="whole number, and a horizon above 0"):
        value.probability_of(CDNOW, purchases, horizon, *CUSTOMER)
