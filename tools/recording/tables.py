"""
What is kept, as hashes: for each table and column one over all rows, so that a difference names the column.

Rows are put in the order of what they are about, not of when they were made; numbers count to the last digit.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from recording import aliases

OF_THIS_RUN = {"leased_by", "lease_until", "password", "path"}  # who works, and where
FIGURES = ("kpi", "period", "slice_by", "slice_value")
LENGTH = 12


def figures() -> str:
    current = aliases.model("Current").objects.get().generation_id
    rows = list(aliases.model("Figure").objects.filter(generation=current).values())
    return _told(
        "Figure", sorted(rows, key=lambda row: [row[name] for name in FIGURES]), left_out={"id", "generation_id"}
    )


def signals() -> str:
    current = aliases.model("Current").objects.get().generation_id
    rows = aliases.model("CustomerSignal").objects.filter(generation=current).order_by("customer").values()
    told = [_told("CustomerSignal", rows, left_out={"id", "generation_id"})]
    told += [_told(name, _about_customers(name), left_out={"id"}) for name in ("EarlyWarning", "StageChange")]
    return "".join(told)


def _about_customers(name: str) -> Iterable[dict[str, Any]]:
    return aliases.model(name).objects.order_by("customer", "pk").values()


def every() -> str:
    """Give all tables of the product, row by row in the order in which they were made."""
    return "".join(
        _told(name, model.objects.order_by("pk").values(), left_out=OF_THIS_RUN)
        for name, model in sorted(aliases.models().items())
    )


def _told(name: str, rows: Iterable[dict[str, Any]], *, left_out: set[str]) -> str:
    rows = list(rows)
    columns = sorted(rows[0].keys() - left_out) if rows else []
    lines = [f"{name}  {len(rows)} rows"]
    for column in columns:
        values = [row[column] for row in rows]
        known = sum(value is not None for value in values)
        lines.append(f"{name}.{column}  {known}  {_hash(values)}")
    return "".join(f"{line}\n" for line in lines)


def _hash(values: list[Any]) -> str:
    told = "\n".join(json.dumps(value, sort_keys=True, default=repr, ensure_ascii=False) for value in values)
    return sha256(told.encode()).hexdigest()[:LENGTH]
