"""
Drafts: what somebody has typed into a form and not sent, or sent and had refused, kept until it is.

Pages are never kept by a browser (no-store), so that "Back" shows an empty form; the server offers the draft there. It
is the person's own, found by page and form, and small; it goes when the form is sent, when the person signs out, after
some days, and with the customer whom it is about. No export holds it.

Each visit of a form has a key. What was sent or discarded is over, with its key: a saving that was on its way and
arrives later is dropped.
"""

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from stammkunde.team.models import Draft, Staff
from stammkunde.ui import given, trouble

FORM, PAGE, ABOUT, KEY = "draft-form", "draft-page", "draft-about", "draft-key"  # fields of a form that has drafts
OVER = "Draft-Over"  # a header
OURS = {FORM, PAGE, ABOUT, KEY, "csrfmiddlewaretoken"}
SHOWN_AGAIN = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}  # a form, with what is wrong
KEPT = timedelta(days=7)
LATE = timedelta(hours=1)  # so much later a saving may arrive, and is still known to be over
LONGEST_KEY, KEYS = 40, 5
MOST = 50  # of a person
MOST_BYTES = 32 << 10

Fields = dict[str, list[str]]


@transaction.atomic
def save(
    *, staff: Staff, page: str, form: str, about: int | None, fields: Fields, now: datetime, key: str = ""
) -> bool:
    """Keep a draft in place of the former one, and say so; what is empty, too large or over is not kept."""
    if not _is_a_place(page, form) or len(json.dumps(fields).encode()) > MOST_BYTES:
        return False
    if not any(value.strip() for values in fields.values() for value in values):
        return False
    place: dict[str, Any] = {"staff": staff, "page": page, "form": form}
    known = Draft.objects.select_for_update().filter(**place).first()
    if known and key in known.ended:
        return False
    kept, _made = Draft.objects.update_or_create(**place, defaults={"fields": fields, "about": about, "saved_at": now})
    if key in kept.ended:  # it was sent at the same moment
        _end(kept, now=now)
        return False
    mine = (
        Draft.objects.filter(staff=staff).exclude(fields={}).order_by("-saved_at", "-pk").values_list("pk", flat=True)
    )
    Draft.objects.filter(pk__in=list(mine[MOST : 2 * MOST])).delete()
    return True


def find(*, staff: Staff, page: str, form: str, now: datetime) -> Draft | None:
    """Find the draft that somebody left in a form."""
    mine = Draft.objects.filter(staff=staff, page=page, form=form, saved_at__gt=now - KEPT)
    return mine.exclude(fields={}).first()


@transaction.atomic
def discard(*, staff: Staff, page: str, form: str, now: datetime, key: str = "") -> None:
    """Remove a draft; with the key of its visit, what was on its way to be saved comes too late."""
    place: dict[str, Any] = {"staff": staff, "page": page, "form": form}
    if not key or len(key) > LONGEST_KEY or not _is_a_place(page, form):
        Draft.objects.filter(**place).delete()
        return
    kept, _made = Draft.objects.select_for_update().get_or_create(**place, defaults={"fields": {}, "saved_at": now})
    kept.ended = [*(one for one in kept.ended if one != key), key][-KEYS:]
    _end(kept, now=now)


def _end(kept: Draft, *, now: datetime) -> None:
    kept.fields, kept.about, kept.saved_at = {}, None, now
    kept.save(update_fields=["fields", "about", "saved_at", "ended"])


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
    """Remove drafts that nobody came back to, and what is known of visits that are long over."""
    old = Draft.objects.filter(Q(saved_at__lte=now - KEPT) | Q(fields={}, saved_at__lte=now - LATE))
    if old.exists():  # otherwise nothing is written
        old.delete()


def of_form(request: HttpRequest) -> Fields:
    """Give what was sent in a form's fields, without what belongs to the form itself or is secret."""
    sent = request.POST.lists()
    return {name: values for name, values in sent if name not in OURS and not trouble.is_secret(request, name)}


def save_sent(request: HttpRequest, *, staff: Staff, now: datetime) -> bool:
    """Keep what was sent as a draft of the form that it says it comes from, unless that visit is over."""
    sent = request.POST
    return save(
        staff=staff,
        page=sent.get(PAGE, ""),
        form=sent.get(FORM, ""),
        about=given.row(sent.get(ABOUT, "")) or None,
        fields=of_form(request),
        now=now,
        key=sent.get(KEY, ""),
    )


def discard_sent(request: HttpRequest, response: HttpResponse, *, staff: Staff, now: datetime) -> None:
    """Remove the draft of a form that says which it is, and tell the page that this visit of it is over."""
    sent = request.POST
    discard(staff=staff, page=sent.get(PAGE, ""), form=sent.get(FORM, ""), key=sent.get(KEY, ""), now=now)
    response.headers[OVER] = "1"


def refused(request: HttpRequest) -> None:
    """Say that a form was refused though the answer leads elsewhere: its words are kept."""
    vars(request)["is_draft"] = True


def is_draft(request: HttpRequest, *, differs: bool) -> None:
    """Say that a form was sent only to be looked at: its words are kept, if they differ from what is there already."""
    vars(request)["is_draft"] = differs


def follow(request: HttpRequest, response: HttpResponse, *, staff: Staff, now: datetime) -> None:
    """Keep what was refused for its words, or not saved, and remove the draft of what was taken."""
    if not getattr(request, "csrf_processing_done", False):
        return  # another site may have sent it
    is_in_place = "HX-Request" in request.headers
    is_taken = 300 <= response.status_code < 400 or (is_in_place and response.status_code < 300)
    is_shown_again = response.status_code in SHOWN_AGAIN or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    is_draft = getattr(request, "is_draft", None)
    if is_draft or (is_draft is None and not is_taken and is_shown_again):
        save_sent(request, staff=staff, now=now)
    elif is_taken:
        discard_sent(request, response, staff=staff, now=now)


def _is_a_place(page: str, form: str) -> bool:
    return page.startswith("/") and len(page) <= Draft.LONGEST_PAGE and 0 < len(form) <= Draft.LONGEST_FORM
