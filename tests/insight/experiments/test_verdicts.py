"""What may be said of a play, what must be known before it, and what the draw must look like."""

from dataclasses import replace
from math import comb, erfc, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.insight import experiments
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.experiments import Drawn, Effect, Pace

DUE = experiments.look(ripe=100, planned=100, plan="once")
RIGHT = experiments.check_split([Drawn(1_000, 100, 0.1)])


def effect(low, high, *, n=1_000, share=0.1, mean=40.0):
    se = (high - low) / 2 / 1.645
    middle, held_out = (low + high) / 2, round(n * share)
    uncorrected = {"uncorrected": middle, "uncorrected_se": se, "uncorrected_low": low, "uncorrected_high": high}
    return Effect(n - held_out, held_out, mean, middle, se, n - 2.0, low, high, 0.9, **uncorrected)


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [(0.1, 9, "works"), (-9, -0.1, "harms"), (-9, 1.9, "too_little"), (-1, 9, "cannot_tell"), (0.1, 1, "works")],
)
def test_verdicts_follow_the_interval(low, high, code):
    assert experiments.judge(effect(low, high), look=DUE, split=RIGHT, worth=2.0).code == code


def test_what_stands_in_the_way_of_a_verdict_comes_first():
    works = effect(1, 9)
    wrong = experiments.check_split([Drawn(1_000, 60, 0.1)])
    waiting = experiments.look(ripe=10, planned=100)

    codes = [
        experiments.judge(works, look=waiting, split=wrong, worth=2.0).code,
        experiments.judge(None, look=waiting, split=RIGHT, worth=2.0).code,
        experiments.judge(works, look=waiting, split=RIGHT, worth=2.0).code,
    ]

    assert codes == ["wrong_split", "too_few", "running"]


def test_a_planned_look_asks_for_more_than_a_single_one():
    first = experiments.look(ripe=250, planned=1_000)

    found = experiments.judge(effect(1, 9), look=first, split=RIGHT, worth=2.0)

    assert found.code == "cannot_tell"
    assert found.effect.low == pytest.approx(5 - 3.4662 * found.effect.se, rel=1e-4)


@pytest.mark.parametrize(("mean", "code"), [(0.04, "too_few"), (0.05, "works"), (0.95, "works"), (0.96, "too_few")])
def test_yes_or_no_needs_five_of_either_among_the_held_out(mean, code):
    found = effect(0.01, 0.1, mean=mean)

    assert experiments.judge(found, look=DUE, split=RIGHT, worth=0.01, kind="yes_no").code == code


def test_money_of_very_few_is_told_with_caution():
    few = effect(1, 9, n=30, share=0.5)

    told = [experiments.judge(few, look=DUE, split=RIGHT, worth=2.0, kind=kind) for kind in ("money", "count")]

    assert [one.cautious for one in told] == [True, False]


def test_what_it_takes_is_named():
    found = effect(-3.0, 6.2, n=400)

    said = experiments.judge(found, look=DUE, split=RIGHT, worth=2.0, pace=Pace(35)).needed

    times = (2.487 * found.se / 2.0) ** 2
    assert said.more == pytest.approx(400 * (times - 1), abs=1)
    assert said.weeks == int(np.ceil(said.more / 35 + 121 / 7))
    assert (said.best_share, said.measurable) == (0.5, True)
    assert said.more_at_best < said.more / 2


def test_customers_at_the_best_share_are_those_that_combined_draws_need():
    found = effect(-3.0, 6.2, n=400)

    said = experiments.needed(found, worth=2.0)

    m, n = said.more_at_best, 400
    variance = (n * found.se) ** 2 + m**2 * (found.se**2 * 0.36 * n / m)  # half held out: 0.09 / 0.25 of the variance
    assert 2.487 * np.sqrt(variance) / (n + m) == pytest.approx(2.0, rel=1e-3)
    assert (said.weeks, said.weeks_at_best) == (None, None)


def test_what_takes_more_than_three_years_is_not_measurable():
    found = effect(-300, 620)

    said = [experiments.needed(found, worth=2.0, pace=pace) for pace in (Pace(35), None)]

    assert [one.measurable for one in said] == [False, True]


def test_what_can_be_seen_already_needs_nobody():
    said = experiments.needed(effect(-0.1, 0.2), worth=2.0, pace=Pace(35))

    assert (said.more, said.weeks, said.more_at_best) == (0, 0, 0)


@given(st.floats(-20, 20), st.floats(0.01, 20), st.floats(0, 10))
def test_every_interval_has_a_verdict(middle, half, worth):
    found = experiments.judge(effect(middle - half, middle + half), look=DUE, split=RIGHT, worth=worth)

    assert found.code in {"works", "harms", "too_little", "cannot_tell"}
    assert (found.needed is not None) == (found.code == "cannot_tell" and worth > 0)


def test_numbers_that_make_no_sense_are_refused():
    with pytest.raises(InvalidInput, match="worth having"):
        experiments.judge(effect(1, 9), look=DUE, split=RIGHT, worth=-1)
    with pytest.raises(InvalidInput, match="to be seen"):
        experiments.needed(effect(1, 9), worth=0)


def test_the_split_is_tested_exactly_and_by_chi_square():
    """71 of 1,000 where 100 are expected; 22 of 100 where 10 are: twice the smaller tail, in whole numbers."""
    found = experiments.check_split([Drawn(400, 30, 0.1), Drawn(600, 41, 0.1)])
    many = experiments.check_split([Drawn(100, 22, 0.1)])

    assert (found.enrolled, found.held_out, found.expected) == (1_000, 71, pytest.approx(100))
    assert found.p == pytest.approx(erfc(29 / sqrt(90) / sqrt(2)), rel=1e-9)
    tail = sum(comb(100, count) * 9 ** (100 - count) for count in range(22, 101))
    assert many.p == pytest.approx(2 * tail / 10**100, rel=1e-9)
    assert (found.wrong, many.wrong) == (False, True)
    assert experiments.check_split([Drawn(1_000, 66, 0.1)]).wrong


