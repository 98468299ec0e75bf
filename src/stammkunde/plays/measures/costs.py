"""What steps are expected to cost: postage and print as the settings say, and what else a measure says of itself."""

from collections.abc import Iterable, Mapping

from stammkunde.outreach.models import MessageSettings, Template
from stammkunde.plays import contents
from stammkunde.plays.contents import Content, Message, Step
from stammkunde.team import queries as team


def by_channel() -> dict[str, int]:
    """Give what one message costs by each channel that costs anything; what nobody said costs nothing."""
    ours = MessageSettings.of(team.company())
    return {"letter": ours.letter_cost_cents or 0, "postcard": ours.postcard_cost_cents or 0}


def templates(content: Content) -> dict[int, Template]:
    """Give the templates that a content names, by number."""
    refs = [int(ref) for _place, kind, ref in contents.names(contents.write(content)) if kind == "template"]
    return Template.objects.in_bulk(refs)


def expected(content: Content) -> int:
    """Give what one who is contacted costs at most: each message by its dearest way, each fork by the dearer side."""
    channels = by_channel()
    cents = {pk: channels.get(one.channel, 0) for pk, one in templates(content).items()}
    return content.cost.each_cents + _dearest(content.steps, cents)


def _dearest(steps: Iterable[Step], cents: Mapping[int, int]) -> int:
    return sum(max([_own(one, cents), *(_dearest(way, cents) for way in contents.ways(one).values())]) for one in steps)


def _own(step: Step, cents: Mapping[int, int]) -> int:
    return max(cents.get(int(one), 0) for one in step.templates) if isinstance(step, Message) else 0
