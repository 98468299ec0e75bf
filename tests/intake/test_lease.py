import os
import threading
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.intake import apart, lease, queries, services
from stammkunde.intake.models import Import
from stammkunde.sales.models import Order
from stammkunde.team.models import AuditEntry
from tests import processes
from tests.intake.bringing import NOW, bring, queue, shop, write
from tests.intake.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


def test_claim_is_given_once(tmp_path):
    incoming = queue(write(tmp_path, shop(orders=2)), "flat")

    claimed, _lease = lease.claim(now=NOW)

    assert claimed.pk == incoming.pk
    assert lease.claim(now=NOW) is None


def test_claim_waits_while_another_import_is_worked_on(tmp_path):
    queue(write(tmp_path, shop(orders=2)), "flat")
    second = queue(write(tmp_path, shop(orders=3)), "flat")
    lease.claim(now=NOW)

    assert lease.claim(now=NOW, only=second.pk) is None


def test_lease_that_lapsed_is_taken_over_and_its_former_holder_writes_nothing(tmp_path):
    queue(write(tmp_path, shop(orders=2)), "flat")
    _incoming, former = lease.claim(now=NOW)

    taken = lease.claim(now=NOW + lease.LEASE + timedelta(seconds=1))

    assert taken is not None
    with pytest.raises(lease.LostLease), transaction.atomic():  # noqa: PT012 (the write before is the point)
        Customer.objects.create(source="t:late", number="late", name="Zu spät", updated_at=timezone.now())
        former.save(done=1)
    assert not Customer.objects.exists()


def test_lease_of_a_process_that_is_dead_is_taken_over_at_once(tmp_path):
    incoming = queue(write(tmp_path, shop(orders=2)), "flat")
    _incoming, held = lease.claim(now=NOW)
    host, _pid, token = held.holder.split(" ")
    Import.objects.filter(pk=incoming.pk).update(leased_by=f"{host} {2**22 + 1} {token}")

    assert lease.claim(now=NOW) is not None


def test_lease_of_another_machine_is_waited_for(tmp_path):
    incoming = queue(write(tmp_path, shop(orders=2)), "flat")
    lease.claim(now=NOW)
    Import.objects.filter(pk=incoming.pk).update(leased_by=f"elsewhere {2**22 + 1} x")

    assert lease.claim(now=NOW) is None


def test_sweep_takes_imports_in_their_order_and_tells_when_there_are_none(tmp_path):
    for orders in (2, 3):
        queue(write(tmp_path, shop(orders=orders)), "flat")

    swept = [services.sweep(now=NOW) for _turn in range(3)]

    assert swept == [True, True, False]
    assert [one.counts["orders"] for one in Import.objects.order_by("pk")] == [
        {"created": 2, "changed": 0, "unchanged": 0, "refused": 0},
        {"created": 1, "changed": 0, "unchanged": 2, "refused": 0},
    ]


def test_two_workers_at_once_import_every_file_once(tmp_path):
    imports = [queue(write(tmp_path, shop(orders=90 + n)), "flat", now=timezone.now()) for n in range(3)]

    workers = [processes.start(work, import_id=imports[place].pk) for place in (-1, 0, 1)]
    for worker in workers:
        worker.join(timeout=180)

    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert {one.status for one in Import.objects.all()} == {"done"}
    assert Order.objects.count() == 92


def test_web_write_during_publishing_waits_for_less_than_two_seconds(tmp_path):
    incoming = queue(write(tmp_path, shop(customers=3000, orders=9000)), "flat", now=timezone.now())
    worker = processes.start(work, import_id=incoming.pk, largest=100_000)
    waits, while_publishing = [], 0
    while worker.is_alive():
        began = time.monotonic()
        with transaction.atomic():
            AuditEntry.objects.create(action="test", at=timezone.now())
        waits.append(time.monotonic() - began)
        while_publishing += queries.is_publishing()
        time.sleep(0.02)
    worker.join()

    incoming.refresh_from_db()
    assert incoming.status == "done"
    assert while_publishing
    assert max(waits) < 2
    assert 0 < incoming.checkpoint["longest_seconds"] < 2


def test_heartbeat_keeps_a_claim_through_a_long_statement(tmp_path, monkeypatch):
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    incoming = queue(write(tmp_path, shop(orders=2)), "flat")
    _incoming, held = lease.claim(now=NOW)
    before = Import.objects.get(pk=incoming.pk).lease_until

    with held.kept(every_seconds=lease.BEAT_SECONDS):
        time.sleep(0.4)

    assert Import.objects.get(pk=incoming.pk).lease_until > before
    assert not [one for one in threading.enumerate() if one.name.startswith("lease-")]


