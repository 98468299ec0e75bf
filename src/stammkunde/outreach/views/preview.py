"""What words look like to one customer: subject, text, what is missing, and the five-second check."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import advice, channels, clarity, content, knowing, previews, queries, services
from stammkunde.outreach.drafts import Draft
from stammkunde.outreach.models import Message, Template
from stammkunde.outreach.previews import Preview
from stammkunde.outreach.services import Filled
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import middleware

SALT = "outreach.preview"
LONGEST_LINK, KEPT_SECONDS = 6000, 60 * 60
SECONDS = 24 * 60 * 60  # a link to words that are not kept anywhere
FOUND = 6
Style = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Words as one customer gets them."""

    customer: Customer | None
    recipient: Recipient | None
    subject: str
    preview: str
    frame: str  # signed; the page in the frame is made from it
    unknown: list[str]  # fields that there are not
    missing: list[str]  # fields that this customer lacks
    light: str
    advice: list[advice.Advice]
    found: list[Customer]
    width: str


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What words are for; `template` says how they look, and of which sentences somebody has said what they are."""

    purpose: str
    channel: str
    template: Template | None
    is_for_many: bool = False
    is_personal: bool = False  # whoever writes signs


def show(
    request: StaffRequest,
    draft: Draft,
    *,
    style: Style,
    meant: Meant,
    recipient: Recipient | None,
) -> Shown:
    """Make what is shown beside an editor, from what is typed there at the moment."""
    about = _about(draft, style=style, meant=meant, recipient=recipient, by=request.user) if recipient else {}
    written = _written(draft, about, by=request.user, recipient=recipient) if recipient else None
    said, gaps = (written[0].content or {}, written[1]) if written else ({}, ())
    typed = request.POST.get("find", "").strip()
    findings = _findings(draft, meant)
    return Shown(
        customer=Customer.objects.filter(pk=recipient[0]).first() if recipient else None,
        recipient=recipient,
        subject=said.get("subject") or draft.subject,
        preview=said.get("preview") or draft.preview,
        frame=_framed(about) if recipient else "",
        unknown=[name for name in gaps if name not in knowing.fields()],
        missing=knowing.words([name for name in gaps if name in knowing.fields()]),
        light=clarity.worst(findings),
        advice=advice.told(findings),
        found=queries.find_customers(typed, limit=FOUND) if typed else [],
        width="phone" if request.POST.get("width") == "phone" else "wide",
    )


def frame(draft: Draft, *, style: Style, meant: Meant, recipient: Recipient, by: Staff) -> str:
    """Sign what the page in the frame is made from; it opens for one person, and for a day."""
    return _framed(_about(draft, style=style, meant=meant, recipient=recipient, by=by))


def _about(draft: Draft, *, style: Style, meant: Meant, recipient: Recipient, by: Staff) -> dict[str, Any]:
    """Give all that the page in the frame is made from."""
    plain = {"draft": draft.plain(), "style": style, "to": recipient, "purpose": meant.purpose, "by": by.pk}
    options = dict(meant.template.options) if meant.template else {}
    return plain | {"channel": meant.channel, "options": options, "is_personal": meant.is_personal}


def subject(draft: Draft, *, style: Style, recipient: Recipient) -> str:
    """Give the subject as one customer sees it."""
    plain = {"style": style, "options": {}, "is_personal": False}
    written, _gaps = _written(draft, plain, by=None, recipient=recipient)
    return str((written.content or {}).get("subject") or draft.subject)


def _findings(draft: Draft, meant: Meant) -> list[clarity.Finding]:
    """Look at the words; where they are for many, also at what many of them lack."""
    text, today = draft.text, timezone.localdate()
    return clarity.check(
        text,
        purpose=meant.purpose,
        channel=meant.channel,
        shop=services.shop(),
        argued=services.argued(meant.template),
        empty=queries.empty([text], today=today) if meant.is_for_many else (),
        unknown=knowing.unknown(text) if meant.is_for_many else (),
    )


@xframe_options_sameorigin
@require_safe
@needs(policy.ANSWERS_SEND)
def framed(request: StaffRequest, draft: str) -> HttpResponse:
    """Give the page in the frame: the mail with its own styles, and nothing that could act."""
    said = _read(draft, by=request.user.pk)
    words, recipient = Draft.of(content.read(**said["draft"])), (said["to"][0], said["to"][1])
    if not Customer.objects.filter(pk=recipient[0]).exists():
        raise Http404("customer")
    written, _missing = _written(words, said, by=request.user, recipient=recipient)
    if said["channel"] in channels.collecting():
        response = HttpResponse(_sheets(written, said, recipient))
    else:
        response = HttpResponse(_page(written, said, recipient))
    response.headers["Content-Security-Policy"] = middleware.IN_A_FRAME
    return response


def _written(
    draft: Draft, said: Mapping[str, Any], *, by: Staff | None, recipient: Recipient
) -> tuple[Filled, tuple[str, ...]]:
    """Write for one customer; what is missing stands there in brackets, and is named."""
    asked: dict[str, Any] = {
        "recipient": recipient,
        "style": tuple(said["style"]),
        "text": draft.text,
        "today": timezone.localdate(),
        "options": said["options"],
        "writer": by if said["is_personal"] else None,
    }
    written = services.write_to(**asked)
    gaps = written.missing
    if written.content is None and not knowing.unknown(draft.text):
        written = services.write_to(**asked, more={name: f"[{knowing.fields()[name].words}]" for name in gaps})
    return written, gaps


def _page(written: Filled, said: Mapping[str, Any], recipient: Recipient) -> SafeString:
    """Dress the mail as it will leave; its links lead nowhere."""
    if written.content is None:
        return format_html("<!doctype html><title>{}</title>", "–")
    purpose = said["purpose"]
    basis = queries.basis(recipient, channel=said["channel"], purpose=purpose, today=timezone.localdate())
    message = Message(purpose=purpose, language=written.language, basis=basis, content=written.content)
    return previews.mail(message, team.company())


_SHEETS = """<!doctype html><html><head><meta charset="utf-8"><title>{}</title></head>
<body style="margin:0;padding:16px;background:#e6e9ec;text-align:center">{}</body></html>"""
_SHEET = '<img alt="{}" style="max-width:100%;margin:0 0 16px;background:#fff;box-shadow:0 1px 4px #0003" src="{}">'


def _sheets(written: Filled, said: Mapping[str, Any], recipient: Recipient) -> SafeString:
    """Show every page of a letter or postcard as it will be printed."""
    if written.content is None:
        return format_html("<!doctype html><title>{}</title>", "–")
    message = Message(
        customer=Customer.objects.select_related("owner").get(pk=recipient[0]),
        contact_person=ContactPerson.objects.filter(pk=recipient[1]).first() if recipient[1] else None,
        channel=said["channel"],
        purpose=said["purpose"],
        language=written.language,
        content=written.content | {"options": said["options"]},
    )
    pages = Preview.of(message, team.company(), today=timezone.localdate()).pictures()
    title = written.content["subject"]
    shown = ((title, f"data:image/png;base64,{base64.b64encode(page).decode()}") for page in pages)
    return format_html(_SHEETS, title, format_html_join("\n", _SHEET, shown))


def _read(draft: str, *, by: int) -> dict[str, Any]:
    try:
        said = signing.loads(draft, salt=SALT, max_age=SECONDS)
    except signing.BadSignature as problem:
        raise Http404("preview") from problem
    if "kept" in said:
        said = cache.get(said["kept"])
    if said is None or said["by"] != by:
        raise Http404("preview")
    found: dict[str, Any] = said
    return found


def _framed(about: dict[str, Any]) -> str:
    """Give a link that holds what the frame shows; what is too long for one, HTML, waits in the cache for a while."""
    link = signing.dumps(about, salt=SALT, compress=True)
    if len(link) < LONGEST_LINK:
        return link
    kept = f"{SALT}:{sha256(link.encode()).hexdigest()}"
    cache.set(kept, about, KEPT_SECONDS)
    return signing.dumps({"kept": kept}, salt=SALT)
