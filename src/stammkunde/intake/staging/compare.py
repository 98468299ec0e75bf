"""Checked tables compared with the database, table by table, in SQL on columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stammkunde.intake.staging import doubled, people, phones, retiring, search
from stammkunde.intake.staging.difference import Counts, Difference, Named, Part
from stammkunde.intake.staging.engine import TYPES, Engine, text
from stammkunde.intake.staging.existing import Existing
from stammkunde.intake.staging.retiring import Retire
from stammkunde.store import facts
from stammkunde.store.facts import FactTable, Lookup, Reference, Words

Reserve = Callable[[FactTable, int], int]
Tell = Callable[[str, int, int], None]


class UnknownColumn(Exception):
    """A checked table has a column that its database table has not: the layout is wrong."""


def compare(  # noqa: PLR0913
    *,
    folder: Path,
    reserve: Reserve,
    tell: Tell,
    columns: dict[str, str],
    options: Mapping[str, Any],
    home: str,
    retire: Retire | None = None,
    promised: Sequence[Difference] = (),
) -> Difference:
    """
    Compare the checked tables in `folder` with the database and write what differs beside them.

    Args:
        folder: holds the checked tables; gets `created-….parquet`, `changed-….parquet`, `problems-publish.parquet`.
        reserve: gives ids to new rows.
        tell: is told about progress, and may raise to stop.
        columns: our field → the file's column, to name the column of a reference that leads nowhere.
        options: of the import: they may say who is meant by a word.
        home: the country of phone numbers of which nothing else says it, two letters.
        retire: what becomes of rows of the file's documents that it no longer has. Where nobody knows, they stay, and
            what is at stake is told.
        promised: of dry runs before this one, whose new rows count as if they were there.
    """
    engine = Engine(folder)
    try:
        retire = retire or Retire(whole="", import_id=0)
        difference = _Comparison(engine, reserve=reserve, tell=tell, columns=columns, retire=retire).run(
            options=options, home=home, promised=promised
        )
    finally:
        engine.close()
    difference.save()
    return difference


class _Comparison:
    def __init__(
        self, engine: Engine, *, reserve: Reserve, tell: Tell, columns: dict[str, str], retire: Retire
    ) -> None:
        self.engine, self.reserve, self.tell, self.columns, self.retire = engine, reserve, tell, columns, retire
        self.result = Difference(folder=engine.folder)

    def run(self, *, options: Mapping[str, Any], home: str, promised: Sequence[Difference]) -> Difference:
        existing = Existing(self.engine, said=options, promised=promised)
        self.tell("compare", 0, len(facts.tables()))
        people.find(self.engine)
        existing.load()
        people.recognise(self.engine)
        self._start_refused()
        phones.write(self.engine, columns=self.columns, home=home)
        for done, table in enumerate(facts.tables().values(), start=1):
            if not table.has_source:
                existing.load_of_parents(table, table.reference(table.match[0]))
            elif table.holds:
                existing.load_of_parents(table, table.references[0])
            self._compare(table)
            self.tell("compare", done, len(facts.tables()))
        self.engine.write(
            'SELECT * FROM refused ORDER BY row, "column"', self.engine.folder / "problems-publish.parquet"
        )
        return self.result

    def _compare(self, table: FactTable) -> None:
        part = None
        if {table.name, table.words.table if table.words else ""} & set(self.engine.names):
            part = self._part(table)
            self.result.parts.append(part)
        if table.has_source:
            self._identify(table, part)

    def _part(self, table: FactTable) -> Part:
        if table.retired:
            self.result.doubled = doubled.find(self.engine, table, answers=self.retire.answers)
            doubled.leave_out(self.engine, table)
        match = _Match(self.engine, table, self.retire)
        if table.retired and not self.retire.whole:
            self.result.stake = retiring.stake(self.engine, table)
        match.make()
        part = Part(
            table=table.name, provided=match.written, counts=match.count(), in_file=table.name in self.engine.names
        )
        if part.counts.created:
            part.first_id = self.reserve(table, part.counts.created)
        self._refuse(table, match)
        self._write(table, part)
        return part

    def _write(self, table: FactTable, part: Part) -> None:
        matched = f"FROM matched_{table.name}"
        if part.counts.created:
            order = ", ".join(table.match)
            columns = "* EXCLUDE (row, id, fate, broken)"
            self.engine.write(
                f"SELECT {columns} {matched} WHERE fate = 'created' ORDER BY {order}",
                self.result.path(part, "created"),
            )
        if part.changes:
            columns = "* EXCLUDE (row, fate, broken)"
            self.engine.write(
                f"SELECT {columns} {matched} WHERE fate IN ('changed', 'touched', 'retired') ORDER BY id",
                self.result.path(part, "changed"),
            )

    def _identify(self, table: FactTable, part: Part | None) -> None:
        """Make `ids_…` for those who refer to this table: rows that are there, and rows that will be."""
        month = f"strftime(e.{table.month_of}, '%Y-%m')" if table.month_of else "NULL::VARCHAR"
        old = f"SELECT e.source, e.id, {month} AS month FROM existing_{table.name} e"  # noqa: S608
        if part and part.counts.changed and table.month_of:
            old = (
                f"SELECT e.source, e.id, coalesce(m.month, {month}) AS month FROM existing_{table.name} e "  # noqa: S608
                f"LEFT JOIN matched_{table.name} m ON m.id = e.id AND m.fate = 'changed'"
            )
        new = ""
        if part and part.counts.created:
            created = f"read_parquet({text(self.result.path(part, 'created'))}, file_row_number = true)"
            new = f" UNION ALL SELECT source, {part.first_id + 1} + file_row_number, month FROM {created}"  # noqa: S608
        self.engine.run(f"CREATE TABLE ids_{table.name} AS {old}{new}")

    # --- rows that cannot be taken

    def _start_refused(self) -> None:
        self.engine.run(
            'CREATE TABLE refused (row BIGINT, "column" VARCHAR, value VARCHAR, code VARCHAR, detail VARCHAR, '
            "severity VARCHAR)"
        )

    def _refuse(self, table: FactTable, match: "_Match") -> None:
        for reference in match.references:
            self._refuse_reference(table, reference)
        for lookup in match.lookups:
            self._ask(table, *lookup)
        if match.lacking:
            self.engine.run(
                "INSERT INTO refused SELECT row, '', '', 'new_row_incomplete', json_object('column', ?)::VARCHAR, "  # noqa: S608
                f"'refused' FROM matched_{table.name} WHERE fate = 'refused' AND broken IS NULL",
                match.lacking[0],
            )

    def _ask(self, table: FactTable, one: Lookup, name: str) -> None:
        """Tell once of each word that leads nowhere by itself, and flag it as long as nobody says what it means."""
        column = next((self.columns[field] for field in one.fields if field in self.columns), "")
        found = self.engine.run(
            f"SELECT c.{name}, count(*), min(c.row), min(s.said) FROM checked_{table.name} c "  # noqa: S608
            f"LEFT JOIN ids_{one.column} o ON o.word = c.{name} LEFT JOIN said_{one.column} s ON s.word = c.{name} "
            f"WHERE c.{name} IS NOT NULL AND (o.id IS NULL OR s.said IS NOT NULL) GROUP BY c.{name} ORDER BY 2 DESC, 3"
        )
        for word, rows, row, said in found:
            self.result.named.append(Named(option=one.option(word), column=column, rows=rows, row=row))
            if said is None:
                self.engine.run(
                    "INSERT INTO refused SELECT ?, ?, ?, ?, json_object('rows', ?)::VARCHAR, 'flagged'",
                    row, column, word, one.code, rows,
                )  # fmt: skip

    def _refuse_reference(self, table: FactTable, reference: Reference) -> None:
        noun = reference.column.removesuffix("_id")
        self.engine.run(
            f"INSERT INTO refused SELECT c.row, ?, substr(c.{reference.source}, instr(c.{reference.source}, ':') + 1), ?, "  # noqa: S608, E501
            f"json_object('source', c.{reference.source})::VARCHAR, 'refused' "
            f"FROM checked_{table.name} c JOIN matched_{table.name} m ON m.row = c.row "
            "WHERE m.fate = 'refused' AND m.broken = ?",
            self.columns.get(f"{noun}_number", ""),
            f"unknown_{noun}",
            reference.column,
        )


class _Match:
    """One table's rows beside those that are there: `matched_…` holds all that are not unchanged."""

    def __init__(self, engine: Engine, table: FactTable, retire: Retire) -> None:
        self.engine, self.table, self.retire = engine, table, retire
        self.references = [one for one in table.references if engine.has(table.name, one.source)]
        self.provided = self._provided()
        self.lacking = [one for one in table.needed if one not in self.provided]
        self.finals = {one: final(table, one) for one in self.provided} | self._guesses()
        words = ((one, name) for one in table.lookups for name in (one.given, one.hints))
        self.lookups = [(one, name) for one, name in words if name and engine.has(table.name, name)]
        for one, name in self.lookups:
            self.provided.append(one.column)
            self.finals[one.column] = _looked_up(one, name)
        self.may_retire = bool(table.retired) and retiring.are_known(engine, table)
        if self.may_retire:  # what the file has counts, whatever an earlier one said
            self.provided.append(table.retired)
            self.finals[table.retired] = "NULL::BIGINT"

    @property
    def written(self) -> list[str]:
        return [*self.provided, self.table.words.column] if self.table.words else self.provided

    def make(self) -> None:
        rows = self._worded(self.table.words) if self.table.words else self._rows()
        given_way = [doubled.GIVING_WAY] + [retiring.WHOLE] * (self.retire.whole == "yes") if self.may_retire else []
        for documents in given_way:
            left = retiring.rows(self.table, self.finals, import_id=self.retire.import_id, documents=documents)
            rows += f" UNION ALL BY NAME {left}"
        self.engine.run(f"CREATE TABLE matched_{self.table.name} AS SELECT * FROM ({rows}) WHERE fate <> 'unchanged'")  # noqa: S608

    def count(self) -> Counts:
        found = self.engine.run(f"SELECT fate, count(*) FROM matched_{self.table.name} GROUP BY fate")  # noqa: S608
        ((rows,),) = self.engine.run(f"SELECT count(*) FROM checked_{self.table.name}")  # noqa: S608
        counts = Counts(**dict(found))
        counts.unchanged = rows - counts.created - counts.changed - counts.refused
        return counts

    def _provided(self) -> list[str]:
        """Name the database columns that the file fills; what it does not have stays as it is."""
        named = [one for one in self.engine.columns(self.table.name) if one not in self._guides()]
        strange = [one for one in named if one not in self.table.kinds]
        if strange:
            raise UnknownColumn(f"{self.table.name}: {', '.join(strange)}")
        named += [one for one in self._guesses() if one not in named]
        return [*named, *(one.column for one in self.references)]

    def _guides(self) -> set[str]:
        """Name what tells which row is meant, and is never written by itself."""
        guides = {"row", *(one.source for one in self.table.references), *_words(self.table)}
        guides |= {self.table.words.column} if self.table.words else set()
        return guides if self.table.has_source else {*guides, "source"}

    def _guesses(self) -> dict[str, str]:
        """Name what a file may leave open: it stays as it is, and a new row is called by its number."""
        given = self.engine.columns(self.table.name)
        return {
            column: self._guess(column, other, is_given=column in given)
            for column, other in self.table.stays.items()
            if (column in given or column in self.table.needed) and (not other or other in given)
        }

    def _guess(self, column: str, other: str, *, is_given: bool) -> str:
        otherwise = f'c."{other}"' if other else text(self.table.default(column))
        own = f'c."{column}", ' if is_given else ""
        return f'coalesce({own}e."{column}", {otherwise})'

    def _rows(self) -> str:
        finals = ", ".join(f'{value} AS "{column}"' for column, value in self.finals.items())
        on = " AND ".join(f"e.{one} = c.{one}" for one in self.table.match)
        return (
            f"SELECT c.row, e.id, {self._fate()} AS fate, {self._broken()} AS broken, {self._months()}, {finals} "  # noqa: S608
            f"FROM ({self._resolved()}) c LEFT JOIN existing_{self.table.name} e ON {on}{self._lookup_joins()}"
        )

    def _worded(self, words: Words) -> str:
        """Look at every row whose words may change, in the file or not."""
        name = self.table.name
        search.prepare(self.engine, self.table, words)
        finals = {
            one: "t.source" if one == "source" else f'CASE WHEN c.row IS NULL THEN e."{one}" ELSE {value} END'
            for one, value in self.finals.items()
        }
        listed = ", ".join(f'{value} AS "{column}"' for column, value in finals.items())
        fate = f"CASE WHEN c.row IS NULL THEN 'unchanged' ELSE {self._fate()} END"
        return (
            f"SELECT row, id, CASE WHEN fate = 'unchanged' AND {words.column} <> was THEN 'touched' ELSE fate END AS fate, "  # noqa: S608, E501
            "broken, month, old_month, * EXCLUDE (row, id, fate, broken, month, old_month, was) FROM ("
            f"SELECT c.row, e.id, {fate} AS fate, {self._broken()} AS broken, {self._months()}, {listed}, "
            f"{search.words(words, finals)} AS {words.column}, e.{words.column} AS was FROM touched t "
            f"LEFT JOIN checked_{name} c ON c.source = t.source{self._lookup_joins()} "
            f"LEFT JOIN existing_{name} e ON e.source = t.source LEFT JOIN words w ON w.source = t.source "
            "WHERE c.row IS NOT NULL OR e.id IS NOT NULL)"
        )

    def _lookup_joins(self) -> str:
        return "".join(
            f" LEFT JOIN ids_{one.column} {one.column}_o ON {one.column}_o.word = c.{name}"
            for one, name in self.lookups
        )

    def _resolved(self) -> str:
        """Add to the checked rows the ids of the rows that they refer to."""
        name = self.table.name
        months = {self.table.within: f", {self.table.within}_r.month"}
        ids = [f", {_id(one)} AS {one.column}{months.get(one.column, '')}" for one in self.references]
        joins = [
            f" LEFT JOIN ids_{one.table} {one.column}_r ON {one.column}_r.source = checked_{name}.{one.source}"
            + (
                f" LEFT JOIN existing_{one.table} {one.column}_e ON {one.column}_e.id = {one.column}_r.id"
                * bool(one.within)
            )
            for one in self.references
        ]
        return f"SELECT checked_{name}.*{''.join(ids)} FROM checked_{name}{''.join(joins)}"  # noqa: S608

    def _fate(self) -> str:
        same = [
            f"{self.finals[one]} IS NOT DISTINCT FROM {_before(self.table, one)}"
            for one in self.provided
            if one not in self.table.match and not self.table.appended
        ]
        return (
            f"CASE WHEN {self._broken()} IS NOT NULL THEN 'refused' "
            f"{self._repeated()}WHEN e.id IS NULL THEN '{'refused' if self.lacking else 'created'}' "
            f"WHEN {' AND '.join(same) or 'true'} THEN 'unchanged' ELSE 'changed' END"
        )

    def _repeated(self) -> str:
        """Pass over a new row that only repeats what holds on its day."""
        day = self.table.holds
        if not day or day not in self.provided:
            return ""
        about = self.table.references[0].column
        told = [one for one in self.provided if one not in {"source", day, about}]
        said, known = (f"({', '.join(f'{alias}.{one}' for one in told)})" for alias in ("c", "h"))
        held = (
            f"SELECT arg_max({known}, h.{day}) FROM existing_{self.table.name} h "  # noqa: S608
            f"WHERE h.{about} = c.{about} AND h.{day} <= c.{day}"
        )
        return f"WHEN e.id IS NULL AND {said} = ({held}) THEN 'unchanged' "

    def _broken(self) -> str:
        """Name the reference of a row that leads nowhere, or NULL."""
        cases = [f"WHEN c.{one.column} IS NULL{_named(one)} THEN '{one.column}'" for one in self.references]
        return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"

    def _months(self) -> str:
        """Say which months the mirror must read again: the row's month, and the one it was in before."""
        if self.table.within:
            return "c.month AS month, NULL::VARCHAR AS old_month"
        on = self.table.month_of
        if not on:
            return "NULL::VARCHAR AS month, NULL::VARCHAR AS old_month"
        day = f"c.{on}::DATE" if on in self.provided else f"e.{on}"
        return f"strftime({day}, '%Y-%m') AS month, strftime(e.{on}, '%Y-%m') AS old_month"


