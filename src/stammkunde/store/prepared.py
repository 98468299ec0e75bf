"""
A query that is the same each time is put into SQL once.

With a few joins, that takes Django five times as long as asking and reading the answer.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class Prepared(Generic[M]):
    """Rows that are asked for again and again, by the same query; each time the database answers anew."""

    def __init__(self, rows: QuerySet[M]) -> None:
        self._model = rows.model
        self._query = rows.query.chain(klass=_Known)
        vars(self._query)["compiled"] = {}

    def __iter__(self) -> Iterator[M]:
        return iter(QuerySet(self._model, query=self._query))


class _Known(Query):
    compiled: "dict[str, _Compiled]"  # by the kind of database

    def get_compiler(self, using: Any = None, connection: Any = None, elide_empty: Any = True) -> SQLCompiler:
        connection = connection or connections[using]
        if connection.vendor not in self.compiled:
            compiler = _Compiled(self, connection, using, elide_empty)
            compiler.said = compiler.as_sql()
            self.compiled[connection.vendor] = compiler
        known = copy(self.compiled[connection.vendor])
        known.connection = connection  # of this thread
        return known


class _Compiled(SQLCompiler):
    said: Any = None

    def as_sql(self, *args: Any, **more: Any) -> Any:
        return self.said or super().as_sql(*args, **more)
