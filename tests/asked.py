"""
What a statement asks of a database, in parts: each condition, expression and order, each table written to, each lock.

Two tests whose statements have the same parts ask PostgreSQL the same, in other words; see `tests.covering`.
"""

import re

CLAUSES = re.compile(
    r"\b(SELECT DISTINCT ON|SELECT DISTINCT|SELECT|FROM|WHERE|INNER JOIN|LEFT OUTER JOIN|GROUP BY|ORDER BY|HAVING|LIMIT"
    r"|OFFSET|SET|VALUES|RETURNING|INSERT INTO|UPDATE|DELETE FROM|ON CONFLICT|FOR UPDATE|UNION ALL|UNION|EXCEPT|WITH"
    r"|OVER|FILTER)\b"
)
BETWEEN = re.compile(r"\b(?:AND|OR|ON|WHEN|THEN|ELSE)\b|,(?![^()]*\))")
COLUMN = re.compile(r'(?:"?\w+"?\.)?"?\w+"?(?: T)?')
NAMED = re.compile(r' AS "?\w+"?$')
ONLY_NAMES = {"SELECT", "RETURNING", "GROUP BY", "JOIN"}  # where a column or table by itself asks nothing
SAME = [
    (re.compile(r"\s+"), " "),
    (re.compile(r'"?\bs\d+_x\d+\b"?'), "savepoint"),
    (re.compile(r"\b[A-Z]\d+\b"), "T"),  # a table that is there twice
    (re.compile(r"'[^']*'"), "'…'"),
    (re.compile(r"(?<![\w.])\d+(?:\.\d+)?\b"), "0"),
    (re.compile(r"(\([^()]*\))(?:, ?\1)+"), r"\1"),  # several rows
    (re.compile(r"\b(IN|VALUES) \((?:%s|0|'…')(?:::\w+)?(?:, ?(?:%s|0|'…')(?:::\w+)?)*\)"), r"\1 (…)"),
]

SEARCHES = re.compile(r'tsvector|"search"::text I?LIKE')

Part = tuple[str, str]


def parts(sql: str, *, several: bool) -> set[Part]:
    """Take a statement to pieces; by what `several` rows are sorted is more than by what one is."""
    for pattern, by in SAME:
        sql = pattern.sub(by, sql)
    pieces = CLAUSES.split(sql)
    found = {("locks", sql[sql.index("FOR UPDATE") :])} if "FOR UPDATE" in sql else set()
    clause = ""
    for number, piece in enumerate(pieces):
        if number % 2:
            clause = "JOIN" if piece.endswith("JOIN") else piece
        else:
            found |= {(clause, one) for one in map(_bare, BETWEEN.split(piece)) if _asks(clause, one)}
    return found | {(f"{clause} several", one) for clause, one in found if several and clause == "ORDER BY"}


def searches(sql: str) -> bool:
    """Tell whether what it finds hangs on the words that it is given, more than on how it is asked."""
    return SEARCHES.search(sql) is not None


def _bare(piece: str) -> str:
    return NAMED.sub("", piece.strip(" ();")).strip(" ()")


def _asks(clause: str, piece: str) -> bool:
    return bool(piece) and not (clause in ONLY_NAMES and COLUMN.fullmatch(piece))
