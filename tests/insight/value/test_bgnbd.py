import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1

from stammkunde.insight import value
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from tests.insight.value import simulate


@pytest.fixture(scope="module")
def simulated():
    return simulate.bg_nbd(n=3000, r=0.5, alpha=30.0, a=0.8, b=3.0, age=700, seed=1)


def test_bg_nbd_finds_the_published_parameters_of_cdnow(cdnow):
    model = value.fit_bg_nbd(value.history(cdnow["x"], cdnow["t_x"], cdnow["t"]))

    found = (round(model.r, 4), round(model.alpha, 4), round(model.a, 4), round(model.b, 4))
    assert (*found, round(model.log_likelihood, 2)) == (0.2426, 4.4136, 0.7929, 2.4259, -9582.43)


def test_bg_nbd_expects_the_published_purchases_of_one_customer(cdnow):
    model = value.fit_bg_nbd(value.history(cdnow["x"], cdnow["t_x"], cdnow["t"]))

    assert round(float(model.expected_purchases(39, 2, 30.43, 38.86)), 3) == 1.226  # Fader & Hardie's spreadsheet


@pytest.mark.slow
@pytest.mark.parametrize("fit", [value.fit_bg_nbd, value.fit_pareto_nbd])
def test_models_do_not_change_when_customers_change_places_or_share_a_row(simulated, fit):
    x, t_x, t = (np.concatenate([part, part[:500]]) for part in simulated)
    x, t_x, t = x.copy(), np.ceil(t_x), t.copy()
    places = np.random.default_rng(3).permutation(len(x))
    rows, weight = np.unique(np.stack([x, t_x, t]), axis=1, return_counts=True)

    plain = fit(value.history(x, t_x, t))
    shuffled = fit(value.history(x[places], t_x[places], t[places]))
    folded = fit(value.history(*rows, weight=weight))

    assert [shuffled.log_likelihood, folded.log_likelihood] == pytest.approx([plain.log_likelihood] * 2, rel=1e-11)
    assert shuffled.alpha == pytest.approx(plain.alpha, rel=1e-4)
    assert folded.alpha == pytest.approx(plain.alpha, rel=1e-4)


def test_bg_nbd_in_weeks_is_bg_nbd_in_days(simulated):
    x, t_x, t = simulated

    days = value.fit_bg_nbd(value.history(x, t_x, t))
    weeks = value.fit_bg_nbd(value.history(x, t_x / 7, t / 7))

    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-4)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-4)
    assert days.expected_purchases(70, x, t_x, t) == pytest.approx(
        weeks.expected_purchases(10, x, t_x / 7, t / 7), rel=1e-3
    )


def test_bg_nbd_finds_the_parameters_of_customers_who_behave_so():
    truth = {"r": 0.5, "alpha": 30.0, "a": 0.8, "b": 3.0}
    x, t_x, t = simulate.bg_nbd(n=60_000, age=700, seed=2, **truth)

    model = value.fit_bg_nbd(value.history(x, t_x, t))

    off = [
        (getattr(model, name) - true) / error
        for (name, true), error in zip(truth.items(), model.standard_errors, strict=True)
    ]
    assert max(abs(z) for z in off) < 3.5


def test_sample_start_finds_the_same_summit_as_all_the_data():
    x, t_x, t = simulate.bg_nbd(n=60_000, r=0.5, alpha=30.0, a=0.8, b=3.0, age=700, seed=2)
    history = value.history(x, t_x, t)
    from stammkunde.insight.value import bgnbd, optimise  # noqa: PLC0415

    whole = optimise.maximise(
        bgnbd._likelihood(history, first_may_leave=False),
        start=np.array([1.0, 10.0, 1.0, 1.0]),
        names=bgnbd.NAMES,
        firm=(),
    )

    assert value.fit_bg_nbd(history).log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-10)


@given(
    x=st.integers(0, 40),
    recency=st.floats(0.01, 1),
    age=st.floats(1, 3000),
    a=st.floats(0.2, 4),
    horizon=st.floats(1, 730),
)
@settings(max_examples=60, deadline=None)
def test_expected_purchases_agree_with_the_published_formula(x, recency, age, a, horizon):
    a = a if abs(a - 1) > 1e-2 else 1.01  # the published form divides by a - 1
    r, alpha, b = 0.5, 20.0, 2.5
    model = value.BetaGeometric(r, alpha, a, b, (0, 0, 0, 0), 0.0, 1, first_may_leave=False)
    t_x = 0.0 if x == 0 else recency * age
    z = horizon / (alpha + age + horizon)
    full = (a + b + x - 1) / (a - 1) * (
        1 - ((alpha + age) / (alpha + age + horizon)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    )  # fmt: skip

    expected = full * float(model.alive(x, t_x, age))

    assert float(model.expected_purchases(horizon, x, t_x, age)) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_mbg_nbd_lets_those_go_who_never_came_back(simulated):
    model = value.fit_mbg_nbd(value.history(*simulated))

    assert model.alive(0, 0, 700) < model.alive(0, 0, 10) < 1


def test_fit_refuses_where_nobody_came_back():
    with pytest.raises(NotEnoughData, match="0 customers came back; the model needs 30"):
        value.fit_bg_nbd(value.history([0] * 50, [0] * 50, [100] * 50))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((1, 5, 4), "recency must lie between 0 and age"),
        ((1.5, 2, 4), "whole number"),
        ((0, 2, 4), "recency must be 0 where frequency is 0"),
        ((1, float("nan"), 4), "recency must lie"),
        ((-1, 0, 4), "whole number"),
    ],
)
def test_history_names_the_row_and_the_rule(row, said):
    rows = list(zip((2, 3, 4), row, strict=True))

    with pytest.raises(InvalidInput, match=f"Row 1: .*{said}"):
        value.history(*rows)


def test_bg_nbd_of_customers_who_never_stop_keeps_its_head():
    random = np.random.default_rng(4)
    age = np.full(2000, 400.0)
    x = random.poisson(random.gamma(0.8, 1 / 60.0, 2000) * age).astype(float)
    t_x = np.where(x > 0, np.ceil(age * random.random(2000) ** (1 / np.maximum(x, 1))), 0.0)

    model = value.fit_bg_nbd(value.history(x, t_x, age))

    assert model.alive(x, t_x, age).min() > 0.9
    assert model.expected_purchases(100, x, t_x, age).sum() == pytest.approx(x.sum() / 4, rel=0.05)
