import pytest

from stammkunde.insight import value
from stammkunde.insight.errors import DoesNotFit, InvalidInput, NotEnoughData

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


@pytest.mark.parametrize(("active", "published"), [(HIGH_END, (0.668, 3.806)), (REGULAR, (0.704, 1.182))])
def test_retention_curve_finds_the_published_parameters(active, published):
    curve = value.fit_retention(active)

    assert (round(curve.alpha, 3), round(curve.beta, 3)) == published


def test_retention_curve_rises_with_age_and_meets_the_counts():
    curve = value.fit_retention(REGULAR)

    assert list(curve.renewal([1, 2, 3])) == sorted(curve.renewal([1, 2, 3]))
    assert curve.survival([0])[0] == pytest.approx(1)
    assert curve.survival([1])[0] == pytest.approx(curve.renewal([1])[0])
    assert curve.survival([7])[0] == pytest.approx(0.241, abs=0.01)


@pytest.mark.parametrize("active", [[10, 9], [10, 11, 9], [10, 8.5, 8], [10, -1, -2]])
def test_retention_curve_refuses_what_is_no_cohort(active):
    with pytest.raises(InvalidInput):
        value.fit_retention(active)


def test_retention_curve_refuses_a_cohort_that_nobody_leaves():
    with pytest.raises(NotEnoughData, match="two periods"):
        value.fit_retention([100, 100, 90, 90])


def test_retention_curve_refuses_renewal_that_gets_rarer():
    with pytest.raises(DoesNotFit, match="does not rise with age"):
        value.fit_retention([1000, 990, 960, 890, 750, 500, 200])
