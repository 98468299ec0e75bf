"""The check itself: read, name, parse, judge, write."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from stammkunde.intake import layouts, parsing
from stammkunde.intake.asking import Question
from stammkunde.intake.check import (
    aside,
    given,
    incomplete,
    kinds,
    priced,
    problems,
    refused,
    settled,
    sums,
    tables,
    totals,
    units,
)
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.check.kept import Kept
from stammkunde.intake.check.result import ASIDE, FLAGGED, REFUSED, Checked
from stammkunde.intake.check.room import room
from stammkunde.intake.check.settled import Settled
from stammkunde.intake.formats import FileNotUsable, Source, engine, open_source
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.formats.separated import Progress
from stammkunde.intake.layouts import Layout
from stammkunde.intake.layouts.vocabulary import ORDER_FIELDS
from stammkunde.store.layouts import CHOICE, CURRENCY, DAY, EMAIL, KEY, MOMENT, MONEY, NUMBER, PHONE, TEXT, Field

STEPS = ("read", "parse", "judge", "write")
_NULLS = {
    TEXT: "VARCHAR", PHONE: "VARCHAR", KEY: "VARCHAR", EMAIL: "VARCHAR", CHOICE: "VARCHAR", CURRENCY: "VARCHAR",
    DAY: "DATE", NUMBER: parsing.DECIMAL, MONEY: parsing.DECIMAL, MOMENT: "TIMESTAMPTZ",
}  # fmt: skip


def check(  # noqa: PLR0913
    path: Path | str,
    *,
    layout: str,
    columns: dict[str, str],
    options: dict[str, Any],
    out_dir: Path,
    today: date,
    progress: Progress | None = None,
    memory_mb: int = 512,
    source: Source | None = None,
    kept: Kept | None = None,
) -> Checked:
    """
    Check a file whole, or those rows of it that are read already, and write its typed tables to `out_dir`.

    Repeating it gives the same. Where it is `kept`, nobody needs to.

    Options (all may be left out; `recognise` proposes them): `origin`, `date_order` dmy|mdy|ymd, `decimal` ","|".",
    `price_basis` net|gross, `tax_rate` percent, `currency` of the installation, `time_zone` of the company,
    `encoding`, `delimiter`, `sheet`, `header_row`.

    :raises FileNotUsable: if nothing of the file can be imported
    """
    kind, given_columns, given_options = layouts.get(layout), columns, options
    options = kind.options | {name: value for name, value in options.items() if value not in (None, "")}
    tell = progress or (lambda *_told: None)
    out_dir = Path(out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    source = source or open_source(path, work_dir=out_dir, options=options, progress=tell)
    kind, columns = layouts.with_attributes(kind, columns, header=source.dialect.header, options=options)
    try:
        with room(rows=source.rows, memory_mb=memory_mb, work_dir=out_dir, functions=kind.functions) as db:
            found = _Check(db, source, kind, options, columns, today).run(out_dir, tell)
    except duckdb.OutOfMemoryException:
        raise FileNotUsable("too_little_memory", memory_mb=memory_mb) from None
    finally:
        shutil.rmtree(out_dir / "spill", ignore_errors=True)
    if kept:
        kept.keep(found, out_dir, layout=layout, columns=given_columns, options=given_options)
    return found


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the first rows of a file show; `checked` is None as long as something is open."""

    settled: Settled
    rows: int
    checked: Checked | None


def look(
    source: Source,
    *,
    layout: Layout,
    columns: dict[str, str],
    options: dict[str, Any],
    work_dir: Path,
    today: date,
    memory_mb: int,
) -> Look:
    """
    Decide from the first rows of a file how its values are written, as `check` does from all, and check them so.

    :raises FileNotUsable: if there is nothing in it
    """
    layout, columns = layouts.with_attributes(layout, columns, header=source.dialect.header, options=options)
    with room(rows=source.rows, memory_mb=memory_mb, work_dir=work_dir, functions=layout.functions) as db:
        one = _Check(db, source, layout, options, columns, today)
        found = one.settle()
        checked = one.finish(found, work_dir, lambda *_told: None) if one.refusal(found) is None else None
        return Look(settled=found, rows=source.rows, checked=checked)


