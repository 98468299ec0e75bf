"""The file's cells under the names of our fields, trimmed; still text."""

from collections.abc import Sequence
from dataclasses import dataclass

from stammkunde.intake import parsing
from stammkunde.intake.check import packed
from stammkunde.intake.formats import Dialect, FileNotUsable, Source
from stammkunde.intake.layouts import Field, Layout
from stammkunde.store.layouts import KEY, MONEY, NUMBER, PHONE, TEXT

NUMBERS = (NUMBER, MONEY)
LIVE = "is_live"  # an option of imports: rows are handed in as they happen


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A field of the layout, the file's column that fills it, and the column's place."""

    field: Field
    column: str
    place: int

    @property
    def raw(self) -> str:
        """Name of the text in table `given`."""
        return f"r_{self.field.name}"

    @property
    def value(self) -> str:
        """Name of the number in table `given`, where the file itself holds numbers."""
        return f"n_{self.field.name}"


def mapped(layout: Layout, columns: dict[str, str], dialect: Dialect) -> list[Mapped]:
    """
    Find the file's columns that fill the layout's fields.

    :raises FileNotUsable: if a column is not in the file, or the layout needs a field that no column fills
    """
    places = {name: place for place, name in enumerate(dialect.header)}
    known = {one.name: one for one in layout.fields}
    for name, column in columns.items():
        if column and name in known and column not in places:
            raise FileNotUsable("column_missing", column=column, field=name, layout=layout.name)
    found = [
        Mapped(field=known[name], column=column, place=places[column])
        for name, column in columns.items()
        if column and name in known
    ]
    if lacking := missing(layout, {one.field.name for one in found}, dialect.header):
        raise FileNotUsable("field_missing", fields=list(lacking), layout=layout.name)
    return found


def missing(layout: Layout, given: set[str], header: Sequence[str]) -> tuple[str, ...]:
    """Name the fields that the layout needs and that are not given; of a group, its first."""
    unpacked = set(packed.PARTS) if packed.columns(layout, header) else set()
    lacking = [name for name in layout.required if name not in given | unpacked]
    return (*lacking, *(group[0] for group in layout.one_of if not (given | unpacked) & set(group)))


def is_packed(layout: Layout, fields: list[Mapped], dialect: Dialect) -> bool:
    """Tell whether the items of an order stand in cells, and not in rows of their own."""
    return bool(packed.columns(layout, dialect.header)) and "quantity" not in {one.field.name for one in fields}


def unpacked_fields(layout: Layout, dialect: Dialect) -> list[Mapped]:
    """Name the fields that come out of such cells."""
    column = packed.columns(layout, dialect.header)[0]
    return [Mapped(field=layout.field(name), column=column, place=-1) for name in packed.PARTS]


def numbers(source: Source, fields: list[Mapped]) -> list[Mapped]:
    """Name the fields whose numbers the file itself holds as numbers."""
    return [one for one in fields if one.place in source.numbers and one.field.type in NUMBERS]


def given_sql(source: Source, fields: list[Mapped], numbers: list[Mapped]) -> str:
    """Give the query for table `given`: the rows that can be read and are not blank."""
    cells = ", ".join(f"c{place}" for place in range(len(source.dialect.header)))
    first = f"c{fields[0].place}"  # a plain sign at the beginning of a cell: the row is not blank
    values = "".join(f", {_number(one)} AS {one.value}" for one in numbers)
    return _texts_sql(
        fields,
        cells={one.raw: _other_text(one) for one in numbers},
        kept="".join(f", {one.value}" for one in numbers),
        rows=f"(SELECT *{values} FROM {source.table} WHERE bad IS NULL "
        f"AND ({first} >= '!' AND {first} < chr(127) OR trim(concat({cells})) <> ''))",
    )


def _texts_sql(fields: list[Mapped], *, rows: str, cells: dict[str, str] | None = None, kept: str = "") -> str:
    """Give the query that trims cells, empties those that say nothing, and mends keys; each step once."""
    cells = cells or {}
    trimmed = ", ".join(f"{parsing.trimmed(cells.get(one.raw, f'c{one.place}'))} AS {one.raw}" for one in fields)
    valued = ", ".join(f"{_value(one)} AS {one.raw}" for one in fields)
    mended = ", ".join(f"{_mended(one)} AS {one.raw}" for one in fields if one.field.type in {KEY, TEXT, PHONE})
    return (
        f"SELECT * {f'REPLACE ({mended})' if mended else ''} FROM ("
        f"SELECT row, {valued}{kept} FROM (SELECT row, {trimmed}{kept} FROM {rows}))"
    )


_NAMES = {"customer_name", "company", "first_name", "last_name", "product_name"}


def _mended(one: Mapped) -> str:
    if one.field.type == KEY:
        return parsing.key_text(one.raw)
    return parsing.name_text(one.raw, name=one.field.name in _NAMES)


def one_case(fields: list[Mapped]) -> list[str]:
    """
    Give the statements that write customer numbers that differ only in their capitals one way, the most frequent.

    Only where the names beside them are there and the same: then it is one customer, written twice.
    """
    named = {one.field.name: one for one in fields}
    number = named.get("customer_number")
    told = [named[name].raw for name in ("customer_name", "company", "email") if name in named]
    if number is None or not told:
        return []
    counts = [f"count(DISTINCT lower({one}))" for one in told]
    same = f"greatest({', '.join(counts)}) = 1"
    return [
        f"""CREATE TEMP TABLE spelled AS
            SELECT lower({number.raw}) AS folded, mode({number.raw} ORDER BY {number.raw}) AS kept FROM given
            WHERE {number.raw} <> upper({number.raw}) OR lower({number.raw}) IN
                (SELECT lower({number.raw}) FROM given WHERE {number.raw} <> upper({number.raw}))
            GROUP BY folded HAVING count(DISTINCT {number.raw}) > 1 AND {same}""",
        f"""UPDATE given SET {number.raw} = spelled.kept FROM spelled
            WHERE lower(given.{number.raw}) = spelled.folded AND given.{number.raw} <> spelled.kept""",
    ]


def _number(one: Mapped) -> str:
    """Take a number of the file as it is; one that six decimals do not hold goes the way of all texts."""
    value = f"CAST(n{one.place} AS DOUBLE)"  # whole numbers would overflow here
    near = f"abs({value} * 1000000 - round({value} * 1000000)) < 0.01"
    exact = f"TRY_CAST(n{one.place} AS {parsing.DECIMAL})"  # which the engine may try for all rows alike
    return f"CASE WHEN abs({value}) < {one.field.largest} AND {near} THEN {exact} END"


def _other_text(one: Mapped) -> str:
    return f"CASE WHEN {one.value} IS NULL THEN coalesce(CAST(n{one.place} AS VARCHAR), '') ELSE '' END"


def unpacked_sql(source: Source, layout: Layout, fields: list[Mapped]) -> str:
    """Give the query for table `given` where cells hold the items of an order."""
    rows = packed.items_sql(source, packed.columns(layout, source.dialect.header))
    whole = _texts_sql([one for one in fields if one.place >= 0], rows=rows, kept=", item")
    return f"SELECT *, {packed.values_sql()} FROM ({whole}) WHERE contains(item, ':')"


_QUOTED = {"postcode", "customer_number"}  # and phone numbers: with an apostrophe in front, to keep zeros


def _value(one: Mapped) -> str:
    text = parsing.value_text(one.raw, one.field.type)
    return f"ltrim({text}, '''')" if one.field.type == PHONE or one.field.name in _QUOTED else text


def spread_sql(fields: list[Mapped]) -> str:
    """Give the query that fills what stands once per order into all of the order's rows."""
    shared = [one for one in fields if one.field.order_level and one.field.name != "order_number"]
    own = ["g.row", "g.r_order_number"] + [f"g.{one.raw}" for one in fields if not one.field.order_level]
    spread = [f"coalesce(g.{one.raw}, o.{one.raw}) AS {one.raw}" for one in shared]
    first = ", ".join(f"arg_min({one.raw}, row) AS {one.raw}" for one in shared)
    return (
        f"SELECT {', '.join(own + spread)} FROM given g LEFT JOIN "
        f"(SELECT r_order_number, {first} FROM given GROUP BY r_order_number) o USING (r_order_number)"
    )
