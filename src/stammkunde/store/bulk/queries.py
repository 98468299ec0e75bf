"""Rows of a query as Arrow: what a page reads a screenful of, a worker may want a million of."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection, models
from django.utils import timezone

from stammkunde.store.bulk.snapshots import snapshot

QUARTER_SECONDS = 900  # zones differ by whole ones
DAY_ZERO = date(1970, 1, 1)


class Seconds(models.Func):
    """A moment as whole seconds since 1970."""

    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', substr(%(expressions)s, 1, 19)) AS INTEGER)", **more
        )

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint", **more)


def taken(rows: "models.QuerySet[Any, tuple[Any, ...]]", names: Sequence[str]) -> pa.Table:
    """
    Take what a query selects (`values_list`), under names of one's own, in its order; numbers and flags without holes.

    It sees what is committed.

    :raises DatabaseInMemory: as `snapshot`
    """
    sql, values = rows.query.get_compiler(connection=connection).as_sql()
    with snapshot() as look:
        look.take({"rows": sql % tuple(_literal(one) for one in values)})
        return look.rows("rows").read_all().rename_columns(list(names))


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise TypeError(value)


def local_days(seconds: "np.ndarray[Any, np.dtype[np.int64]]") -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Number the local days of moments, given as seconds since 1970."""
    zone = timezone.get_current_timezone()
    quarters, place = np.unique(seconds // QUARTER_SECONDS, return_inverse=True)
    moments = (datetime.fromtimestamp(int(one) * QUARTER_SECONDS, UTC).astimezone(zone) for one in quarters)
    days = np.array([(one.date() - DAY_ZERO).days for one in moments], dtype=np.int64)
    return days[place]
