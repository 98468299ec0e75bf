"""
Asking many for consent: by the mail whose click is the consent, each mailbox once.

Whoever has agreed, said no, was asked before or wishes no such mail is left out, with the reason; the governor holds
the rest to the limits of advertising. The question is written down when its mail is planned, not before.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone, translation

from stammkunde.customers import policy, queries, wording
from stammkunde.customers import services as customers
from stammkunde.customers.models import Channel, OptIn, Purpose
from stammkunde.customers.policy import Basis, Chosen, Permission, Reason
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import optin_mail
from stammkunde.outreach import recipients as reached
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message
from stammkunde.outreach.policy import Verdict
from stammkunde.outreach.services import Plan
from stammkunde.plays.models import ConsentPlan, Enrolment, Play
from stammkunde.plays.policy import key
from stammkunde.team import queries as team
from stammkunde.team.models import Company

AT_ONCE = 25  # each is a question of its own, written down while others wait
EMAIL = "email"
Refused = dict[int, dict[str, Any]]  # by the enrolment's number
Said = tuple[str, dict[str, Any] | None, Message | None]  # verdict, reason, and what was planned
Open = dict[Recipient, list[str]]  # for what somebody may be asked


def plan_of(play: Play) -> ConsentPlan | None:
    return ConsentPlan.objects.filter(play=play).first()


def recipients(plan: ConsentPlan, customer_ids: Collection[int], *, today: date) -> dict[int, tuple[Chosen, ...]]:
    """Choose who is asked at each customer: a person before the firm's own address."""
    found, why = _asked_for(plan, customer_ids, today=today)
    allowed = {
        one: Permission(
            allowed=bool(found[one]), basis=Basis.NONE, reason=Reason.NO_CONSENT if found[one] else why[one]
        )
        for one in found
    }
    whom = reached.wanted(purpose=plan.purposes[0])
    return reached.among(allowed, customer_ids=customer_ids, channel=EMAIL, whom=whom)


def foresee(play: Play, rows: Sequence[Enrolment], *, now: datetime) -> tuple[list[tuple[Enrolment, Plan]], Refused]:
    """Give the mails as the governor is asked about them, and who is left out and why; nothing is written down."""
    plan, refused = play.consent_plan, Refused()
    found, why = _asked_for(plan, {row.customer_id for row in rows}, today=timezone.localdate(now))
    plans, second = [], _second(play, [row for row in rows if found.get((row.customer_id, row.contact_person_id))])
    for row in rows:
        who = (row.customer_id, row.contact_person_id)
        if row.pk in second:
            refused[row.pk] = {"outcome": "refused", "code": "duplicate_address", "customer": second[row.pk]}
        elif found.get(who):
            plans.append((row, _plan(play, row, {optin_mail.QUESTION: 0}, now=now)))
        else:
            refused[row.pk] = {"outcome": "refused", "code": why.get(who, Reason.NO_ADDRESS).value}
    return plans, refused


def ask(play: Play, plans: Sequence[Plan], *, now: datetime) -> Iterator[Said]:
    """Write down the questions whose mails may leave, and plan these; inside the caller's transaction."""
    decided = {one.key: decision for one, decision in outreach.forecast(plans, now=now)}
    company, today = team.company(), timezone.localdate(now)
    found, _why = _asked_for(play.consent_plan, {one.customer_id for one in plans}, today=today)
    for one in plans:
        decision = decided[one.key]
        if decision.verdict == Verdict.REFUSED:
            yield Verdict.REFUSED, decision.reason, None
            continue
        try:
            yield _planned(play, one, found[one.customer_id, one.contact_person_id], company, now=now)
        except customers.NothingToAsk:
            yield Verdict.REFUSED, {"code": Reason.CONSENT_GIVEN.value}, None


