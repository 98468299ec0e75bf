"""What became known of customers besides their purchases: one dated table, made of all that tell of it."""

from datetime import date

import narwhals as nw
import pyarrow as pa
import pytest

from stammkunde import insight
from stammkunde.insight.errors import ColumnMissing, WrongType
from stammkunde.insight.frames import CANCELLATION, CONVERSATION, DELIVERY, HAPPENINGS, RETURN, arrow
from stammkunde.insight.periods import day_number

from .conftest import AS_OF, eventful, facts_of, line, on_duckdb

DAY = day_number(date(2012, 6, 1))


def listed(facts):
    return sorted((tuple(row[name] for name in HAPPENINGS) for row in arrow(facts.happenings).to_pylist()), key=str)


def orders(*rows):
    columns = zip(*rows, strict=True)
    return pa.table({name: pa.array(own, pa.int64()) for name, own in zip(ORDERS, columns, strict=True)})


ORDERS = ("customer_id", "promised_on", "delivered_on")


def heard(*rows):
    columns = dict(zip(HAPPENINGS, zip(*rows, strict=True), strict=True))
    return pa.table(columns | {"number": pa.array(columns["number"], pa.float64())})


def test_lines_tell_of_what_was_given_back_by_known_customers():
    facts = facts_of(
        line(customer=1, on=date(2012, 6, 1)),
        line(customer=1, on=date(2012, 6, 2), kind="return", cents=-250),
        line(customer=2, on=date(2012, 6, 3), kind="cancellation", cents=-400),
        line(customer=2, on=date(2012, 6, 3), kind="adjustment", cents=-100),
        line(customer=None, on=date(2012, 6, 3), kind="return", cents=-900),
    )

    assert listed(facts) == [(1, DAY + 1, RETURN, 250.0), (2, DAY + 2, CANCELLATION, 400.0)]


def test_orders_tell_of_deliveries_on_the_day_they_arrive():
    given = orders((1, DAY, DAY + 3), (1, DAY + 5, DAY + 4), (2, None, DAY), (2, DAY, None), (None, DAY, DAY))

    found = listed(facts_of(line(customer=1, on=date(2012, 6, 1)), orders=given))

    assert found == [(1, DAY + 3, DELIVERY, 3.0), (1, DAY + 4, DELIVERY, -1.0), (2, DAY, DELIVERY, None)]


def test_further_tables_are_appended_and_what_says_nothing_of_anybody_is_left_out():
    complaints = heard((1, DAY, "complaint", None), (None, DAY, "complaint", None), (1, None, "complaint", None))
    ratings = heard((2, DAY + 1, "rating", 7.5)).append_column("remark", pa.array(["fine"]))

    facts = insight.facts(insight.frames.arrow(facts_of().lines), happenings=[complaints, ratings])

    assert listed(facts) == [(1, DAY, "complaint", None), (2, DAY + 1, "rating", 7.5)]
    assert facts.happenings.collect_schema().names() == list(HAPPENINGS)


def test_tables_that_do_not_keep_to_the_schema_are_refused():
    lines = insight.frames.arrow(facts_of().lines)
    good = heard((1, DAY, "rating", 7.5))

    with pytest.raises(ColumnMissing, match="Table 'happenings 2' has no column 'kind'"):
        insight.facts(lines, happenings=[good, good.drop_columns(["kind"])])
    with pytest.raises(WrongType, match=r"Column 'known_on' of table 'happenings 1' holds Date.*subtract 1970-01-01"):
        insight.facts(lines, happenings=[good.set_column(1, "known_on", pa.array([date(2012, 6, 1)]))])
    with pytest.raises(ColumnMissing, match="Table 'orders' has no column 'delivered_on'"):
        insight.facts(lines, orders=orders((1, DAY, DAY)).drop_columns(["delivered_on"]))


def test_until_leaves_out_what_became_known_later():
    facts = on_duckdb(eventful())
    everything, today = listed(facts), day_number(AS_OF)

    known = facts.until(AS_OF)

    assert listed(known) == [row for row in everything if row[1] <= today]
    assert {row[2] for row in everything if row[1] > today} == {DELIVERY, RETURN, CONVERSATION, "complaint", "rating"}
    assert listed(facts.until(today + 99).until(today)) == listed(known)


def test_some_customers_bring_their_lines_and_happenings():
    facts = on_duckdb(eventful())
    chosen = facts.customers.filter(nw.col("segment") == "hotel").select("customer_id")
    ids = set(arrow(chosen)["customer_id"].to_pylist())

    part = facts.until(AS_OF).of_customers(chosen)

    assert listed(part) == [row for row in listed(facts.until(AS_OF)) if row[0] in ids]
    assert {row["customer_id"] for row in insight.frames.rows(part.lines)} <= ids
    assert part.until(AS_OF) is part


def test_other_lines_tell_of_other_returns_and_leave_the_rest():
    facts = on_duckdb(eventful())

    part = facts.with_lines(facts.lines.filter(nw.col("channel") == "web"))

    kept = [row for row in listed(facts) if row[2] != RETURN]
    assert [row for row in listed(part) if row[2] != RETURN] == kept
    back = arrow(facts.lines.filter((nw.col("channel") == "web") & (nw.col("kind") == RETURN))).num_rows
    assert len(listed(part)) == len(kept) + back
