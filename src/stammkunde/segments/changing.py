"""
What working out everybody and following a few have in common: the order of groups, rows of changes, what caused them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.insight import rules
from stammkunde.insight.rules import Rule
from stammkunde.segments.models import SegmentChange, SegmentVersion

Cause = SegmentChange.Cause


def levels(readable: Mapping[SegmentVersion, Rule]) -> Iterator[list[SegmentVersion]]:
    """Put versions into levels: each asks only for members of groups in levels before."""
    named = {f"segment:{version.segment_id}": version for version in readable}
    depth: dict[str, int] = {}
    for name in rules.in_order({name: readable[version] for name, version in named.items()}):
        below = rules.uses(readable[named[name]]).members & depth.keys()
        depth[name] = 1 + max((depth[one] for one in below), default=-1)
    for level in sorted(set(depth.values())):
        yield [named[name] for name, at in depth.items() if at == level]


def there(ids: Iterable[int]) -> set[int]:
    """Tell which customers there still are."""
    wanted, found = list(ids), set[int]()
    for start in range(0, len(wanted), 10_000):
        found |= set(Customer.objects.filter(pk__in=wanted[start : start + 10_000]).values_list("pk", flat=True))
    return found


def change(version: SegmentVersion, pk: int, *, is_in: bool, cause: Cause, source: str, now: datetime) -> SegmentChange:
    return SegmentChange(
        version=version,
        customer_id=pk,
        at=now,
        on=timezone.localdate(now),
        is_in=is_in,
        cause=cause,
        source=source,
    )


def write(changes: list[SegmentChange]) -> None:
    SegmentChange.objects.bulk_create(changes, batch_size=2000)


def is_undone(because: str) -> bool:
    return because.startswith("undo:")


def decides(facts: Sequence[str]) -> str:
    """Give the last fact of several; that something was undone, where nothing else is among them."""
    return next((one for one in reversed(facts) if not is_undone(one)), facts[-1])
