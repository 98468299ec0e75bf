"""Groups of customers: made from examples by marketing and sales, one of them narrowed later."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation

from stammkunde.demo.story import Deed, Story
from stammkunde.segments import examples, services
from stammkunde.segments.models import Segment
from stammkunde.team.models import Staff

BEGUN_DAYS = 120  # before the end
NARROWED = "Seit einem halben Jahr kein Kauf"
KEYS = ("lapsed", "second-purchase", "valuable-and-silent", "by-post-only", "no-contact")
BALCONY = "Balkonfreunde aus Bayern"


def deeds(story: Story) -> Iterator[Deed]:
    """Give the groups, one a week, and what was changed about them."""
    (marketing,), (seller, *_others) = story.with_role("marketing"), story.with_role("sales")
    first = story.working_days(since=story.last - timedelta(days=BEGUN_DAYS))[0]
    for number, key in enumerate(KEYS):
        at = story.at(first + timedelta(days=7 * number), 10)
        yield Deed(at=at, do=_make(key, marketing if number % 2 == 0 else seller))
    yield Deed(at=story.at(first + timedelta(days=7 * len(KEYS)), 11), do=_balcony(marketing))
    yield Deed(at=story.at(story.last - timedelta(days=20), 9), do=_narrow(seller))


def _make(key: str, staff: Staff) -> Callable[[datetime], object]:
    example = examples.find(key)
    assert example is not None

    def make(at: datetime) -> None:
        with translation.override("de"):
            name = str(example.name)
        services.create(name=name, rule=example.rule, now=at, staff=staff, origin=Segment.Origin.EXAMPLE)

    return make


def _balcony(staff: Staff) -> Callable[[datetime], object]:
    """Say by a rule of one's own who may get an offer for balconies."""
    bought: dict[str, Any] = {"happened": "orders", "within": {"last": 365}, "is": ">=", "value": 1}
    rule = {
        "all": [
            {"field": "customer.segment", "is": "is", "value": "Balkon & Terrasse"},
            {"field": "customer.region", "is": "is", "value": "Bayern"},
            bought,
        ]
    }
    return lambda at: services.create(name=BALCONY, rule=rule, now=at, staff=staff)


def _narrow(staff: Staff) -> Callable[[datetime], object]:
    """Leave out whoever bought only once."""

    def narrow(at: datetime) -> None:
        found = Segment.objects.get(name=NARROWED)
        rule = {
            "all": [
                {"happened": "orders", "is": ">=", "value": 2},
                {"happened": "orders", "within": {"last": 180}, "is": "is", "value": 0},
            ]
        }
        services.edit(segment_id=found.pk, rule=rule, now=at, staff=staff)

    return narrow
