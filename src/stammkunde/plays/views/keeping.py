"""What pages of the editor share: the measure that is meant, keeping what was changed in its draft, the way back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from stammkunde.plays import contents, services
from stammkunde.plays.contents import Content, InvalidContent
from stammkunde.plays.editing import acts
from stammkunde.plays.measures import reading, running
from stammkunde.plays.models import Play
from stammkunde.team.models import Staff


def found(pk: int) -> Play:
    play = reading.measure(pk)
    if play is None:
        raise Http404
    return play


def step_of(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    try:
        return acts.find(data, key)
    except acts.NoSuchStep:
        raise Http404 from None


def with_step(data: Mapping[str, Any], fields: dict[str, Any], *, kind: str, key: str, place: str) -> dict[str, Any]:
    """Put a new step in, or give the one with a key other words."""
    if key:
        return acts.changed(data, key, fields)
    try:
        return acts.added(data, {"kind": kind, **fields}, place=place)
    except acts.NoSuchStep:
        raise Http404 from None


def keep(play: Play, data: Mapping[str, Any], *, staff: Staff) -> tuple[Content | None, list[str]]:
    """Keep a changed content; what cannot be kept is said."""
    try:
        version = running.change(play_id=play.pk, content=data, staff=staff, now=timezone.now())
    except InvalidContent as wrong:
        return None, [one.text for one in wrong.problems]
    except services.NotPossible:
        return None, [_("That is not possible any more: the measure is over. Copy it to go on with it.")]
    return contents.read(version.content), []


def to_steps(play: Play, key: str) -> HttpResponse:
    query = f"?{urlencode({'at': key})}" if key else ""
    anchor = f"step-{key}" if key else "card-steps"
    return redirect(f"{reverse('measure-edit', args=[play.pk])}{query}#{anchor}")


def to_kept_step(play: Play, key: str, before: Mapping[str, Any], kept: Content) -> HttpResponse:
    """Lead to the step that was changed, or to the new one."""
    old = {one.key for one in contents.every(contents.read(before).steps)}
    return to_steps(play, key or next((one.key for one in contents.every(kept.steps) if one.key not in old), ""))
