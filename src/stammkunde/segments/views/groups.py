"""Groups of customers: the list, the page of one, and what is done with a whole group."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stammkunde.customers.models import Customer
from stammkunde.insight.errors import InvalidRule
from stammkunde.mirror import NoMirror
from stammkunde.segments import membership, nightly, services, telling, using, vocabulary, whys
from stammkunde.segments.models import NAME_LENGTH, Segment
from stammkunde.segments.wording import Said, problems
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.ui import sparks
from stammkunde.ui.forms import DayField, Search
from stammkunde.ui.lists import Empty
from stammkunde.ui.tables import Column

SOME = 10


class GroupSearch(Search):
    """What the list of groups may be asked for."""

    q = forms.CharField(label=gettext_lazy("Search"), max_length=80)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("in use")), ("archived", gettext_lazy("in the archive"))],
    )


class Groups(StaffList):
    """The groups of customers."""

    title = gettext_lazy("Groups of customers")
    lead = gettext_lazy("For whom something is meant: said once, used by lists, campaigns and plays.")
    name = "segments"
    search = GroupSearch
    sort = "name"
    link = "segment"
    template = "segments/groups.html"
    columns = (
        Column(label=gettext_lazy("Group of customers"), key="name", sort="name"),
        Column(label=gettext_lazy("In it today"), key="n", unit="number"),
        Column(label=gettext_lazy("Came in 7 days"), key="entered", unit="number"),
        Column(label=gettext_lazy("Left in 7 days"), key="left", unit="number"),
        Column(label=gettext_lazy("Rule of"), key="changed_at", unit="moment"),
    )
    empty = Empty(
        title=gettext_lazy("No groups of customers yet"),
        text=gettext_lazy("A group is a rule in words: “no purchase for 180 days”. Begin with an example."),
        icon_name="filter",
    )

    def find(self, chosen: dict[str, Any]) -> QuerySet[Segment]:
        today = timezone.localdate()
        found = telling.listed(is_archived=chosen.get("state") == "archived", today=today)
        return found.filter(name__icontains=chosen["q"]) if "q" in chosen else found


@needs(policy.FIGURES_VIEW)
def listed(request: StaffRequest) -> HttpResponseBase:
    return Groups(request).answer()


class Then(Search):
    """A past day, and a customer of whom one wants to know."""

    on = DayField()
    customer = forms.CharField(max_length=100)


@require_safe
@needs(policy.FIGURES_VIEW)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    segment, today = _found(pk), timezone.localdate()
    said, known = Said.current(), vocabulary.known()
    then = Then(request.GET).chosen()
    n = membership.size(pk)
    days = telling.over_time(pk, n=n or 0, today=today)
    some = membership.members(pk)[:SOME].tolist()
    versions = telling.versions(segment, said=said, known=known)
    began_at = membership.began_at(pk)
    context = {
        "segment": segment,
        "says": versions[0].says,
        "versions": versions,
        "n": n,
        "complete": telling.complete(pk, said=said, known=known, today=today),
        "began_at": began_at,
        "is_young": began_at is not None and timezone.localdate(began_at) > today - timedelta(days=telling.DAYS),
        "days": days,
        "spark": sparks.spark([float(day.then) for day in reversed(days)]),
        "entered": sum(day.entered for day in days),
        "left": sum(day.left for day in days),
        "some": Customer.objects.filter(pk__in=some).order_by("name"),
        "uses": using.names(pk),
        **_past(segment, then.get("on")),
        **_why(segment, then.get("customer", "")),
    }
    return render(request, "segments/group.html", context)


def _past(segment: Segment, on: date | None) -> dict[str, Any]:
    """Tell how many were in a group on a past day; nothing of one that is still to come."""
    if on is None or on > timezone.localdate():
        return {}
    found = membership.members_on(segment.pk, on)
    return {"on": on, "n_then": None if found is None else len(found)}


def _why(segment: Segment, words: str) -> dict[str, Any]:
    """Explain the group to who is found by some words."""
    return {"asked": words, "whys": _explained(segment.pk, whys.matching(words))}


def _explained(pk: int, some: list[Customer]) -> list[whys.Why]:
    try:
        return whys.of(pk, some, now=timezone.now())
    except (InvalidRule, NoMirror, nightly.NotKept):
        return [whys.Why(customer=one, since=membership.since(pk, one.pk), parts=()) for one in some]


@require_safe
@needs(policy.FIGURES_VIEW)
def why(request: StaffRequest, pk: int, customer_pk: int) -> HttpResponse:
    """Tell why a customer is in a group, as a part of the customer's page."""
    segment, found = _found(pk), Customer.objects.filter(pk=customer_pk)
    context = {"segment": segment, "whys": _explained(pk, list(found)), "asked": ""}
    page = "segments/why_part.html" if request.htmx else "segments/why_page.html"
    return render(request, page, context)


def _found(pk: int) -> Segment:
    found = Segment.objects.select_related("created_by").filter(pk=pk).exclude(name="").first()
    if found is None:
        raise Http404(f"group of customers {pk}")
    return found


@require_POST
@needs(policy.SEGMENTS_EDIT)
def rename(request: StaffRequest, pk: int) -> HttpResponse:
    _found(pk)
    name = request.POST.get("name", "").strip()[:NAME_LENGTH]
    if not name:
        messages.error(request, _("Give the group a name."))
        return redirect("segment", pk)
    return _done(request, pk, lambda **how: services.rename(name=name, **how), _("Renamed."))


@require_POST
@needs(policy.SEGMENTS_EDIT)
def archive(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, services.archive, _("Put into the archive."), undo="segment-restore")


@require_POST
@needs(policy.SEGMENTS_EDIT)
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, services.restore, _("Taken out of the archive."), undo="segment-archive")


@require_POST
@needs(policy.SEGMENTS_EDIT)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, services.delete, _("The group is deleted."), goes=True)


def _done(
    request: StaffRequest, pk: int, do: Callable[..., object], told: str, *, undo: str = "", goes: bool = False
) -> HttpResponse:
    """Do something with a group, and say what came of it."""
    _found(pk)
    try:
        do(segment_id=pk, now=timezone.now(), staff=request.user)
    except services.InUse as used:
        text = _("It is in use, so it stays: %(names)s. Take it out there first.")
        messages.error(request, text % {"names": ", ".join(used.names)})
    except services.NameTaken:
        messages.error(request, _("Another group has this name."))
    except services.TooMany:
        messages.error(request, problems.too_many(services.MOST_GROUPS))
    except InvalidRule as refused:
        messages.error(request, problems.text(refused))
    else:
        messages.success(request, told, extra_tags=f"undo:{reverse(undo, args=[pk])}" if undo else "")
        if goes:
            return redirect("segments")
    return redirect("segment", pk)
