"""A second person's yes to a measure, and the settings that want one."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.calls.models import Guide
from stammkunde.outreach.models import Template
from stammkunde.plays import contents, services
from stammkunde.plays.measure_forms import SecondYesForm
from stammkunde.plays.measures import agreeing, reading, running, seen
from stammkunde.plays.models import Play, PlayVersion, Wanted
from stammkunde.plays.views.keeping import found
from stammkunde.segments.models import Segment
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.team.settings_page import SettingsPage
from stammkunde.ui import writing


@dataclass(frozen=True, kw_only=True)
class Second:
    """What a draft wants of a second person, whether that is whoever looks, and what took a former yes back."""

    version: PlayVersion
    is_there: bool
    is_own: bool
    changed: tuple[str, ...] = ()


def asked(play: Play, staff: Staff) -> Second | None:
    """Tell whether the draft of a measure wants a second yes; None: it does not."""
    version = reading.newest(play)
    if version.from_at is not None or not agreeing.is_wanted(contents.read(version.content)):
        return None
    return Second(
        version=version,
        is_there=agreeing.is_there(version),
        is_own=version.by_id == staff.pk,
        changed=tuple(_changed(seen.changed(version))),
    )


def again(play: Play, staff: Staff) -> list[Second]:
    """Tell what of a measure that runs, or is held, is not as a second person agreed to; empty: all of it is."""
    if play.status not in (Play.Status.RUNNING, Play.Status.PAUSED):
        return []
    return [
        Second(
            version=version,
            is_there=False,
            is_own=agreeing.is_own(version, names, staff),
            changed=tuple(_changed(names)),
        )
        for version, names in agreeing.differing(play)
    ]


def _changed(names: list[str]) -> Iterator[str]:
    """Say what is not any more as it was agreed to."""
    for name in names:
        kind, _colon, pk = name.partition(":")
        if kind == seen.GROUP:
            yield _group_changed(Segment.objects.filter(pk=pk).first())
        elif kind == seen.TEMPLATE:
            yield _("The words of the template “%(name)s” have changed.") % {"name": Template.objects.get(pk=pk).name}
        elif kind == seen.AIM:
            text = _("Whom at a company the template “%(name)s” is for, or how it looks on paper, has changed.")
            yield text % {"name": Template.objects.get(pk=pk).name}
        elif kind == seen.GUIDE:
            label = Guide.Kind(pk).label if pk in Guide.Kind.values else pk
            yield _("The guide “%(name)s” for calls has changed.") % {"name": label}
        else:
            yield _("The measure itself has changed.")


def _group_changed(group: Segment | None) -> str:
    if group is None:
        return _("A group that it asks is gone.")
    return _("The rule of the group “%(name)s” has changed.") % {"name": group.name}


def wanted(play: Play, staff: Staff) -> list[str]:
    """Say which acts one person wants, and a second one has to want, too."""
    return [_wanted(one, is_own=one.staff_id == staff.pk) for one in play.wanted.select_related("staff").order_by("pk")]


def _wanted(one: Wanted, *, is_own: bool) -> str:
    told = {"name": one.staff, "n": writing.number(one.count)}
    if one.act == Wanted.Act.RESUME:
        text = ngettext(
            "%(name)s wants to let it go on: %(n)s customer would enter.",
            "%(name)s wants to let it go on: %(n)s customers would enter.",
            one.count,
        )
    else:
        text = ngettext(
            "%(name)s wants to move %(n)s customer to the version that runs.",
            "%(name)s wants to move %(n)s customers to the version that runs.",
            one.count,
        )
    what_next = _("Somebody else has to do the same.") if is_own else _("It happens as soon as you do the same.")
    return f"{text % told} {what_next}"


@require_POST
@needs(policy.MESSAGES_SEND)
def agree(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        agreeing.agree(play_id=pk, staff=request.user, now=timezone.now())
    except services.NotPossible:
        messages.error(request, _("Somebody else has to agree to what you wrote."))
    else:
        messages.success(request, _("You agreed. It can be started now."))
    return redirect("measure", pk)


@require_POST
@needs(policy.MESSAGES_SEND)
def agree_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Agree to what has changed since somebody agreed; what was held for that goes on."""
    found(pk)
    try:
        play = running.agree_again(play_id=pk, staff=request.user, now=timezone.now())
    except agreeing.OwnChange:
        messages.error(request, _("Somebody else has to agree to what you have changed."))
    except services.NotPossible:
        messages.error(request, _("That is not possible any more: somebody was quicker, or it is over."))
    else:
        runs = play.status == Play.Status.RUNNING
        text = _("You agreed. The measure goes on.") if runs else _("You agreed. The measure stays on hold.")
        messages.success(request, text)
    return redirect("measure", pk)


class SecondYes(SettingsPage):
    name = "settings-measures"
    title = gettext_lazy("Measures")
    lead = gettext_lazy("What one person may start alone, and what a second one has to agree to.")
    forms = (SecondYesForm,)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.SETTINGS_EDIT)
def settings(request: StaffRequest) -> HttpResponse:
    return SecondYes(request).answer()
