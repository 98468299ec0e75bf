"""Effects by published numbers, by least squares worked out another way, and by what must hold of any."""

from math import sqrt

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.insight import experiments
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.experiments import Arm, Draw
from stammkunde.insight.experiments.differences import from_sums
from tests.insight.experiments.companies import company

# Hillstrom (2008): customers, and how many visited, bought, by e-mail; README of the shared data
MAILED = {"men": (21_307, 3_894, 267), "women": (21_387, 3_238, 189), "none": (21_306, 2_262, 122)}
GROWTHBOOK = (Arm(3_461, 2_422.70, 134_698.29), Arm(3_407, 1_396.87, 52_377.9767))  # tests of gbstats


def yes(n, count):
    return Arm(n, count, count)


def mail(name, answer):
    place = {"visit": 1, "conversion": 2}[answer]
    return Draw("", *(yes(MAILED[one][0], MAILED[one][place]) for one in (name, "none")))


def six(*numbers):
    return [f"{number:.6f}" for number in numbers]


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("men", "visit", [".076590", ".069953", ".083226"]),
        ("men", "conversion", [".006805", ".005000", ".008610"]),
        ("women", "visit", [".045233", ".038893", ".051573"]),
        ("women", "conversion", [".003111", ".001499", ".004724"]),
    ],
)
def test_welch_says_of_hillstroms_mails_what_is_published(name, answer, said):
    found = from_sums(mail(name, answer))
    error = found.welch()
    reach = error.multiple(0.95) * error.se

    assert [number[1:] for number in six(found.raw, found.raw - reach, found.raw + reach)] == said


def test_welch_gives_the_published_t():
    found = from_sums(mail("men", "visit"))

    assert f"{found.raw / found.welch().se:.4f}" == "22.6202"


@pytest.mark.parametrize(
    ("segment", "effect", "welch", "ours"),
    [
        ("Mens", "0.769827", ["0.145247", "0.485140", "1.054515", "36671.2"], ["0.145248", "0.485138", "1.054516"]),
        ("Womens", "0.424412", ["0.130333", "0.168957", "0.679868", "40064.9"], ["0.130397", "0.168831", "0.679993"]),
    ],
)
def test_money_of_hillstroms_mails(shared_data, segment, effect, welch, ours):
    table = pq.read_table(shared_data / "hillstrom" / "hillstrom.parquet", columns=["segment", "spend"])
    table = pl.from_arrow(table).filter(pl.col("segment").is_in([f"{segment} E-Mail", "No E-Mail"]))
    spend, treated = table["spend"].to_numpy(), (table["segment"] == f"{segment} E-Mail").to_numpy()

    found = experiments.estimate(spend, treated=treated, confidence=0.95)
    plain = experiments.differences(spend, treated=treated)

    error, reach = plain.welch(), plain.welch().multiple(0.95) * plain.welch().se
    assert six(found.effect) == [effect]
    assert six(found.se, found.low, found.high) == ours
    assert [*six(error.se, plain.raw - reach, plain.raw + reach), f"{error.df:.1f}"] == welch


def test_hillstroms_sums_by_arm(shared_data):
    table = pl.read_parquet(shared_data / "hillstrom" / "hillstrom.parquet").filter(pl.col("segment") != "No E-Mail")
    cents = table.with_columns(
        (pl.col("spend") * 100).round().cast(pl.Int64).alias("cents"), (pl.col("segment") == "Mens E-Mail").alias("men")
    )

    (found,) = experiments.sums(cents, outcome="cents", treated="men")

    assert [(arm.n, arm.y) for arm in (found.treated, found.held_out)] == [(21_307, 3_031_169), (21_387, 2_303_811)]


