"""Writing to one customer: what the governor says stands there before anything is sent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammkunde.customers.models import Customer, Purpose
from stammkunde.customers.policy import Chosen
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import clarity, images, naming, queries, recipients, services, wording
from stammkunde.outreach.claims import Claim
from stammkunde.outreach.content import Block
from stammkunde.outreach.drafts import Draft
from stammkunde.outreach.forms import WriteForm
from stammkunde.outreach.models import Message, Template
from stammkunde.outreach.services import Plan
from stammkunde.outreach.verdicts import verdict
from stammkunde.outreach.views import pictures
from stammkunde.outreach.views.disguised import disguised
from stammkunde.outreach.views.preview import Meant, Style, show
from stammkunde.outreach.wording import Foretold
from stammkunde.team import drafts, policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import middleware
from stammkunde.ui.bodies import takes
from stammkunde.ui.forms import options_of

CHOOSES = {"to": "person", "purpose": "purpose"}


@dataclass(kw_only=True)
class Writing:
    """One visit to the page: who writes to whom, and what is chosen so far."""

    request: StaffRequest
    customer: Customer
    form: WriteForm
    recipient: Recipient
    style: Style
    now: datetime

    def plan(self, said: dict[str, Any]) -> Plan:
        chosen = _chosen(self.form)
        return services.plan_of(
            recipient=self.recipient,
            channel=chosen["channel"],
            purpose=chosen["purpose"],
            said=said,
            language=self.style[0],
            once=str(self.form["once"].value()),
            now=self.now,
        )

    @cached_property
    def template(self) -> Template | None:
        """Give the template whose words are used."""
        chosen = _chosen(self.form)["template"]
        return queries.template(int(chosen)) if chosen else None

    @property
    def argued(self) -> frozenset[str]:
        return services.argued(self.template)

    def claims(self, draft: Draft) -> list[Claim]:
        """Give what makes the words advertising, although they are called something else."""
        return services.disguised([draft.text], purpose=_chosen(self.form)["purpose"], argued=self.argued)

    def foretold(self, draft: Draft, *, claims: Sequence[Claim], lacking: Sequence[str] = ()) -> Foretold:
        """Ask the governor, and all else that may say no, before anything is planned."""
        chosen = _chosen(self.form)
        return verdict(
            services.foresee(self.plan({"subject": draft.subject, "text": ""}), now=self.now),
            channel=chosen["channel"],
            purpose=chosen["purpose"],
            company=team.company(),
            now=self.now,
            claims=claims,
            lacking=lacking,
            is_whole=not draft.problems(),
        )


@takes(images.BODY_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.ANSWERS_SEND)
def page(request: StaffRequest, pk: int) -> HttpResponse:
    customer = Customer.objects.filter(pk=pk).first()
    if customer is None:
        raise Http404(f"customer {pk}")
    form = _form(request, customer)
    chosen = _chosen(form)
    recipient: Recipient = (pk, int(chosen["person"]) if chosen["person"] else None)
    now = timezone.now()
    style = services.style_of(recipient, today=timezone.localdate(now))
    writing = Writing(request=request, customer=customer, form=form, recipient=recipient, style=style, now=now)
    if request.method != "POST":
        return _page(writing, _letter(request.user, style))
    act, draft = request.POST.get("act", ""), Draft.read(request.POST)
    if act == "use" and chosen["template"]:
        draft = _use(writing, int(chosen["template"])) or draft
    draft = pictures.bring(request, draft, act)
    return _send(writing, draft) if act == "send" else _page(writing, draft.act(act))


def purposes(staff: Staff) -> list[str]:
    """Name what this person may write for: everything, or what needs no consent."""
    return [one for one in Purpose if policy.may(staff, policy.MESSAGES_SEND) or one in clarity.PURE]


def _form(request: StaffRequest, customer: Customer) -> WriteForm:
    people: list[tuple[int | str, str]] = [(one.pk, str(one)) for one in customer.contact_persons.all()]
    allowed = purposes(request.user)
    usual = {
        "person": _best(customer, purpose=Purpose.SERVICE, channel="email").person_id or "",
        "channel": "email",
        "purpose": Purpose.SERVICE,
        "once": uuid.uuid4(),
    }
    kept = [one for one in queries.templates(is_archived=False) if one.purpose in allowed and one.texts.all()]
    return WriteForm(
        _posted(request),
        initial=usual | ({"person": request.GET["person"]} if "person" in request.GET else {}),
        people=[("", customer.name), *people],
        purposes=allowed,
        templates=kept,
    )


def _posted(request: StaffRequest) -> QueryDict | None:
    """Give what was posted, with what a button chose: `to-12` somebody else, `purpose-survey` another purpose."""
    chosen, _dash, value = request.POST.get("act", "").partition("-")
    if chosen not in CHOOSES:
        return request.POST or None
    data = request.POST.copy()
    data[CHOOSES[chosen]] = value
    return data


def _best(customer: Customer, *, purpose: str, channel: str) -> Chosen:
    """Give whom the product would write to."""
    whom = recipients.wanted(purpose=purpose)
    ids, today = [customer.pk], timezone.localdate()
    return recipients.choose(customer_ids=ids, channel=channel, whom=whom, today=today)[customer.pk][0]


def _advised(writing: Writing) -> dict[str, Any] | None:
    """Say whom the product would write to and why, where that is somebody else, and allowed."""
    chosen, customer = _chosen(writing.form), writing.customer
    best = _best(customer, purpose=chosen["purpose"], channel=chosen["channel"])
    if not best.is_allowed or best.person_id == writing.recipient[1]:
        return None
    names = dict(options_of(writing.form, "person"))
    name = str(names.get(best.person_id or "", customer.name))
    said = {"role": best.role, "reason": best.reason}
    return {"id": best.person_id or "", "text": recipients.words(said, name=name, purpose=chosen["purpose"])}


def _chosen(form: WriteForm) -> dict[str, str]:
    """Give what is chosen so far; what cannot be chosen counts as not chosen."""
    found = {}
    for name in ("person", "channel", "purpose", "template"):
        said = str(form[name].value() or "")
        choices = [str(value) for value, _label in options_of(form, name)]
        found[name] = said if said in choices else (choices[0] if choices else "")
    return found


def _use(writing: Writing, template_id: int) -> Draft | None:
    """Take the words of a template in the customer's language, and its purpose and channel with them."""
    template = queries.template(template_id)
    text = services.choose_words(template, style=writing.style) if template else None
    if template is None or text is None:
        return None
    writing.form.data = data = writing.request.POST.copy()
    data["purpose"], data["channel"] = template.purpose, template.channel
    return Draft.of(text)


