"""How many are left alone, and what tells messages apart."""

import pytest

from stammkunde.plays import policy


@pytest.mark.parametrize(("customers", "share"), [(0, 0.0), (199, 0.0), (200, 0.1), (10_000, 0.1)])
def test_some_are_left_alone_only_where_that_tells_anything(customers, share):
    assert policy.usual_holdout(customers) == share


def test_whoever_comes_after_the_first_of_a_customer_is_told_apart():
    same = {"play_id": 4, "customer_id": 7, "cycle": "1", "channel": "email"}

    assert policy.key(place=1, **same) == "play:4:7:1:email"
    assert policy.key(place=2, **same) == "play:4:7:1.2:email"
