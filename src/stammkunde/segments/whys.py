"""Why somebody is in a group of customers, or is not: each question with what is known of her, and what she lacks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde import mirror
from stammkunde.customers import search
from stammkunde.customers.models import Customer
from stammkunde.insight import rules
from stammkunde.insight.periods import day
from stammkunde.insight.rules import Because, Rule, tree
from stammkunde.segments import latest, membership, scores, vocabulary, worlds
from stammkunde.segments.membership import Since
from stammkunde.segments.wording import Said, leaf, sentence
from stammkunde.segments.wording.checks import Answer
from stammkunde.signals import queries as signals
from stammkunde.ui import writing

FOUND = 3
ROWS = 3
RANKED = ("top %", "bottom %")


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one question says of somebody: whether it holds, what is known, what is lacking, and the latest days."""

    says: str
    holds: bool
    value: str
    lacks: str
    days: tuple[str, ...]

    @property
    def known(self) -> str:
        """Give what is known, unless the question ends with the very same words."""
        quoted = _("“%(text)s”") % {"text": self.value}
        return "" if self.says.endswith((f" {self.value}", quoted)) else self.value


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why a customer is in a group since when, or is not."""

    customer: Customer
    since: Since | None
    parts: tuple[Part, ...]

    @property
    def since_text(self) -> str:
        """Say since when; empty where she is not in it."""
        if self.since is None:
            return ""
        text = _("since at least %(day)s, when recording began") if self.since.at_least else _("since %(day)s")
        return text % {"day": writing.day(self.since.on)}


def matching(words: str) -> list[Customer]:
    """Find customers by words, a few."""
    return list(search.matching(Customer.objects.all(), words).order_by("name")[:FOUND]) if words else []


def of(segment_id: int, some: Collection[Customer], *, now: datetime) -> list[Why]:
    """
    Explain a group to a few customers.

    :raises InvalidRule: if its rule cannot be asked any more
    :raises NotKept: if the worker has not written down yet what is known as of last night
    """
    explained = by_rule(latest.version_of(segment_id).rule, some, now=now) if some else []
    return [replace(one, since=membership.since(segment_id, one.customer.pk)) for one in explained]


def by_rule(data: Any, some: Collection[Customer], *, now: datetime) -> list[Why]:
    """
    Explain a rule to a few customers; since when it holds for them is not known.

    :raises InvalidRule: as `of`, with all that it raises
    """
    known, said = vocabulary.known(), Said.current()
    rule = rules.read(data, known)
    found = _because(rule, [one.pk for one in some], known=known, now=now)
    return [Why(customer=one, since=None, parts=tuple(_parts(rule, found.get(one.pk, []), said))) for one in some]


def _because(rule: Rule, customer_ids: list[int], *, known: rules.Known, now: datetime) -> dict[int, list[Because]]:
    uses, generation = rules.uses(rule), signals.current()
    members, stored = membership.of_names(uses.members), membership.bounds(rule)
    asking = worlds.Asking(known=known, uses=[uses], days=worlds.days(now=now), members=members, bounds=stored)
    if any(_is_ranked(one) and rules.digest(one) not in stored for one in rules.leaves(rule)):
        everybody = worlds.of_all(asking, tables=mirror.tables(), generation=generation)
        asking = replace(asking, bounds=rules.bounds([rule], everybody))
    with worlds.of_few(asking, customer_ids=customer_ids, generation=generation) as world:
        found = rules.why(rule, world)
    held = scores.held_of(scores.leaves([rule]), customer_ids)
    return {pk: [_as_held(one, pk, held) for one in some] for pk, some in found.items()}


def _as_held(because: Because, customer_id: int, held: Mapping[str, Collection[int]]) -> Because:
    """Let an answer of a model hold where the group believes it: what is known last may not have been said twice."""
    believed = held.get(rules.digest(because.leaf))
    return because if believed is None else replace(because, holds=customer_id in believed)


def _is_ranked(one: rules.tree.Leaf) -> bool:
    return isinstance(one, tree.Field | tree.Happened) and one.check.operator in RANKED


def _parts(rule: Rule, found: list[Because], said: Said) -> Iterator[Part]:
    """Tell each question as the rule means it: of one that is denied, whether its contrary is true."""
    for because, denied in zip(found, _denied(rule), strict=False):
        part = _part(because, said)
        told = replace(part, says=sentence(tree.Not(because.leaf), said), holds=not part.holds, lacks="")
        yield told if denied else part


def _denied(rule: Rule, *, denied: bool = False) -> Iterator[bool]:
    """Tell of each question, in their order, whether it is denied: by one "not", or by three of them."""
    match rule:
        case tree.Not(inner):
            yield from _denied(inner, denied=not denied)
        case tree.All(rules) | tree.Any(rules):
            for one in rules:
                yield from _denied(one, denied=denied)
        case _:
            yield denied


def _part(because: Because, said: Said) -> Part:
    answers = list(_answers(because.leaf, said))
    values = [_value(value, answer) for value, answer in zip(because.values, answers, strict=False)]
    days = dict.fromkeys(writing.day(day(row.day)) for row in because.rows if row.day is not None)
    return Part(
        says=leaf(because.leaf, said),
        holds=because.holds,
        value=_(" against ").join(values),
        lacks="" if because.holds or not answers else _lacking(because.lacks, answers[0]),
        days=tuple(days)[:ROWS],
    )


def _answers(one: tree.Leaf, said: Said) -> Iterator[Answer]:
    """Give of which kind the values of a question are."""
    match one:
        case tree.Field(name, _check):
            yield said.field(name)[1]
        case tree.Happened(amount, _check):
            yield said.measured_by(amount)
        case tree.Compare(left, _operator, _times, right):
            for amount in (left, right):
                found = said.measured_by(amount)
                yield Answer(kind="whole", unit=_("days")) if found.kind == "day" else found


def _value(value: Any, answer: Answer) -> str:
    """Write what is known; days stand as numbers."""
    if value is None:
        return _("unknown")
    if answer.kind == "day" and isinstance(value, int):
        return writing.day(day(value))
    if answer.kind == "text":
        return answer.labels.get(value) or answer.plain(str(value))
    return answer.write(round(value, _places(answer)) if isinstance(value, float) else value)


def _lacking(lacks: float | None, answer: Answer) -> str:
    """Say by how much it would have to be more or less."""
    if not lacks:
        return ""
    if answer.kind == "day":
        n = abs(round(lacks))
        amount = ngettext("%(n)s day", "%(n)s days", n) % {"n": writing.number(n)}
    else:
        amount = answer.write(abs(round(lacks, _places(answer))))
    if answer.kind == "day":
        text = _("%(amount)s too early") if lacks > 0 else _("%(amount)s too late")
    else:
        text = _("%(amount)s too little") if lacks > 0 else _("%(amount)s too much")
    return text % {"amount": amount}


def _places(answer: Answer) -> int:
    return 3 if answer.kind == "share" else 1
