"""What somebody needs to see the rule of a group, or to make one: who learns who is in it learns what it asks."""

from collections.abc import Iterable, Iterator

from stammkunde.insight import rules
from stammkunde.insight.rules import Known, Rule
from stammkunde.segments import latest
from stammkunde.segments.models import SegmentVersion
from stammkunde.signals import forecasts
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.team import policy
from stammkunde.team.models import Staff

NAMED = frozenset({"customer.number", "customer.owner"})  # which customer, and whose
MARGIN = frozenset({"signal.margin", "signal.margin_year"})
WORTH = frozenset({"signal.at_stake", "signal.expected", "signal.value"})  # of margin, or of revenue
TOLD_APART = (policy.CUSTOMERS_VIEW, policy.MARGIN_VIEW)


def lacking(staff: Staff, some: Iterable[Rule], known: Known) -> list[str]:
    """Name the rights that somebody lacks for rules, and for those of the groups that they ask for."""
    fields = _fields(some, known)
    asked = _apart(signals.current() if fields & WORTH else None)
    return [right for right, names in asked.items() if fields & names and not policy.may(staff, right)]


def unseen(staff: Staff) -> frozenset[str]:
    """Name the fields that somebody's rules may not ask."""
    asked = _apart(signals.current())
    return frozenset(name for right, names in asked.items() if not policy.may(staff, right) for name in names)


def _apart(generation: Generation | None) -> dict[str, frozenset[str]]:
    margin = MARGIN if forecasts.basis(generation) == "revenue" else MARGIN | WORTH
    return {policy.CUSTOMERS_VIEW: NAMED, policy.MARGIN_VIEW: margin}


def may_read(staff: Staff, version: SegmentVersion, known: Known) -> bool:
    """Say whether somebody may see a rule; one that cannot be read any more, only whoever may see all."""
    if all(policy.may(staff, right) for right in TOLD_APART):
        return True
    read = latest.readable([version], known)
    return bool(read) and not lacking(staff, read.values(), known)


def _fields(some: Iterable[Rule], known: Known) -> frozenset[str]:
    used = [rules.uses(one) for one in some]
    asked = {name for one in used for name in one.members}
    of_others = [rules.uses(one) for one in _others(asked, known)] if asked else []
    return frozenset(name for one in (*used, *of_others) for name in one.fields)


def _others(asked: set[str], known: Known) -> Iterator[Rule]:
    """Give the rules of groups by the names of their members, and of all that these ask for."""
    named = {f"segment:{one.segment_id}": rule for one, rule in latest.readable(latest.versions(), known).items()}
    seen, left = set[str](), list(asked)
    while left:
        name = left.pop()
        if name not in seen and name in named:
            seen.add(name)
            yield named[name]
            left += rules.uses(named[name]).members
