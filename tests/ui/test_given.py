"""Numbers in addresses and forms: what cannot be meant is not there."""

import pytest

from stammkunde.ui import given


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("007", 7), ("0", 0), ("", None), ("-1", None), ("1.5", None), ("²", None), (str(2**63 - 1), 2**63 - 1),
     (str(2**63), None), ("9" * 5000, None)],
)  # fmt: skip
def test_whole_numbers_are_those_that_a_database_holds(text, number):
    assert given.whole(text) == number


def test_a_number_outside_of_its_bounds_is_none():
    assert [given.whole(text, least=1, most=9) for text in ("0", "1", "9", "10")] == [None, 1, 9, None]


def test_no_row_has_a_number_that_is_none():
    assert [given.row(text) for text in ("12", "0", "x")] == [12, 0, 0]
