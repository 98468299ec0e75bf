"""Changes of groups long past are packed: who was in it on any day, and since when, stays the same."""

import random
from datetime import timedelta

import pytest
from django.core.cache import cache

from stammkunde.segments import bits, membership, packing
from stammkunde.segments.models import PastMonth, SegmentChange, SegmentState, SegmentVersion
from tests.segments.company import FREQUENT, NOW, SILENT, make

pytestmark = pytest.mark.django_db
BEGAN = NOW - timedelta(days=800)


@pytest.fixture
def lived(monkeypatch):
    """A group of two versions with changes of 800 days, some after its last state."""
    monkeypatch.setattr(packing, "AT_ONCE", 70)
    segment = make(FREQUENT)
    first = segment.versions.get()
    second = SegmentVersion.objects.create(
        segment=segment, number=2, rule=SILENT, digest="2", from_at=NOW - timedelta(days=500), began_at=NOW
    )
    SegmentVersion.objects.filter(pk=first.pk).update(began_at=BEGAN)
    chance, inside = random.Random(7), set()
    for n in range(600):
        at, customer = BEGAN + timedelta(days=n * 800 / 600, seconds=n), chance.randrange(40)
        version = first if at < NOW - timedelta(days=500) else second
        inside ^= {customer}
        change(version, customer, at, is_in=customer in inside)
        if n in (200, 560):
            state(version, inside)
    return segment


def change(version, customer, at, *, is_in):
    cause = SegmentChange.Cause.TIME
    SegmentChange.objects.create(
        version=version, customer_id=customer, at=at, on=at.date(), is_in=is_in, cause=cause, source=""
    )


def state(version, inside):
    last = SegmentChange.objects.order_by("-pk").first().pk
    SegmentState.objects.create(
        version=version, generation=1, as_of_on=NOW.date(), until={}, at=NOW, highest=99, change_id=last,
        bits=bits.packed(sorted(inside)), n=len(inside),
    )  # fmt: skip


def told(segment):
    days = [BEGAN.date() + timedelta(days=n) for n in range(0, 800, 20)]
    then = [list(membership.members_on(segment.pk, day)) for day in days]
    return then, [membership.since(segment.pk, customer) for customer in range(40)]


def pack(now):
    cache.clear()
    rounds = 0
    while packing.sweep(now=now):
        rounds += 1
    return rounds


def test_who_was_in_it_and_since_when_is_told_as_before(lived):
    before, held = told(lived), SegmentChange.objects.count()

    assert pack(NOW) > 1
    assert told(lived) == before
    oldest = SegmentChange.objects.filter(on__lt=NOW.date() - packing.KEPT)
    assert len(set(oldest.values_list("customer_id", flat=True))) == oldest.count()
    assert SegmentChange.objects.count() < held - 200

    pack(NOW + timedelta(days=120))  # months that are packed in part take more
    assert told(lived) == before
    assert PastMonth.objects.count() >= 16
    on_top = SegmentChange.objects.filter(pk__gt=lived.versions.get(number=2).state.change_id)
    assert on_top.count() == 39


def test_it_is_looked_for_once_a_day(lived, django_assert_num_queries):
    pack(NOW)
    with django_assert_num_queries(0):
        assert not packing.sweep(now=NOW)
