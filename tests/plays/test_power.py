"""What the editor says could be seen is what the library says: the app that measures plays asks the latter."""

import pytest

from stammkunde.insight import experiments
from stammkunde.plays.editing import power


@pytest.mark.parametrize(("customers", "share", "spread"), [(200, 0.1, 4_000.0), (999, 0.5, 1.5), (80_000, 0.05, 99.9)])
def test_the_editor_names_the_same_numbers(customers, share, spread):
    found = experiments.smallest_visible(customers=customers, share=share, spread=spread * 100)

    assert power.smallest_cents(customers=customers, share=share, spread_cents=spread * 100) == round(found)
    assert (power.FEWEST, power.Z) == (experiments.FEWEST, experiments.VISIBLE)


@pytest.mark.parametrize("reachable", [0, 999, 1_000, 4_999, 5_000, 49_999, 50_000, 499_999, 500_000])
def test_the_editor_suggests_the_same_shares(reachable):
    assert power.usual_share(reachable) == experiments.usual_share(reachable)
