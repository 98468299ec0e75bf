"""What rules are held against: customers, what happened to them, and up to which day that is complete."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import narwhals as nw

from stammkunde.insight.frames import Frame
from stammkunde.insight.rules.known import Known, Table


@dataclass(frozen=True, eq=False, kw_only=True)
class World:
    """
    Tables of one engine, and the days from which spans are counted back.

    Args:
        known: the vocabulary that says what the columns mean.
        customers: customer_id and the fields, each named by `column_of`; one row a customer.
        tables: table → frame of customer_id, its key, its day, the keys of upper tables and its columns; days are whole
            days since 1970-01-01. Rows of merged customers have the number of the one that remains.
        today: the day from which spans of fields and of plays are counted (since 1970-01-01).
        until: table → the last day for which all its sources are complete; today where it is not named. Fields of the
            customer that are counted from another day than today name theirs (`Column.counted`).
        members: `segment:12`, `play:7:was in` → frame of customer_id, of plays with `day`.
        moments: frame of customer_id, name and day: after which a span may begin.
        same: table → the keys of the rows that are about what the rule is about.
        bounds: digest of a leaf → the value from which on it is among the top or bottom, from `bounds`; those of
            leaves that are not named are taken from `customers`.
        me: whoever looks, as personal fields name her.
    """

    known: Known
    customers: Frame
    tables: Mapping[str, Frame]
    today: int
    until: Mapping[str, int] = field(default_factory=dict)
    members: Mapping[str, Frame] = field(default_factory=dict)
    moments: Frame | None = None
    same: Mapping[str, Collection[int]] = field(default_factory=dict)
    bounds: Mapping[str, int | float | None] = field(default_factory=dict)
    me: str | None = None

    def anchor(self, table: str) -> int:
        """
        Give the day from which a table's spans, or a field's, are counted back.

        Args:
            table: its name, or what the field is counted from.

        Returns:
            days since 1970-01-01.
        """
        return self.until.get(table, self.today)

    def table(self, name: str) -> Table:
        """
        Find what is known of a table.

        Args:
            name: of the table.

        Returns:
            the table's columns, key and day.
        """
        return self.known.tables[name]

    def as_of(self, day: int) -> "World":
        """
        See what was known on a past day: spans are counted from it, and nothing that is dated later is seen.

        Fields of the customer stay as they are; `Column.history` tells which of them said the same then.

        Args:
            day: the day (since 1970-01-01).

        Returns:
            the world of that day.
        """
        tables = {name: self._before(frame, self.table(name).day, day) for name, frame in self.tables.items()}
        until = {name: min(self.anchor(name), day) for name in {*self.tables, *self.until}}
        moments = None if self.moments is None else self._before(self.moments, "day", day)
        members = {name: self._before(frame, "day", day) for name, frame in self.members.items()}
        return replace(self, tables=tables, until=until, moments=moments, members=members, today=day, bounds={})

    @staticmethod
    def _before(frame: Frame, column: str, day: int) -> Frame:
        if not column or column not in frame.collect_schema().names():
            return frame
        return frame.filter((nw.col(column) <= day) | nw.col(column).is_null())
