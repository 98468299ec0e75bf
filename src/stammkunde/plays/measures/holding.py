"""Holding a measure back because of what the product has met: said on its page with a code and the cause."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from stammkunde.outreach import services as outreach
from stammkunde.plays.models import Play
from stammkunde.team import services as team

SURGE, FACTS_OLD, UNKNOWN_FIELD, NOT_AGREED = "surge", "facts_old", "unknown_field", "not_agreed"


@transaction.atomic
def hold(play: Play, *, code: str, detail: Mapping[str, Any], now: datetime) -> None:
    """Let nobody enter and nobody move until a person lets it go on; repeating changes nothing."""
    held = {"status": Play.Status.PAUSED, "trouble": code, "trouble_detail": dict(detail)}
    if Play.objects.filter(pk=play.pk, status=Play.Status.RUNNING).update(**held):
        outreach.pause(origin=play.origin, now=now)
        team.record(staff=None, action="play.held", at=now, thing="play", thing_id=play.pk, label=play.name, code=code)
