"""In which measures a customer is, or was lately: why, where she stands, and what comes next, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from stammkunde.plays import contents, walking
from stammkunde.plays.contents import Content, Enters
from stammkunde.plays.measures import wording
from stammkunde.plays.models import Enrolment
from stammkunde.plays.saying import happenings
from stammkunde.sales.models import Order
from stammkunde.segments.models import Segment
from stammkunde.ui import writing

MOST = 6


@dataclass(frozen=True, kw_only=True)
class Told:
    """One of a customer's measures; `step` is what happens now or next, or else `ended` says how it ended."""

    enrolment: Enrolment
    why: str
    step: str = ""
    when: str = ""
    ended: str = ""

    @property
    def is_now(self) -> bool:
        return self.enrolment.state == walking.ACTING


def seen(customer_id: int, *, sees_arms: bool) -> "QuerySet[Enrolment]":
    """Give a customer's enrolments; who is left alone, or not drawn yet, is known to those alone who plan messages."""
    rows = Enrolment.objects.filter(customer=customer_id).exclude(state="")
    return rows if sees_arms else rows.filter(arm=Enrolment.Arm.TREATED)


def of_customer(customer_id: int, *, sees_arms: bool) -> tuple[list[Told], int]:
    """Tell of the measures that a customer is in, then of the last that are over; and how many more there are."""
    rows = seen(customer_id, sees_arms=sees_arms)
    first = rows.select_related("play", "version").order_by(F("closed_at").desc(nulls_first=True), "due_at", "pk")
    found = list(first[:MOST])
    return told(found), rows.count() - MOST if len(found) == MOST else 0


def told(some: list[Enrolment]) -> list[Told]:
    """Tell of enrolments with their plays and versions; the same few queries, however many there are."""
    read = {one.version.pk: contents.read(one.version.content) for one in some if one.version}
    called = wording.names(read.values())
    texts = {pk: wording.all_steps(content, called) for pk, content in read.items()}
    own = {one.version.segment_id for one in some if one.version and one.version.segment_id}
    groups = dict(Segment.objects.filter(pk__in=own).exclude(name="").values_list("pk", "name")) if some else {}
    orders = _orders(some)
    of = [(one, read[one.version_id or 0], texts[one.version_id or 0]) for one in some]
    return [_told(one, said, steps, _why(one, said, groups, orders)) for one, said, steps in of]


def _orders(some: list[Enrolment]) -> dict[str, str]:
    """Give the numbers of the orders that enrolments are about, by what began these: several of one customer differ."""
    sources = {one.subject: one.subject.removeprefix("orders:") for one in some if one.subject.startswith("orders:")}
    numbers = dict(Order.objects.filter(source__in=sources.values()).values_list("source", "number")) if sources else {}
    return {subject: numbers[source] for subject, source in sources.items() if source in numbers}


def _told(one: Enrolment, content: Content, texts: Mapping[str, str], why: str) -> Told:
    if one.closed_at:
        return Told(enrolment=one, why=why, ended=str(wording.ENDS.get(one.code, one.code)))
    step, when = _next(one, content, texts)
    return Told(enrolment=one, why=why, step=step, when=when)


def _why(one: Enrolment, content: Content, groups: Mapping[int, str], orders: Mapping[str, str]) -> str:
    """Say what began it for her."""
    kind = one.source.partition(":")[0]
    if kind == "play":
        return _("handed over by another measure")
    if kind == "group":
        return _("was in the group when the measure began")
    if isinstance(content.trigger, Enters):
        name = groups.get(one.version.segment_id or 0) if one.version else None
        return _("came into the group “%(name)s”") % {"name": name} if name else _("came into the group")
    said, number = happenings.beginning(content.trigger), orders.get(one.subject)
    return f"{said}, {number}" if number else said


def _next(one: Enrolment, content: Content, texts: Mapping[str, str]) -> tuple[str, str]:
    """Say what happens now or next, and when."""
    day = writing.day(timezone.localdate(one.due_at)) if one.due_at else ""
    if one.state == walking.ADMITTED:
        return str(one.get_state_display()), _("looked at on %(day)s") % {"day": day}
    if one.state == walking.ACTING:
        return texts.get(one.at_step, ""), _("by %(day)s at the latest") % {"day": day}
    if one.state == walking.WAITING:
        then = texts.get(contents.following(content, one.at_step), "") or _("The measure is over")
        return then, _("on %(day)s, if nothing comes before") % {"day": day} if one.waits_for else day
    return texts.get(one.at_step, ""), day
