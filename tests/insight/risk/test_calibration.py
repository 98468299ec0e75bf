import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from stammkunde.insight.risk.calibration import Line, line, rising


def test_rising_pools_neighbours_by_hand():
    found = rising(np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, True, False, True]))

    assert found.score.tolist() == [1.0, 2.5, 4.0]
    assert found.probability.tolist() == [0.25, 0.5, 0.75]  # each step drawn half a customer towards .5


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60))
def test_rising_never_falls(found):
    score, left = (np.array(column) for column in zip(*found, strict=True))

    chance = rising(score.astype(float), left).at(np.linspace(-1, 11, 50))

    assert (np.diff(chance) >= -1e-12).all()
    assert ((chance >= 0) & (chance <= 1)).all()


def test_line_finds_what_was_wrong():
    random = np.random.default_rng(1)
    honest = random.normal(0, 1.5, 20_000)
    left = random.random(20_000) < special.expit(honest)

    found = line(special.expit(0.5 + 2.0 * honest), left)

    assert found.slope == pytest.approx(0.5, abs=0.03)
    assert found.offset == pytest.approx(-0.25, abs=0.05)


def test_line_learns_little_from_few():
    found = line(np.array([0.5, 0.5, 0.5]), np.array([True, True, True]))

    assert abs(found.offset) < 1.0
    assert found.slope == pytest.approx(1.0)


def test_line_is_drawn_towards_as_it_is():
    assert Line(0.4, 1.8).drawn(2) == Line(0.2, 1.4)
    assert Line(0.4, 1.8).drawn(0) == Line()
    assert Line().at(np.array([0.3])) == pytest.approx([0.3])


@pytest.mark.parametrize("seed", range(5))
def test_rising_is_the_largest_least_mean_of_neighbours(seed):
    random = np.random.default_rng(seed)
    left = random.random(40) < np.linspace(0.1, 0.9, 40)
    least = [[min(left[a : b + 1].mean() for b in range(i, 40)) for a in range(i + 1)] for i in range(40)]
    share = np.array([max(means) for means in least])
    steps, size = np.unique(share.round(12), return_counts=True)

    found = rising(np.arange(40.0), left)

    assert found.probability == pytest.approx((steps * size + left.mean()) / (size + 1))
    assert found.score == pytest.approx(np.cumsum(size) - (size + 1) / 2)
