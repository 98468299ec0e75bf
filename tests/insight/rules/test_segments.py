"""The 44 segments that a retention manager asks for."""

import json
from pathlib import Path

import pytest

from stammkunde.insight import rules
from stammkunde.insight.frames import arrow

from .reference import Reference
from .words import KNOWN
from .world import TODAY, UNTIL, on_duckdb, on_polars, rows, world_of

LISTED = json.loads(Path(__file__).with_name("segments.json").read_text(encoding="utf-8"))
SEGMENTS = {f"s{one['number']}": rules.read(one["rule"], KNOWN) for one in LISTED}
COMPLEMENTS = {f"not_{name}": rules.tree.Not(rule) for name, rule in SEGMENTS.items()}


def members(asked, world):
    """Give the members of rules, each as a set."""
    answered = arrow(rules.flags(asked, world)).to_pylist()
    assert {row[name] for row in answered for name in asked} <= {True, False}
    return {name: {row["customer_id"] for row in answered if row[name]} for name in asked}


@pytest.fixture(scope="module")
def expected():
    reference = Reference(KNOWN, rows(), TODAY, UNTIL)
    return {name: reference.members(rule) for name, rule in SEGMENTS.items()}


@pytest.mark.slow
@pytest.mark.parametrize("engine", [on_duckdb, on_polars])
def test_segments_have_the_same_members_on_every_engine(engine, expected):
    found = members({**SEGMENTS, **COMPLEMENTS}, engine(rows()))

    everybody = {one["customer_id"] for one in rows()["customers"]}
    assert {name: found[name] for name in SEGMENTS} == expected
    assert {name: found[f"not_{name}"] for name in SEGMENTS} == {n: everybody - some for n, some in expected.items()}


def test_one_question_counts_members_those_with_a_flag_and_the_unknown(expected):
    world = on_duckdb(rows())
    flag = next(rules.column_of(one.name) for one in KNOWN.fields.values() if one.kind == "flag")
    with_flag = {row["customer_id"] for row in rows()["customers"] if row[flag]}

    for name in ("s1", "s14", "s38"):
        told = rules.tally(SEGMENTS[name], world, among=[flag])
        assert (told.customers, told.members) == (len(rows()["customers"]), len(expected[name]))
        assert told.among == {flag: len(expected[name] & with_flag)}
        assert list(told.unknown) == rules.unknown(SEGMENTS[name], world)


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
def test_segments_have_the_same_members_on_spark(spark, expected):
    assert members(SEGMENTS, world_of(rows(), spark.createDataFrame)) == expected


@pytest.mark.parametrize("back", [1, 100])
def test_past_day_is_a_world_that_ends_on_it(back):
    day = TODAY - back
    cut = {name: [row for row in some if _is_seen(name, row, day)] for name, some in rows().items()}
    ended = on_polars(cut, today=day, until={name: min(day, UNTIL.get(name, TODAY)) for name in KNOWN.tables})

    assert members(SEGMENTS, on_polars(rows()).as_of(day)) == members(SEGMENTS, ended)


def _is_seen(name, row, day):
    column = "day" if name == "moments" or ":" in name else getattr(KNOWN.tables.get(name), "day", "")
    return row.get(column) is None or row[column] <= day


def test_every_segment_has_members_and_others(expected):
    assert [name for name, some in expected.items() if not 0 < len(some) < len(rows()["customers"])] == []
    assert len(expected) == 44


def test_segments_are_written_as_they_stand_in_the_file():
    assert [rules.write(SEGMENTS[f"s{one['number']}"]) for one in LISTED] == [one["rule"] for one in LISTED]
