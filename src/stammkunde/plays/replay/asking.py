"""Asking for a replay; asked anew, what was under way is void."""

from datetime import datetime
from typing import Any

from django.db import transaction

from stammkunde import work
from stammkunde.plays import contents, groups
from stammkunde.plays.contents import Content
from stammkunde.plays.models import Play, Replay, ReplayWeek


@transaction.atomic
def ask(play: Play, content: Content, *, now: datetime) -> Replay:
    """
    Let workers look at the past year with what a measure says now.

    :raises UnknownRule: if its group is gone
    """
    ReplayWeek.objects.filter(replay=play.pk).delete()
    fresh: dict[str, Any] = {"done": 0, "result": {}, "trouble": "", "finished_at": None, "today": None}
    said = {"content": contents.write(content), "rule": groups.rule_of(content), "asked_at": now}
    found, _made = Replay.objects.update_or_create(play=play, defaults={**work.FREE, **fresh, **said})
    return found


def is_current(replay: Replay, content: Content) -> bool:
    """Tell whether measure and group still say what they said when it was asked for."""
    try:
        return bool(replay.content == contents.write(content) and replay.rule == groups.rule_of(content))
    except groups.UnknownRule:
        return False
