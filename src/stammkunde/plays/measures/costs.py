"""
What steps are expected to cost: postage and print, an hour of each role, and what else a measure says of itself.
"""

from collections.abc import Callable, Iterable
from datetime import date

from stammkunde.outreach.models import MessageSettings, Template
from stammkunde.plays import contents
from stammkunde.plays.contents import Content, Message, Step, Task
from stammkunde.signals import hourly
from stammkunde.tasks.models import TimeSettings
from stammkunde.team import queries as team


def by_channel() -> dict[str, int]:
    """Give what one message costs by each channel that costs anything; what nobody said costs nothing."""
    ours = MessageSettings.of(team.company())
    return {"letter": ours.letter_cost_cents or 0, "postcard": ours.postcard_cost_cents or 0}


def templates(content: Content) -> dict[int, Template]:
    """Give the templates that a content names, by number."""
    refs = [int(ref) for _place, kind, ref in contents.names(contents.write(content)) if kind == "template"]
    return Template.objects.in_bulk(refs)


def expected(content: Content, *, on: date) -> int:
    """
    Give what one who is contacted costs at most: each message by its dearest way, each fork by the dearer side.

    Working time costs what an hour of the role does; where nobody is named, of the dearest that works tasks.
    """
    channels, hours = by_channel(), Hours(on=on)
    cents = {pk: channels.get(one.channel, 0) for pk, one in templates(content).items()}

    def own(step: Step) -> int:
        if isinstance(step, Message):
            return max(cents.get(int(one), 0) for one in step.every_template)
        return hours.dearest(step) if isinstance(step, Task) else 0

    return content.cost.each_cents + _dearest(content.steps, own)


def _dearest(steps: Iterable[Step], own: Callable[[Step], int]) -> int:
    return sum(max([own(one), *(_dearest(way, own) for way in contents.ways(one).values())]) for one in steps)


class Hours:
    """What working time costs, by who works tasks; nothing where nobody wrote it down."""

    def __init__(self, *, on: date) -> None:
        self.usual = TimeSettings.of(team.company()).minutes_per_contact
        self._rates = hourly.rates(on=on)
        self._roles = dict(team.workers().order_by().values_list("pk", "role"))

    def needs(self, step: Task) -> int:
        """Tell how long a task takes; as long as a contact usually does, where it does not say."""
        return step.minutes or self.usual

    def cents(self, owner_id: int | None, minutes: int) -> int:
        """Give what so many minutes of somebody cost."""
        return round(self._rates.get(self._roles.get(owner_id or 0, ""), 0) * minutes / 60)

    def dearest(self, step: Task) -> int:
        """Give what a task costs at most, whoever does it."""
        named = [int(one) for one in (step.owner, step.substitute) if one is not None]
        people = named if step.owner is not None else self._roles
        return max((self.cents(one, self.needs(step)) for one in people), default=0)
