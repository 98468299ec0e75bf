"""Random rules mean the same everywhere, and on every day."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammkunde.insight import rules

from . import random_rules
from .reference import Reference
from .test_segments import members
from .words import KNOWN
from .world import TODAY, UNTIL, on_duckdb, on_polars, rows

SLOW = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
MANY = st.lists(random_rules.rules(), min_size=8, max_size=10)
REFERENCE = Reference(KNOWN, rows(), TODAY, UNTIL)
ENGINES = [on_polars(rows()), on_duckdb(rows())]


def read(many):
    return {f"r{n}": rules.read(one, KNOWN) for n, one in enumerate(many)}


@SLOW
@given(MANY)
def test_random_rules_have_the_same_members_on_every_engine(many):
    asked = read(many)

    on_polars_, on_duckdb_ = (members(asked, world) for world in ENGINES)

    expected = {name: REFERENCE.members(rule) for name, rule in asked.items()}
    assert on_polars_ == expected
    assert on_duckdb_ == expected


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(random_rules.rules())
def test_random_rules_are_written_as_they_are_read(data):
    rule = rules.read(data, KNOWN)

    assert rules.read(rules.write(rule), KNOWN) == rule
