"""What was typed and not sent: kept while somebody types, offered when the form is opened again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from stammkunde.team import drafts
from stammkunde.team.access import StaffRequest, anyone_signed_in


@anyone_signed_in
@require_safe
def offer(request: StaffRequest) -> HttpResponse:
    """Offer the draft of a form, or show nothing."""
    page, form = request.GET.get("page", ""), request.GET.get("form", "")
    draft = drafts.find(staff=request.user, page=page, form=form, now=timezone.now())
    return render(request, "team/draft_offer.html", {"draft": draft}) if draft else HttpResponse()


@anyone_signed_in
@require_POST
def save(request: StaffRequest) -> HttpResponse:
    """Keep what stands in a form."""
    drafts.save_sent(request, staff=request.user, now=timezone.now())
    return HttpResponse(status=204)


@anyone_signed_in
@require_POST
def discard(request: StaffRequest) -> HttpResponse:
    """Remove a draft that is not wanted, and show nothing in its place."""
    response = HttpResponse()
    drafts.discard_sent(request, response, staff=request.user, now=timezone.now())
    return response
