"""Who of those who enter a measure is left alone, to compare: drawn once; on paper, all of one address together."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from stammkunde.customers.models import Channel
from stammkunde.outreach import channels
from stammkunde.outreach.services import Drawing
from stammkunde.plays import contents, drawing
from stammkunde.plays.contents import Content
from stammkunde.plays.measures import costs, reachable
from stammkunde.plays.models import Enrolment, Play, PlayVersion


def held_out(
    play: Play, version: PlayVersion, content: Content, rows: Sequence[Enrolment], *, now: datetime
) -> set[int]:
    """Draw who is left alone: for as long as the share stays, a customer is always in the same arm."""
    if not content.holdout.share or content.is_owed or not rows:
        return set()
    about = {(row.customer_id, row.contact_person_id) for row in rows}
    eligible = reachable.reachable(content, about, today=timezone.localdate(now))
    ids = {pk for pk, _person in about}
    what = drawn_as(play, version, content)
    return drawing.draw(what, ids, now=now, eligible=eligible, on_paper=goes_on_paper(content))


def drawn_as(play: Play, version: PlayVersion, content: Content) -> Drawing:
    """Say how it is drawn who is left alone."""
    return Drawing(
        origin=f"{play.origin}:draw:{_number(play, version, content.holdout.share)}",
        share=content.holdout.share,
        name=play.name,
        window_days=content.goal.window_days,
    )


def goes_on_paper(content: Content) -> bool:
    """Tell whether any step of it may come by post, which whoever lives there sees, too."""
    return any(channels.get(one.channel).reaches == Channel.POST for one in costs.templates(content).values())


def _number(play: Play, version: PlayVersion, share: float) -> int:
    """Number the draw by the first of the versions in a row that have the same share."""
    number = version.number
    for one in play.versions.filter(number__lt=version.number, from_at__isnull=False).order_by("-number"):
        if contents.read(one.content).holdout.share != share:
            break
        number = one.number
    return number
