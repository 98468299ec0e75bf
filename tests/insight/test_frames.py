from datetime import date, timedelta

import duckdb
import narwhals as nw
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde import insight
from stammkunde.insight.errors import ColumnMissing, UnlikeEngines, WrongType
from stammkunde.insight.frames import whole_parts, with_months
from stammkunde.insight.periods import EPOCH, month_number

from .conftest import company, facts_of, line, table


def test_missing_column_is_named_with_the_cure():
    lines = table([]).drop_columns(["kind"])

    with pytest.raises(ColumnMissing, match=r"Table 'lines' has no column 'kind'.*Rename"):
        insight.facts(lines)


def test_dates_instead_of_days_are_refused_with_the_cure():
    lines = table([line(customer=1, on=date(2011, 1, 1))])
    dated = lines.set_column(3, "ordered_on", pa.array([date(2011, 1, 1)]))

    with pytest.raises(WrongType, match=r"Column 'ordered_on' of table 'lines' holds Date.*subtract 1970-01-01"):
        insight.facts(dated)


def test_tables_of_two_engines_are_refused():
    tables = company()

    with pytest.raises(UnlikeEngines, match=r"lines in .*duckdb.*customers in .*polars"):
        insight.facts(duckdb.connect().from_arrow(tables["lines"]), customers=pl.from_arrow(tables["customers"]))


def test_path_of_a_parquet_file_is_opened(tmp_path):
    path = tmp_path / "lines.parquet"
    pl.from_arrow(table([line(customer=1, on=date(2011, 1, 5))])).write_parquet(path)

    assert insight.facts(path).days() == (14979, 14979)


def test_column_without_a_single_value_is_accepted():
    lines = pl.from_arrow(table([line(customer=1, on=date(2011, 1, 5))])).with_columns(cost_cents=pl.lit(None))

    (figure,) = insight.figures(
        insight.facts(lines), periods=["2011"], activity_days=9, names=["margin_per_customer_cents"]
    )

    assert (figure.value, figure.reason) == (None, "cost_unknown")


def test_until_leaves_later_lines_out_and_is_remembered():
    facts = facts_of(line(customer=1, on=date(2011, 1, 5)), line(customer=1, on=date(2011, 1, 6)))

    assert facts.until(date(2011, 1, 5)).days() == (14979, 14979)
    assert facts.until(date(2011, 1, 5)) is facts.until(14979)


def test_facts_until_a_day_stay_the_same_for_a_later_day():
    known = facts_of(line(customer=1, on=date(2011, 1, 5))).until(date(2011, 2, 1))

    assert known.until(date(2011, 3, 1)) is known
    assert known.until(date(2011, 1, 1)) is not known


def test_other_customers_share_what_was_worked_out_from_the_lines():
    tables = company()
    facts = insight.facts(tables["lines"], customers=tables["customers"])
    stays = insight.buying.stays(facts, activity_days=90)

    other = facts.with_customers(facts.customers.with_columns(country=nw.lit("Chile")))

    assert insight.buying.stays(other, activity_days=90) is stays
    figures = insight.figures(other, periods=["2011"], activity_days=90, by="country", names=["customers_end"])
    assert [figure.slice for figure in figures] == ["Chile"]


def test_release_forgets_what_was_worked_out():
    facts = facts_of(line(customer=1, on=date(2011, 1, 5)))
    before = insight.figures(facts.until(date(2011, 2, 1)), periods=["2011"], activity_days=9)

    facts.release()

    assert insight.figures(facts.until(date(2011, 2, 1)), periods=["2011"], activity_days=9) == before


def test_facts_without_lines_have_no_days():
    assert facts_of().days() is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dates(min_value=date(1800, 1, 1), max_value=date(2200, 12, 31)), min_size=1))
def test_months_of_days_agree_with_the_calendar(days):
    leaps = [date(2000, 2, 29), date(2000, 3, 1), date(1999, 12, 31), EPOCH, EPOCH - timedelta(days=1)]
    numbers = [(on - EPOCH).days for on in days + leaps]
    frame = nw.from_native(pl.DataFrame({"day": numbers}).lazy())

    found = with_months(frame, month="day").collect()["month"].to_list()

    assert found == [month_number(on) for on in days + leaps]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_whole_numbers_are_divided_exactly_and_written_out_once(engine):
    numbers = [-(10**12) - 1, -365, -1, 0, 1, 364, 365, 10**15 - 1, 10**15, None]
    told = pa.table({"n": pa.array(numbers, pa.int64())})
    frame = nw.from_native(pl.from_arrow(told).lazy() if engine == "polars" else duckdb.from_arrow(told)).lazy()

    found = frame.select(*(whole_parts(nw.col("n"), size).alias(str(size)) for size in (1, 3, 12, 365)))

    assert found.collect(backend="pyarrow").to_native().to_pydict() == {
        str(size): [n if n is None else n // size for n in numbers] for size in (1, 3, 12, 365)
    }
    if engine == "duckdb":
        assert found.to_native().sql_query().count('"n"') == 4
