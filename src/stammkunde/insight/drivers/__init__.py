"""
What the lost have in common, against comparable customers who stayed.

    >>> from stammkunde.insight import drivers
    >>> found = drivers.find(facts, as_of=today, activity_days=365, attributes=["country"])
    >>> found.findings[0].traits
    (Trait(family='attribute', name='country', value='AT'),)
    >>> len(drivers.sharing(facts, found.findings[0].traits, as_of=today, activity_days=365))
    157
"""

from stammkunde.insight.drivers.contracts import of_snapshot
from stammkunde.insight.drivers.findings import Drivers, Finding
from stammkunde.insight.drivers.lost import find, sharing
from stammkunde.insight.drivers.traits import FAMILIES, Trait

__all__ = ["FAMILIES", "Drivers", "Finding", "Trait", "find", "of_snapshot", "sharing"]
