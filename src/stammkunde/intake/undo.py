# ruff: noqa: SLF001 (`_meta` is how Django lets a model be asked)
"""
An import taken back: changed rows as they were before, new rows gone.

New rows are those whose ids were reserved for the import (`Import.checkpoint["ranges"]`), changed ones those with a
before-image. Nothing is taken back that somebody has touched since: `check` refuses beforehand, and every batch looks
again, because people go on working meanwhile.
"""

import time
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from stammkunde.customers import services as customers
from stammkunde.intake.lease import Lease
from stammkunde.intake.models import BeforeImage, Import
from stammkunde.intake.publish import GAP_SECONDS, Pace, images
from stammkunde.intake.staging.tables import TABLES, Table
from stammkunde.sales import services as sales

# Rows that were derived from facts go with them; everything else that hangs on a row keeps it.
DERIVED = {"signals"}


class CannotUndo(Exception):
    """
    The import's rows are no longer the import's alone.

    `code` is `changed_since` or `in_use`; `detail` says how many rows of which table, worded when shown.
    """

    def __init__(self, code: str, detail: dict[str, int]) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def check(incoming: Import) -> None:
    """
    Look whether an import can be taken back as a whole.

    :raises CannotUndo: if a later import or a person changed its rows, or something hangs on its new ones
    """
    changed = {name: count for name, table in TABLES.items() if (count := _changed_since(incoming, table))}
    if changed:
        raise CannotUndo("changed_since", changed)
    used = {name: count for table in TABLES.values() for name, count in _hanging(incoming, table) if count}
    if used:
        raise CannotUndo("in_use", used)


def ranges(incoming: Import, table: Table) -> list[tuple[int, int]]:
    """Give the ids that were reserved for the import's new rows, as (first, last)."""
    return [(first, last) for first, last in incoming.checkpoint.get("ranges", {}).get(table.name, [])]


def _changed_since(incoming: Import, table: Table) -> int:
    changed = sum(
        table.model.objects.filter(_by_others(incoming), pk__range=one).count() for one in ranges(incoming, table)
    )
    imaged = BeforeImage.objects.filter(incoming=incoming, table=table.name)
    if not imaged.exists():
        return changed
    ours = table.model.objects.filter(imported_by=incoming.pk, pk__in=imaged.values("row_id"))
    return changed + imaged.count() - ours.count()


def _hanging(incoming: Import, table: Table) -> Iterator[tuple[str, int]]:
    """Count what refers to the import's new rows and is not the import's own."""
    for relation in _relations(table):
        model, column = relation.related_model, relation.field.name
        others = model.objects.filter(_by_others(incoming)) if _is_fact(model) else model.objects.all()
        yield (
            model._meta.model_name or "",
            sum(
                others.filter(**{f"{column}__gte": first, f"{column}__lte": last}).count()
                for first, last in ranges(incoming, table)
            ),
        )


def _by_others(incoming: Import) -> models.Q:
    return ~models.Q(imported_by=incoming.pk) | models.Q(imported_by=None)


def _relations(table: Table) -> list[Any]:
    """Name the foreign keys to a table, except those of derived rows."""
    return [one for one in table.model._meta.related_objects if one.related_model._meta.app_label not in DERIVED]


def _derived(table: Table) -> list[tuple[str, str]]:
    """Name the tables and columns of derived rows that go with a row of this table."""
    return [
        (model._meta.db_table, one.column)
        for name in DERIVED
        for model in (apps.get_app_config(name).get_models() if apps.is_installed(f"stammkunde.{name}") else ())
        for one in model._meta.concrete_fields
        if one.related_model is table.model
    ]


def _is_fact(model: type[models.Model]) -> bool:
    return any(table.model is model for table in TABLES.values())


