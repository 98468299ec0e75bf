"""Filters of the customer list that were kept choose the same customers later."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.segments import audience
from stammkunde.segments.queries import Filters

TEXTS = st.text(max_size=8)
PAIRS = st.lists(st.tuples(TEXTS.filter(bool), TEXTS.filter(bool)), max_size=3).map(tuple)


@given(
    st.builds(
        Filters,
        q=TEXTS,
        stage=TEXTS,
        abc=TEXTS,
        texts=PAIRS,
        attributes=PAIRS,
        silent_before_on=st.none() | st.dates(),
        ids=st.none() | st.lists(st.integers(min_value=1), min_size=1, max_size=4).map(tuple),
    )
)
def test_filters_come_back_as_they_were(filters):
    assert audience.restored(audience.stored(filters)) == filters


def test_no_filters_keep_nothing():
    assert audience.stored(Filters()) == {}


def test_days_are_kept_as_texts():
    assert audience.stored(Filters(silent_before_on=date(2026, 5, 1))) == {"silent_before_on": "2026-05-01"}


def test_a_filter_that_is_unknown_is_an_error_and_not_everybody():
    with pytest.raises(ValueError, match="colour"):
        audience.restored({"colour": "red"})
