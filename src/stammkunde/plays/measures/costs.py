"""What steps are expected to cost: postage and print as the settings say, minutes as their hour costs, and the rest."""

from stammkunde.outreach.models import MessageSettings, Template
from stammkunde.plays import contents
from stammkunde.plays.contents import Content, Message, Step
from stammkunde.team import queries as team


def of_channel(channel: str) -> int:
    """Give what one message costs; nothing where it is not printed, or nobody said so."""
    ours = MessageSettings.of(team.company())
    return {"letter": ours.letter_cost_cents, "postcard": ours.postcard_cost_cents}.get(channel) or 0


def expected(content: Content, *, templates: dict[int, Template]) -> int:
    """Give what one who is contacted costs at most, along the usual way: each message by its first way."""
    return content.cost.each_cents + sum(_of(step, templates) for step in _usual(content))


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


def _of(step: Step, templates: dict[int, Template]) -> int:
    if isinstance(step, Message):
        first = templates.get(int(step.templates[0]))
        return of_channel(first.channel) if first else 0
    return 0
