"""Looks by the constants of textbooks and of other programs."""

import numpy as np
import pytest

from stammkunde.insight import experiments
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.late import special


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        (2, ["2.7965", "1.9774"]),
        (3, ["3.4711", "2.4544", "2.0040"]),
        (4, ["4.0486", "2.8628", "2.3375", "2.0243"]),
        (5, ["4.5617", "3.2256", "2.6337", "2.2809", "2.0401"]),
    ],
)
def test_multiples_are_those_of_jennison_and_turnbull(looks, said):
    assert [f"{multiple:.4f}" for multiple in experiments.obrien_fleming(looks, confidence=0.95)] == said


def test_multiples_of_the_intervals_in_use():
    assert [f"{multiple:.3f}" for multiple in experiments.obrien_fleming()] == ["3.466", "2.451", "2.001", "1.733"]


def test_one_look_is_a_normal_interval():
    assert experiments.obrien_fleming(1, confidence=0.95)[0] == pytest.approx(1.959964, abs=1e-6)


def test_spending_is_that_of_seqbounds():
    """SeqBounds.jl, one-sided .05 after Lan and DeMets, worked out there on a grid."""
    found = experiments.spending([0.25, 0.5, 0.75, 1], confidence=0.95, sides=1)

    assert found == pytest.approx([3.74955, 2.53993, 2.01604, 1.72014], abs=5e-5)


def test_spending_beyond_the_plan_is_that_of_spotify():
    """Confidence, test_seq_bounds_run_over: 250, 450, 630, 810 customers where 600 were planned."""
    fractions = [customers / 600 for customers in (250, 450, 630, 810)]

    found = experiments.spending(fractions, confidence=0.99, spent=experiments.by_square)

    assert [f"{2 * special.ndtr(-multiple):.5f}" for multiple in found] == ["0.00095", "0.00241", "0.00410", "0.00636"]


def test_a_look_right_at_the_start_may_spend_nothing():
    assert experiments.spending([0.01, 1.0]) == pytest.approx([9.0, 1.644854], abs=1e-5)


def test_anytime_multiples_are_the_published_ones():
    found = [experiments.anytime(customers, planned=100) for customers in (100, 25, 400)]

    assert [f"{multiple:.4f}" for multiple in found] == ["3.0352", "3.2643", "3.1271"]


def test_anytime_interval_is_that_of_growthbook():
    """gbstats, sequential with tuning 1,000: .50336 ± .33341 → −.55844 to 1.56516, of 3,000 and 3,461 customers."""
    reach = 0.33341 * experiments.anytime(3_000 + 3_461, planned=1_000)

    assert [0.50336 - reach, 0.50336 + reach] == pytest.approx([-0.55844, 1.56516], abs=2e-5)


def test_looks_of_a_rolling_play_fall_due_one_after_the_other():
    found = [experiments.look(ripe=ripe, planned=250, taken=taken) for ripe, taken in ((62, 0), (63, 0), (63, 1))]

    assert [(one.number, one.due, one.next_at) for one in found] == [(0, False, 63), (1, True, 125), (1, False, 125)]
    assert found[0].multiple is None
    assert found[1].multiple == pytest.approx(3.466, abs=5e-4)


def test_a_look_that_was_missed_is_made_up_by_the_next():
    found = experiments.look(ripe=190, planned=250, taken=1)

    assert (found.number, found.due, found.next_at) == (3, True, 250)
    assert found.multiple == pytest.approx(2.001, abs=5e-4)


def test_after_the_last_look_none_follows():
    found = experiments.look(ripe=300, planned=250, taken=4)

    assert (found.number, found.due, found.next_at) == (4, False, None)


def test_a_one_off_has_one_verdict_when_all_are_ripe():
    early, late = (experiments.look(ripe=ripe, planned=250, plan="once") for ripe in (249, 250))

    assert (early.due, early.next_at) == (False, 250)
    assert (late.due, late.number, late.of, late.multiple, late.next_at) == (True, 1, 1, None, None)


def test_impossible_looks_are_refused():
    with pytest.raises(InvalidInput, match="Nobody is planned"):
        experiments.look(ripe=1, planned=0)
    with pytest.raises(InvalidInput, match="1 to 20 looks"):
        experiments.obrien_fleming(0)
    with pytest.raises(InvalidInput, match="rising fractions"):
        experiments.spending([0.5, 0.5])
    with pytest.raises(InvalidInput, match="at least one customer"):
        experiments.anytime(0, planned=10)


def test_several_comparisons_at_once_share_the_error():
    alone, of_three = (experiments.look(ripe=100, planned=100, comparisons=n) for n in (1, 3))

    assert of_three.multiple == experiments.obrien_fleming(4, confidence=1 - 0.1 / 3)[3]
    assert of_three.multiple > alone.multiple
    # The two-sided point of a sixtieth, 2.12805, and 0.842, as shares of the 1.64485 of a single one (normal tables)
    assert experiments.stricter(3) == pytest.approx((2.12805 + 0.842) / (1.64485 + 0.842), abs=1e-4)
    assert experiments.stricter(1) == 1


def test_more_certainty_takes_more_customers_by_the_square_of_the_factor():
    effect = experiments.estimate(
        np.tile([0.0, 10.0], 200), treated=np.repeat([True, False], 200), covariate=np.zeros(400)
    )
    split = experiments.check_split([experiments.Drawn(400, 200, 0.5)])
    more = {
        n: experiments.judge(
            effect, look=experiments.look(ripe=400, planned=400, comparisons=n), split=split, worth=0.5
        ).needed.more
        for n in (1, 3)
    }

    assert (more[3] + 400) / (more[1] + 400) == pytest.approx(experiments.stricter(3) ** 2, rel=0.01)


@pytest.mark.parametrize("given", [{"comparisons": 0}, {"comparisons": 2, "plan": "once"}])
def test_comparisons_that_cannot_be_are_refused(given):
    with pytest.raises(InvalidInput):
        experiments.look(ripe=1, planned=1, **given)
    with pytest.raises(InvalidInput):
        experiments.stricter(0)
