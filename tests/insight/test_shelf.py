"""The shelf: figures of what was kept are those of the lines, whatever window, slice or customers are asked about."""

from dataclasses import replace

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.insight import buying, cohorts, kpis, lifetime, shelf
from stammkunde.insight.frames import hold

from .conftest import AS_OF, eventful, on_duckdb
from .test_engines import PERIODS, plain


@pytest.fixture(scope="module")
def known():
    return on_duckdb(eventful()).until(AS_OF)


@pytest.fixture(scope="module")
def shelved(known):
    """The same facts without their lines: what reads one finds nothing."""
    kept = {name: hold(table) for name, table in shelf.tables(known).items()}
    return replace(known.with_shelf(kept), lines=known.lines.filter(nw.col("ordered_on") < 0))


@settings(max_examples=8, deadline=None)
@given(
    window=st.integers(20, 400), by=st.sampled_from([None, "country", "segment"]), country=st.sampled_from(["", "DE"])
)
def test_figures_of_a_shelf_are_those_of_the_lines(known, shelved, window, by, country):
    def figures(facts):
        some = facts.customers.filter(nw.col("country") == country) if country else None
        asked = facts if some is None else facts.of_customers(some.select("customer_id"))
        return kpis.figures(asked, periods=PERIODS, activity_days=window, by=by, as_of=AS_OF)

    assert figures(shelved) == figures(known)


def test_what_rests_on_buying_days_is_the_same(known, shelved):
    assert plain(buying.stays(shelved, activity_days=77)) == plain(buying.stays(known, activity_days=77))
    assert cohorts.matrix(shelved) == cohorts.matrix(known)
    asked = {"as_of": AS_OF, "activity_days": 60}
    assert lifetime.lifetime(shelved, **asked) == lifetime.lifetime(known, **asked)
    assert shelved.days() == known.days()


def test_shelf_is_left_where_other_lines_are_asked_about(known, shelved):
    assert not shelved.until(AS_OF.replace(year=AS_OF.year - 1)).shelf
    assert not shelved.with_lines(known.lines).shelf
    assert shelved.until(AS_OF).shelf
