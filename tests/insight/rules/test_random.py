"""Random rules mean the same everywhere, and on every day."""

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammkunde.insight import rules
from stammkunde.insight.rules import InvalidRule

from . import random_rules
from .reference import Reference
from .test_segments import members
from .words import KNOWN
from .world import TODAY, UNTIL, on_duckdb, on_polars, rows

SLOW = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
MANY = st.lists(random_rules.rules(), min_size=5, max_size=6)
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


JUNK = st.sampled_from(
    [None, "", "ever", 0, -1, 1.5, 10**400, float("nan"), True, [], [[]], {}, {"all": [{}]}, {"me": True}]
)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(random_rules.rules(), st.data())
def test_whatever_is_written_is_read_or_refused(data, dice):
    rotten = _rotten(data, dice)

    with suppress(InvalidRule):  # and nothing else
        rules.write(rules.read(rotten, KNOWN))


def _rotten(data, dice):
    """Put something strange somewhere into a rule."""
    if not data or not isinstance(data, dict | list) or dice.draw(st.integers(0, 3)) == 0:
        return dice.draw(JUNK)
    if isinstance(data, list):
        place = dice.draw(st.integers(0, len(data) - 1))
        return [_rotten(one, dice) if n == place else one for n, one in enumerate(data)]
    name = dice.draw(st.sampled_from(sorted(data)))
    return {**data, name: _rotten(data[name], dice)}
