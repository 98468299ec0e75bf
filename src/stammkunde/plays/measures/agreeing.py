"""A second person's yes, wanted before a start where a measure may take more than the settings say."""

from datetime import datetime

from django.db import transaction

from stammkunde.plays.contents import Content
from stammkunde.plays.models import MeasureSettings, Play, PlayVersion
from stammkunde.plays.services.running import NotPossible
from stammkunde.team import queries as team
from stammkunde.team import services as trail
from stammkunde.team.models import Staff


class NeedsSecondYes(Exception):
    """Nobody but who wrote it has agreed to this version yet."""


def is_wanted(content: Content) -> bool:
    """Tell whether a content may take more than one person decides; without a limit of its own it may take any."""
    ours, limits = MeasureSettings.of(team.company()), content.limits
    entries, cents = ours.second_entries, ours.second_cents
    return (entries is not None and (limits.entries is None or limits.entries > entries)) or (
        cents is not None and (limits.budget_cents is None or limits.budget_cents > cents)
    )


def is_there(version: PlayVersion) -> bool:
    return version.agreed_by_id is not None and version.agreed_by_id != version.by_id


def demand(version: PlayVersion, content: Content) -> None:
    """
    Let nothing start that wants a second person's yes and has none.

    :raises NeedsSecondYes: if so
    """
    if is_wanted(content) and not is_there(version):
        raise NeedsSecondYes(version.pk)


@transaction.atomic
def agree(*, play_id: int, staff: Staff, now: datetime) -> PlayVersion:
    """
    Say yes to the draft that somebody else wrote; repeating changes nothing. Changing the draft takes it away.

    :raises NotPossible: if there is no draft, or it is one's own
    """
    play = Play.objects.select_for_update(of=("self",)).get(pk=play_id, kind=Play.Kind.MEASURE)
    version = play.versions.order_by("-number")[:1].get()
    if version.from_at is not None or version.by_id == staff.pk:
        raise NotPossible(play.status)
    if version.agreed_by_id is None:
        version.agreed_by, version.agreed_at = staff, now
        version.save(update_fields=["agreed_by", "agreed_at"])
        trail.record(
            staff=staff, action="play.agreed", at=now, thing="play", thing_id=play.pk, label=play.name,
            version=version.number,
        )  # fmt: skip
    return version
