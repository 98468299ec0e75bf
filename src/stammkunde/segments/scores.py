"""
What models say of somebody counts for groups when it was said twice in a row.

A rule's question to a score (`nightly.SCORES`) is answered by itself, once for each generation; what is held true of it
takes its place in the rule as a group of its own, so that all other questions of the rule are answered at once.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np
from django.db import transaction

from stammkunde.insight import rules
from stammkunde.insight.rules import Rule, World
from stammkunde.insight.rules.tree import All, Any, Field, Member, Not
from stammkunde.segments import bits, worlds
from stammkunde.segments.bits import Ids
from stammkunde.segments.models import ScoreLeaf
from stammkunde.segments.nightly import SCORE_FIELDS


def leaves(asked: Iterable[Rule]) -> dict[str, Field]:
    """Find the questions to scores in rules, by what they say."""
    found = (leaf for rule in asked for leaf in rules.leaves(rule))
    return {rules.digest(leaf): leaf for leaf in found if isinstance(leaf, Field) and leaf.name in SCORE_FIELDS}


def answer(some: Mapping[str, Field], world: World, *, generation_id: int, save: Callable[[], None]) -> None:
    """
    Answer questions to scores by a generation; those that are answered already stay. Repeating is harmless.

    :raises LostLease: if `save` finds that the claim is another's by now
    """
    known = {one.digest: one for one in ScoreLeaf.objects.filter(digest__in=some)}
    due = {name: leaf for name, leaf in some.items() if name not in known or known[name].generation != generation_id}
    for name, said in worlds.answers(due, world).items() if due else ():
        former = known.get(name)
        held = _held(said, former) if former else said
        packed = {"said": bits.packed(said), "held": bits.packed(held)}
        with transaction.atomic():
            ScoreLeaf.objects.update_or_create(digest=name, defaults={"generation": generation_id, **packed})
            save()


def _held(said: Ids, former: ScoreLeaf) -> Ids:
    """Believe what was said twice in a row; else what was held before."""
    before, held = bits.read(bytes(former.said)), bits.read(bytes(former.held))
    twice = np.intersect1d(said, before)
    wavering = np.setxor1d(said, before)
    return np.union1d(twice, np.intersect1d(held, wavering))


def members(some: Iterable[str]) -> dict[str, Ids]:
    """Give of whom each question is held true, as members of a group that only stands in rules."""
    found = ScoreLeaf.objects.filter(digest__in=list(some))
    return {_member(one.pk).name: bits.read(bytes(one.held)) for one in found}


def held_of(some: Iterable[str], customer_ids: Collection[int]) -> dict[str, set[int]]:
    """Tell of whom of a few customers each question is held true, by what it says."""
    found = ScoreLeaf.objects.filter(digest__in=list(some))
    return {one.digest: bits.among(bytes(one.held), customer_ids) for one in found}


def held(asked: Mapping[str, Rule]) -> dict[str, Rule]:
    """Let rules ask for what is held true, where they ask a score."""
    names = leaves(asked.values())
    numbers = dict(ScoreLeaf.objects.filter(digest__in=list(names)).values_list("digest", "pk"))
    stands = {leaf: _member(numbers[name]) for name, leaf in names.items() if name in numbers}
    return {name: _replaced(rule, stands) for name, rule in asked.items()}


def _member(number: int) -> Member:
    return Member("segment", -number, "in")  # groups have numbers above 0


def _replaced(rule: Rule, stands: Mapping[Field, Member]) -> Rule:
    match rule:
        case All(inner) | Any(inner):
            return replace(rule, rules=tuple(_replaced(one, stands) for one in inner))
        case Not(inner):
            return replace(rule, rule=_replaced(inner, stands))
        case Field():
            return stands.get(rule, rule)
        case _:
            return rule


def forget() -> None:
    """Forget the questions that no rule asked at the last pass."""
    last = ScoreLeaf.objects.order_by("-generation").values_list("generation", flat=True).first()
    if last is not None:
        ScoreLeaf.objects.filter(generation__lt=last).delete()
