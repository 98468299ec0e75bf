"""Checks have their tables in an engine that the process keeps: nothing of one is there for the next."""

import os

import pyarrow.parquet as pq
import pytest

from stammkunde.intake import layouts, parsing
from stammkunde.intake.check import room as rooms
from stammkunde.intake.check.room import room
from tests.intake.reading import TODAY, flat, out

TABLES = "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal"


def twice(text: str) -> str:
    return text * 2


@pytest.fixture
def given(tmp_path):
    return {"rows": 10, "memory_mb": 256, "work_dir": tmp_path}


def fill(db) -> None:
    db.execute("CREATE TABLE given AS SELECT 1 AS row; CREATE VIEW typed AS FROM given; CREATE TEMP TABLE s (a INT)")


def test_nothing_is_left_for_the_next_check(given):
    with room(**given) as db:
        fill(db)
    kept = rooms._kept(os.getpid()).home

    with room(**given) as db:
        assert db.execute(TABLES).fetchall() == []
    assert rooms._kept(os.getpid()).home is kept


def test_engine_of_a_check_that_failed_is_not_used_again(given):
    """Some failures leave an engine that refuses everything from then on."""
    with pytest.raises(ZeroDivisionError):
        fail_within(given)

    assert rooms._kept(os.getpid()).home is None
    with room(**given) as db:
        assert db.execute(TABLES).fetchall() == []


def fail_within(given):
    with room(**given) as db:
        fill(db)
        raise ZeroDivisionError


def test_check_beside_another_has_tables_and_bounds_of_its_own(given, tmp_path):
    with room(**given) as one, room(**given | {"memory_mb": 512}, functions=(twice,)) as other:
        one.execute("CREATE TABLE given AS SELECT 1 AS row")
        assert other.execute(TABLES).fetchall() == []
        assert other.execute("SELECT twice(tidy('a'))").fetchall() == [("aa",)]
        limits = [db.execute("SELECT current_setting('memory_limit')").fetchone() for db in (one, other)]
        assert limits[0] != limits[1]
        _, found = flat(tmp_path, "R1;01.03.2024;7;A1;2;5")
    assert found.accepted == 1


def test_functions_of_layouts_are_known_to_every_check_that_asks_for_them(given):
    for _ in range(2):
        with room(**given, functions=(twice,)) as db:
            assert db.execute("SELECT twice('a')").fetchall() == [("aa",)]


def test_each_check_spills_where_it_works(given, tmp_path):
    kept = rooms._kept(os.getpid())
    for name in ("first", "second"):
        place = tmp_path / name
        with room(**given | {"work_dir": place}) as db:
            assert db.execute("SELECT current_setting('temp_directory')").fetchone() == (str(place / "spill"),)
            (place / "spill").mkdir(parents=True)
        assert kept.home is None  # where to is told an engine once


def test_few_rows_and_many_are_read_alike(given, tmp_path, monkeypatch):
    lines = [f"R{n // 3};{n % 28 + 1:02}.03.2024;{n % 5};A{n % 4};{n % 3 - 1};{n},50" for n in range(60)]
    path, few = flat(tmp_path, *lines, "summe;;;;;99", "R9;31.02.2024;7;A1;x;5")
    tables = written(path, few)
    with room(**given) as db:
        left_out = db.execute("SELECT current_setting('disabled_optimizers')").fetchone()
    monkeypatch.setattr(rooms, "FEW", 0)

    _, many = flat(tmp_path, *lines, "summe;;;;;99", "R9;31.02.2024;7;A1;x;5")

    assert many == few
    assert written(path, many) == tables
    assert "statistics_propagation" in left_out[0]
    with room(**given) as db:
        assert db.execute("SELECT current_setting('disabled_optimizers')").fetchone() == ("",)


def written(path, found):
    return {name: pq.read_table(out(path) / f"{name}.parquet").to_pylist() for name in (*found.tables, "problems")}


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2024-03-01 12:00 Europe/Lisbon", 12),
        ("2024-03-01 12:00 America/New_York", 17),
        ("2024-03-01 12:00 Europe/Lis", None),
        ("2024-03-01 12:00 Mars/Berlin", None),
    ],
)
def test_regions_are_known_whole(given, text, hour):
    one = next(field for field in layouts.get("flat").fields if field.name == "ordered_at")
    with room(**given) as db:
        sql = parsing.parsed(one, f"SELECT '{text}' AS text", parsing.options_of({}, today=TODAY))
        assert db.execute(f"SELECT hour(timezone('UTC', value)), CAST(day AS VARCHAR) FROM ({sql})").fetchall() == [
            (hour, hour and "2024-03-01")
        ]
