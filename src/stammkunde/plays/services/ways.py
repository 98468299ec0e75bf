"""
By which way somebody is reached: the first of a campaign's ways that is allowed and leads to her, each with its words.

A way that only has to wait (limits, quiet hours) is taken all the same: it is allowed, and costs nothing more.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from stammkunde.customers.policy import Reason
from stammkunde.outreach import channels
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message, Template
from stammkunde.outreach.policy import Verdict
from stammkunde.outreach.services import Plan, settling
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.policy import CHEAP_ONLY
from stammkunde.plays.services import asking, preparing, turns
from stammkunde.signals import queries as signals
from stammkunde.team import queries as team

AT_ONCE = 500
DEAR = frozenset({"letter", "postcard", CALL})
ASKED = ["forecast", "code", "way", "contact_person", "why"]
# What stands against one way only, so that the next is tried; whoever called a mail spam is left alone.
ANOTHER_WAY = frozenset({CHEAP_ONLY, "no_address", "address_bounced", "person_gone", *(one.value for one in Reason)})

SHADOW = "shadow"  # what is only asked for whoever is left alone

Said = tuple[str, dict[str, Any] | None, Message | None]  # verdict, reason, and what was planned
Ask = Callable[[Sequence[Plan]], Iterable[Said]]


def ask_governor(*, play: Play, now: datetime) -> int:
    """
    Ask for the next customers of a campaign whether they may be reached, and how; tell how many were asked.

    When nobody is left, the campaign is ready.
    """
    rows = list(Enrolment.objects.filter(play=play, forecast__isnull=True).order_by("pk")[:AT_ONCE])
    if not rows:
        turns.assign(
            play, ways=[place for place, one in enumerate(preparing.ways_of(play), start=1) if one.channel == CALL]
        )
        Play.objects.filter(pk=play.pk, status=Play.Status.PREPARING).update(status=Play.Status.READY)
        return 0
    held_out = {row.customer_id: (row.contact_person_id, row.why) for row in rows if row.arm == Enrolment.Arm.HELD_OUT}

    def forecast(plans: Sequence[Plan]) -> Iterable[Said]:
        asked = [replace(one, origin=SHADOW) if one.customer_id in held_out else one for one in plans]
        found = outreach.forecast(asked, now=now)
        return ((decision.verdict, decision.reason, None) for _plan, decision in found)

    find(play, rows, ask=forecast, now=now)
    outreach.judge(origin=play.origin, eligible=_eligible(rows))
    for row in rows:
        if row.customer_id in held_out:
            row.forecast, row.code, row.way = {"outcome": "held_out", "code": "held_out"}, "held_out", 1
            row.contact_person_id, row.why = held_out[row.customer_id]
    Enrolment.objects.bulk_update(rows, ASKED, batch_size=AT_ONCE)
    return len(rows)


def _eligible(rows: Sequence[Enrolment]) -> dict[int, bool]:
    """Tell of whose customers anybody may be reached, now or later; asked of both arms alike."""
    found = dict.fromkeys((row.customer_id for row in rows), False)
    for row in rows:
        found[row.customer_id] |= (row.forecast or {}).get("outcome") != Verdict.REFUSED
    return found


def plan(play: Play, rows: Sequence[Enrolment], *, now: datetime) -> None:
    """
    Plan the messages of enrolments, each by the way that was found, or the next where it is closed meanwhile.

    Inside the caller's transaction. Way after way and question after question locks customers: all of them are locked
    before, in the order of their numbers, or two campaigns with the same customers would wait for each other.
    """

    def plan_now(plans: Sequence[Plan]) -> Iterable[Said]:
        if asks:
            return asking.ask(play, plans, now=now)
        found = outreach.plan_messages(plans, now=now)
        return (
            (Verdict.ALLOWED, None, one) if one.pk else (Verdict.REFUSED, dict(one.reason or {}), None) for one in found
        )

    asks = asking.plan_of(play) is not None
    settling.lock(row.customer_id for row in rows)
    find(play, rows, ask=plan_now, now=now)


def find(play: Play, rows: Sequence[Enrolment], *, ask: Ask, now: datetime) -> None:
    """Ask about each enrolment on its way, and on the next as long as only that way is closed; note what was said."""
    every = preparing.ways_of(play)
    first = {row.pk: (row.contact_person_id, row.why) for row in rows}
    tried = {row.pk: list((row.forecast or {}).get("tried", ()))[: row.way - 1] for row in rows}
    for place, template in enumerate(every, start=1):
        mine = [row for row in rows if row.way == place]
        if len(every) > 1:
            _address(play, mine, template, now=now)
        _ask(play, mine, template, ask=ask, is_first=place == 1, now=now)
        for row in mine:
            if _is_closed(row) and row.place == 1:
                tried[row.pk].append({**(row.forecast or {}), "channel": template.channel})
                row.way += place < len(every)
    for row in rows:
        if tried[row.pk] and len(every) > 1:
            _note_tried(row, tried[row.pk], first[row.pk])


def _note_tried(row: Enrolment, tried: list[dict[str, Any]], first: tuple[int | None, Any]) -> None:
    """Say why it is not the first way; whoever is reached by none is refused as it was said there."""
    if _is_closed(row):
        row.forecast, row.code, row.way = dict(tried[0]), str(tried[0]["code"]), 1
        row.contact_person_id, row.why = first
    row.forecast = {**(row.forecast or {}), "tried": tried}


def _is_closed(row: Enrolment) -> bool:
    """Tell whether somebody is refused on her way for a reason that says nothing about the next."""
    said_last = row.forecast or {}
    return bool(row.code) and (row.code in ANOTHER_WAY or bool(said_last.get("is_not_set_up")))


def _address(play: Play, rows: Sequence[Enrolment], template: Template, *, now: datetime) -> None:
    """Choose who at each customer is reached by this way; of several people, those who were chosen stay."""
    mine = [row for row in rows if row.place == 1]
    people = preparing.recipients(play, [row.customer_id for row in mine], now=now, template=template) if mine else {}
    for row in mine:
        if row.customer_id in people:
            chosen = people[row.customer_id][0]
            row.contact_person_id, row.why = chosen.person_id, {"role": chosen.role, "reason": chosen.reason}


def _ask(play: Play, rows: Sequence[Enrolment], template: Template, *, ask: Ask, is_first: bool, now: datetime) -> None:
    closed = "" if is_first else channels.get(template.channel).missing(team.company())
    spared = _spared(play, [row.customer_id for row in rows], template)
    for row in rows:
        if closed:
            said(row, Verdict.REFUSED, {"code": closed, "is_not_set_up": True})
        elif row.customer_id in spared:
            said(row, Verdict.REFUSED, {"code": CHEAP_ONLY})
    open_rows = [row for row in rows if not closed and row.customer_id not in spared]
    if template.channel == CALL and play.status == Play.Status.RUNNING:
        _give_turns(play, open_rows, template, now=now)
    plans, lacking = preparing.plan(play, open_rows, template, now=now)
    for row in open_rows:
        if row.pk in lacking:
            row.forecast, row.code = lacking[row.pk], lacking[row.pk]["code"]
    for (row, _plan), (verdict, reason, message) in zip(plans, ask([one for _row, one in plans]), strict=True):
        said(row, verdict, reason)
        row.message = message


def _give_turns(play: Play, rows: Sequence[Enrolment], template: Template, *, now: datetime) -> None:
    """Say who calls whoever comes to be called only now, because another way closed; not of whom that is refused."""
    plans, _lacking = preparing.plan(play, turns.lacking(rows), template, now=now)
    found = outreach.forecast([one for _row, one in plans], now=now)
    pairs = zip(plans, found, strict=True)
    turns.share_out(play, [row for (row, _plan), (_one, decision) in pairs if decision.verdict != Verdict.REFUSED])


def _spared(play: Play, customer_ids: Collection[int], template: Template) -> set[int]:
    """Tell who gets nothing by a dear way: C customers, unless the campaign says so."""
    if play.kind != Play.Kind.CAMPAIGN or play.spends_on_c or template.channel not in DEAR:
        return set()
    return signals.of_class("C", customer_ids=customer_ids)


def said(row: Enrolment, outcome: str, reason: dict[str, Any] | None) -> None:
    """Note what the governor says to an enrolment; whoever is allowed has no code."""
    row.forecast = {"outcome": outcome, **(reason or {"code": ""})}
    row.code = "" if outcome == Verdict.ALLOWED else str(row.forecast["code"])