def _looked_up(one: Lookup, name: str) -> str:
    """Give the SQL of an id that is looked up; a word that leads nowhere, or only hints, leaves the row as it is."""
    if name == one.hints:
        return f"coalesce(e.{one.column}, {one.column}_o.id)"
    unknown = f"c.{name} IS NOT NULL AND {one.column}_o.id IS NULL"
    return f"CASE WHEN {unknown} THEN e.{one.column} ELSE {one.column}_o.id END"


def _words(table: FactTable) -> Iterator[str]:
    """Name the columns of a checked table by whose words others are found."""
    for one in table.lookups:
        yield from (name for name in (one.given, one.hints) if name)


def _id(reference: Reference) -> str:
    """Give the SQL of the id that a reference leads to; elsewhere than where it must be, it leads nowhere."""
    found = f"{reference.column}_r.id"
    if not reference.within:
        return found
    same = f"{reference.column}_e.{reference.within} = {reference.within}_r.id"
    return f"CASE WHEN {same} THEN {found} END"


def _named(reference: Reference) -> str:
    """Let an optional reference be empty: only one that names something can lead nowhere."""
    return "" if reference.required else f" AND c.{reference.source} IS NOT NULL"


def final(table: FactTable, column: str) -> str:
    """Give the SQL of a column's new value, from the file's row `c` and the row that is there, `e`."""
    kind = table.kinds[column]
    value = f'c."{column}"::{TYPES[kind]}'
    if kind == "json":  # attributes that the file does not name stay
        return f"json_merge_patch(coalesce(e.\"{column}\", '{{}}')::JSON, coalesce({value}, '{{}}')::JSON)::VARCHAR"
    default = table.default(column)
    return f"coalesce({value}, {text(default)})" if isinstance(default, str) else value


def _before(table: FactTable, column: str) -> str:
    if table.kinds[column] == "json":
        return f"json_merge_patch(e.\"{column}\"::JSON, '{{}}'::JSON)::VARCHAR"
    return f'e."{column}"'