def test_difference_and_lift_are_those_of_growthbook():
    treated, held_out = GROWTHBOOK
    found = from_sums(Draw("", *GROWTHBOOK))
    error = found.welch()
    reach = error.multiple(0.95) * error.se

    assert (f"{found.raw:.2f}", f"{error.se:.5f}") == ("0.29", "0.12478")
    assert [f"{end:.5f}" for end in (found.raw - reach, found.raw + reach)] == ["0.04538", "0.53462"]
    v1, v0 = (float(spread) for spread in found.raw_spreads)
    lift = sqrt(v1 / treated.n / held_out.mean**2 + v0 / held_out.n * treated.mean**2 / held_out.mean**4)
    assert (f"{found.raw / held_out.mean:.5f}", f"{lift:.5f}") == ("0.70732", "0.37879")


def test_effect_is_that_of_least_squares_with_hc3():
    """The slope common to both arms is the coefficient of a regression on arm and covariate."""
    y, z, x = company(1)

    found = experiments.differences(y, treated=z, covariate=x)

    design = np.column_stack([np.ones(len(y)), z, x])
    coefficients = np.linalg.lstsq(design, y)[0]
    assert [float(found.effect), float(found.slope)] == pytest.approx(coefficients[1:].tolist(), rel=1e-10)
    residual, about = y - design @ coefficients, x - np.where(z, x[z].mean(), x[~z].mean())
    residual = residual / (1 - about**2 / (about @ about))
    own = [(residual[arm] ** 2).sum() / (arm.sum() - 1) for arm in (z, ~z)]
    assert [float(spread) for spread in found.spreads] == pytest.approx(own, rel=1e-10)
    n1, n0 = z.sum(), (~z).sum()
    pooled = ((n1 - 1) * own[0] + (n0 - 1) * own[1]) / (n1 + n0 - 2) * (1 / n1 + 1 / n0)
    assert float(found.error().se) ** 2 == pytest.approx(max(own[0] / n1 + own[1] / n0, pooled), rel=1e-10)


def test_many_are_compared_at_once():
    worlds = [company(seed) for seed in (1, 2, 3)]

    found = experiments.differences(*[np.array([w[0] for w in worlds])], **arms(worlds))

    alone = [experiments.differences(y, treated=z, covariate=x) for y, z, x in worlds]
    assert found.effect.tolist() == pytest.approx([float(one.effect) for one in alone], rel=1e-12)
    assert found.error().se.tolist() == pytest.approx([float(one.error().se) for one in alone], rel=1e-12)


def arms(worlds):
    return {"treated": np.array([w[1] for w in worlds]), "covariate": np.array([w[2] for w in worlds])}


def test_what_is_told_of_an_effect_hangs_together():
    y, z, x = company(4)

    found = experiments.estimate(y, treated=z, covariate=x, reached_share=0.5)

    assert found.corrected_by == pytest.approx(found.uncorrected - found.effect)
    assert found.smallest_visible == pytest.approx(2.487 * found.se)
    assert found.total == pytest.approx([z.sum() * value for value in (found.effect, found.low, found.high)])
    assert found.per_reached == pytest.approx([2 * value for value in (found.effect, found.low, found.high)])
    assert (found.treated, found.held_out, found.customers, found.left_out) == (z.sum(), (~z).sum(), 400, 0)
    look = found.within(3.466)
    assert (look.low, look.high) == pytest.approx((found.effect - 3.466 * found.se, found.effect + 3.466 * found.se))


def test_who_moves_the_effect_is_told_exactly():
    y, z, x = company(5)

    found = experiments.estimate(y, treated=z, covariate=x)

    for one in found.moved:
        others = np.arange(len(y)) != one.row
        without = experiments.estimate(y[others], treated=z[others], covariate=x[others]).effect
        assert one.by == pytest.approx(found.effect - without, rel=1e-9)
    every = [experiments.estimate(y[o], treated=z[o], covariate=x[o]).effect for o in ~np.eye(len(y), dtype=bool)]
    assert found.moved[0].row == int(np.argmax(np.abs(np.array(every) - found.effect)))


