"""Items of an order that stand in one cell, `id:7|name:Mug|sku:M-1|quantity:2|total:20.00;id:8|…` or JSON, or in several."""  # noqa: E501

import re
from collections.abc import Iterable, Sequence

from stammkunde.intake import parsing
from stammkunde.intake.formats import Source
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.layouts import Layout
from stammkunde.store.layouts import TEXT

# Our field → what programs call it inside of the cell.
PARTS = {
    "position": ("id", "item_id"),
    "product_name": ("name", "product_name"),
    "product_number": ("sku",),
    "quantity": ("quantity", "qty"),
    "line_total": ("total",),
    "line_subtotal": ("subtotal", "sub_total"),
    "line_refunded": ("refunded",),
    "line_refunded_quantity": ("refunded_qty",),
}
_FIRST = "id|item_id|name|product_name"  # with one of these an item begins


def columns(layout: Layout, header: Sequence[str]) -> list[str]:
    """Name the columns that hold items."""
    return [one for one in header if layout.packed and re.fullmatch(layout.packed, one)]


def items_sql(source: Source, names: Iterable[str]) -> str:
    """Give the query for the file's rows, once for each of their items, which is in `item`."""
    cells = [f"c{source.dialect.header.index(one)}" for one in names]
    items = " || ".join(f"({_items(cell)})" for cell in cells)
    return f"(SELECT *, unnest({items}) AS item FROM {source.table} WHERE bad IS NULL)"


def values_sql() -> str:
    """Give the SQL of the fields that are inside of an item."""
    return ", ".join(f"{_value(keys)} AS r_{name}" for name, keys in PARTS.items())


def _items(cell: str) -> str:
    split = rf"string_split(regexp_replace({cell}, ';\s*({_FIRST}):', chr(30) || '\1:', 'g'), chr(30))"
    is_json = f"starts_with(ltrim({cell}), '[') AND json_valid({cell})"
    # Whatever is not of this form gives no item; several columns need not all be filled.
    return f"CASE WHEN {is_json} THEN CAST(from_json({cell}, '[\"JSON\"]') AS VARCHAR[]) ELSE {split} END"


def _value(keys: tuple[str, ...]) -> str:
    pattern = literal(rf"(?s)(?:^|\|)\s*(?:{'|'.join(keys)}):(.*?)(?:\|[a-z_]+:|$)")
    in_json = ", ".join(f"json_extract_string(item, '$.{key}')" for key in keys)
    text = (
        f"CASE WHEN starts_with(item, '{{') AND json_valid(item) THEN coalesce({in_json}, '') "
        f"ELSE regexp_extract(item, {pattern}, 1) END"
    )
    return parsing.value_text(parsing.trimmed(f"({text})"), TEXT)