class Undoing:
    """One import being taken back, in batches, from the last table to the first."""

    def __init__(self, incoming: Import, lease: Lease) -> None:
        self.incoming, self.lease = incoming, lease
        self.checkpoint: dict[str, Any] = dict(incoming.checkpoint)
        self.done = 0
        self.total = sum(last - first + 1 for table in TABLES.values() for first, last in ranges(incoming, table))
        self.total += BeforeImage.objects.filter(incoming=incoming).count()

    def run(self) -> int:
        """Take everything back that is still the import's, and give the number of rows that had to stay."""
        for table in TABLES.values():  # first what was changed: afterwards nothing refers to what was new
            self._restore(table)
        for table in reversed(TABLES.values()):
            for first, last in ranges(self.incoming, table):
                self._delete(table, first, last)
        return sum(
            table.model.objects.filter(pk__range=one).count()
            for table in TABLES.values()
            for one in ranges(self.incoming, table)
        )

    def _restore(self, table: Table) -> None:
        imaged = BeforeImage.objects.filter(incoming=self.incoming, table=table.name).order_by("pk")
        pace = Pace()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:  # opens the connection, if it is not open yet
                cursor.execute("SELECT 1")
            images.install(connection)
        while ids := list(imaged.values_list("pk", flat=True)[: pace.rows]):
            began = time.monotonic()
            with transaction.atomic():
                self._mark_images(table, ids)
                with connection.cursor() as cursor:
                    images.put_back(cursor, table, import_id=self.incoming.pk, after=ids[0] - 1, upto=ids[-1])
                self._mark_images(table, ids)
                imaged.filter(pk__range=(ids[0], ids[-1])).delete()
                self._save(len(ids))
            self._rest(pace, began)

    def _mark_images(self, table: Table, ids: list[int]) -> None:
        rows = BeforeImage.objects.filter(pk__range=(ids[0], ids[-1]), incoming=self.incoming, table=table.name)
        _mark(table, table.model.objects.filter(pk__in=rows.values("row_id")))

    def _delete(self, table: Table, first: int, last: int) -> None:
        """Delete new rows from the end, so that the number of those left is the checkpoint."""
        pace, at = Pace(), last
        while at >= first:
            low = max(first, at - pace.rows + 1)
            began = time.monotonic()
            with transaction.atomic():
                _mark(table, table.model.objects.filter(pk__range=(low, at), imported_by=self.incoming.pk))
                self._delete_some(table, low, at)
                self._save(at - low + 1)
            at = low - 1
            self._rest(pace, began)

    def _delete_some(self, table: Table, low: int, upto: int) -> None:
        free = [f'"{table.db_table}".imported_by = %s'] + [
            f'NOT EXISTS (SELECT 1 FROM "{one.related_model._meta.db_table}" o '  # noqa: S608
            f'WHERE o."{one.field.column}" = "{table.db_table}".id)'
            for one in _relations(table)
        ]
        chosen = f"id BETWEEN %s AND %s AND {' AND '.join(free)}"
        given = [low, upto, self.incoming.pk]
        with connection.cursor() as cursor:
            for derived, column in _derived(table):
                ids = f'SELECT id FROM "{table.db_table}" WHERE {chosen}'  # noqa: S608
                cursor.execute(f'DELETE FROM "{derived}" WHERE "{column}" IN ({ids})', given)  # noqa: S608
            cursor.execute(f'DELETE FROM "{table.db_table}" WHERE {chosen}', given)  # noqa: S608

    def _save(self, rows: int) -> None:
        self.done += rows
        self.lease.save(checkpoint=self.checkpoint, step="undo", done=self.done, total=max(self.total, self.done))

    def _rest(self, pace: Pace, began: float) -> None:
        self.lease.hear("undo", self.done, max(self.total, self.done))
        seconds = time.monotonic() - began
        pace.note(seconds)
        if connection.vendor == "sqlite":
            time.sleep(min(GAP_SECONDS, seconds))


def _mark(table: Table, rows: models.QuerySet[Any]) -> None:
    """Tell the mirror what to read again; inside the caller's transaction."""
    if table.name in {"customers", "contact_persons"}:
        customers.mark_changed()
    elif table.name == "consents":
        return  # figures do not rest on them
    elif table.name == "products":
        sales.mark_changed([sales.PRODUCTS])
    else:
        day = "ordered_on" if table.name == "orders" else "order__ordered_on"
        months = rows.order_by().values_list(models.functions.TruncMonth(day), flat=True).distinct()
        sales.mark_changed(f"{one:%Y-%m}" for one in months)
