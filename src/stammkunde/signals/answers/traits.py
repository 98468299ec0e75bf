"""What the lost, and the best, have in common, and who shares it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from stammkunde.insight import drivers as lost
from stammkunde.insight import profile as ideal
from stammkunde.insight.drivers import Drivers, Trait
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.frames import Facts
from stammkunde.insight.profile import Profile
from stammkunde.signals.answers.asking import Base, answer, is_known

UNTOLD = frozenset({"owner", "since_on"})  # of customers: says nothing about them, or is told by tenure
Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class TooLittle:
    """There is too little to compare: why, and with which numbers."""

    code: str
    numbers: dict[str, int] = field(default_factory=dict)


def drivers() -> Drivers | TooLittle:
    """
    Find what the lost have in common.

    :raises NoMirror: if nothing was mirrored yet
    :raises NoFacts: if there are no orders
    """

    def find(base: Base) -> Drivers:
        attributes = _attributes(base.facts)
        return lost.find(base.facts, as_of=base.as_of, activity_days=base.activity_days, attributes=attributes)

    return answer("drivers", _or_too_little(find))


def profile() -> Profile | TooLittle:
    """
    Describe the best customers, and give the rule by which prospects are scored.

    :raises NoMirror: if nothing was mirrored yet
    :raises NoFacts: if there are no orders
    """

    def describe(base: Base) -> Profile:
        attributes = _attributes(base.facts)
        return ideal.fit(base.facts, as_of=base.as_of, activity_days=base.activity_days, attributes=attributes)

    return answer("profile", _or_too_little(describe))


def are_known(name: str) -> bool:
    """Say whether `drivers` or `profile` is worked out already, so that a page may show it at once."""
    return is_known(name)


def customers_sharing(traits: Sequence[Trait]) -> tuple[int, ...]:
    """List the ids of the customers still here who have all of some traits."""

    def look(base: Base) -> tuple[int, ...]:
        found = lost.sharing(base.facts, traits, as_of=base.as_of, activity_days=base.activity_days)
        return tuple(found.to_pylist())

    return answer("sharing", look, *(trait.key for trait in traits))


def best_customers() -> tuple[int, ...]:
    """List the ids of the best customers, from whom the profile is taken; nobody where there is none."""
    found = profile()
    if isinstance(found, TooLittle):
        return ()
    return answer("best", lambda base: tuple(ideal.best_ids(base.facts, found.definition)), repr(found.definition))


def _attributes(facts: Facts) -> list[str]:
    return [name for name in facts.attributes() if name not in UNTOLD]


def _or_too_little(work_out: Callable[[Base], Found]) -> Callable[[Base], Found | TooLittle]:
    def told(base: Base) -> Found | TooLittle:
        try:
            return work_out(base)
        except NotEnoughData as refusal:
            return TooLittle(code=getattr(refusal, "code", "no_rhythm"), numbers=getattr(refusal, "numbers", {}))

    return told