def test_few_are_never_called_wrongly_split():
    assert not experiments.check_split([Drawn(99, 0, 0.5)]).wrong
    assert experiments.check_split([Drawn(100, 0, 0.5)]).wrong


def test_several_shares_are_tested_each():
    right, wrong = Drawn(1_000, 300, 0.3), Drawn(1_000, 60, 0.1)

    both, alone = experiments.check_split([right, wrong]), experiments.check_split([wrong])

    assert both.p == pytest.approx(2 * alone.p)
    assert experiments.check_split([]).p == 1


def test_shares_that_are_none_are_refused():
    with pytest.raises(InvalidInput, match="more are held out"):
        experiments.check_split([Drawn(10, 11, 0.5)])
    with pytest.raises(InvalidInput, match="cannot have been contacted"):
        experiments.contaminated_share(held_out=0, contacted=0)
    assert experiments.contaminated_share(held_out=40, contacted=3) == 0.075


def test_shares_follow_how_many_can_be_reached():
    reachable = (200, 999, 1_000, 4_999, 5_000, 49_999, 50_000, 499_999, 500_000)

    assert [experiments.usual_share(n) for n in reachable] == [0.5, 0.5, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1, 0.05]
    assert [experiments.usual_global_share(n) for n in (1_999, 2_000, 4_999, 5_000)] == [None, 0.1, 0.1, 0.05]


@given(st.floats(0.5, 50), st.sampled_from([0.05, 0.1, 0.3, 0.5]), st.floats(0, 0.95))
def test_customers_needed_are_those_that_show_the_effect(wanted, share, correlation):
    n = experiments.customers_needed(effect=wanted, share=share, spread=60.0, correlation=correlation)

    if n > 1_000:
        seen = experiments.smallest_visible(customers=n, share=share, spread=60.0, correlation=correlation)
        assert seen == pytest.approx(wanted, rel=0.02)


def test_plans_that_make_no_sense_are_refused():
    with pytest.raises(NotEnoughData, match="9 would be held out"):
        experiments.smallest_visible(customers=180, share=0.05, spread=40.0)
    with pytest.raises(InvalidInput, match="share between 0 and 1"):
        experiments.smallest_visible(customers=180, share=0, spread=40.0)
    with pytest.raises(InvalidInput, match="above 0"):
        experiments.customers_needed(effect=0.0, share=0.5, spread=40.0)
    assert (experiments.worth_having(40.0), experiments.worth_having(-3.0)) == (2.0, 0.0)


def test_total_comes_from_those_left_alone_of_everything():
    everything = replace(effect(1, 5), confidence=0.9)
    plays = [experiments.Earned(300, 4.0, 1.0), experiments.Earned(400, -0.5, 2.0)]

    found = experiments.add_up(everything, eligible=2_000, plays=plays)

    assert (found.total, found.low, found.high) == pytest.approx((6_000, 2_000, 10_000))
    reach = 1.644854 * np.sqrt(300**2 + 800**2)
    assert (found.sum_of_plays, found.sum_low, found.sum_high) == pytest.approx((1_000, 1_000 - reach, 1_000 + reach))
    assert found.apart == pytest.approx(-5_000)
    with pytest.raises(InvalidInput, match="eligible"):
        experiments.add_up(everything, eligible=0, plays=[])


def test_shrinking_is_the_average_over_the_spread_between_plays():
    """The same by brute force, on a grid of the spread a hundred times as fine."""
    d, se = np.array([9.0, 2.0, 1.0, -1.0]), np.array([4.0, 1.0, 1.5, 2.0])

    found = experiments.shrink(d, errors=se)

    tau = np.median(se) * np.tan(np.pi / 2 * (np.arange(6_000) + 0.5) / 6_000)
    total, chance = np.zeros(4), 0.0
    for one in tau:
        w = 1 / (se**2 + one**2)
        mean = (w * d).sum() / w.sum()
        weight = np.sqrt(w.prod() / w.sum()) * np.exp(-0.5 * (w * (d - mean) ** 2).sum())
        total, chance = total + weight * (w * se**2 * mean + (1 - w * se**2) * d), chance + weight
    assert found.effect == pytest.approx(total / chance, abs=0.02)
    assert found.order.tolist() == [0, 1, 2, 3]
    assert (found.low < found.effect).all()
    assert (found.effect < found.high).all()


def test_luck_is_taken_back():
    dice = np.random.default_rng(1)
    errors = np.exp(dice.uniform(np.log(0.7), np.log(6), (200, 10)))
    seen = dice.normal(0, errors)

    best = [experiments.shrink(d, errors=se).effect.max() for d, se in zip(seen, errors, strict=True)]

    assert seen.max(1).mean() > 4
    assert np.mean(best) < 0.7


def test_a_single_play_is_drawn_nowhere():
    found = experiments.shrink([3.0], errors=[2.0])

    assert (found.effect[0], found.error[0]) == pytest.approx((3.0, 2.0))
    assert (found.low[0], found.high[0]) == pytest.approx((3 - 3.2897, 3 + 3.2897), abs=1e-3)


def test_effects_that_cannot_be_shrunk_are_refused():
    with pytest.raises(InvalidInput, match="one error for each"):
        experiments.shrink([], errors=[])
    with pytest.raises(InvalidInput, match="errors above 0"):
        experiments.shrink([1.0], errors=[0.0])
