# ruff: noqa: SLF001 (`_meta` is how Django lets a model be asked)
"""The tables that an import fills, in the order in which they are filled: what is referred to comes first."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models

from stammkunde.customers.models import Consent, ContactPerson, Customer
from stammkunde.sales.models import Line, Order, Product

_KINDS: "dict[type[models.Field[Any, Any]], str]" = {
    models.CharField: "text",
    models.TextField: "text",
    models.BigIntegerField: "whole",
    models.ForeignKey: "whole",
    models.FloatField: "real",
    models.DateTimeField: "moment",
    models.DateField: "day",
    models.JSONField: "json",
}
# What an import writes by itself, whatever the file holds.
_OURS = {"id", "imported_by", "updated_at"}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """
    A column that holds another row's id; the file names that row by its source.

    `within` is a column of both rows that must be the same: a contact person must be at the customer.
    """

    column: str
    source: str
    table: str
    required: bool
    within: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: `match` are the columns that say which row is meant, `kinds` the type of every other column."""

    name: str
    model: type[models.Model]
    match: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def db_table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def has_updated_at(self) -> bool:
        return any(column.name == "updated_at" for column in self.model._meta.concrete_fields)

    def default(self, column: str) -> Any:
        """Give what a new row gets where the file says nothing; `…` where it must say something."""
        model_field = next(one for one in self.model._meta.concrete_fields if one.column == column)
        if model_field.has_default():
            return "{}" if self.kinds[column] == "json" else model_field.get_default()
        return None if model_field.null else ...

    @property
    def needed(self) -> tuple[str, ...]:
        """Name the columns without which there can be no new row."""
        references = {one.column for one in self.references}
        return tuple(one for one in self.kinds if one not in references and self.default(one) is ...)


def _table(name: str, model: type[models.Model], match: tuple[str, ...], *references: Reference) -> Table:
    kinds = {
        one.column: next(kind for known, kind in _KINDS.items() if isinstance(one, known))
        for one in model._meta.concrete_fields
        if one.column not in _OURS
    }
    return Table(name=name, model=model, match=match, references=references, kinds=kinds)


def _to(name: str, *, required: bool, within: str = "") -> Reference:
    return Reference(column=f"{name}_id", source=f"{name}_source", table=f"{name}s", required=required, within=within)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table("customers", Customer, ("source",)),
        _table("contact_persons", ContactPerson, ("source",), _to("customer", required=True)),
        _table(
            "consents",
            Consent,
            ("source",),
            _to("customer", required=True),
            _to("contact_person", required=False, within="customer_id"),
        ),
        _table("products", Product, ("source",)),
        _table("orders", Order, ("source",), _to("customer", required=False)),
        _table("lines", Line, ("order_id", "key"), _to("order", required=True), _to("product", required=False)),
    )
}
