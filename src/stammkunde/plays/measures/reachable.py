"""Whom a measure may reach at all, by anything that it does: asked for both arms alike, before they are drawn."""

from collections.abc import Collection
from datetime import date

from stammkunde.calls import asking
from stammkunde.customers.models import Purpose
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import recipients
from stammkunde.outreach.models import Template
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays import contents
from stammkunde.plays.contents import Content, Message, Task

Way = tuple[str, str, str]  # channel, purpose, role


def reachable(content: Content, about: Collection[Recipient], *, today: date) -> set[int]:
    """
    Tell which customers some act of a measure may reach; all of them where it does anything that needs no leave.

    Limits of a week, an open complaint and a full day put something off: whoever waits can be reached.
    """
    steps = list(contents.every(content.steps))
    if any(isinstance(one, Task) and not one.by_phone for one in steps):
        return {pk for pk, _person in about}
    return _by({*_written(steps), *_called(content, steps)}, about, today=today)


def by_words(steps: Collection[contents.Step], about: Collection[Recipient], *, today: date) -> set[int]:
    """Tell which customers any of the words of some steps may reach."""
    return _by(_written(steps), about, today=today)


def _by(ways: Collection[Way], about: Collection[Recipient], *, today: date) -> set[int]:
    found: set[int] = set()
    for channel, purpose, role in ways:
        left = [one for one in about if one[0] not in found]
        whom = recipients.wanted(purpose=purpose, role=role)
        chosen = recipients.meant(recipients=left, channel=channel, whom=whom, today=today)
        found |= {pk for (pk, _person), one in chosen.items() if one.is_allowed}
    return found


def _written(steps: Collection[contents.Step]) -> set[Way]:
    refs = {int(ref) for one in steps if isinstance(one, Message) for ref in one.every_template}
    return {(one.channel, one.purpose, one.wanted_role or "") for one in Template.objects.in_bulk(refs).values()}


def _called(content: Content, steps: Collection[contents.Step]) -> set[Way]:
    usual = Purpose.SERVICE if content.is_owed else Purpose.ADVERTISING
    return {(CALL, asking.purpose(one.guide, usual=usual), "") for one in steps if isinstance(one, Task)}
