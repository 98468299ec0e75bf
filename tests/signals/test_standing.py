"""What is said of a customer's worth, where it stands."""

import pytest
from django.utils import translation

from stammkunde.signals import standing
from stammkunde.signals.models import CustomerSignal


@pytest.mark.parametrize(
    ("basis", "yearly", "margin", "revenue", "said"),
    [
        ("margin", 500, 500, 900, "Contribution margin of the last 12 months."),
        ("revenue", 900, 500, 900, "Revenue of the last 12 months."),
        ("margin", 2_780_600, 1_291_200, 9, "mean year since the first purchase; the last 12 months brought €12,912."),
        (
            "revenue",
            2_780_600,
            None,
            1_291_200,
            "Revenue of the mean year since the first purchase; the last 12 months",
        ),
        ("margin", 500, None, 900, "of the last 12 months or, if that is more, of the mean year"),
        ("margin", None, None, 0, ""),
    ],
)
def test_worth_of_a_year_says_which_year_it_is(basis, yearly, margin, revenue, said):
    signal = CustomerSignal(abc_basis=basis, yearly_cents=yearly, margin_year_cents=margin, revenue_year_cents=revenue)

    with translation.override("en"):
        text = standing.year(signal)

    assert said in text
    assert bool(text) == bool(said)


def test_nobody_has_no_year():
    assert standing.year(None) == ""
