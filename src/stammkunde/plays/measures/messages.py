"""What a measure says: by the first way that is allowed and leads to her, the cheap ones first for C customers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from stammkunde.customers.policy import Chosen
from stammkunde.outreach import channels
from stammkunde.outreach import recipients as reached
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message, Template
from stammkunde.outreach.policy import Decision, Verdict
from stammkunde.outreach.services import Plan
from stammkunde.plays import contents as parts
from stammkunde.plays import entering, policy, ranking, walking
from stammkunde.plays.measures import affording, variants
from stammkunde.plays.measures.moves import Batch, Walker
from stammkunde.plays.models import StepRun
from stammkunde.plays.services.ways import ANOTHER_WAY, DEAR
from stammkunde.plays.walking import Became
from stammkunde.team import queries as team

LOOKS_AGAIN = timedelta(hours=1)  # after the latest moment: until then it has left, or expired


@dataclass(kw_only=True, eq=False)
class Try:
    """Somebody for whom a way is looked for."""

    walker: Walker
    step: parts.Message
    templates: list[Template]
    until: datetime
    said: list[dict[str, Any]]


def say(walkers: Sequence[Walker], batch: Batch) -> None:
    """Let those who stand at a message hear it, or go on because they cannot be reached; inside the transaction."""
    step = walkers[0].step
    assert isinstance(step, parts.Message)
    words = variants.drawn(step, walkers, batch)
    tries = [_try(one, words[one.row.customer_id], batch) for one in walkers]
    _free_addresses(walkers[0], batch)
    while tries:
        _not_reached([one for one in tries if not one.templates], batch)
        by_template: dict[int, list[Try]] = defaultdict(list)
        for one in tries:
            if one.templates:
                by_template[one.templates[0].pk].append(one)
        tries = [left for some in by_template.values() for left in _ask(some, some[0].templates[0], batch)]


def _free_addresses(one: Walker, batch: Batch) -> None:
    """Let another customer at the same address be reached in the next round: she is refused within the same only."""
    before = entering.round_begins(one.content, now=batch.now, zone=one.zones.ours)
    for origin in (one.play.origin, _shadow(one.play.origin)):
        outreach.free_addresses(origin=origin, before=before)


def _shadow(origin: str) -> str:
    """Name what whoever is left alone would have got."""
    return f"{origin}:shadow"


def _try(walker: Walker, words: parts.Ref, batch: Batch) -> Try:
    step = walker.step
    assert isinstance(step, parts.Message)
    templates = list(_in_order(step.ways_with(words), walker, batch))
    latest = walking.latest(step, since=walker.standing.since_at, zone=walker.zones.ours)
    last = walking.last_moment(walker.content, zero_at=walker.zero_at, zone=walker.zones.ours)
    return Try(walker=walker, step=step, templates=templates, until=min(latest or last, last), said=[])


def _in_order(ways: Sequence[parts.Ref], walker: Walker, batch: Batch) -> Iterator[Template]:
    known = batch.templates
    found = [known[int(one)] for one in ways if int(one) in known]
    if walker.play.pk in batch.out_of_money:
        found = affording.free(ways, batch)
    is_cheap_first = walker.row.customer_id in batch.of_class_c
    yield from sorted(found, key=lambda one: is_cheap_first and one.channel in DEAR)


def _ask(tries: Sequence[Try], template: Template, batch: Batch) -> list[Try]:
    """Plan by one way, or tell what would be planned; give those who have to try the next."""
    rest = []
    lacks = channels.get(template.channel).missing(team.company())
    open_ones = [one for one in tries if not (lacks and one.said)]  # the first way waits until it is set up
    for one in tries:
        if lacks and one.said:
            rest += _refused(one, template, {"code": lacks, "is_not_set_up": True})
    plans, missing = _plans(open_ones, template, batch) if open_ones else ([], {})
    for one in open_ones:
        if id(one) in missing:
            rest += _refused(one, template, missing[id(one)])
    for one, decision, message in _decided(plans, batch):
        if decision.verdict == Verdict.REFUSED:
            rest += _refused(one, template, decision.reason or {})
        else:
            _acts(one, template, decision, message, batch)
    return rest


def _acts(one: Try, template: Template, decision: Decision, message: Message | None, batch: Batch) -> None:
    """Let somebody wait for her message; whoever is left alone waits until it would have left."""
    walker = one.walker
    result = {"channel": template.channel, "tried": one.said}
    if message is None:
        at = decision.at or one.until
        walker.ran(StepRun.State.ACTING, at=at, result=result)
        walker.goes(walking.act(walker.standing, key="", until=at))
        return
    cents = batch.costs.get(template.channel, 0) + batch.besides(walker)
    walker.ran(StepRun.State.ACTING, at=one.until, key=message.key, cost_cents=cents, result=result)
    walker.goes(walking.act(walker.standing, key=message.key, until=one.until + LOOKS_AGAIN))


def _refused(one: Try, template: Template, reason: dict[str, Any]) -> list[Try]:
    one.said.append({**reason, "channel": template.channel})
    tries_on = str(reason.get("code", "")) in {*ANOTHER_WAY, policy.MISSING} or bool(reason.get("is_not_set_up"))
    one.templates = one.templates[1:] if tries_on else []
    return [one]


def _not_reached(tries: Sequence[Try], batch: Batch) -> None:
    for one in tries:
        walker, result = one.walker, {"tried": one.said}
        way = walking.way_after(one.step, Became.REFUSED)
        walker.ran(StepRun.State.SKIPPED, at=batch.now, code=Became.REFUSED, result=result)
        walker.goes_on(at=batch.now, way=way)


def _plans(
    tries: Sequence[Try], template: Template, batch: Batch
) -> tuple[list[tuple[Try, Plan]], dict[int, dict[str, Any]]]:
    whom = reached.wanted(purpose=template.purpose, role=template.wanted_role)
    meant = {id(one): (one.walker.row.customer_id, one.walker.row.contact_person_id) for one in tries}
    people = reached.meant(recipients=set(meant.values()), channel=template.channel, whom=whom, today=batch.today)
    chosen = {key: people[one] for key, one in meant.items()}
    recipients = {(one.walker.row.customer_id, chosen[id(one)].person_id) for one in tries}
    written = outreach.contents(template=template, recipients=recipients, today=batch.today)
    plans, missing = [], {}
    for one in tries:
        said = written[one.walker.row.customer_id, chosen[id(one)].person_id]
        if said.content is None:
            missing[id(one)] = {"code": policy.MISSING, "fields": list(said.missing)}
        else:
            plans.append((one, _plan(one, template, chosen[id(one)], said, batch)))
    return plans, missing


def _plan(one: Try, template: Template, chosen: Chosen, said: outreach.Filled, batch: Batch) -> Plan:
    walker = one.walker
    gain = ranking.gain_cents(
        walker.content,
        expected_cents=batch.worth.get(walker.row.customer_id, 0),
        cost_cents=batch.costs.get(template.channel, 0),
    )
    return Plan(
        customer_id=walker.row.customer_id,
        contact_person_id=chosen.person_id,
        channel=template.channel,
        purpose=template.purpose,
        key=walker.key(template.channel),
        origin=walker.play.origin,
        content=said.content or {},
        language=said.language,
        importance_cents=ranking.importance_cents(walker.content, gain=gain),
        not_before_at=batch.now,
        latest_at=one.until,
        keeps_refusal=False,
    )


def _decided(plans: Sequence[tuple[Try, Plan]], batch: Batch) -> Iterator[tuple[Try, Decision, Message | None]]:
    """Plan the messages of those who are contacted, and ask for the others what the governor would say."""
    treated = [(one, plan) for one, plan in plans if not one.walker.is_held_out]
    for (one, _plan), message in zip(
        treated, outreach.plan_messages([p for _o, p in treated], now=batch.now), strict=True
    ):
        verdict = Verdict.ALLOWED if message.pk else Verdict.REFUSED
        yield one, _decision(verdict, message), message
    shadows = [(one, replace(plan, origin=_shadow(plan.origin))) for one, plan in plans if one.walker.is_held_out]
    found = outreach.forecast([plan for _one, plan in shadows], now=batch.now, uses_addresses=True)
    for (one, _plan), (_same, decision) in zip(shadows, found, strict=True):
        yield one, decision, None


def _decision(verdict: Verdict, message: Message) -> Decision:
    reason = dict(message.reason or {})
    code = str(reason.pop("code", ""))
    return Decision(verdict=verdict, at=message.due_at, code=code, numbers=tuple(reason.items()))
