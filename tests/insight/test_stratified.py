import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.stratified import benjamini_hochberg, risk_ratios

MIGRAINE = ([16, 12], [27, 28], [5, 7], [25, 26])  # better on active treatment and on placebo, women and men
UGDP = ([8, 22], [106, 98], [5, 16], [120, 85])  # deaths on tolbutamide and on placebo, below and above 55 years


def test_risk_ratio_is_the_published_one_of_the_migraine_trial():
    """SAS/STAT User's Guide, PROC FREQ: common relative risk (column 1), Mantel-Haenszel, and the CMH statistic."""
    found = risk_ratios(*MIGRAINE)

    assert [f"{float(x):.4f}" for x in (found.ratio, found.low, found.high)] == ["2.1636", "1.2336", "3.7948"]
    assert f"{float(found.p):.4f}" == "0.0040"


def test_risk_ratio_is_the_published_one_of_the_diabetes_trial():
    """Rothman, Epidemiology: An Introduction (2002), on the University Group Diabetes Program: 1.33."""
    assert f"{float(risk_ratios(*UGDP).ratio):.2f}" == "1.33"


def test_many_are_compared_at_once():
    both = risk_ratios(*(np.array([one, other]) for one, other in zip(MIGRAINE, UGDP, strict=True)))

    assert both.ratio.tolist() == [float(risk_ratios(*MIGRAINE).ratio), float(risk_ratios(*UGDP).ratio)]


def test_strata_with_one_group_alone_say_nothing():
    cases, n, other_cases, other_n = MIGRAINE
    found = risk_ratios([*cases, 3, 0], [*n, 9, 0], [*other_cases, 0, 2], [*other_n, 0, 7])

    assert (found.ratio, found.high, found.p) == (
        risk_ratios(*MIGRAINE).ratio,
        risk_ratios(*MIGRAINE).high,
        risk_ratios(*MIGRAINE).p,
    )


def test_nobody_left_on_one_side():
    none, all_of_them = risk_ratios([0], [50], [20], [50]), risk_ratios([20], [50], [0], [50])

    assert (float(none.ratio), float(none.low), 0 < float(none.high) < 1) == (0, 0, True)
    assert (float(all_of_them.low) > 1, float(all_of_them.high)) == (True, np.inf)


def test_nothing_to_compare_is_not_a_number():
    found = risk_ratios([1], [2], [0], [0])

    assert [bool(np.isnan(x)) for x in (found.ratio, found.low, found.high, found.p)] == [True] * 4


def test_impossible_counts_are_refused():
    with pytest.raises(InvalidInput, match="more cases than members"):
        risk_ratios([3], [2], [0], [5])


def numbers(found):
    return [float(x) for x in (found.ratio, found.low, found.high, found.p)]


STRATUM = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@given(st.lists(STRATUM, min_size=1, max_size=6), st.randoms())
def test_order_of_strata_does_not_matter(strata, dice):
    shuffled = list(strata)
    dice.shuffle(shuffled)

    one, other = (numbers(risk_ratios(*np.array(given).T)) for given in (strata, shuffled))

    assert one == pytest.approx(other, nan_ok=True)


@given(st.lists(STRATUM, min_size=1, max_size=4))
def test_splitting_strata_of_equal_composition_changes_nothing(strata):
    whole = risk_ratios(*(2 * np.array(strata)).T)
    halves = risk_ratios(*np.array([*strata, *strata]).T)

    assert numbers(whole)[:3] == pytest.approx(numbers(halves)[:3], nan_ok=True)


@given(st.lists(STRATUM, min_size=1, max_size=4))
def test_swapping_the_groups_turns_the_ratio_round(strata):
    a, n, c, m = np.array(strata).T
    there, back = risk_ratios(a, n, c, m), risk_ratios(c, m, a, n)

    if a.sum() and c.sum():
        assert numbers(there)[:2] == pytest.approx([1 / float(back.ratio), 1 / float(back.high)])
    assert float(there.p) == pytest.approx(float(back.p), nan_ok=True)


def test_correction_is_the_published_one():
    """Benjamini & Hochberg (1995), section 3.2: fifteen comparisons, four rejected; Bonferroni rejects three."""
    p = [
        .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1.0,
    ]  # fmt: skip

    adjusted = benjamini_hochberg(p)

    assert (adjusted <= 0.05).tolist() == [True] * 4 + [False] * 11
    assert adjusted[[0, 3, 14]].tolist() == pytest.approx([0.0001 * 15, 0.0095 * 15 / 4, 1.0])


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.001, 0.2))
def test_correction_rejects_as_the_step_up_procedure(p, level):
    ordered, n = sorted(p), len(p)
    rejected = max((k for k in range(1, n + 1) if ordered[k - 1] * n / k <= level), default=0)

    assert int((benjamini_hochberg(p) <= level).sum()) == rejected


def test_correction_refuses_what_is_no_probability():
    with pytest.raises(InvalidInput, match="outside 0 to 1"):
        benjamini_hochberg([0.5, float("nan")])
