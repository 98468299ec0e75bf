"""
A difference written into the facts: in batches, in key order, each a short transaction of its own.

A batch holds its rows, the images of what they replace, the marks for the mirror, and how far the import has come; so
it is there as a whole or not at all, and an import that was killed goes on after its last batch. No write lock lasts
for more than about a second, and between two of them there is a gap in which others get their turn.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from stammkunde.intake.lease import Lease
from stammkunde.intake.models import BeforeImage, Import
from stammkunde.intake.publish import images
from stammkunde.intake.publish.batch import Batch, Feed
from stammkunde.intake.publish.writers import Writer, writer
from stammkunde.intake.staging.difference import Difference, Part
from stammkunde.store import bulk, facts, touched
from stammkunde.store.bulk import keys
from stammkunde.store.facts import Moved


@dataclass(kw_only=True)
class Publishing:
    """One import being written. `checkpoint` is what the import remembers of it."""

    difference: Difference
    lease: Lease
    checkpoint: dict[str, Any]
    done: int = 0
    longest_seconds: float = field(default=0.0)

    def run(self) -> None:
        keys.take_off([part.spec.model for part in self.difference.parts if part.counts.created >= keys.FEWEST_ROWS])
        with writer(self.difference, import_id=self.lease.pk, now=self.lease.moment()) as write:
            for part, what, rows in _work(self.difference):
                self._write(write, part, what, rows)
        self._put_keys_back()

    def _write(self, write: Writer, part: Part, what: str, rows: int) -> None:
        key = f"{what}-{part.table}"
        at = int(self.checkpoint.get(key, 0))
        self.done += at
        pace = bulk.Pace()
        feed = Feed(self.difference.path(part, what), columns=write.columns(part, what), skip=at)
        write.begin(part, what, after=at)
        while at < rows:
            batch = Batch(part=part, what=what, after=at, rows=feed.take(min(pace.rows, rows - at, write.room(at))))
            write.prepare(batch)
            began = time.monotonic()
            self._commit(write, batch, key)
            pace.note(time.monotonic() - began)
            at, self.done = batch.upto, self.done + len(batch.rows)
            self.longest_seconds = max(self.longest_seconds, pace.longest_seconds)
            bulk.rest(time.monotonic() - began)
        write.end()

    def _put_keys_back(self) -> None:
        if keys.are_missing():
            self.lease.tell("keys", self.difference.rows, self.difference.rows)
            keys.put_back()

    def _commit(self, write: Writer, batch: Batch, key: str) -> None:
        checkpoint = {**self.checkpoint, key: batch.upto, "longest_seconds": round(self.longest_seconds, 3)}
        with transaction.atomic():
            before = images.latest()
            self._write_batch(write, batch, before=before)
            batch.part.spec.mark(batch.months)
            self._touch(batch, before=before)
            self.lease.advance(
                checkpoint=checkpoint, step="publish", done=self.done + len(batch.rows), total=self.difference.rows
            )
        self.checkpoint = checkpoint
        self.lease.hear("publish", self.done + len(batch.rows), self.difference.rows)
        if batch.part.spec.after and batch.what == "created":
            batch.part.spec.after()

    def _touch(self, batch: Batch, *, before: int) -> None:
        """Tell of the rows of the batch, and note whom they are about, where the import is about few."""
        because, table = f"import:{self.lease.pk}", batch.part.spec
        rows, former = self._rows(batch, before=before), self._former(batch, before=before)
        facts.tell(table, rows)
        if former:
            facts.tell(facts.table("customers"), facts.table("customers").rows().filter(pk__in=former))
        if self.difference.rows <= touched.MOST:
            table.touch(rows, because=because)
            touched.note(former, because=because)
        elif not batch.after:
            touched.note_everybody(because=because)

    def _rows(self, batch: Batch, *, before: int) -> "models.QuerySet[Any]":
        """Give the rows that the batch has written."""
        rows = batch.part.spec.rows()
        if batch.what == "created":
            first = batch.part.first_id
            return rows.filter(pk__range=(first + batch.after + 1, first + batch.upto))
        images_of = BeforeImage.objects.filter(incoming=self.lease.pk, table=batch.part.table, pk__gt=before)
        return rows.filter(pk__in=images_of.values("row_id"))

    def _former(self, batch: Batch, *, before: int) -> set[int]:
        """Tell whose rows were until now that are another customer's from now on."""
        table = batch.part.spec
        if batch.what == "created" or table.to_customer != "customer_id":
            return set()
        moved = images.moved(table, table.to_customer, import_id=self.lease.pk, after=before)
        return {was for was, _now in moved.values() if was is not None}

    def _write_batch(self, write: Writer, batch: Batch, *, before: int) -> None:
        """Write a batch, and let follow what goes along with a column that it changes; inside a transaction."""
        table = batch.part.spec
        follow = table.follow if batch.what == "changed" else None
        if follow is None or follow.column not in batch.part.provided:
            write.write(batch)
            return
        write.write(batch)
        rows = images.moved(table, follow.column, import_id=self.lease.pk, after=before)
        if rows:
            staff_id = Import.objects.values_list("staff", flat=True).get(pk=self.lease.pk)
            because = f"import:{self.lease.pk}"
            follow.done(Moved(rows=rows, because=because, now=self.lease.moment(), staff_id=staff_id))


def _work(difference: Difference) -> Iterator[tuple[Part, str, int]]:
    for part in difference.parts:
        if part.counts.created:
            yield part, "created", part.counts.created
        if part.changes:
            yield part, "changed", part.changes