class _Check:
    """One check's connection and what it knows of the file."""

    def __init__(
        self,
        db: duckdb.DuckDBPyConnection,
        source: Source,
        layout: Layout,
        options: dict[str, Any],
        columns: dict[str, str],
        today: date,
    ) -> None:
        self.db, self.source, self.layout, self.options = db, source, layout, options
        self.how = parsing.options_of(options, today=today)
        self.today = f"DATE {literal(today.isoformat())} AS today"
        self.fields = kinds.with_answers(given.mapped(layout, columns, source.dialect), options)
        self.names = {one.field.name for one in self.fields}
        self.rows = self.unreadable = self.left_out = 0
        self.has_units = False  # several, so that quantities are not added up
        self.numbers: set[str] = set()  # fields whose numbers are taken from the file as they are

    def settle(self) -> Settled:
        """Read the rows, and decide how their values are written."""
        self.db.execute(problems.CREATE)
        self._give()
        found = settled.settle(
            self.db, layout=self.layout, fields=self.fields, exact=frozenset(self.numbers),
            dialect=self.source.dialect, options=self.options, how=self.how,
        )  # fmt: skip
        self.fields, self.numbers, self.options = found.fields, set(found.exact), found.options
        self.names = {one.field.name for one in self.fields}
        return found

    def run(self, out_dir: Path, tell: Callable[[str, int, int], None]) -> Checked:
        found = self.settle()
        if refusal := self.refusal(found):
            raise refusal
        return self.finish(found, out_dir, tell)

    def refusal(self, found: Settled) -> FileNotUsable | None:
        """Say what keeps the file from being imported: all that is open together, so that it is answered once."""
        lacks_tax = self.layout.documents and not priced.tax_known(self.names, self.options)
        if not found.open and not lacks_tax:
            return None
        words = kinds.foreseen(self.db, self.fields)
        if lacks_tax and not found.open and not words:
            return FileNotUsable("tax_unknown")
        tax = (Question(option="tax_rate"),) if lacks_tax else ()
        return FileNotUsable("reading_open", questions=[asdict(one) for one in (*found.open, *tax, *words)])

    def finish(self, found: Settled, out_dir: Path, tell: Callable[[str, int, int], None]) -> Checked:
        self._remark(found, tell)
        self.rows = self._count()
        tell("judge", self.rows, 0)
        self.kinds = kinds.Kinds(self.db, self.fields, self.options)
        self.kinds.judge()
        self._type()
        if self.layout.documents:
            priced.price(
                self.db, layout=self.layout, fields=self.fields, options=self.options, unknown=self.unknown,
                kinds=self.kinds,
            )  # fmt: skip
            sums.compare(self.db, self.fields)
        elif self.kinds.fields:
            self.kinds.set_aside("typed_given", cents="NULL::BIGINT")
        made, merged = {}, 0
        tables_made = [one for one in self.layout.tables if not one.needs or self.names & set(one.needs)]
        for done, table in enumerate(tables_made):
            tell("write", done, len(tables_made))
            made[table.name], again = tables.write(
                self.db, table, layout=self.layout, names=self.names, out_dir=out_dir
            )
            merged += again
            if table.needs and not made[table.name] and len(made) > 1:  # it is beside others, and says nothing
                del made[table.name]
                (out_dir / f"{table.name}.parquet").unlink()
        problems.write(self.db, out_dir / "problems.parquet")
        if self.layout.documents:
            incomplete.write(self.db, out_dir)
        (out_dir / "header.json").write_text(json.dumps(self.source.dialect.header), encoding="utf-8")
        refused.keep_refused(self.source.path, out_dir)
        return self._result(out_dir, made, merged)

    def _give(self) -> None:
        self.source = aside.set_aside(
            self.db, self.source, layout=self.layout, fields=self.fields, options=self.options
        )
        problems.add_unreadable(self.db, self.source)
        self.unreadable = engine.count(self.db, f"SELECT count(*) FROM problems WHERE severity = '{REFUSED}'")
        problems.add_of_file(self.db, self.source)
        if given.is_packed(self.layout, self.fields, self.source.dialect):
            self.fields += given.unpacked_fields(self.layout, self.source.dialect)
            self.names = {one.field.name for one in self.fields}
            self.db.execute(f"CREATE TABLE given AS {given.unpacked_sql(self.source, self.layout, self.fields)}")
        else:
            numbers = [] if self.layout.spread else given.numbers(self.source, self.fields)
            self.numbers = {one.field.name for one in numbers}
            self.db.execute(f"CREATE TABLE given AS {given.given_sql(self.source, self.fields, numbers)}")
        if self.layout.spread:
            self.db.execute(f"CREATE TABLE filled AS {given.spread_sql(self.fields)}")
            self.db.execute("DROP TABLE given; ALTER TABLE filled RENAME TO given")
        for statement in given.one_case(self.fields):
            self.db.execute(statement)

    def _count(self) -> int:
        """Count the rows that are not blank, readable or not."""
        rows = "DISTINCT row" if self.layout.packed else "*"
        return self.unreadable + engine.count(self.db, f"SELECT count({rows}) FROM given")

    def _remark(self, found: Settled, tell: Callable[[str, int, int], None]) -> None:
        problems.add_all(self.db, [query for one in self.fields for query in self._remarks(one)])
        for done, one in enumerate(self.fields):
            tell("parse", done, len(self.fields))
            if one.field.type in parsing.PARSED:
                problems.add_parsed(self.db, one)
            elif one.field.type == KEY:
                problems.add_zeros_lost(self.db, one)
        self.has_units = self.layout.documents and units.find(self.db, self.fields)
        if self.has_units:
            units.remark(self.db, self.fields)
        if found.contradicted:
            problems.add_contradicted(self.db, self.fields, found.contradicted)
        if self.layout.spread:
            problems.refuse_orders_with(self.db)

    def _remarks(self, one: Mapped) -> list[str]:
        always = one.field.required or one.field.name == "quantity"
        return problems.of_field(one, always=always, has_numbers=one.field.name in self.numbers)

    def _type(self) -> None:
        """Make `typed`: every field of the layout, NULL where the file has no column for it."""
        origin = literal(str(self.options.get("origin") or "files"))
        by_name = {one.field.name: one for one in self.fields}
        values = ["g.row", f"{origin} AS origin", self.today, *self._values()]
        joins = "".join(
            f" LEFT JOIN p_{name} ON g.{one.raw} = p_{name}.text"
            for name, one in by_name.items()
            if one.field.type in parsing.PARSED
        )
        self.db.execute(
            f"CREATE TABLE typed_given AS SELECT {', '.join(values)} FROM given g{joins} "
            f"WHERE g.row NOT IN (SELECT row FROM problems WHERE severity = '{REFUSED}')"
        )
        if self.layout.documents:
            incomplete.begin(self.db, origin=origin, unreadable=self.unreadable)
        self.db.execute("DROP TABLE given")
        for one in self.fields:
            problems.add_nothing(self.db, one)
        told = f"(SELECT *{self.unknown} FROM typed_given)"
        only = f"coalesce({self.layout.only}, true)" if self.layout.only else "true"
        if self.layout.only:
            left = f"SELECT * FROM {told} WHERE NOT {only}"
            problems.add_set_aside(self.db, left, self.names)
            self.left_out = engine.count(self.db, f"SELECT count(DISTINCT row) FROM ({left})")
        self.db.execute(f"CREATE VIEW typed AS SELECT *{self._meant()} FROM {told} WHERE {only}")
        self.names |= self.layout.values.keys()

    def _meant(self) -> str:
        """Give the SQL that puts in place of what stands in the file what its program means by it."""
        kinds = {one.name: _NULLS[one.type] for one in self.layout.fields}
        rate = {"tax_rate": float(self.options.get("tax_rate") or 0)}
        meant = [f"CAST({sql.format_map(rate)} AS {kinds[name]}) AS {name}" for name, sql in self.layout.values.items()]
        return f" REPLACE ({', '.join(meant)})" if meant else ""

    def _values(self) -> list[str]:
        values = [value for one in self.fields for value in _value(one, has_numbers=one.field.name in self.numbers)]
        return values + kinds.words_sql(self.fields)

    @property
    def unknown(self) -> str:
        """Give the SQL for the fields that the file has no column for."""
        wanted = {one.name: one for one in (*self.layout.fields, *(_DOCUMENT_FIELDS if self.layout.documents else ()))}
        return "".join(_nothing(one) for name, one in wanted.items() if name not in self.names)

    def _result(self, out_dir: Path, made: dict[str, int], merged: int) -> Checked:
        db = self.db
        marked = "count(DISTINCT row) FILTER (severity = '{}' AND row > 0)"
        no, flagged, beside, count = engine.row(
            db,
            f"SELECT {', '.join(marked.format(one) for one in (REFUSED, FLAGGED, ASIDE))}, count(*) FROM "
            f"(SELECT * REPLACE (CASE WHEN {kinds.REMARKED} THEN 0 ELSE row END AS row) FROM problems)",
        )
        revenue = guests = first_on = last_on = None
        if "lines" in made:
            revenue = engine.count(db, _of(out_dir, "lines", "CAST(coalesce(sum(revenue_cents), 0) AS BIGINT)"))
        if "orders" in made:
            first_on, last_on = engine.row(db, _of(out_dir, "orders", "min(ordered_on), max(ordered_on)"))
            known = (
                "count(customer_source)"
                if self.names & {"customer_number", "email", "customer_name"}
                else "count(NULL)"
            )
            guests = made["orders"] - engine.count(db, _of(out_dir, "orders", known))
        no_sales = self.kinds.aside() if self.kinds.fields or self.layout.documents else []
        no_sale_rows = sum(one.rows for one in no_sales)
        rows = self.rows - no_sale_rows - self.left_out
        found = totals.reckon(db, out_dir, tables=made, gross=priced.knows_gross(self.names, self.options))
        if found and self.has_units and "lines" in made:
            found = totals.by_unit(found, units.totals(db, out_dir))
        codes = db.execute("SELECT code, count(*) FROM problems GROUP BY code ORDER BY count(*) DESC, code").fetchall()
        return Checked(
            layout=self.layout.name, rows=rows, accepted=rows - no, refused=no, flagged=flagged, merged=merged,
            aside=beside + no_sale_rows,
            tables=made, problem_count=count, problems=problems.first(db), problem_codes=dict(codes),
            revenue_cents=revenue, guest_orders=guests or 0, first_on=first_on, last_on=last_on,
            totals=found | ({"aside": [asdict(one) for one in no_sales]} if found or no_sales else {}),
            asked=self.kinds.questions(cents=revenue),
        )  # fmt: skip