def _looks(writing: Writing) -> dict[str, Any]:
    """Give how the chosen template looks on paper; own words look as usual."""
    return writing.template.options if writing.template else {}


def _letter(staff: Staff, style: Style) -> Draft:
    """Begin with greeting and farewell in the customer's language; whoever has a signature is named by it."""
    with translation.override(style[0]):
        farewell = _("Kind regards")
    named = staff.name if staff.signature.strip() else f"{staff.name}\n{{sender}}"
    return Draft(blocks=(Block(kind="text", text=f"{{greeting}},\n\n\n\n{farewell}\n{named}"),))


def _page(
    writing: Writing, draft: Draft, problems: dict[str, str] | None = None, *, is_refused: bool = False
) -> HttpResponse:
    request, chosen = writing.request, _chosen(writing.form)
    shown = show(
        request,
        draft,
        style=writing.style,
        meant=Meant(purpose=chosen["purpose"], channel=chosen["channel"], template=writing.template, is_personal=True),
        recipient=writing.recipient,
    )
    drafts.is_draft(request, differs=draft != _letter(request.user, writing.style))
    claims = writing.claims(draft)
    lacking = [*shown.unknown, *shown.missing]
    about: dict[str, Any] = {
        "customer": writing.customer,
        "form": writing.form,
        "draft": draft.shown(),
        "is_sent": request.method == "POST",
        "problems": problems or {},
        "is_refused": is_refused,
        "rows": draft.shown().rows(problems or {}),
        "shown": shown,
        "foretold": writing.foretold(draft, claims=claims, lacking=lacking),
        "disguised": disguised(request, claims, verb="purpose"),
        "advised": _advised(writing),
        "has_templates": len(options_of(writing.form, "template")) > 1,
        "pictures": queries.pictures(),
        "fields": naming.picker(),
        "example": naming.example(),
    }
    parts = {"shown": "outreach/shown.html", "editor": "outreach/write_editor.html"}
    name = parts.get(request.htmx.target or "", "outreach/write.html")
    response = render(request, name, about, status=400 if problems or is_refused else 200)
    response.headers["Content-Security-Policy"] = middleware.WITH_FRAMES
    return response


def _send(writing: Writing, draft: Draft) -> HttpResponse:
    """Send, unless something must be mended or the governor refuses: then the words stay on the page."""
    problems = draft.problems() | _gone(writing)
    if not problems and writing.foretold(draft, claims=()).mood == "danger":
        return _page(writing, draft, is_refused=True)
    written = services.write_to(
        recipient=writing.recipient,
        style=writing.style,
        text=draft.text,
        today=timezone.localdate(writing.now),
        options=_looks(writing),
        writer=writing.request.user,
    )
    if problems or written.content is None:
        return _page(writing, draft, problems, is_refused=True)
    plan = writing.plan(written.content)
    because = writing.request.POST.get("because", "")
    try:
        message = services.send(
            plan, text=draft.text, by=writing.request.user, now=writing.now, because=because, argued=writing.argued
        )
    except services.CountsAsAdvertising:  # the page says so, and what may be done
        return _page(writing, draft, is_refused=True)
    except services.PictureGone:
        return _page(writing, draft, {"blocks": _("A picture of it has been deleted meanwhile.")})
    _say(writing.request, message, is_ours=message.content == written.content, now=writing.now)
    return redirect("customer", writing.customer.pk)


def _gone(writing: Writing) -> dict[str, str]:
    """Say that something that was chosen is not there any more."""
    if writing.form.is_valid():
        return {}
    return {"form": _("Something that was chosen is no longer there. Please choose again.")}


def _say(request: StaffRequest, message: Message, *, is_ours: bool, now: datetime) -> None:
    told = wording.told(message, now=now)
    if not is_ours:  # somebody went back in the browser, and wrote something else
        messages.error(
            request, _("This message had been sent already, in the words from before. Please write a new one.")
        )
    elif message.state == Message.State.REFUSED:  # something changed while the page was open
        messages.error(request, told.why)
    elif told.why and message.due_at != message.not_before_at:
        messages.success(request, _("Planned. %(why)s") % {"why": told.why})
    else:
        messages.success(request, _("Your message is on its way."))
