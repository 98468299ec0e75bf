import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.risk import metrics

rows = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda found: len({left for _, left in found}) == 2
)


@given(rows)
def test_auc_counts_pairs(found):
    scores, left = zip(*found, strict=True)
    pairs = [(a > b) + (a == b) / 2 for a, x in found if x for b, y in found if not y]

    assert metrics.auc(scores, left) == pytest.approx(sum(pairs) / len(pairs))


@given(rows)
def test_auc_turns_round_with_the_score(found):
    scores, left = (np.array(column) for column in zip(*found, strict=True))

    assert metrics.auc(-scores, left) == pytest.approx(1 - metrics.auc(scores, left))
    assert metrics.auc(np.exp(scores), left) == metrics.auc(scores, left)


def test_average_precision_by_hand():
    assert metrics.average_precision([0.9, 0.8, 0.7, 0.6], [True, False, True, False]) == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.average_precision([1, 1, 1, 1], [True, False, False, False]) == 0.25  # all enter together


def test_top_precision_shares_the_edge():
    score, left = [3, 2, 2, 2, 0, 0, 0, 0, 0, 0], [True, True, False, False] + [False] * 6

    assert metrics.top_precision(score, left) == 1.0
    assert metrics.top_precision(score, left, share=0.2) == pytest.approx((1 + 1 / 3) / 2)


def test_quality_by_hand():
    found = metrics.quality([0.9, 0.1], [True, False])

    assert (found.customers, found.left, found.auc, found.auc_error) == (2, 1, 1.0, 0.0)
    assert found.log_loss == pytest.approx(-np.log(0.9))
    assert found.calibration_error == pytest.approx(0.1)


@pytest.mark.parametrize(("left", "stayed"), [(5, 9), (40, 400)])
def test_auc_error_of_chance_is_that_of_the_rank_sum(left, stayed):
    """Mann & Whitney (1947): the variance of U is mn(m + n + 1) / 12."""
    expected = np.sqrt((left + stayed + 1) / (12 * left * stayed))

    assert metrics._auc_error(0.5, left, stayed) == pytest.approx(expected)


def test_calibration_keeps_equal_probabilities_together():
    found = metrics.calibration([0.2] * 50 + [0.6] * 50, [True] * 10 + [False] * 40 + [True] * 40 + [False] * 10)

    assert [(group.customers, group.expected, group.left) for group in found] == [
        (50, pytest.approx(0.2), 0.2),
        (50, pytest.approx(0.6), 0.8),
    ]
    assert metrics.calibration_error(found) == pytest.approx(0.1)


def test_average_weighs_by_customers():
    one = metrics.quality([0.9, 0.1], [True, False])
    two = metrics.quality([0.1, 0.9, 0.1, 0.9], [True, False, True, False])

    assert metrics.average([one, two]).auc == pytest.approx(1 / 3)
    assert metrics.average([one, two]).customers == 6


def test_measures_refuse_what_means_nothing():
    with pytest.raises(InvalidInput, match="Nobody left"):
        metrics.auc([1, 2], [False, False])
    with pytest.raises(InvalidInput, match="a score is missing"):
        metrics.auc([1, np.nan], [False, True])
    with pytest.raises(InvalidInput, match="2 scores for 1"):
        metrics.auc([1, 2], [True])
    with pytest.raises(InvalidInput, match="outside 0 to 1"):
        metrics.quality([1.2, 0.3], [True, False])


@given(rows)
def test_longest_list_reaches_everybody_and_every_list_agrees_with_its_precision(found):
    score, left = (np.array(column) for column in zip(*found, strict=True))

    lists = metrics.gains(score, left, steps=5)

    assert (lists[-1].share, lists[-1].reached, lists[-1].lift) == (1.0, pytest.approx(1.0), pytest.approx(1.0))
    for one in lists:
        precision = metrics.top_precision(score, left, share=one.share)
        assert one.lift == pytest.approx(precision / left.mean())
        assert one.reached == pytest.approx(precision * one.customers / left.sum())
