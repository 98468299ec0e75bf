"""
The company's own groups as traits by which customers are told apart: as they were on the evening before each entered.

Only what was recorded then counts. A group that was made later, as after a look at what came of a play, says nothing.
"""

import numpy as np

from stammkunde.impact.reading import Members
from stammkunde.insight.value.history import Floats
from stammkunde.segments import membership
from stammkunde.segments.models import Segment

PREFIX = "group:"
MOST = 20  # the oldest of them: more would each be told of fewer


def traits(members: Members) -> dict[str, Floats]:
    """Give a column a group: 1 or 0 for each member, not a number where it was not recorded yet."""
    groups = Segment.objects.filter(archived_at=None).exclude(name="").exclude(origin=Segment.Origin.PLAY)
    evenings = members.first_on - 2  # `first_on` is the day after the entry
    found: dict[str, Floats] = {}
    for pk in groups.order_by("created_at", "pk").values_list("pk", flat=True)[:MOST]:
        column = membership.was_in(pk, members.customers, evenings)
        if not np.isnan(column).all():
            found[f"{PREFIX}{pk}"] = column
    return found


def names(traits_named: list[str]) -> dict[str, str]:
    """Say what groups are called now, so that it stands with the verdict whatever becomes of them."""
    ids = [int(one.removeprefix(PREFIX)) for one in traits_named if one.startswith(PREFIX)]
    return {f"{PREFIX}{pk}": name for pk, name in Segment.objects.filter(pk__in=ids).values_list("pk", "name")}
