"""What has happened to those of a batch: the goal, a complaint, an objection, what began it is gone, it is over."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from stammkunde.customers import queries as customers
from stammkunde.customers import unsettled
from stammkunde.customers.models import Consent
from stammkunde.customers.policy import BLOCKING, Reason
from stammkunde.outreach import channels
from stammkunde.outreach.models import Template
from stammkunde.plays import contents, groups, walking
from stammkunde.plays.contents import Content, Enters, Happening
from stammkunde.plays.measures import happenings
from stammkunde.plays.measures.happenings import Fact
from stammkunde.plays.measures.moves import Batch, Walker
from stammkunde.plays.walking import Event
from stammkunde.sales import queries as sales

# Whoever had agreed before withdraws, whoever had not objects: both want no more
OBJECTIONS = frozenset({Reason.OBJECTED, Reason.WITHDRAWN, Reason.COMPANY_OBJECTED})
COMPLAINT = "complaint"
OPEN_COMPLAINT = "open_complaint"  # as `tasks` knows it


def meet(batch: Batch) -> None:
    """Let everybody in the batch meet what has happened, in the order that counts: gone reasons before goals."""
    for event, met in _in_order(batch):
        for one in met:
            one.meets(event, at=batch.now)


def _in_order(batch: Batch) -> Iterator[tuple[Event, list[Walker]]]:
    yield Event.TRIGGER_UNDONE, _undone(list(batch.open()))
    yield Event.REASON_GONE, _reason_gone(list(batch.open()), now=batch.now)
    yield Event.GOAL, _reached(list(batch.open()), now=batch.now)
    yield Event.LEFT, _left([one for one in batch.open() if "left" in one.content.ends_on])
    yield Event.COMPLAINT, _complaining([one for one in batch.open() if COMPLAINT in one.content.ends_on])
    yield Event.HAPPENED, _ended(list(batch.open()), now=batch.now)
    yield Event.OBJECTED, _objecting(list(batch.open()), batch)
    yield Event.TOO_LATE, _over(list(batch.open()), batch)


def _undone(walkers: Sequence[Walker]) -> list[Walker]:
    """Give those whose play was begun by a fact that is gone."""
    by_table: dict[str, list[Walker]] = defaultdict(list)
    for one in walkers:
        if table := happenings.table_of(one.row.source):
            by_table[table].append(one)
    found = []
    for table, some in by_table.items():
        there = happenings.there(table, {one.row.source for one in some})
        found += [one for one in some if one.row.source not in there]
    return found


def _reason_gone(walkers: Sequence[Walker], *, now: datetime) -> list[Walker]:
    """Give those who left the group, and were not in it at time zero by what is known of that day by now."""
    found = []
    for segment, some in _by_segment(walkers).items():
        out = _out(segment, some)
        left = [one for one in some if one.row.customer_id in out]
        for at in {one.zero_at for one in left}:
            of_then = [one for one in left if one.zero_at == at]
            was_in = groups.was_in(segment, [one.row.customer_id for one in of_then], at=at, now=now)
            found += [one for one in of_then if one.row.customer_id not in was_in]
    return found


def _left(walkers: Sequence[Walker]) -> list[Walker]:
    """Give those who are out of the group that they came into."""
    found = []
    for segment, some in _by_segment(walkers).items():
        out = _out(segment, some)
        found += [one for one in some if one.row.customer_id in out]
    return found


def _by_segment(walkers: Sequence[Walker]) -> dict[int, list[Walker]]:
    found: dict[int, list[Walker]] = defaultdict(list)
    for one in walkers:
        version = one.row.version
        if isinstance(one.content.trigger, Enters) and version and version.segment_id:
            found[version.segment_id].append(one)
    return found


def _out(segment_id: int, walkers: Sequence[Walker]) -> set[int]:
    """Tell who left a group after she entered, and did not come back."""
    since = min(one.row.entered_at for one in walkers)
    last: dict[int, bool] = {}
    for change in groups.changes(segment_id, since=since, of=[one.row.customer_id for one in walkers]):
        last[change.customer_id] = change.is_in
    return {customer for customer, is_in in last.items() if not is_in}


def _reached(walkers: Sequence[Walker], *, now: datetime) -> list[Walker]:
    """Give those who have done what the play is for; which fact it was is noted with them."""
    found = []
    for one, fact in _met([(goal, one) for one in walkers if (goal := one.content.goal.happening)], now=now):
        last = timezone.localdate(one.zero_at) + timedelta(days=one.content.goal.window_days)
        if fact.on <= last:
            one.row.goal_source = fact.source
            found.append(one)
    return found


def _ended(walkers: Sequence[Walker], *, now: datetime) -> list[Walker]:
    """Give those with whom something has happened that ends it; to an order perhaps before it began for them."""
    asked = [(what, one) for one in walkers for what in one.content.ends_when]
    return list(dict.fromkeys(one for one, _fact in _met(asked, now=now, also_before=True)))


def _met(
    asked: Sequence[tuple[Happening, Walker]], *, now: datetime, also_before: bool = False
) -> Iterator[tuple[Walker, Fact]]:
    """
    Give the first fact for each that is as asked: neither what began it nor our own act, and after time zero.

    What happened `also_before` counts where it is about a thing that itself has a day.
    """
    by_kind: dict[tuple[str, str], list[tuple[Happening, Walker]]] = defaultdict(list)
    for what, one in asked:
        by_kind[what.name, one.content.thing].append((what, one))
    for (_name, thing), some in by_kind.items():
        what, first = some[0]
        before = also_before and contents.about.counts_from_its_day(what, first.content)
        since = timezone.localdate(min(one.zero_at for _what, one in some))
        since -= happenings.OLDEST_THING if before else timedelta(0)
        facts = _facts(what, [one for _what, one in some], thing=thing, on=since, now=now)
        for _what, one in some:
            of_hers = (fact for fact in facts[one.row.customer_id] if before or fact.is_after(one.zero_at))
            fact = next((fact for fact in of_hers if one.is_news(fact) and one.concerns(what, fact)), None)
            if fact is not None:
                yield one, fact


def _facts(
    what: Happening, walkers: Sequence[Walker], *, thing: str, on: date, now: datetime
) -> Mapping[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    ids = {one.row.customer_id for one in walkers}
    for fact in happenings.theirs(what, on=on, now=now, customer_ids=ids, thing=thing):
        found[fact.customer_id].append(fact)
    return found


def _complaining(walkers: Sequence[Walker]) -> list[Walker]:
    if not walkers:
        return []
    open_ones = unsettled.among({one.row.customer_id for one in walkers})
    return [one for one in walkers if open_ones.get(one.row.customer_id) == OPEN_COMPLAINT]


def _objecting(walkers: Sequence[Walker], batch: Batch) -> list[Walker]:
    """Give those who want no more of all that is left for them, where that is nothing but advertising."""
    ids = {one.row.customer_id for one in walkers}
    objected = Consent.objects.filter(customer__in=ids, state__in=BLOCKING).values_list("customer_id")
    some = {pk for (pk,) in objected}
    return [one for one in walkers if one.row.customer_id in some and _is_all_objected(one, batch)]


def _is_all_objected(one: Walker, batch: Batch) -> bool:
    templates = _left_to_say(one.content, one.standing.step, batch)
    return bool(templates) and all(_is_objected(one, template, batch) for template in templates)


def _left_to_say(content: Content, key: str, batch: Batch) -> list[Template]:
    """Give the advertising that may still come; none where anything else may come as well."""
    found = []
    for step in walking.left_to_do(content, key):
        if isinstance(step, (contents.Task, contents.HandOver)):
            return []
        if isinstance(step, contents.Message):
            found += [batch.templates[int(ref)] for ref in step.every_template if int(ref) in batch.templates]
    return found if all(one.purpose == "advertising" for one in found) else []


def _is_objected(one: Walker, template: Template, batch: Batch) -> bool:
    customer_id = one.row.customer_id
    said = customers.permissions(
        customer_ids=[customer_id],
        channel=channels.get(template.channel).reaches,
        purpose=template.purpose,
        buyers=sales.buyers(customer_ids=[customer_id]),
        today=batch.today,
    )
    whose = (customer_id, one.row.contact_person_id)  # whom it is about, if anybody, else the customer
    return said.get(whose, said[customer_id, None]).reason in OBJECTIONS


def _over(walkers: Sequence[Walker], batch: Batch) -> list[Walker]:
    def last(one: Walker) -> bool:
        return walking.last_moment(one.content, zero_at=one.zero_at, zone=one.zones.ours) <= batch.now

    return [one for one in walkers if last(one)]
