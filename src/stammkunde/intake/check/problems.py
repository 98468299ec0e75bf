"""Remarks on rows: one table that grows while a file is checked."""

import json
from pathlib import Path

import duckdb

from stammkunde.intake import parsing
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.check.result import ASIDE, FLAGGED, REFUSED, Problem
from stammkunde.intake.formats import Source, engine
from stammkunde.intake.formats.encoding import REPLACED
from stammkunde.intake.formats.engine import LONGEST_CELL, literal
from stammkunde.store.layouts import KEY, PHONE, TEXT

LONGEST_VALUE = 400  # characters: nobody writes a number, a date or an e-mail address longer
QUERIES_AT_ONCE = 50
_SHOWN = 200  # problems that are shown before all of them are downloaded

CREATE = """
    CREATE TABLE problems
        (row BIGINT, "column" VARCHAR, value VARCHAR, code VARCHAR, detail VARCHAR, severity VARCHAR)"""


def add(db: duckdb.DuckDBPyConnection, query: str) -> None:
    """Add the rows of a query with the columns row, column, value, code, detail, severity."""
    db.execute(f"INSERT INTO problems SELECT row, c, left(v, 200), code, coalesce(detail, '{{}}'), severity FROM ({query}) "  # noqa: E501
               "AS found(row, c, v, code, detail, severity)")  # fmt: skip


