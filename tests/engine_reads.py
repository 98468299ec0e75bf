"""How often a statement reads a held table: the engine copies all of it, while planning, for every reading."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from duckdb import DuckDBPyRelation as Relation

RUNS = ("fetchall", "materialize", "to_arrow_reader", "to_arrow_table", "to_parquet")
SOURCE = re.compile(r"__duckdb_source_\w+")  # how a statement calls what comes from outside


@dataclass
class Seen:
    """Statements that ran, and those that read one held table more than once: how often, and what they say."""

    statements: int = 0
    again: list[tuple[int, str]] = field(default_factory=list)

    def note(self, relation: Relation) -> None:
        """Look at the plan; tables of one size count as one table, but where the statement names as many sources."""
        sql = relation.sql_query()
        held = Counter(_held(json.loads(relation.explain(format="json"))))
        most = max(held.values(), default=0)
        self.statements += 1
        if most > max(1, len(set(SOURCE.findall(sql)))):
            self.again.append((most, sql))


@contextmanager
def counted() -> Iterator[Seen]:
    """Watch every statement that is run meanwhile."""
    seen = Seen()
    with mock.patch.multiple(Relation, **{name: _watched(getattr(Relation, name), seen) for name in RUNS}):
        yield seen


def _watched(run, seen: Seen):
    def watched(self, *given, **named):
        seen.note(self)
        return run(self, *given, **named)

    return watched


def _held(plan: list[dict]) -> Iterator[str]:
    for step in plan:
        if step["name"] == "COLUMN_DATA_SCAN":
            yield step["extra_info"]["Estimated Cardinality"]
        yield from _held(step["children"])
