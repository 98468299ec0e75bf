"""Writing to one customer: what the governor says stands there before anything is sent."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammkunde.customers.models import Customer, Purpose
from stammkunde.customers.policy import Chosen
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import advice, channels, clarity, knowing, queries, recipients, services, wording
from stammkunde.outreach.content import Block
from stammkunde.outreach.drafts import Draft
from stammkunde.outreach.forms import WriteForm
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import Plan
from stammkunde.outreach.views.preview import Style, show
from stammkunde.outreach.wording import Foretold
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.ui import middleware
from stammkunde.ui.forms import options_of

CHOOSES = {"to": "person"}


@dataclass(frozen=True, kw_only=True)
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

    def foretold(self, draft: Draft) -> Foretold:
        """Ask the governor before anything is planned."""
        decision = services.foresee(self.plan({"subject": draft.subject, "text": ""}), now=self.now)
        return wording.foretold(decision, now=self.now)


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
    """Give what was posted, with what a button chose instead: `to-12` is somebody else to write to."""
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


def _looks(chosen: dict[str, str]) -> dict[str, Any]:
    """Give how the chosen template looks on paper; own words look as usual."""
    template = queries.template(int(chosen["template"])) if chosen["template"] else None
    return template.options if template else {}


def _letter(staff: Staff, style: Style) -> Draft:
    """Begin with greeting and farewell in the customer's language."""
    with translation.override(style[0]):
        farewell = _("Kind regards")
    return Draft(blocks=(Block(kind="text", text=f"{{greeting}},\n\n\n\n{farewell}\n{staff.name}\n{{sender}}"),))


def _page(writing: Writing, draft: Draft, problems: dict[str, str] | None = None) -> HttpResponse:
    request, chosen = writing.request, _chosen(writing.form)
    about: dict[str, Any] = {
        "customer": writing.customer,
        "form": writing.form,
        "draft": draft,
        "problems": problems or {},
        "rows": draft.rows(problems or {}),
        "shown": show(
            request,
            draft,
            style=writing.style,
            purpose=chosen["purpose"],
            channel=chosen["channel"],
            recipient=writing.recipient,
            options=_looks(chosen),
        ),
        "foretold": writing.foretold(draft),
        "not_set_up": _not_set_up(chosen["channel"]),
        "advised": _advised(writing),
        "has_templates": len(options_of(writing.form, "template")) > 1,
        "fields": [(one.name, one.words) for one in knowing.fields().values()],
    }
    parts = {"shown": "outreach/shown.html", "editor": "outreach/write_editor.html"}
    name = parts.get(request.htmx.target or "", "outreach/write.html")
    response = render(request, name, about, status=400 if problems else 200)
    response.headers["Content-Security-Policy"] = middleware.WITH_FRAMES
    return response


def _not_set_up(channel: str) -> str:
    code = channels.get(channel).missing(team.company())
    return wording.reason({"code": code}) if code else ""


def _send(writing: Writing, draft: Draft) -> HttpResponse:
    """Send, unless something must be mended or the governor refuses: then the words stay on the page."""
    problems = draft.problems() | _refusals(writing, draft)
    written = services.write_to(
        recipient=writing.recipient,
        style=writing.style,
        text=draft.text,
        today=timezone.localdate(writing.now),
        options=_looks(_chosen(writing.form)),
    )
    if written.content is None and not problems:
        names = ", ".join(knowing.words(written.missing))
        problems["blocks"] = _("This customer lacks: %(names)s.") % {"names": names}
    if problems or written.content is None:
        return _page(writing, draft, problems)
    plan = writing.plan(written.content)
    message = services.send(plan, text=draft.text, by=writing.request.user, now=writing.now)
    _say(writing.request, message, is_ours=message.content == written.content)
    return redirect("customer", writing.customer.pk)


def _refusals(writing: Writing, draft: Draft) -> dict[str, str]:
    """Say why this may not be sent: something chosen is gone, the words need another purpose, or the governor's no."""
    if not writing.form.is_valid():
        return {"form": _("Something that was chosen is no longer there. Please choose again.")}
    found = {}
    refused = clarity.refusals(draft.text, purpose=_chosen(writing.form)["purpose"])
    if refused:
        found["blocks"] = " ".join(advice.refusal(code) for code in refused)
    foretold = writing.foretold(draft)
    if foretold.mood == "danger":
        found["form"] = f"{foretold.text} {foretold.why}"
    return found


def _say(request: StaffRequest, message: Message, *, is_ours: bool) -> None:
    told = wording.told(message)
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