def add_unreadable(db: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Refuse the rows that could not be read."""
    add(db, f"SELECT row, '', '', bad, bad_detail, '{REFUSED}' FROM {source.table} "
            "WHERE bad IS NOT NULL")  # fmt: skip


def add_of_file(db: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Remark what was mended or left out while the file was read."""
    rows = [(one.row, one.code, json.dumps(one.detail)) for one in source.remarks]
    if rows:
        db.executemany(f"INSERT INTO problems VALUES (?, '', '', ?, ?, '{FLAGGED}')", rows)


def add_all(db: duckdb.DuckDBPyConnection, queries: list[str]) -> None:
    """Add the rows of many such queries: of a small file, asking takes longer than answering."""
    for start in range(0, len(queries), QUERIES_AT_ONCE):
        add(db, " UNION ALL ".join(queries[start : start + QUERIES_AT_ONCE]))


def of_field(one: Mapped, *, always: bool, has_numbers: bool) -> list[str]:
    """Write the queries for what is missing, too long or broken in a column; `always`: it must not be empty."""
    limit = LONGEST_VALUE if one.field.type in parsing.PARSED else LONGEST_CELL
    number = f" AND {one.value} IS NULL" if has_numbers else ""
    found = [_remark(one, f"{one.raw} IS NULL{number}", "missing_value", REFUSED)] if always else []
    found.append(
        _remark(one, f"strlen({one.raw}) > {limit} AND length({one.raw}) > {limit}", "cell_too_long", REFUSED, limit)
    )
    if one.field.type == KEY:
        found.append(_remark(one, _between(one, limit), "key_too_long", REFUSED, one.field.max_length))
        found.append(_remark(one, f"contains({one.raw}, '{REPLACED}')", "broken_characters", REFUSED))
        found.append(
            _remark(one, rf"regexp_full_match({one.raw}, '\d+([.,]\d+)?[eE]\+\d{{2,}}')", "key_rounded", REFUSED)
        )
    if one.field.type in {TEXT, PHONE}:
        found.append(_remark(one, _between(one, limit), "text_cut", FLAGGED, one.field.max_length))
        found.append(_remark(one, f"contains({one.raw}, '{REPLACED}')", "broken_characters", FLAGGED))
    return found


def _between(one: Mapped, limit: int) -> str:
    low = one.field.max_length
    return f"strlen({one.raw}) > {low} AND length({one.raw}) BETWEEN {low + 1} AND {limit}"


def _remark(one: Mapped, where: str, code: str, severity: str, limit: int | None = None) -> str:
    detail = "NULL" if limit is None else literal(json.dumps({"limit": limit}))
    return f"SELECT row, {literal(one.column)}, {one.raw}, '{code}', {detail}, '{severity}' FROM given WHERE {where}"


def add_parsed(db: duckdb.DuckDBPyConnection, one: Mapped) -> None:
    """Remark those of a column's texts that have no value in `p_<field>`."""
    name = one.field.name
    if engine.count(db, f"SELECT count(code) FROM p_{name}"):
        add(db, f"SELECT g.row, {literal(one.column)}, g.{one.raw}, p.code, p.detail, p.severity FROM given g "
                f"JOIN (SELECT * FROM p_{name} WHERE code IS NOT NULL) p ON g.{one.raw} = p.text")  # fmt: skip


def add_zeros_lost(db: duckdb.DuckDBPyConnection, one: Mapped) -> None:
    """Flag numbers that are shorter than those that begin with zeros, where most have as many digits as these."""
    if not engine.count(db, f"SELECT count(*) FROM (SELECT 1 FROM given WHERE starts_with({one.raw}, '0') LIMIT 1)"):
        return
    add(db, f"""
        WITH keys AS (SELECT {one.raw} AS k, min(row) AS row FROM given
            WHERE regexp_full_match({one.raw}, '\\d+') GROUP BY k),
        whole AS (SELECT max(length(k)) AS digits FROM keys WHERE starts_with(k, '0') HAVING min(length(k)) = digits),
        most AS (SELECT digits FROM keys, whole GROUP BY digits HAVING avg(CAST(length(k) = digits AS INTEGER)) > 0.5)
        SELECT row, {literal(one.column)}, k, 'zeros_lost', json_object('digits', digits), '{FLAGGED}'
        FROM keys, most WHERE length(k) < digits""")  # fmt: skip


def add_contradicted(db: duckdb.DuckDBPyConnection, fields: list[Mapped], basis: str) -> None:
    """Flag, once, that the amounts show another basis of prices than was said."""
    one = next(one for one in fields if one.field.name in {"unit_price", "line_total"})
    add(db, f"SELECT min(row), {literal(one.column)}, arg_min({one.raw}, row), 'basis_contradicted', "
            f"json_object('shown', {literal(basis)}), '{FLAGGED}' FROM given")  # fmt: skip


def add_nothing(db: duckdb.DuckDBPyConnection, one: Mapped) -> None:
    """Remark costs of 0 or less, which say nothing."""
    if one.field.above_nothing:
        name = one.field.name
        add(db, f"SELECT row, {literal(one.column)}, printf('%g', {name}::DOUBLE), 'cost_of_nothing', NULL, "
                f"'{FLAGGED}' FROM typed_given WHERE {name} <= 0")  # fmt: skip


def add_set_aside(db: duckdb.DuckDBPyConnection, rows: str, names: set[str]) -> None:
    """Say of rows that they mean nothing here, as their program has it: suppliers in a list of accounts."""
    value = next((one for one in ("order_number", "customer_number") if one in names), "NULL")
    add(db, f"SELECT row, '', {value}, 'left_out', NULL, '{ASIDE}' FROM ({rows})")


def refuse_orders_with(db: duckdb.DuckDBPyConnection) -> None:
    """Refuse the other rows of an order of which one is refused: its discounts and refunds belong to all of them."""
    add(db, f"""
        SELECT g.row, '', g.r_order_number, 'order_incomplete', json_object('row', bad.row), '{REFUSED}'
        FROM given g JOIN (
            SELECT r_order_number, min(row) AS row FROM given
            WHERE row IN (SELECT row FROM problems WHERE severity = '{REFUSED}') GROUP BY r_order_number
        ) bad USING (r_order_number)
        WHERE g.row NOT IN (SELECT row FROM problems WHERE severity = '{REFUSED}')""")  # fmt: skip


def write(db: duckdb.DuckDBPyConnection, target: Path) -> None:
    db.execute(f'COPY (SELECT * FROM problems ORDER BY row, "column", code) TO {literal(str(target))} (FORMAT parquet)')


def first(db: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Read the first problems, refusals before flags."""
    query = f"""
        SELECT row, "column", value, code, detail, severity FROM problems
        ORDER BY severity <> '{REFUSED}', row, "column" LIMIT {_SHOWN}"""
    return [
        Problem(row=row, column=column, value=value or "", code=code, detail=json.loads(detail), severity=severity)
        for row, column, value, code, detail, severity in db.execute(query).fetchall()
    ]
