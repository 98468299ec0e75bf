"""Why a message waits, was refused, failed or is unclear: codes and numbers in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from stammkunde.customers import unsettled
from stammkunde.customers import wording as customers
from stammkunde.customers.policy import Reason
from stammkunde.outreach import channels
from stammkunde.outreach.models import Message, PrintRun
from stammkunde.outreach.policy import Decision, Verdict
from stammkunde.ui.writing import day, moment

Numbers = Mapping[str, Any]

REASONS: dict[str, str | Promise] = {
    # the governor
    "person_gone": gettext_lazy("The contact person is no longer on record."),
    "address_bounced": gettext_lazy("Mail to this address came back for good."),
    "address_complained": gettext_lazy("The owner of this address called a message spam."),
    "held_out": gettext_lazy("Left alone on purpose, to see what contacting brings (control group)."),
    "duplicate_address": gettext_lazy("Another customer with the same address was written to."),
    "too_late": gettext_lazy("The latest time to send had passed."),
    "quiet_hours": gettext_lazy("Waits for the end of the quiet hours."),
    "sunday": gettext_lazy("Waits for the end of Sunday."),
    "holiday": gettext_lazy("Waits for the end of a public holiday."),
    # handing over
    "worker_lost": gettext_lazy("The worker was stopped while it was sending."),
    "not_now": gettext_lazy("The other side did not take it for now; it is tried again."),
    "not_taken": gettext_lazy("The other side refused it."),
    "broke_off": gettext_lazy("The connection broke off; nobody can tell whether it arrived."),
    "cannot_render": gettext_lazy("The message cannot be written: something is missing in its text."),
    "channel_down": gettext_lazy("Nothing could be sent on this channel; it is tried again."),
    "rate": gettext_lazy("Waits so that this mail provider does not get too many at once."),
    "bounced": gettext_lazy("It came back."),
    "stopped": gettext_lazy("Somebody stopped it."),
    # calls
    "not_reached": gettext_lazy("Nobody was reached."),
    "wrong_number": gettext_lazy("The number was wrong."),
    "on_hold": gettext_lazy("The campaign is on hold."),
    "not_called": gettext_lazy("The call was not made."),
    "taken_back": gettext_lazy("The call was recorded by mistake, and taken back."),
    # on paper
    "waits_for_print": gettext_lazy("Waits for the next print run."),
    "print_run_cancelled": gettext_lazy("The print run was cancelled, or this piece taken out of it."),
    "not_on_paper": gettext_lazy("This channel is not printed."),
    "no_sender_address": gettext_lazy("The sender's address is missing in the settings (letters and postcards)."),
    # what must be set up
    "no_mail_server": gettext_lazy("No mail server is set: STAMMKUNDE_EMAIL_URL."),
    "no_sender": gettext_lazy("The sender's e-mail is missing in the settings."),
    "no_public_url": gettext_lazy("Links to unsubscribe need the public address: STAMMKUNDE_PUBLIC_URL."),
    "no_webhook": gettext_lazy("Nobody is set who takes text messages: STAMMKUNDE_WEBHOOK_URL and its secret."),
}


def reason(said: Numbers | None) -> str:
    """Word a reason; empty where there is none."""
    if not said:
        return ""
    code = str(said["code"])
    if code in WITH_NUMBERS:
        return WITH_NUMBERS[code](said)
    if code in REASONS:
        return str(REASONS[code])
    return str(unsettled.words().get(code) or customers.reason(code))


def answer(said: Numbers | None) -> str:
    """Give what the other side answered, word for word; empty where it said nothing."""
    return str((said or {}).get("answer", ""))


def codes() -> set[str]:
    """Name every code that has words."""
    return {*REASONS, *WITH_NUMBERS, *unsettled.words(), *(one.value for one in Reason)}


def _cap(said: Numbers, text: str) -> str:
    return text % {"most": said["most"], "days": said["days"], "taken": said["taken"]}


def _cap_person(said: Numbers) -> str:
    return _cap(said, _("At most %(most)s contacts in %(days)s days with one person; there were %(taken)s."))


def _cap_customer(said: Numbers) -> str:
    return _cap(said, _("At most %(most)s contacts in %(days)s days with one customer; there were %(taken)s."))


def _cap_wish(said: Numbers) -> str:
    return _cap(said, _("The customer wants at most %(most)s contacts in %(days)s days; there were %(taken)s."))


def _gap(said: Numbers) -> str:
    hours = int(said["hours"])
    text = ngettext(
        "At least %(n)s hour lies between two messages to one person: free again from %(at)s.",
        "At least %(n)s hours lie between two messages to one person: free again from %(at)s.",
        hours,
    )
    return text % {"n": hours, "at": moment(datetime.fromisoformat(str(said["free_at"])))}


def _cap_people(said: Numbers) -> str:
    text = _("At most %(most)s people of one customer get the same; %(taken)s do already.")
    return text % {"most": said["most"], "taken": said["taken"]}


def _none_allowed(_said: Numbers) -> str:
    return _("No contacts of this kind are allowed (the limit is 0).")


def _paused(said: Numbers) -> str:
    until = said.get("until")
    return (
        _("The customer wants to hear nothing until %(day)s.") % {"day": day(date.fromisoformat(until))}
        if until
        else ""
    )


def _too_late(said: Numbers) -> str:
    waited_for = said.get("waited_for")
    return " ".join(
        [str(REASONS["too_late"]), _("It had waited for room under the limit.") if waited_for else ""]
    ).strip()


def _no_time_left(said: Numbers) -> str:
    words = {"quiet_hours": _("quiet hours"), "sunday": _("Sunday"), "holiday": _("public holiday")}
    return _("No time was left before the latest time to send (%(why)s).") % {
        "why": words.get(str(said["because"]), "–")
    }


def _no_more_tries(said: Numbers) -> str:
    tries = int(said["attempts"])
    text = ngettext("Tried %(n)s time until the latest time.", "Tried %(n)s times until the latest time.", tries)
    return text % {"n": tries}


def _kills_workers(said: Numbers) -> str:
    tries = int(said["times"])
    text = ngettext(
        "Set aside, so that it holds nothing up: the worker was stopped %(n)s time in the middle of it. Its log says "
        "more. Once the cause is mended, send it again.",
        "Set aside, so that it holds nothing up: the worker was stopped %(n)s times in the middle of it. Its log says "
        "more. Once the cause is mended, send it again.",
        tries,
    )
    return text % {"n": tries}


def _called_anyway(said: Numbers) -> str:
    return _("Called although this stood against it: %(why)s") % {"why": reason({**said, "code": said["because"]})}


def _in_print_run(said: Numbers) -> str:
    return _("Part of print run %(run)s.") % {"run": said["run"]}


WITH_NUMBERS: dict[str, Callable[[Numbers], str]] = {
    "cap_person": _cap_person,
    "cap_customer": _cap_customer,
    "cap_wish": _cap_wish,
    "cap_people": _cap_people,
    "gap": _gap,
    "none_allowed": _none_allowed,
    "paused": _paused,
    "too_late": _too_late,
    "no_time_left": _no_time_left,
    "no_more_tries": _no_more_tries,
    "kills_workers": _kills_workers,
    "in_print_run": _in_print_run,
    "called_anyway": _called_anyway,
}

IN_GENERAL: dict[str, str | Promise] = {  # codes with numbers, for many people at once
    "cap_person": gettext_lazy("The limit of contacts per person is used up."),
    "cap_customer": gettext_lazy("The limit of contacts per customer is used up."),
    "cap_wish": gettext_lazy("As many contacts as the customer wants were made."),
    "cap_people": gettext_lazy("As many people of the customer as the settings allow get the same."),
    "gap": gettext_lazy("The last message to this person was only a few hours ago."),
    "none_allowed": gettext_lazy("No contacts of this kind are allowed (the limit is 0)."),
    "paused": gettext_lazy("Contact is paused at the customer's wish."),
    "no_time_left": gettext_lazy("No time is left before the latest time to send."),
    "no_more_tries": gettext_lazy("Tried in vain until the latest time."),
    "called_anyway": gettext_lazy("Called although something stood against it."),
    "kills_workers": gettext_lazy("Set aside: the worker was stopped again and again in the middle of it."),
}


def in_general(code: str) -> str:
    """Word a reason without the numbers of one message."""
    return str(IN_GENERAL[code]) if code in IN_GENERAL else reason({"code": code})


CHANNELS = {
    "email": gettext_lazy("E-mail"),
    "call": pgettext_lazy("channel", "Call"),
    "webhook": gettext_lazy("Text message"),
    "letter": gettext_lazy("Letter"),
    "postcard": gettext_lazy("Postcard"),
}
ICONS = {"email": "mail", "call": "phone", "webhook": "external", "letter": "file", "postcard": "file"}


def channel(name: str) -> str:
    """Word a channel."""
    return str(CHANNELS.get(name, name))


def origin(text: str) -> str:
    """Word where a message comes from, as far as we know it: its callers name themselves."""
    if text.startswith("call:"):
        return pgettext("origin", "Call")
    if text.startswith("staff:"):
        return _("Written by hand")
    kind, _colon, number = text.partition(":")
    if kind == "play":
        return _("Play %(number)s") % {"number": number}
    return _("Confirmation of consent") if text == "optin" else text


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """What the governor would say to a message, in words; `mood` is that of a callout."""

    mood: str
    text: str
    why: str = ""


def foretold(decision: Decision, *, now: datetime) -> Foretold:
    """Tell what would become of a message."""
    why = reason(decision.reason)
    if decision.verdict == Verdict.REFUSED:
        return Foretold(mood="danger", text=_("It would be refused."), why=why)
    if decision.at is None:
        return Foretold(mood="warning", text=_("It waits until there is room, and expires if there is none."), why=why)
    if decision.at > now:
        return Foretold(mood="warning", text=_("It waits until %(at)s.") % {"at": moment(decision.at)}, why=why)
    return Foretold(mood="accent", text=_("It is sent at once."))


BADGES = {
    Message.State.PLANNED: "dot waiting",
    Message.State.CLAIMED: "dot running",
    Message.State.HANDED_OVER: "dot done",
    Message.State.DELIVERED: "dot done",
    Message.State.BOUNCED: "dot failed",
    Message.State.FAILED: "dot failed",
    Message.State.UNKNOWN: "dot at_risk",
    Message.State.REFUSED: "dot prospect",
    Message.State.EXPIRED: "dot prospect",
    Message.State.STOPPED: "dot prospect",
}


RUN_BADGES = {
    PrintRun.State.COLLECTING: "dot running",
    PrintRun.State.READY: "dot waiting",
    PrintRun.State.HANDED_OVER: "dot done",
    PrintRun.State.CANCELLED: "dot prospect",
}


def run_badge(run: PrintRun) -> str:
    """Give the look of a print run's state."""
    is_stuck = run.is_set_aside and run.state == PrintRun.State.COLLECTING
    return "dot failed" if is_stuck else RUN_BADGES[PrintRun.State(run.state)]


