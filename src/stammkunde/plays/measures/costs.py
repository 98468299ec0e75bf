"""What steps are expected to cost: postage and print as the settings say, minutes as their hour costs, and the rest."""

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
    """Give what one who is contacted costs at most, along the usual way: each message by its first way."""
    channels, known = by_channel(), templates(content)
    steps = [step for step in _usual(content) if isinstance(step, Message)]
    firsts = [found for step in steps if (found := known.get(int(step.templates[0])))]
    return content.cost.each_cents + sum(channels.get(one.channel, 0) for one in firsts)


def _usual(content: Content) -> list[Step]:
    found, key = [], contents.first(content)
    while key:
        step = contents.find(content, key)
        if step is None:
            break
        found.append(step)
        longest = max(contents.ways(step), key=lambda way: len(contents.ways(step)[way]), default="")
        key = contents.following(content, key, way="" if longest == "otherwise" else longest)
    return found
