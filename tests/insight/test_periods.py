from datetime import date

import pytest

from stammkunde.insight import periods
from stammkunde.insight.errors import PeriodUnclear
from stammkunde.insight.periods import Period


@pytest.mark.parametrize(
    ("text", "start_on", "end_on", "grain"),
    [
        ("2011", date(2011, 1, 1), date(2011, 12, 31), "year"),
        ("2011-Q3", date(2011, 7, 1), date(2011, 9, 30), "quarter"),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29), "month"),
        ("1969-Q4", date(1969, 10, 1), date(1969, 12, 31), "quarter"),
    ],
)
def test_period_is_read_and_written(text, start_on, end_on, grain):
    period = periods.parse(text)

    assert (period.start_on, period.end_on, period.grain, str(period)) == (start_on, end_on, grain, text)


@pytest.mark.parametrize("text", ["", "2011-Q5", "2011-13", "11-09", "2011-9", "Q3 2011", "2011-09-01"])
def test_period_unclear_is_refused_with_the_cure(text):
    with pytest.raises(PeriodUnclear, match="Write 2011, 2011-Q3 or 2011-09"):
        periods.parse(text)


def test_previous_and_year_before_keep_the_length():
    quarter = periods.parse("2011-Q1")

    assert (str(quarter.previous()), str(quarter.year_before())) == ("2010-Q4", "2010-Q1")


def test_between_lists_the_periods_that_are_touched():
    found = periods.between(date(2010, 12, 31), date(2011, 4, 1), grain="quarter")

    assert [str(period) for period in found] == ["2010-Q4", "2011-Q1", "2011-Q2"]


def test_between_an_empty_range_lists_nothing():
    assert periods.between(date(2011, 1, 2), date(2011, 1, 1), grain="month") == []


def test_numbers_lead_back_to_the_period():
    period = periods.parse("2011-Q3")

    assert periods.of_number(period.number, grain="quarter") == period
    assert periods.month_number(date(2011, 9, 30)) == 500
    assert periods.day(periods.day_number(date(2012, 2, 29))) == date(2012, 2, 29)
    assert periods.as_period("2011") == Period(492, 12)
