"""Links that are shared in social networks because of a campaign, and how often they are opened."""

from datetime import date, datetime
from secrets import token_urlsafe

from django.db import IntegrityError, transaction
from django.db.models import F

from stammkunde.plays.models import Play, ShareClicks, ShareLink
from stammkunde.team import services as team
from stammkunde.team.models import Staff

CODE_BYTES = 6


@transaction.atomic
def share(*, play: Play, network: str, target: str, staff: Staff, now: datetime) -> ShareLink:
    """Make a link for one network; the same once more is the same link, and open again."""
    made, is_new = ShareLink.objects.get_or_create(
        play=play,
        network=network,
        target=target,
        defaults={"code": token_urlsafe(CODE_BYTES), "created_by": staff, "created_at": now},
    )
    if not is_new:
        return end_share(link_id=made.pk, is_over=False, staff=staff, now=now)
    _record(made, "share.created", staff=staff, now=now)
    return made


@transaction.atomic
def end_share(*, link_id: int, is_over: bool, staff: Staff, now: datetime) -> ShareLink:
    """Let a link lead nowhere, or lead on again; repeating changes nothing."""
    link = ShareLink.objects.select_for_update(of=("self",)).select_related("play").get(pk=link_id)
    if (link.ended_at is not None) != is_over:
        link.ended_at = now if is_over else None
        link.save(update_fields=["ended_at"])
        _record(link, "share.ended" if is_over else "share.opened", staff=staff, now=now)
    return link


def count_click(link: ShareLink, *, on: date) -> None:
    """Count that a link was opened; of whom, nothing is kept."""
    days = ShareClicks.objects.filter(link=link, on=on)
    if days.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            ShareClicks.objects.create(link=link, on=on, count=1)
    except IntegrityError:  # somebody was quicker
        days.update(count=F("count") + 1)


def _record(link: ShareLink, action: str, *, staff: Staff, now: datetime) -> None:
    about = {"network": link.get_network_display(), "target": link.target}
    team.record(staff=staff, action=action, at=now, thing="play", thing_id=link.play_id, label=link.play.name, **about)
