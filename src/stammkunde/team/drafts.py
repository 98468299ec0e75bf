"""
Drafts: what somebody has typed into a form and not sent, or sent and had refused, kept until it is.

Pages are never kept by a browser (no-store), so that "Back" shows an empty form; the server offers the draft there. It
is the person's own, found by page and form, and small; it goes when the form is sent, when the person signs out, after
some days, and with the customer whom it is about. No export holds it.
"""

import json
from datetime import datetime, timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from stammkunde.team.models import Draft, Staff
from stammkunde.ui import given, trouble

FORM, PAGE, ABOUT = "draft-form", "draft-page", "draft-about"  # fields of a form that has drafts
OURS = {FORM, PAGE, ABOUT, "csrfmiddlewaretoken"}
SHOWN_AGAIN = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}  # a form, with what is wrong
KEPT = timedelta(days=7)
MOST = 50  # of a person
MOST_BYTES = 32 << 10

Fields = dict[str, list[str]]


def save(*, staff: Staff, page: str, form: str, about: int | None, fields: Fields, now: datetime) -> bool:
    """Keep a draft in place of the former one, and say so; what is empty or too large is not kept."""
    if not _is_a_place(page, form) or len(json.dumps(fields).encode()) > MOST_BYTES:
        return False
    if not any(value.strip() for values in fields.values() for value in values):
        return False
    Draft.objects.update_or_create(
        staff=staff, page=page, form=form, defaults={"fields": fields, "about": about, "saved_at": now}
    )
    mine = Draft.objects.filter(staff=staff).order_by("-saved_at", "-pk").values_list("pk", flat=True)
    Draft.objects.filter(pk__in=list(mine[MOST : 2 * MOST])).delete()
    return True


def find(*, staff: Staff, page: str, form: str, now: datetime) -> Draft | None:
    """Find the draft that somebody left in a form."""
    return Draft.objects.filter(staff=staff, page=page, form=form, saved_at__gt=now - KEPT).first()


def discard(*, staff: Staff, page: str, form: str) -> None:
    Draft.objects.filter(staff=staff, page=page, form=form).delete()


def forget_person(staff: Staff) -> None:
    """Remove the drafts of somebody who signs out."""
    Draft.objects.filter(staff=staff).delete()


def forget_about(customer_id: int) -> None:
    """Remove all drafts about a customer, whoever wrote them."""
    Draft.objects.filter(about=customer_id).delete()


def about() -> set[int]:
    """Name the customers whom drafts are about."""
    found = Draft.objects.exclude(about=None).values_list("about", flat=True)
    return {customer_id for customer_id in found if customer_id}


def forget_old(*, now: datetime) -> None:
    """Remove drafts that nobody came back to."""
    old = Draft.objects.filter(saved_at__lte=now - KEPT)
    if old.exists():  # otherwise nothing is written
        old.delete()


def of_form(request: HttpRequest) -> Fields:
    """Give what was sent in a form's fields, without what belongs to the form itself or is secret."""
    sent = request.POST.lists()
    return {name: values for name, values in sent if name not in OURS and not trouble.is_secret(request, name)}


def save_sent(request: HttpRequest, *, staff: Staff, now: datetime) -> bool:
    """Keep what was sent as a draft of the form that it says it comes from."""
    sent = request.POST
    return save(
        staff=staff,
        page=sent.get(PAGE, ""),
        form=sent.get(FORM, ""),
        about=given.row(sent.get(ABOUT, "")) or None,
        fields=of_form(request),
        now=now,
    )


def refused(request: HttpRequest) -> None:
    """Say that a form was refused though the answer leads elsewhere: its words are kept."""
    vars(request)["draft_is_kept"] = True


def follow(request: HttpRequest, response: HttpResponse, *, staff: Staff, now: datetime) -> None:
    """Keep what was refused for its words, or not saved, and remove the draft of what was taken."""
    if not getattr(request, "csrf_processing_done", False):
        return  # another site may have sent it
    is_in_place = "HX-Request" in request.headers
    is_taken = 300 <= response.status_code < 400 or (is_in_place and response.status_code < 300)
    if is_taken and not getattr(request, "draft_is_kept", False):
        discard(staff=staff, page=request.POST.get(PAGE, ""), form=request.POST[FORM])
    elif is_taken or response.status_code in SHOWN_AGAIN or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        save_sent(request, staff=staff, now=now)


def _is_a_place(page: str, form: str) -> bool:
    return page.startswith("/") and len(page) <= Draft.LONGEST_PAGE and 0 < len(form) <= Draft.LONGEST_FORM
