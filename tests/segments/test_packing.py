"""Changes of groups long past are packed: who was in it on any day, and since when, stays the same."""

import random
from datetime import timedelta

import numpy as np
import pytest
from django.core.cache import cache

from stammkunde.insight.periods import day_number
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


@pytest.mark.parametrize("is_packed", [False, True])
def test_who_was_in_it_on_an_evening_of_her_own_is_what_that_day_says_of_all(lived, is_packed):
    if is_packed:
        pack(NOW)
    days = [BEGAN.date() + timedelta(days=n) for n in range(-10, 800, 45)]
    asked = [(customer, on) for on in days for customer in range(40)]

    found = membership.was_in(
        lived.pk, np.array([one for one, _on in asked]), np.array([day_number(on) for _one, on in asked])
    )

    for on, answers in zip(days, found.reshape(len(days), 40), strict=True):
        then = membership.members_on(lived.pk, on)
        assert np.isnan(answers).all() if then is None else np.flatnonzero(answers).tolist() == list(then), on


def test_who_was_in_a_group_that_is_not_worked_out_is_not_known(db):
    segment = make(FREQUENT)

    assert np.isnan(membership.was_in(segment.pk, np.array([1, 2]), np.array([20_000, 20_001]))).all()
    assert len(membership.was_in(segment.pk, np.array([], dtype=np.int64), np.array([], dtype=np.int64))) == 0
