"""The tables of both databases, one fact a line and sorted: in which order they were made does not matter."""

import re
from typing import Any

POSTGRES = {
    "column": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d
             ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0
              AND NOT a.attisdropped""",
    "constraint": """
        SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 0""",
    "index": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": """
        SELECT tgrelid::regclass, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
    "extension": "SELECT extname FROM pg_extension",
}


def sqlite(connection: Any) -> str:
    """Give tables column by column, and indexes, triggers and search tables as they were made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        made = cursor.fetchall()
    lines: list[str] = []
    for kind, name, table, sql in made:
        whole = " ".join(sql.split())
        if kind == "table" and whole.upper().startswith("CREATE TABLE"):
            lines += [f"table {name}: {part}" for part in _parts(whole)]
        else:
            lines.append(f"{kind} {table} {name}: {whole}")
    return _sorted(lines)


def postgres(connection: Any) -> str:
    lines = []
    with connection.cursor() as cursor:
        for kind, sql in POSTGRES.items():
            cursor.execute(sql)
            lines += [f"{kind} " + " ".join(str(part) for part in row) for row in cursor.fetchall()]
    return _sorted(lines)


def _sorted(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in sorted(lines))


def _parts(sql: str) -> list[str]:
    """Take the outermost brackets apart at their commas: columns and constraints."""
    inside, depth, parts = sql[sql.index("(") + 1 : sql.rindex(")")], 0, [""]
    for piece in re.split(r"([(),'])", inside):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]
