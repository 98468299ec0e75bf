"""The file's cells under the names of our fields, trimmed; still text."""

from dataclasses import dataclass

from stammkunde.intake import parsing
from stammkunde.intake.formats import Dialect, FileNotUsable, Source
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.layouts import Field, Layout
from stammkunde.store.layouts import KEY, MONEY, NUMBER, TEXT

NUMBERS = (NUMBER, MONEY)


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
    if lacking := missing(layout, {one.field.name for one in found}, packed=layout.packed in places):
        raise FileNotUsable("field_missing", fields=list(lacking), layout=layout.name)
    return found


def missing(layout: Layout, given: set[str], *, packed: bool = False) -> tuple[str, ...]:
    """Name the fields that the layout needs and that are not given; of a group, its first."""
    unpacked = set(_PACKED) if packed else set()
    lacking = [name for name in layout.required if name not in given | unpacked]
    return (*lacking, *(group[0] for group in layout.one_of if not (given | unpacked) & set(group)))


# What WooCommerce writes into one cell per order: `id:7|name:Mug|sku:M-1|quantity:2|total:20.00;id:8|…`
_PACKED = {
    "position": "id",
    "product_name": "name",
    "product_number": "sku",
    "quantity": "quantity",
    "line_total": "total",
    "line_subtotal": "subtotal",
    "line_refunded": "refunded",
    "line_refunded_quantity": "refunded_qty",
}


def is_packed(layout: Layout, fields: list[Mapped], dialect: Dialect) -> bool:
    """Tell whether all items of an order stand in one cell."""
    return bool(layout.packed) and layout.packed in dialect.header and "quantity" not in {m.field.name for m in fields}


def unpacked_fields(layout: Layout) -> list[Mapped]:
    """Name the fields that come out of a packed cell."""
    return [Mapped(field=layout.field(name), column=layout.packed, place=-1) for name in _PACKED]


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
    mended = ", ".join(f"{parsing.key_text(one.raw)} AS {one.raw}" for one in fields if one.field.type == KEY)
    return (
        f"SELECT * {f'REPLACE ({mended})' if mended else ''} FROM ("
        f"SELECT row, {valued}{kept} FROM (SELECT row, {trimmed}{kept} FROM {rows}))"
    )


def _number(one: Mapped) -> str:
    """Take a number of the file as it is; one that six decimals do not hold goes the way of all texts."""
    value = f"CAST(n{one.place} AS DOUBLE)"  # whole numbers would overflow here
    near = f"abs({value} * 1000000 - round({value} * 1000000)) < 0.01"
    exact = f"TRY_CAST(n{one.place} AS {parsing.DECIMAL})"  # which the engine may try for all rows alike
    return f"CASE WHEN abs({value}) < {one.field.largest} AND {near} THEN {exact} END"


def _other_text(one: Mapped) -> str:
    return f"CASE WHEN {one.value} IS NULL THEN coalesce(CAST(n{one.place} AS VARCHAR), '') ELSE '' END"


def unpacked_sql(source: Source, layout: Layout, fields: list[Mapped]) -> str:
    """Give the query for table `given` where one cell holds all items of an order."""
    place = source.dialect.header.index(layout.packed)
    items = ", ".join(f"{_item(part)} AS r_{name}" for name, part in _PACKED.items())
    split = f"(SELECT *, unnest(string_split(c{place}, ';')) AS item FROM {source.table} WHERE bad IS NULL)"
    whole = _texts_sql([one for one in fields if one.place >= 0], rows=split, kept=", item")
    return f"SELECT *, {items} FROM ({whole}) WHERE contains(item, ':')"


def _item(part: str) -> str:
    pattern = literal(rf"(?:^|\|)\s*{part}:([^|]*)")
    return parsing.value_text(parsing.trimmed(f"regexp_extract(item, {pattern}, 1)"), TEXT)


def _value(one: Mapped) -> str:
    text = parsing.value_text(one.raw, one.field.type)
    # Shopify's apostrophe, which keeps spreadsheets from eating zeros
    return f"ltrim({text}, '''')" if one.field.name == "postcode" else text


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
