"""What all models of purchases have in common: steps of time, far tails, every kind of customer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.insight import value
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.value import smooth
from tests.insight.value import simulate

BG = value.BetaGeometric(0.3, 30.0, 0.8, 3.0, (0, 0, 0, 0), 0.0, 1, first_may_leave=False)
MBG = replace(BG, first_may_leave=True)
PARETO = value.ParetoNbd(0.5, 30.0, 0.8, 300.0, (0, 0, 0, 0), 0.0, 1)
MODELS = pytest.mark.parametrize("model", [BG, MBG, PARETO], ids=["bg", "mbg", "pareto"])


@MODELS
def test_discounted_purchases_are_the_steps_each_with_its_factor(model):
    x, t_x, t = np.array([0, 3, 40]), np.array([0.0, 90.0, 600.0]), np.array([100.0, 400.0, 620.0])
    ends, factors = [30.0, 100.0, 400.0], [0.9, 0.7, 0.2]

    until = np.array([model.expected_purchases(end, x, t_x, t) for end in ends])
    steps = np.diff(until, axis=0, prepend=np.zeros((1, 3)))
    assert model.discounted_purchases(ends, factors, x, t_x, t) == pytest.approx(factors @ steps, rel=1e-12)


@MODELS
@pytest.mark.parametrize(("ends", "factors"), [([0.0], [1.0]), ([30, 20], [1, 1]), ([30], [0]), ([30], [1, 1])])
def test_discounted_purchases_refuse_steps_that_are_none(model, ends, factors):
    with pytest.raises(InvalidInput):
        model.discounted_purchases(ends, factors, [1], [10], [20])


@MODELS
def test_many_customers_are_expected_to_buy_what_each_would_be(model):
    """Many ages are read off a curve, few are worked out one by one."""
    age = np.arange(1.0, 1500.0)
    x = np.repeat([0, 1, 7, 30], len(age))
    t = np.tile(age, 4)
    t_x = np.where(x > 0, np.ceil(t * 0.7), 0.0)

    together = model.discounted_purchases([30.0, 365.0], [1.0, 0.8], x, t_x, t)

    few = np.arange(0, len(x), 97)
    alone = [
        model.discounted_purchases([30.0, 365.0], [1.0, 0.8], x[i : i + 1], t_x[i : i + 1], t[i : i + 1])[0]
        for i in few
    ]
    assert together[few] == pytest.approx(alone, rel=1e-9)


def test_curve_is_worked_out_exactly_where_it_is_not_smooth():
    at = np.linspace(0.0, 1.0, 1000)

    assert (smooth.along(lambda u: 1.0 + (u > 0.5), at) == 1.0 + (at > 0.5)).all()
    assert smooth.along(np.exp, at) == pytest.approx(np.exp(at), rel=1e-11)
    assert smooth.along(np.exp, np.zeros(0)).shape == (0,)


@MODELS
@given(x=st.integers(0, 5000), age=st.integers(1, 10_000), recency=st.floats(0, 1), horizon=st.integers(1, 10_000))
@settings(max_examples=40, deadline=None)
def test_answers_are_finite_far_out_in_the_tails(model, x, age, recency, horizon):
    t_x = 0.0 if x == 0 else max(np.ceil(recency * age), 1.0)

    alive, expected = model.alive([x], [t_x], [age])[0], model.expected_purchases(horizon, [x], [t_x], [age])[0]

    assert 0 <= alive <= 1
    assert 0 <= expected < (5001 / 30) * horizon


@MODELS
@given(x=st.integers(0, 60), age=st.integers(2, 2000), recency=st.floats(0, 1), unit=st.sampled_from([7.0, 30.4375]))
@settings(max_examples=30, deadline=None)
def test_answers_do_not_depend_on_the_unit_of_time(model, x, age, recency, unit):
    t_x = 0.0 if x == 0 else max(np.ceil(recency * age), 1.0)
    times = {"alpha": model.alpha / unit}
    if model is PARETO:
        times["beta"] = model.beta / unit

    other = replace(model, **times)

    assert other.alive(x, t_x / unit, age / unit) == pytest.approx(model.alive(x, t_x, age), rel=1e-6, abs=1e-12)
    expected = model.expected_purchases(200, x, t_x, age)
    assert other.expected_purchases(200 / unit, x, t_x / unit, age / unit) == pytest.approx(
        expected, rel=1e-6, abs=1e-12
    )


@pytest.fixture(scope="module")
def states():
    x, t_x, t = simulate.bg_nbd(n=400, r=0.6, alpha=30.0, a=0.8, b=4.0, age=400, seed=6)
    return x, np.minimum(np.ceil(t_x), t), t


@pytest.mark.slow
@pytest.mark.parametrize("fit", [value.fit_bg_nbd, value.fit_mbg_nbd, value.fit_pareto_nbd])
@given(seed=st.integers(0, 2**31), parts=st.integers(1, 4))
@settings(max_examples=4, deadline=None)
def test_fit_does_not_depend_on_order_or_on_how_weights_are_split(states, fit, seed, parts):
    """Every customer counts `parts` times: as one row of that weight, or as so many rows in any order."""
    random = np.random.default_rng(seed)
    split = [np.repeat(column, parts) for column in states]
    order = random.permutation(len(split[0]))

    whole = fit(value.history(*states, weight=np.full(len(states[0]), float(parts))))
    rows = fit(value.history(*(column[order] for column in split)))

    assert rows.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-10)
    assert (rows.r, rows.alpha) == pytest.approx((whole.r, whole.alpha), rel=1e-4)


def test_mbg_nbd_finds_the_parameters_of_customers_who_behave_so():
    truth = {"r": 0.6, "alpha": 30.0, "a": 0.8, "b": 3.0}
    x, t_x, t = simulate.bg_nbd(n=60_000, age=700, seed=8, first_may_leave=True, **truth)

    model = value.fit_mbg_nbd(value.history(x, t_x, t))

    off = [
        (getattr(model, name) - true) / error
        for (name, true), error in zip(truth.items(), model.standard_errors, strict=True)
    ]
    assert max(abs(z) for z in off) < 3.5


def test_matrix_asks_the_model_about_every_kind_of_customer():
    cells = value.frequency_recency(BG, age=300, horizon=90, most=3, steps=2)

    assert [(cell.frequency, cell.recency) for cell in cells] == [
        (0, 0.0),
        *((n, t) for n in (1, 2, 3) for t in (150.0, 300.0)),
    ]
    assert cells[-1].expected == pytest.approx(float(BG.expected_purchases(90, 3, 300, 300)))
    assert cells[-1].alive == pytest.approx(float(BG.alive(3, 300, 300)))
    with pytest.raises(InvalidInput, match="above 0"):
        value.frequency_recency(BG, age=0, horizon=90)
