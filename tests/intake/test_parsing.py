"""Numbers and dates against Python's Decimal and datetime as oracle; each example parses many texts at once."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.intake import layouts, parsing
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.parsing import numbers

PRICE = layouts.get("flat").field("unit_price")
WHEN = layouts.get("flat").field("ordered_at")
TODAY = date(2026, 11, 21)
ZONE = ZoneInfo("Europe/Berlin")
DB = duckdb.connect()
DB.execute("SET TimeZone = 'UTC'")
DB.execute(parsing.MACROS)
FEW = settings(max_examples=25, deadline=None)


def parsed(field, texts, **how):
    listed = ", ".join(f"({literal(one)})" for one in dict.fromkeys(texts))
    query = parsing.parsed(field, f"SELECT * FROM (VALUES {listed}) AS t(text)", parsing.Reading(today=TODAY, **how))
    day = "day" if field is WHEN else "NULL"
    value = "strftime(value, '%Y-%m-%d %H:%M:%S')" if field is WHEN else "value"
    found = DB.execute(f"SELECT text, {value}, {day}, code FROM ({query})").fetchall()
    return {text: (value, day, code) for text, value, day, code in found}


amounts = st.decimals(min_value=-999_999_999, max_value=999_999_999, places=2, allow_nan=False, allow_infinity=False)


def english(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def german(amount: Decimal) -> str:
    return english(amount).translate(str.maketrans(",.", ".,"))


@FEW
@given(st.lists(amounts, min_size=1, max_size=50))
def test_numbers_written_the_german_way_are_read_exactly(given_amounts):
    texts = {german(one): one for one in given_amounts}
    texts |= {f"{german(one)} €": one for one in given_amounts}
    texts |= {f"{one:.2f}".replace(".", ","): one for one in given_amounts}

    found = parsed(PRICE, texts, decimal=",")

    assert {text: found[text][0] for text in texts} == texts


@FEW
@given(st.lists(amounts, min_size=1, max_size=50))
def test_numbers_written_the_english_way_are_read_exactly(given_amounts):
    texts = {english(one): one for one in given_amounts} | {f"{one:.2f}": one for one in given_amounts}
    texts |= {f"{abs(one):.2f}-": -abs(one) for one in given_amounts if one}
    texts |= {f"({abs(one):.2f})": -abs(one) for one in given_amounts if one}

    found = parsed(PRICE, texts, decimal=".")

    assert {text: found[text][0] for text in texts} == texts


@FEW
@given(st.lists(amounts, min_size=1, max_size=50), st.sampled_from([",", "."]))
def test_numbers_with_both_marks_are_read_whatever_the_file_says(given_amounts, decimal):
    texts = {english(one): one for one in given_amounts if abs(one) >= 1000}
    texts |= {german(one): one for one in given_amounts if abs(one) >= 1000}

    found = parsed(PRICE, [*texts, "1"], decimal=decimal)

    assert {text: found[text][0] for text in texts} == texts


@FEW
@given(st.lists(st.floats(min_value=-1e6, max_value=1e6, allow_nan=False), min_size=1, max_size=50))
def test_floats_as_programs_write_them_are_read(floats):
    texts = {repr(one): one for one in floats}

    found = parsed(PRICE, texts, decimal=".")

    for text, one in texts.items():
        assert abs(found[text][0] - Decimal(text)) <= Decimal("0.0000005"), (text, one)


@FEW
@given(st.lists(st.text(alphabet="0123456789.,-+()eE €$'x", min_size=1, max_size=12), min_size=1, max_size=80))
def test_no_text_breaks_number_parsing_and_what_has_no_value_has_a_code(texts):
    for value, _, code in parsed(PRICE, texts, decimal=",").values():
        assert (value is None) != (code is None)


days = st.dates(min_value=date(1990, 1, 1), max_value=TODAY)
WAYS = ("%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d")


@FEW
@given(st.lists(days, min_size=1, max_size=50), st.sampled_from(WAYS))
def test_days_are_read_as_they_were_written(given_days, way):
    texts = {one.strftime(way): one for one in given_days}

    found = parsed(WHEN, texts, date_order="dmy")

    assert {text: found[text][1] for text in texts} == texts


@FEW
@given(st.lists(days, min_size=1, max_size=50))
def test_days_with_the_month_first_are_read_so(given_days):
    texts = {f"{one.month}/{one.day}/{one.year}": one for one in given_days}

    found = parsed(WHEN, texts, date_order="mdy")

    assert {text: found[text][1] for text in texts} == texts


@FEW
@given(st.lists(days, min_size=1, max_size=50))
def test_day_numbers_of_spreadsheets_are_read(given_days):
    texts = {str((one - date(1899, 12, 30)).days): one for one in given_days}

    found = parsed(WHEN, texts)

    assert {text: found[text][1] for text in texts} == texts


moments = st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2026, 11, 20, 23, 59, 59))  # noqa: DTZ001


def exists(moment: datetime) -> bool:
    """Tell whether a local time exists, and only once: at the change of the clocks, engines may differ."""
    local = moment.replace(tzinfo=ZONE)
    return local.utcoffset() == local.replace(fold=1).utcoffset()


@FEW
@given(
    st.lists(moments.filter(exists), min_size=1, max_size=50),
    st.sampled_from(["%d.%m.%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
)
def test_local_times_become_utc_and_keep_their_day(given_moments, way):
    whole = [one.replace(microsecond=0) for one in given_moments]
    texts = {one.strftime(way): one for one in whole}

    found = parsed(WHEN, texts)

    for text, one in texts.items():
        utc = one.replace(tzinfo=ZONE).astimezone(ZoneInfo("UTC"))
        assert found[text] == (f"{utc:%Y-%m-%d %H:%M:%S}", one.date(), None)


@FEW
@given(st.lists(moments, min_size=1, max_size=50), st.integers(min_value=-11, max_value=12))
def test_times_with_a_zone_are_moments_and_have_the_companys_day(given_moments, hours):
    whole = [one.replace(microsecond=0) for one in given_moments]
    texts = {f"{one:%Y-%m-%d %H:%M:%S} {hours:+03d}:00": one - timedelta(hours=hours) for one in whole}

    found = parsed(WHEN, texts)

    for text, utc in texts.items():
        local = utc.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZONE).date()
        if local <= TODAY:
            assert found[text] == (f"{utc:%Y-%m-%d %H:%M:%S}", local, None)


@FEW
@given(st.integers(1, 31), st.integers(1, 12), st.integers(1990, 2025))
def test_a_day_is_read_if_and_only_if_the_calendar_has_it(day, month, year):
    try:
        expected = date(year, month, day)
    except ValueError:
        expected = None

    _, on, code = parsed(WHEN, [f"{day}.{month}.{year}"])[f"{day}.{month}.{year}"]

    assert on == expected
    assert (code == "not_a_date") == (expected is None)


@FEW
@given(st.lists(st.text(alphabet="0123456789.-/: TZ+APMJanuarMärz", min_size=1, max_size=25), min_size=1, max_size=80))
def test_no_text_breaks_date_parsing_and_what_has_no_value_has_a_code(texts):
    for value, on, code in parsed(WHEN, texts).values():
        assert (value is None) == (on is None)
        assert (value is None) != (code is None)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1,5", "2"], {",": 1, ".": 0}),
        (["1.234,56", "1.234"], {",": 1, ".": 0}),
        (["1.5", "0.125", "1,234.5"], {",": 0, ".": 3}),
        (["1.234", "1,234"], {",": 0, ".": 0}),
    ],
)
def test_only_what_is_unmistakable_counts_as_evidence_for_a_decimal_mark(texts, expected):
    listed = " UNION ".join(f"SELECT {literal(one)} AS text" for one in texts)
    comma, point, *_either = DB.execute(numbers.evidence(PRICE, listed)).fetchone()
    assert {",": comma, ".": point} == expected
