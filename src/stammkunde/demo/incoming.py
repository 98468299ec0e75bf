"""What comes into the demo company by the ordinary import: files, and what the shop's program brings later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from stammkunde.intake import layouts
from stammkunde.intake import services as intake
from stammkunde.intake.models import Import

ORIGIN = "demo"
TOGETHER = "demo"  # the export with which the company began


class DemoIncomplete(Exception):
    """Something of the demo company's was not imported whole; the import tells why."""


def queue(path: Path, *, layout: str, now: datetime) -> Import:
    shown = f"{layouts.get(layout).label('de')}.parquet"
    incoming = intake.receive(
        now=now, file_name=shown, path=path, layout=layout, options={"origin": ORIGIN}, together=TOGETHER
    )
    return intake.start(import_id=incoming.pk, now=now)


def run(incoming: Import, *, now: datetime) -> None:
    """
    Import what is queued.

    :raises DemoIncomplete: if it failed or refused rows
    """
    intake.run(import_id=incoming.pk, now=now)
    done = Import.objects.get(pk=incoming.pk)
    refused = sum(count.get("refused", 0) for count in done.counts.values())
    if done.status != Import.Status.DONE or refused:
        raise DemoIncomplete(f"{done.file_name}: {done.status}, {refused} rows refused, {done.error or ''}")


def bring(layout: str, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """
    Import rows that a program brings.

    :raises DemoIncomplete: if the import failed or refused rows
    """
    name = layouts.get(layout).label("de")
    run(intake.bring(layout=layout, rows=rows, name=name, origin=ORIGIN, now=now), now=now)
