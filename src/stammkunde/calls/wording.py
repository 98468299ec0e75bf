"""Calls in words: what follows, and when somebody likes to be called."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.calls.policy import NextStep, Part, Step, Usual, Window
from stammkunde.ui import writing

STEPS = {
    Step.CALL_AGAIN: gettext_lazy("Call again: %(name)s"),
    Step.WRITE_INSTEAD: gettext_lazy("Write a letter or an e-mail, not reached by phone: %(name)s"),
    Step.CALL_BACK: gettext_lazy("Call back as agreed: %(name)s"),
    Step.SEND_OFFER: gettext_lazy("Send an offer: %(name)s"),
    Step.SETTLE_COMPLAINT: gettext_lazy("Settle the complaint: %(name)s"),
    Step.FIND_NUMBER: gettext_lazy("Find the right phone number: %(name)s"),
    Step.ASK_AGAIN: gettext_lazy("Ask again how things are going: %(name)s"),
    Step.ASK_LATER: gettext_lazy("Ask again, was not interested: %(name)s"),
    Step.IN_WRITING: gettext_lazy("Keep in touch in writing, wants no calls: %(name)s"),
}
SHORT = {
    Step.CALL_AGAIN: gettext_lazy("call again %(when)s"),
    Step.WRITE_INSTEAD: gettext_lazy("%(when)s: write instead"),
    Step.CALL_BACK: gettext_lazy("call back %(when)s"),
    Step.SEND_OFFER: gettext_lazy("send an offer %(when)s"),
    Step.SETTLE_COMPLAINT: gettext_lazy("urgent task %(when)s"),
    Step.FIND_NUMBER: gettext_lazy("find the number %(when)s"),
    Step.ASK_AGAIN: gettext_lazy("ask again on %(when)s"),
    Step.ASK_LATER: gettext_lazy("ask again on %(when)s"),
    Step.IN_WRITING: gettext_lazy("%(when)s: in writing"),
}


PARTS = {
    Part.MORNING: gettext_lazy("in the morning"),
    Part.MIDDAY: gettext_lazy("around noon"),
    Part.AFTERNOON: gettext_lazy("in the afternoon"),
}
OPENING = ("öffnungszeiten", "geschäftszeiten", "sprechzeiten", "opening hours", "business hours")  # of attributes


def own_title(name: str) -> str:
    """Give a call that stood on no list a title."""
    return _("Called: %(name)s") % {"name": name}


def to_call(name: str) -> str:
    """Give a call that was begun and stood on no list a title."""
    return _("Call: %(name)s") % {"name": name}


def step(code: Step, *, name: str) -> str:
    """Give what follows a title for the day it becomes a task."""
    return STEPS[code] % {"name": name}


def short(following: NextStep, zone: ZoneInfo, *, today: date) -> str:
    """Say what follows, below the button that leads to it."""
    on, at = here(following, zone)
    return SHORT[following.step] % {"when": when(on, at, today=today)}


def here(following: NextStep, zone: ZoneInfo) -> tuple[date, time | None]:
    """Give the day and time of what follows where we are; it was made where the customer is."""
    if following.at is None:
        return following.on, None
    moment = timezone.localtime(datetime.combine(following.on, following.at, zone))
    return moment.date(), moment.time()


def when(on: date, at: time | None, *, today: date) -> str:
    """Say a day as people do, with the time where there is one."""
    days = (on - today).days
    near = {0: _("today"), 1: _("tomorrow")} | {ahead: str(WEEKDAYS[on.weekday()]) for ahead in range(2, 7)}
    day = near.get(days, writing.day(on))
    return _("%(day)s at %(time)s") % {"day": day, "time": clock(at)} if at else day


def clock(at: time) -> str:
    return f"{at.hour}:{at:%M}"


def likes(window: Window) -> str:
    """Say when somebody likes to be called; empty where that is not known."""
    days = weekdays(window.weekdays) if window.weekdays else ""
    if window.since is None or window.until is None:
        return days
    times = _("%(since)s–%(until)s") % {"since": clock(window.since), "until": clock(window.until)}
    return f"{days} {times}".strip()


def reached(usual: Usual) -> str:
    """Say when somebody is usually reached, and on how many calls that rests."""
    values = {"part": PARTS[usual.part], "reached": usual.reached, "calls": usual.calls}
    return _("best %(part)s: %(reached)s of %(calls)s calls reached them") % values


def opening_hours(attributes: Mapping[str, str]) -> str:
    """Give the opening hours as they are written down at the customer; empty where they are not."""
    said = next((text for name, text in attributes.items() if name.strip().lower() in OPENING and text), "")
    return _("open %(hours)s") % {"hours": said} if said else ""


def weekdays(numbers: Iterable[int]) -> str:
    """Name days of the week, three or more in a row as a span: Tue–Thu, Sat."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(_span(span) for span in spans)


def _span(span: list[int]) -> str:
    names = [str(WEEKDAYS_ABBR[number - 1]) for number in span]
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)


def said_on_the_phone() -> str:
    return _("on the phone")


def told_to(name: str, at: datetime) -> str:
    return _("said to %(name)s on the phone, %(when)s") % {"name": name, "when": writing.moment(at)}
