"""
Write a whole database as SQL text, as `tests/platform/dumps` keeps them: tables and rows, so that any later version can
be tried on it.

    python tools/dump.py DATA/stammkunde.sqlite3 > tests/platform/dumps/NAME.sqlite.sql
    python tools/dump.py postgresql://… > tests/platform/dumps/NAME.postgresql.sql     (needs pg_dump)
"""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator

ROWS_AT_ONCE = 100
PG_DUMP = ("pg_dump", "--inserts", f"--rows-per-insert={ROWS_AT_ONCE}", "--no-owner", "--no-privileges", "--dbname")


def sqlite(path: str) -> Iterator[str]:
    """Give the statements that make the database again; a search index is made anew from what it indexes."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        kinds = {name: kind for _schema, name, kind, *_ in connection.execute("PRAGMA table_list")}
        things = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY rowid"
        ).fetchall()
        tables = [(name, sql) for kind, name, sql in things if kind == "table" and kinds[name] == "table"]
        for name, sql in tables:
            if not name.startswith("sqlite_"):
                yield f"{sql};"
        for name, _sql in tables:
            yield from _rows(connection, name)
        for name, kind in kinds.items():
            if kind == "virtual":
                (sql,) = (sql for _kind, one, sql in things if one == name)
                yield f"{sql};"
                yield f"INSERT INTO {name}({name}) VALUES ('rebuild');"
        yield from (f"{sql};" for kind, _name, sql in things if kind in {"index", "trigger"})


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    quoted = " || ',' || ".join(f'quote("{column}")' for column in columns)
    rows = [f"({row})" for (row,) in connection.execute(f"SELECT {quoted} FROM {table} ORDER BY 1")]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield f"INSERT INTO {table} VALUES\n" + ",\n".join(rows[start : start + ROWS_AT_ONCE]) + ";"


def postgresql(address: str) -> Iterator[str]:
    """Give what pg_dump says, without comments, without commands of psql, and for whichever schema is searched."""
    text = subprocess.run([*PG_DUMP, address], check=True, capture_output=True, encoding="utf-8").stdout
    text = re.sub(r"\n*--\n(?:-- .*\n)+--\n+", "\n", text)
    text = re.sub(r"\n+\\(?:un)?restrict .*\n+", "\n", text)
    text = re.sub(r"\s+START WITH 1\s+INCREMENT BY 1\s+NO MINVALUE\s+NO MAXVALUE\s+CACHE 1\s+", " ", text)
    yield text.replace("SELECT pg_catalog.set_config('search_path', '', false);\n", "").replace("public.", "").strip()


if __name__ == "__main__":
    for _statement in (postgresql if "://" in sys.argv[1] else sqlite)(sys.argv[1]):
        print(_statement)
