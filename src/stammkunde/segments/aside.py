"""Rules that fail when they are asked: set aside until the next refresh, so that they stop no other group."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import duckdb
from django.core.cache import cache
from django.db import DatabaseError

from stammkunde import mirror, work
from stammkunde.insight import rules
from stammkunde.insight.rules import InvalidRule, Rule
from stammkunde.segments.models import SegmentVersion
from stammkunde.segments.nightly import NotKept

Answer = TypeVar("Answer")
Readable = Mapping[SegmentVersion, Rule]

KEEP_SECONDS = 7 * 86400  # longer than from one refresh to the next
# What no rule is to blame for.
ELSEWHERE = (
    DatabaseError, OSError, MemoryError, mirror.NoMirror, NotKept, work.LostLease,
    duckdb.IOException, duckdb.OutOfMemoryException, duckdb.InterruptException,
)  # fmt: skip

log = logging.getLogger(__name__)


def without(some: Iterable[SegmentVersion], *, generation_id: int) -> list[SegmentVersion]:
    """Leave out the versions that are set aside as long as a generation is shown."""
    versions = {_key(one, generation_id): one for one in some}
    resting = cache.get_many(versions)
    return [one for key, one in versions.items() if key not in resting]


def _put(version: SegmentVersion, generation_id: int) -> None:
    cache.set(_key(version, generation_id), True, KEEP_SECONDS)


def _key(version: SegmentVersion, generation_id: int) -> str:
    return f"segments:aside:{generation_id}:{version.pk}"


def ask(chunk: Readable, answer: Callable[[Readable], Answer], *, generation_id: int) -> list[Answer]:
    """Ask rules at once; where that fails, one by one, and set aside those that fail by themselves."""
    try:
        return [answer(chunk)]
    except ELSEWHERE:
        raise
    except Exception:
        if len(chunk) > 1:
            return [one for version in chunk for one in ask(_only(chunk, version), answer, generation_id=generation_id)]
        for version in chunk:
            log.exception("segment=%s cannot be asked, and rests until the next refresh", version.segment_id)
            _put(version, generation_id)
        return []


def _only(chunk: Readable, version: SegmentVersion) -> Readable:
    return {version: chunk[version]}


def without_circles(readable: Readable, *, generation_id: int) -> Readable:
    """Leave out rules that ask for each other in a circle, and set them aside."""
    try:
        rules.in_order({f"segment:{version.segment_id}": rule for version, rule in readable.items()})
    except InvalidRule as circle:
        names = set(circle.about.split(" → "))
        log.warning("segments=%s ask for each other, and rest until the next refresh", circle.about)
        for version in (found := [one for one in readable if f"segment:{one.segment_id}" in names]):
            _put(version, generation_id)
        rest = {one: rule for one, rule in readable.items() if one not in found}
        return without_circles(rest, generation_id=generation_id)
    return readable
