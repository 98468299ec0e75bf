import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from stammkunde import work
from stammkunde.intake.models import Import
from stammkunde.work import leases
from stammkunde.work.models import MOST_CLAIMS

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LENGTH = timedelta(seconds=45)


@pytest.fixture
def row():
    return Import.objects.create(file_name="a.csv", path="a.csv", created_at=NOW, status="checking")


def held(row, **more):
    """Claim a row for this process."""
    holder = work.claim(row, among=Import.objects.all(), until=NOW + LENGTH)
    given = {"rows": Import.objects.filter(status="checking"), "pk": row.pk, "holder": holder, "length": LENGTH}
    return work.Lease(moment=lambda: NOW + timedelta(seconds=9), **given | more)


def test_claim_is_counted_and_names_who_holds_it(row):
    holder = work.claim(row, among=Import.objects.all(), until=NOW + LENGTH, step="look")

    row.refresh_from_db()
    assert (row.leased_by, row.lease_until, row.claims, row.step) == (holder, NOW + LENGTH, 1, "look")
    assert row.is_held(now=NOW)


def test_claim_comes_too_late_where_somebody_was_quicker_or_the_row_is_none_of_these(row):
    before = Import.objects.get(pk=row.pk)
    assert work.claim(row, among=Import.objects.filter(status="done"), until=NOW + LENGTH) is None
    assert work.claim(row, among=Import.objects.all(), until=NOW + LENGTH)

    assert work.claim(before, among=Import.objects.all(), until=NOW + LENGTH) is None


def test_row_is_free_when_its_lease_ran_out_and_a_pause_is_kept_to_its_end(row):
    row.lease_until, row.leased_by = NOW, "elsewhere 1 abc"
    assert not row.is_held(now=NOW)

    row.lease_until, row.leased_by = NOW + timedelta(seconds=1), ""
    assert row.is_held(now=NOW)


def test_row_is_free_at_once_where_its_holder_is_known_to_be_gone(row):
    row.lease_until, row.leased_by = NOW + LENGTH, f"{work.me().split(' ')[0]} {2**22 + 1} abc"

    assert not row.is_held(now=NOW)


def test_save_writes_and_renews(row):
    held(row).save(done=3)

    row.refresh_from_db()
    assert (row.done, row.lease_until) == (3, NOW + timedelta(seconds=9) + LENGTH)


@pytest.mark.parametrize("change", [{"leased_by": "another 1 x"}, {"status": "undoing"}])
def test_whoever_lost_the_lease_writes_nothing(row, change):
    lease = held(row)
    Import.objects.filter(pk=row.pk).update(**change)

    with pytest.raises(work.LostLease), transaction.atomic():  # noqa: PT012 (the write before is the point)
        Import.objects.create(file_name="b.csv", path="b.csv", created_at=NOW)
        lease.save(done=3)
    with pytest.raises(work.LostLease):
        lease.tell("look", 1, 2)

    row.refresh_from_db()
    assert row.done == 0
    assert Import.objects.count() == 1


def test_row_that_nobody_came_back_from_is_known_after_some_claims(row):
    for _time in range(MOST_CLAIMS - 1):
        held(row)
        row.refresh_from_db()
    assert not row.kills_workers

    held(row)

    row.refresh_from_db()
    assert row.kills_workers


def test_claims_before_a_point_that_was_reached_for_good_count_no_more(row):
    held(row)
    row.refresh_from_db()
    held(row).advance(done=5)

    row.refresh_from_db()
    assert (row.claims, row.done) == (1, 5)


def test_row_that_was_let_go_is_free_with_nothing_held_against_it(row):
    lease = held(row)
    lease.let_go(status="failed")

    row.refresh_from_db()
    assert (row.leased_by, row.lease_until, row.claims, row.status) == ("", None, 0, "failed")
    with pytest.raises(work.LostLease):
        lease.save(done=1)


def test_progress_is_written_at_most_twice_a_second_and_always_told(row, monkeypatch):
    told, written, clock = [], [], [10.0]
    monkeypatch.setattr(leases.time, "monotonic", lambda: clock[0])
    lease = held(row, listener=lambda *step: told.append(step))
    monkeypatch.setattr(lease, "save", lambda **changes: written.append((changes["step"], changes["done"])))

    steps = [("read", 0, 9), ("read", 1, 9), ("read", 2, 9), ("read", 3, 9), ("read", 4, 9), ("write", 0, 9)]
    for step, at in zip(steps, (10.0, 10.1, 10.4, 10.5, 10.9, 10.95), strict=True):
        clock[0] = at
        lease.tell(*step)

    assert told == steps
    assert written == [("read", 0), ("read", 3), ("write", 0)]


def test_end_of_a_step_is_always_written(row):
    lease = held(row)

    lease.tell("read", 8, 9)
    lease.tell("read", 9, 9)

    row.refresh_from_db()
    assert (row.step, row.done, row.total) == ("read", 9, 9)


def test_lease_is_kept_until_it_is_lost(row):
    lease = held(row)
    lease.moment = work.going_on(NOW)

    with lease.kept(every_seconds=0.02):
        row.refresh_from_db()
        patience = time.monotonic() + 20
        while row.lease_until <= NOW + LENGTH:
            assert time.monotonic() < patience
            time.sleep(0.01)
            row.refresh_from_db()

        Import.objects.filter(pk=row.pk).update(leased_by="another 1 x")
        assert lease.lost.wait(20)

    row.refresh_from_db()
    assert row.leased_by == "another 1 x"
