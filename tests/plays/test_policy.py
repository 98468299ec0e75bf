"""How many are left alone, and what tells messages apart."""

import pytest

from stammkunde.plays import policy
from stammkunde.plays.editing import power


@pytest.mark.parametrize(("customers", "share"), [(0, 0.0), (39, 0.0), (40, 0.5), (None, 0.3), (10_000, 0.2)])
def test_some_are_left_alone_only_where_that_tells_anything_and_the_more_the_fewer_there_are(customers, share):
    assert power.suggested_share(customers) == share


def test_whoever_comes_after_the_first_of_a_customer_is_told_apart():
    same = {"play_id": 4, "customer_id": 7, "cycle": "1", "channel": "email"}

    assert policy.key(place=1, **same) == "play:4:7:1:email"
    assert policy.key(place=2, **same) == "play:4:7:1.2:email"
