"""Saying one of the words that were compared to everybody from now on: another version of the measure."""

from datetime import datetime

from django.db import transaction

from stammkunde.outreach.models import Template
from stammkunde.plays import contents
from stammkunde.plays.contents import Message
from stammkunde.plays.measures import reading, running
from stammkunde.plays.models import Play
from stammkunde.plays.services.running import NotPossible
from stammkunde.team.models import Staff


class ChangedBeside(Exception):
    """Somebody has begun another version that says something else as well."""


def take(*, play_id: int, step: str, template_id: int, staff: Staff, now: datetime) -> None:
    """
    Let a step say these words to everybody who enters from now on; whoever is under way goes on as drawn.

    It is a version of its own, which is started at once. Repeating changes nothing.

    :raises ChangedBeside: if there is a draft that says something else as well
    :raises NotPossible: if the measure is over, or the step has no such words
    :raises NeedsSecondYes: if a second person has to agree first; the version is there as a draft
    :raises InvalidContent: if something that it names is not there any more
    """
    if _drafted(play_id=play_id, step=step, template_id=template_id, staff=staff, now=now):
        running.start(play_id=play_id, staff=staff, now=now)


@transaction.atomic
def _drafted(*, play_id: int, step: str, template_id: int, staff: Staff, now: datetime) -> bool:
    """Write the version down, unless that is so already; tell whether it is still to be started."""
    play = running.locked(play_id)
    version, newest = reading.running(play), reading.newest(play)
    if version is None or play.status in (Play.Status.STOPPED, Play.Status.DONE):
        raise NotPossible(play.status)
    wanted = contents.worded(version.content, step, template_id)
    if wanted == version.content:
        if not _says(version.content, step, template_id):
            raise NotPossible(play.status)
        return False
    if newest.from_at is None and newest.content != wanted:
        raise ChangedBeside(newest.pk)
    if newest.from_at is not None:
        made = running.change(play_id=play_id, content=wanted, staff=staff, now=now)
        name = Template.objects.get(pk=template_id).name
        running.record(staff, "play.took_words", now, play, version=made.number, template=name)
    return True


def _says(content: object, step: str, template_id: int) -> bool:
    """Tell whether a step says these words to everybody already."""
    found = contents.find(contents.read(content), step)
    return isinstance(found, Message) and found.words == (template_id,)