def test_progress_is_told_while_an_import_runs(tmp_path):
    told = []
    incoming = queue(write(tmp_path, shop(orders=5)), "flat")

    services.run(import_id=incoming.pk, now=NOW, tell=lambda *step: told.append(step))

    assert {"compare", "publish"} <= {step for step, _done, _total in told}
    assert all(done <= total for step, done, total in told if step == "publish")


def test_discard_is_refused_for_an_import_that_is_in_the_database(tmp_path):
    incoming = bring(tmp_path, "flat", shop(orders=2))

    with pytest.raises(services.NotNow):
        services.discard(import_id=incoming.pk, now=NOW)

    assert Order.objects.count() == 2


def test_files_of_imports_are_removed_after_a_month(tmp_path, settings):
    with write(tmp_path, shop(orders=2)).open("rb") as file:
        incoming = services.receive(now=NOW, file_name="../x/Rechnungen.csv", file=file)
    assert incoming.file_name == "Rechnungen.csv"
    Import.objects.filter(pk=incoming.pk).update(status="done", finished_at=NOW)

    assert services.sweep(now=NOW + timedelta(days=29)) is True  # what a look at it had found
    assert services.sweep(now=NOW + timedelta(days=29)) is False
    assert (settings.UPLOAD_DIR / incoming.path).exists()
    assert services.sweep(now=NOW + timedelta(days=31)) is True
    assert not list(settings.UPLOAD_DIR.iterdir())


def test_a_file_that_nobody_imports_is_removed_after_a_month_and_says_so(settings):
    incoming = services.receive(now=NOW, file_name="list.csv", file=BytesIO(b"Kundennummer;Name\n1;A\n"))
    assert queries.kept_until(incoming) == NOW + timedelta(days=30)

    while services.sweep(now=NOW + timedelta(days=29)):
        pass
    assert Path(incoming.path).exists()
    assert services.sweep(now=NOW + timedelta(days=31)) is True
    assert not list(settings.UPLOAD_DIR.iterdir())
    incoming.refresh_from_db()
    assert (incoming.status, incoming.error) == ("failed", {"code": "never_started", "days": 30})
    assert (queries.written(incoming), queries.kept_until(incoming)) == (0, None)


def test_a_file_on_this_machine_is_never_removed(tmp_path):
    path = write(tmp_path, shop(orders=2))
    incoming = services.receive(now=NOW, file_name="list.csv", path=path)
    assert queries.kept_until(incoming) is None

    while services.sweep(now=NOW + timedelta(days=31)):
        pass
    assert path.exists()


def test_upload_that_is_too_large_is_refused_and_leaves_nothing(tmp_path, settings):
    settings.UPLOAD_LIMIT_BYTES = 100

    with write(tmp_path, shop()).open("rb") as file, pytest.raises(services.TooLarge):
        services.receive(now=NOW, file_name="gross.csv", file=file)

    assert not list(settings.UPLOAD_DIR.iterdir())
    assert not Import.objects.exists()


def test_upload_that_broke_off_is_swept_after_a_day(tmp_path, settings):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    kept = services.receive(now=NOW, file_name="list.csv", file=BytesIO(b"Kundennummer;Name\n1;A\n"))
    services.start(import_id=kept.pk, now=NOW)
    services.run(import_id=kept.pk, now=NOW)
    stray = settings.UPLOAD_DIR / "half-a-file"
    stray.mkdir()
    (stray / "file").write_bytes(b"Kundennum")
    began = NOW.timestamp()
    for path in (stray / "file", stray, Path(kept.path), Path(kept.path).parent):
        os.utime(path, (began, began))

    assert services.sweep(now=NOW + timedelta(hours=23)) is False
    assert stray.exists()
    assert services.sweep(now=NOW + timedelta(hours=25)) is True
    assert not stray.exists()
    assert services.sweep(now=NOW + timedelta(hours=25)) is False
    assert Path(kept.path).exists()


def test_what_a_reader_left_on_a_machine_of_another_name_is_swept_after_a_day(tmp_path, settings):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    left = settings.UPLOAD_DIR / f"{apart.READER}former-container 7 0123abcd-89ef"
    left.mkdir(parents=True)
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))

    assert services.sweep(now=NOW + timedelta(hours=23)) is False
    assert left.exists()
    assert services.sweep(now=NOW + timedelta(hours=25)) is True
    assert not left.exists()