def _planned(play: Play, one: Plan, purposes: Sequence[str], company: Company, *, now: datetime) -> Said:
    language = _language(one)
    optin = _question(play, one, purposes, company, language, now=now)
    content = optin_mail.kept(optin, company=company, language=language)
    (message,) = outreach.plan_messages([replace(one, content=content, language=language)], now=now)
    if message.pk:
        return Verdict.ALLOWED, None, message
    customers.unask(optin_ids=[optin.pk], now=now)
    return Verdict.REFUSED, dict(message.reason or {}), None


def _asked_for(
    plan: ConsentPlan, customer_ids: Collection[int], *, today: date
) -> tuple[Open, dict[Recipient, Reason]]:
    """Tell for everybody there for what they may be asked, and where for nothing, why not."""
    found, why = Open(), dict[Recipient, Reason]()
    for who, _channel, situation in queries.situations(customer_ids=customer_ids, channels=[EMAIL], buyers=()):
        said = {one: policy.not_to_be_asked(purpose=one, situation=situation, today=today) for one in plan.purposes}
        found[who] = [purpose for purpose, reason in said.items() if reason is None]
        why[who] = next((reason for reason in said.values() if reason), Reason.NO_CONSENT)
    return found, why


def _question(
    play: Play, one: Plan, purposes: Sequence[str], company: Company, language: str, *, now: datetime
) -> OptIn:
    with translation.override(language):
        cells = [(Channel.EMAIL.value, purpose) for purpose in purposes]
        wordings = {cell: wording.sentence(*cell, company=company.known_as) for cell in cells}
    optin = customers.ask_optin(
        recipient=customers.Recipient(customer_id=one.customer_id, contact_person_id=one.contact_person_id),
        wordings=wordings,
        evidence=customers.Evidence(happened_at=now, origin=play.consent_plan.origin, proof={"language": language}),
        now=now,
        staff=play.created_by,
        in_bulk=True,
    )
    customers.optin_taken(optin_id=optin.pk, leaves_by=one.latest_at, taken_at=now)
    play.consent_plan.optins.add(optin)
    return optin


def _second(play: Play, rows: Sequence[Enrolment]) -> dict[int, int]:
    """Find whose mailbox is asked already, by the enrolment's number: the customer who comes first there."""
    if not rows:
        return {}
    whose = Lower(Coalesce("contact_person__email", "customer__email"))
    mine = Enrolment.objects.filter(pk__in=[row.pk for row in rows]).annotate(mailbox=whose)
    mailboxes = {one.pk: one.mailbox.strip() for one in mine.order_by("pk")}
    before = Enrolment.objects.filter(play=play, pk__lt=rows[0].pk, code="", forecast__isnull=False)
    earlier = before.annotate(mailbox=whose)
    known = earlier.filter(mailbox__in=set(mailboxes.values())).values_list("mailbox", "customer_id")
    first, second = dict(known), dict[int, int]()
    for row in rows:
        if first.setdefault(mailboxes[row.pk], row.customer_id) != row.customer_id:
            second[row.pk] = first[mailboxes[row.pk]]
    return second


def _language(one: Plan) -> str:
    own = queries.preference(customer_id=one.customer_id, contact_person_id=one.contact_person_id)
    return own.language or queries.preference(customer_id=one.customer_id).language or settings.LANGUAGE_CODE


def _plan(
    play: Play,
    row: Enrolment,
    content: Mapping[str, Any],
    *,
    now: datetime,
) -> Plan:
    begins = max(play.starts_at or now, now)
    return Plan(
        customer_id=row.customer_id,
        contact_person_id=row.contact_person_id,
        channel=EMAIL,
        purpose=Purpose.SERVICE,
        key=key(play_id=play.pk, customer_id=row.customer_id, cycle=row.cycle, place=row.place, channel=EMAIL),
        origin=play.origin,
        content=content,
        language=settings.LANGUAGE_CODE,
        not_before_at=begins,
        latest_at=begins + timedelta(days=play.valid_days),
        keeps_refusal=False,
    )
