"""Asking for a replay; asked anew, what was under way is void."""

from datetime import datetime
from typing import Any

from django.db import transaction

from stammkunde import work
from stammkunde.plays import contents
from stammkunde.plays.contents import Content
from stammkunde.plays.models import Play, Replay, ReplayWeek
from stammkunde.segments import latest
from stammkunde.segments.models import SegmentVersion


@transaction.atomic
def ask(play: Play, content: Content, *, now: datetime) -> Replay:
    """Let workers look at the past year with what a measure says now."""
    ReplayWeek.objects.filter(replay=play.pk).delete()
    fresh: dict[str, Any] = {"done": 0, "result": {}, "trouble": "", "finished_at": None, "today": None}
    said = {"content": contents.write(content), "rule": rule_of(content), "asked_at": now}
    found, _made = Replay.objects.update_or_create(play=play, defaults={**work.FREE, **fresh, **said})
    return found


def rule_of(content: Content) -> Any:
    """
    Give the rule of a measure's group; empty: everybody keeps to it.

    :raises SegmentVersion.DoesNotExist: if the group is gone
    """
    return latest.version_of(int(content.group)).rule if content.group is not None else dict(content.rule)


def is_current(replay: Replay, content: Content) -> bool:
    """Tell whether measure and group still say what they said when it was asked for."""
    try:
        return bool(replay.content == contents.write(content) and replay.rule == rule_of(content))
    except SegmentVersion.DoesNotExist:
        return False
