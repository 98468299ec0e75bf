"""The messages: what was said, what was refused and why; and what people decide about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from stammkunde.customers.models import Customer, Purpose
from stammkunde.outreach import channels, origins, previews, queries, services, wording
from stammkunde.outreach.forms import MessageSearch
from stammkunde.outreach.models import Message, MessageEvent
from stammkunde.outreach.views.write import purposes
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.lists import StaffList
from stammkunde.team.models import Staff
from stammkunde.ui import middleware, ways
from stammkunde.ui.lists import Empty
from stammkunde.ui.tables import Column

SIDES = {"letter": (1,), "postcard": (1, 2)}  # what the page shows of a sheet


class Messages(StaffList):
    title = gettext_lazy("Messages")
    lead = gettext_lazy("What was said to customers, what waits, and what was refused and why.")
    search = MessageSearch
    columns = (
        Column(label=gettext_lazy("Customer")),
        Column(label=gettext_lazy("Message")),
        Column(label=gettext_lazy("State")),
        Column(label=gettext_lazy("When")),
    )
    template = "outreach/messages.html"
    empty = Empty(
        icon_name="mail",
        title=gettext_lazy("No messages yet"),
        text=gettext_lazy(
            "Whatever is said to customers will stand here: with its state, and where it was refused, with the reason."
        ),
    )
    no_match = Empty(
        icon_name="mail",
        title=gettext_lazy("Nothing here"),
        text=gettext_lazy("No message fits this choice."),
        url="?",
        label=gettext_lazy("Show everything"),
    )

    def find(self, chosen: dict[str, Any]) -> QuerySet[Message]:
        return queries.messages(**chosen)

    def told(self, rows: list[Message]) -> list[wording.Told]:
        called, now = origins.names(one.origin for one in rows), timezone.now()
        return [wording.told(message, now=now, origins=called) for message in rows]

    def more(self) -> dict[str, Any]:
        customer = self.chosen.get("customer")
        return {
            "origin": origins.names([chosen])[chosen] if (chosen := self.chosen.get("origin")) else "",
            "customer": Customer.objects.filter(pk=customer).first() if customer else None,
            "unclear": queries.unclear(),
            "held_up": [(wording.channel(name), wording.reason({"code": code})) for name, code in _held_up()],
        }


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def listed(request: StaffRequest) -> HttpResponseBase:
    return Messages(request).answer()


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    message = _found(pk)
    is_on_paper = message.channel in channels.collecting()
    shut = queries.shut_addresses([message]).get((message.channel, message.address), "")
    return render(
        request,
        "outreach/message.html",
        {
            "told": wording.told(message, now=timezone.now(), origins=origins.names([message.origin])),
            "events": _history(message),
            "is_mail": _is_shown(message),
            "sheets": SIDES.get(message.channel, ()),
            "run": queries.run_of(message) if is_on_paper else None,
            "may_print": is_on_paper and message.state == Message.State.PLANNED and _may_print(request.user, message),
            "shut": wording.reason({"code": f"address_{shut}"}) if shut else "",
        },
    )


@xframe_options_sameorigin
@require_safe
@needs(policy.CUSTOMERS_VIEW)
def mail(_request: StaffRequest, pk: int) -> HttpResponse:
    """Give the dressed mail for a frame, with its own styles; its links to unsubscribe lead nowhere."""
    message = _found(pk)
    if not _is_shown(message):
        raise Http404(f"mail {pk}")
    response = HttpResponse(previews.mail(message, team.company()))
    response.headers["Content-Security-Policy"] = middleware.IN_A_FRAME
    return response


def _is_shown(message: Message) -> bool:
    """Tell whether there is a mail to be shown: a question for consent is the recipient's alone."""
    return message.channel == "email" and "text" in message.content


def _may_print(staff: Staff, message: Message) -> bool:
    is_answer = message.purpose in {Purpose.SERVICE, Purpose.THANKS}
    return policy.may(staff, policy.MESSAGES_SEND) or (is_answer and policy.may(staff, policy.ANSWERS_SEND))


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Send once more what is unclear, for whoever may write such a message to begin with."""
    if _found(pk).purpose not in purposes(request.user):
        raise PermissionDenied(policy.MESSAGES_SEND)
    return _decide(request, pk, services.send_again, _("It is sent again."))


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def count_as_sent(request: StaffRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, services.count_as_sent, _("It counts as sent."))


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    _found(pk)
    if services.stop_one(message_id=pk, staff=request.user, now=timezone.now()):
        messages.success(request, _("Stopped."))
    else:
        messages.error(request, _("It has left already, or somebody was quicker."))
    return redirect(ways.back(request, default="messages"))


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def lift(request: StaffRequest, pk: int) -> HttpResponse:
    message = _found(pk)
    services.lift_undeliverable(
        channel=message.channel, address=message.address, now=timezone.now(), staff=request.user
    )
    messages.success(request, _("The address may be used again."))
    return redirect(ways.back(request, default="messages"))


def _decide(request: StaffRequest, pk: int, decide: Callable[..., Message], done: str) -> HttpResponse:
    _found(pk)
    try:
        decide(message_id=pk, staff=request.user, now=timezone.now())
    except services.NotUnclear:
        messages.error(request, _("It is decided already: somebody was quicker, or the answer came after all."))
    else:
        messages.success(request, done)
    return redirect(ways.back(request, default="messages"))


def _found(pk: int) -> Message:
    message = queries.message(pk)
    if message is None:
        raise Http404(f"message {pk}")
    return message


def _history(message: Message) -> list[tuple[MessageEvent, str, str]]:
    """Give what happened to a message, the latest first, with its reason and what the other side said."""
    events = reversed(message.events.all())
    return [(event, wording.reason(event.reason), wording.answer(event.reason)) for event in events]


def _held_up() -> list[tuple[str, str]]:
    return queries.held_up(team.company())
