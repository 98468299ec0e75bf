"""
The audit trail at a million entries: what sealing and proving cost, and what they take of memory.

    python bench/trail.py --entries 1000000

Works in a new data directory, or in the empty PostgreSQL database that DATABASE_URL names.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

ONCE = 10_000
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
COLUMNS = "at, staff_id, action, thing, thing_id, label, detail"
REPEATED = f"INSERT INTO team_auditentry ({COLUMNS}) SELECT {COLUMNS} FROM team_auditentry"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as place:
        os.environ["STAMMKUNDE_DATA_DIR"] = place
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")
        import django  # noqa: PLC0415 (reads the data directory)

        django.setup()
        _measure(entries)


def _measure(entries: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from stammkunde.team import sealing  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    now = BEGIN + timedelta(days=1000)
    told = {"database": connection.vendor, "entries": entries}
    told["write"] = _timed(lambda: _write(entries))
    told["seal"] = _timed(lambda: sealing.seal_all(now=now))
    told["nothing to seal"] = _timed(lambda: sealing.sweep(now=now))
    told["check"] = _timed(sealing.check)
    assert sealing.check().entries == entries
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(told, indent=1))


def _timed(what: Callable[[], object]) -> dict[str, float]:
    clock, processor = time.perf_counter(), time.process_time()
    what()
    return {
        "seconds": round(time.perf_counter() - clock, 3),
        "processor": round(time.process_time() - processor, 3),
    }


def _write(entries: int) -> None:
    """Write some, and let the database repeat them: what is measured is what comes then."""
    from django.db import connection  # noqa: PLC0415

    from stammkunde.team.models import AuditEntry  # noqa: PLC0415

    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=BEGIN + timedelta(seconds=number),
            action="customer.changed",
            thing="customer",
            thing_id=number,
            label=f"Kundin {number}",
            detail={"changed": {"city": ["", f"Ort {number % 900}"], "phone": ["", f"030 {number}"]}},
        )
        for number in range(min(entries, ONCE))
    )
    while (missing := entries - AuditEntry.objects.count()) > 0:
        with connection.cursor() as cursor:
            cursor.execute(f"{REPEATED} LIMIT {missing}")


if __name__ == "__main__":
    main()