def _waits(message: Message) -> Numbers | None:
    is_on_paper = message.channel in channels.collecting()
    return {"code": "waits_for_print"} if is_on_paper and message.state == Message.State.PLANNED else None


def _leaves(message: Message, now: datetime) -> bool:
    """Tell whether a message leaves any moment: what it had waited for is over."""
    is_due = message.state == Message.State.PLANNED and message.due_at is not None and message.due_at <= now
    return is_due and message.channel not in channels.collecting()


@dataclass(frozen=True, kw_only=True)
class Told:
    """A message in words, as lists and the customer page show it."""

    message: Message
    badge: str
    why: str
    answer: str
    channel: str
    icon: str
    origin: str
    subject: str
    at: datetime | None  # when it will leave, left, or was over


def told(message: Message, *, now: datetime, origins: Mapping[str, str] | None = None) -> Told:
    """Put a message into words, with the names of what messages belong to; see `outreach.origins`."""
    over = message.finished_at if message.state != Message.State.DELIVERED else message.handed_over_at
    return Told(
        message=message,
        badge=BADGES[Message.State(message.state)],
        why=reason((None if _leaves(message, now) else message.reason) or _waits(message)),
        answer=answer(message.reason),
        channel=channel(message.channel),
        icon=ICONS.get(message.channel, "mail"),
        origin=(origins or {}).get(message.origin) or origin(message.origin),
        subject=str(message.content.get("subject", "")),
        at=message.due_at if message.state == Message.State.PLANNED else over or message.handed_over_at,
    )