def _of(out_dir: Path, table: str, what: str) -> str:
    return f"SELECT {what} FROM read_parquet({literal(str(out_dir / f'{table}.parquet'))})"


# What pricing asks for; a layout that has no such field leaves it unknown.
_DOCUMENT_FIELDS = tuple(
    {
        one.name: one
        for fields in (ORDER_FIELDS, *(kind.fields for kind in layouts.known() if kind.documents))
        for one in fields
    }.values()
)  # fmt: skip


def _nothing(one: Field) -> str:
    day = f", NULL::DATE AS {one.name}_day" if one.type == MOMENT else ""
    return f", NULL::{_NULLS[one.type]} AS {one.name}{day}"


def _value(one: Mapped, *, has_numbers: bool) -> list[str]:
    """Give the SQL for a field's value."""
    name, kind, limit = one.field.name, one.field.type, one.field.max_length
    if has_numbers:
        return [f"coalesce(g.{one.value}, p_{name}.value) AS {name}"]
    if kind == MOMENT:
        return [f"p_{name}.value AS {name}", f"p_{name}.day AS {name}_day"]
    if kind == DAY:
        return [f"p_{name}.day AS {name}"]
    if kind in parsing.PARSED:
        return [f"p_{name}.value AS {name}"]
    return [f"CASE WHEN strlen(g.{one.raw}) <= {limit} THEN g.{one.raw} ELSE left(g.{one.raw}, {limit}) END AS {name}"]