def test_draws_are_combined_by_their_customers_and_never_pooled():
    """The share rises from 10 to 50 % while everybody buys more: pooled rows would take that for an effect."""
    early, late = company(6, n=4_000, share=0.1, effect=0.0), company(7, n=2_000, share=0.5, effect=0.0)
    y, z, x = (np.concatenate(pair) for pair in zip(early, late, strict=True))
    y[4_000:] += 100
    draw = np.repeat(["autumn", "winter"], [4_000, 2_000])

    found = experiments.estimate(y, treated=z, covariate=x, draw=draw)

    first, second = (experiments.estimate(y[of], treated=z[of], covariate=x[of]) for of in rows_of(draw))
    assert found.effect == pytest.approx((2 * first.effect + second.effect) / 3)
    assert found.se == pytest.approx(sqrt((2 * first.se) ** 2 + second.se**2) / 3)
    assert found.low < 0 < found.high
    assert experiments.estimate(y, treated=z, covariate=x).high < 0  # the trap


def rows_of(draw):
    return (draw == "autumn", draw == "winter")


def test_draws_that_are_too_small_are_left_out():
    y, z, x = company(8, n=300)
    small = np.arange(300) < 12

    found = experiments.estimate(y, treated=z, covariate=x, draw=small)

    alone = experiments.estimate(y[~small], treated=z[~small], covariate=x[~small])
    assert (found.effect, found.left_out, found.draws) == (alone.effect, 12, 1)


WHOLE = st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 40)), min_size=24, max_size=40)


@given(WHOLE, st.integers(-1000, 1000), st.integers(1, 9))
@settings(max_examples=40)
def test_moving_and_stretching_outcomes_moves_and_stretches_the_effect(told, by, times):
    y, x = np.array(told, dtype=float).T
    z = np.arange(len(y)) % 2 == 0

    found = experiments.estimate(y, treated=z, covariate=x)
    other = experiments.estimate(times * y + by, treated=z, covariate=3 * x - 7)

    assert (other.effect, other.se) == pytest.approx((times * found.effect, times * found.se), rel=1e-7, abs=1e-7)


@given(WHOLE)
@settings(max_examples=40)
def test_exchanging_the_arms_turns_the_effect_round(told):
    y, x = np.array(told, dtype=float).T
    z = np.arange(len(y)) % 2 == 0

    found, other = (experiments.estimate(y, treated=arm, covariate=x) for arm in (z, ~z))

    assert (other.effect, other.se, other.low) == pytest.approx((-found.effect, found.se, -found.high), abs=1e-9)


@given(WHOLE)
@settings(max_examples=40)
def test_the_error_is_never_below_welchs_on_the_same_residuals(told):
    y, _ = np.array(told, dtype=float).T
    found = experiments.differences(y, treated=np.arange(len(y)) % 3 == 0)

    assert found.error().se >= found.welch().se


def test_a_covariate_that_is_the_same_for_all_corrects_nothing():
    y, z, _ = company(10)

    found = experiments.estimate(y, treated=z, covariate=np.ones(len(y)))

    assert (found.effect, found.corrected_by) == (found.uncorrected, 0)


def test_what_cannot_be_estimated_is_refused():
    y, z, x = company(11, n=60)

    with pytest.raises(NotEnoughData, match="No draw has 10 customers"):
        experiments.estimate(y, treated=np.arange(60) < 55)
    with pytest.raises(InvalidInput, match="Lengths differ"):
        experiments.estimate(y, treated=z[:50])
    with pytest.raises(InvalidInput, match="Lengths differ"):
        experiments.estimate(y, treated=z, draw=["a"])
    with pytest.raises(InvalidInput, match="is missing"):
        experiments.estimate(np.where(z, np.nan, y), treated=z, covariate=x)
    with pytest.raises(InvalidInput, match="true or false"):
        experiments.estimate(y, treated=np.arange(60))
    with pytest.raises(InvalidInput, match="share reached"):
        experiments.estimate(y, treated=z, reached_share=0.0)
    with pytest.raises(InvalidInput, match="confidence"):
        experiments.estimate(y, treated=z, confidence=90)
    with pytest.raises(InvalidInput, match="fewer than two"):
        experiments.differences(y, treated=np.zeros(60, dtype=bool))
    with pytest.raises(InvalidInput, match="multiple"):
        experiments.estimate(y, treated=z).within(0)
