"""Pictures for mails: the list of them, bringing and deleting one, and what mail programs fetch."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.outreach import content, images, own_html, queries, services
from stammkunde.outreach.drafts import Draft
from stammkunde.outreach.models import Picture
from stammkunde.team import policy
from stammkunde.team import services as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import ways
from stammkunde.ui.bodies import takes

YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_safe
def served(_request: HttpRequest, name: str) -> HttpResponse:
    """Give a picture to whoever knows its name: the mail programs of those who got it."""
    picture = Picture.objects.filter(name=name).only("data").first() if content.is_picture(name) else None
    if picture is None:
        raise Http404("picture")
    response = HttpResponse(bytes(picture.data), content_type=images.KINDS[name.rpartition(".")[2]])
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # mails are read in pages of others
    return response


@require_safe
@needs(policy.MESSAGES_SEND)
def listed(request: StaffRequest) -> HttpResponse:
    return render(request, "outreach/pictures.html", {"pictures": queries.pictures()})


@takes(images.BODY_BYTES)
@require_POST
@needs(policy.MESSAGES_SEND)
def add(request: StaffRequest) -> HttpResponse:
    """Keep a picture; `logo` makes it the company's, for whoever may change the settings."""
    picture = _brought(request, "file")
    if picture is not None and "logo" in request.POST and policy.may(request.user, policy.SETTINGS_EDIT):
        with transaction.atomic():
            team.change_company(by=request.user, now=timezone.now(), logo=picture)
            services.keep_logo(now=timezone.now())
    if picture is not None:
        messages.success(request, _("The picture is there."))
    return redirect(ways.back(request, default="pictures"))


@require_POST
@needs(policy.MESSAGES_SEND)
def delete(request: StaffRequest, name: str) -> HttpResponse:
    if not content.is_picture(name):
        raise Http404("picture")
    try:
        services.delete_picture(name=name, by=request.user, now=timezone.now())
    except services.PictureInUse as used:
        messages.error(request, _why(used))
    else:
        messages.success(request, _("The picture is gone."))
    return redirect("pictures")


def bring(request: StaffRequest, draft: Draft, act: str) -> Draft:
    """Put a picture or HTML that was brought into the block that asks for it: `upload-2`."""
    what, _dash, which = act.partition("-")
    place = draft.place(which)
    if what != "upload" or place is None:
        return draft
    if draft.blocks[place].kind == "html":
        html = _html(request, f"block-{place}-file")
        return draft.put(place, text=html) if html else draft
    picture = _brought(request, f"block-{place}-file")
    return draft.put(place, picture=picture.name) if picture else draft


def _html(request: StaffRequest, field: str) -> str:
    file = request.FILES.get(field)
    if not isinstance(file, UploadedFile) or file.size is None:
        messages.error(request, _("Choose a file first."))
    elif file.size > own_html.MOST_SIGNS * 4:
        messages.error(request, _("The file is too big: at most %(n)s characters.") % {"n": own_html.MOST_SIGNS})
    else:
        raw: bytes = file.read()
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return raw.decode("cp1252", "replace")
    return ""


def _brought(request: StaffRequest, field: str) -> Picture | None:
    file = request.FILES.get(field)
    if not isinstance(file, UploadedFile) or file.size is None:
        messages.error(request, _("Choose a file first."))
        return None
    try:
        if file.size > images.MOST_BYTES:
            raise images.BadPicture("too_big")
        title = (file.name or "").rpartition(".")[0] or _("Picture")
        return services.add_picture(raw=file.read(), title=title, by=request.user, now=timezone.now())
    except images.BadPicture as problem:
        messages.error(request, _problem(str(problem)))
        return None


def _problem(code: str) -> str:
    return {
        "too_big": _("The file is too big: at most 8 MB. Save it smaller and try again."),
        "too_many_pixels": _("The picture has too many pixels: at most 40 million. Save it smaller and try again."),
        "not_read": _("This is no picture that can be read: use JPEG, PNG, GIF or WebP."),
    }[code]


def _why(used: services.PictureInUse) -> str:
    if used.templates:
        return _("It stays: these templates show it: %(names)s.") % {"names": ", ".join(used.templates)}
    if used.is_logo:
        return _("It stays: it is your logo.")
    return _("It stays: mails that were sent or wait show it, and whoever opens one again must see it.")
