"""Attributes of customers: columns of a customer list that only this company has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from stammkunde.store.layouts import Column, Field, Layout

_MARKED = re.compile(
    r"^(?:merkmal|attribut|attribute)\s*[:.\-]?\s+(.+)$|^(?:merkmal|attribut|attribute):(.+)$", re.IGNORECASE
)
_MOST = 50


def with_attributes(
    layout: Layout, columns: Mapping[str, str], *, header: Sequence[str], options: Mapping[str, Any]
) -> tuple[Layout, dict[str, str]]:
    """
    Add the attributes of a customer list to its layout: the columns that `options["attributes"]` names (attribute →
    column), and those whose heading says so: "Merkmal: Preisliste".
    """
    found = attributes(header, options) if layout.name == "customers" else {}
    if not found:
        return layout, dict(columns)
    fields = tuple(
        Field(name=f"attribute_{place}", de=name, en=name, max_length=1000) for place, name in enumerate(found)
    )
    # A cell that is empty says nothing: what is known of the attribute stays.
    pairs = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}', attribute_{place}" for place, name in enumerate(found))
    column = Column(
        name="attributes",
        sql=f"CAST(json_merge_patch('{{}}', json_object({pairs})) AS VARCHAR)",
        needs=tuple(one.name for one in fields),
    )
    table = replace(layout.tables[0], columns=(*layout.tables[0].columns, column))
    extended = replace(layout, fields=(*layout.fields, *fields), tables=(table,))
    return extended, {**columns, **{one.name: found[one.de] for one in fields}}


def attributes(header: Sequence[str], options: Mapping[str, Any]) -> dict[str, str]:
    """Find a file's attributes: name → column."""
    chosen = options.get("attributes") or {}
    found = {str(name): str(column) for name, column in chosen.items() if column in header}
    for column in header:
        match = _MARKED.match(column)
        if match and column not in found.values():
            found.setdefault((match[1] or match[2]).strip(), column)
    return dict(list(found.items())[:_MOST])
