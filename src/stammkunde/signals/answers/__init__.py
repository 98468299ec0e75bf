"""
Answers to free questions, computed from the mirror through insight and cached by the version of the facts.

Every answer counts up to the day, and with the activity window, of the shown generation, unless the question says
otherwise. `NoMirror`: nothing was refreshed yet. `NoFacts`: there are no orders.
"""

from stammkunde.mirror import NoMirror
from stammkunde.signals.answers.asking import NoFacts, at_once, keep_shelf
from stammkunde.signals.answers.buyers import (
    Abc,
    Rfm,
    Rhythm,
    abc,
    customers_behind,
    last_bought,
    rfm,
    rhythm,
    suggested_activity_days,
)
from stammkunde.signals.answers.goods import Product, ProductList, comebacks, product, products
from stammkunde.signals.answers.keeping import kept
from stammkunde.signals.answers.over_time import (
    MonthOfRevenue,
    SliceColumn,
    cohorts,
    figures,
    last_complete,
    lifetime,
    retention_series,
    revenue_by_month,
    slices,
    unallocated,
)
from stammkunde.signals.answers.silence import Silence, silence
from stammkunde.signals.answers.traits import (
    TooLittle,
    are_known,
    best_customers,
    customers_sharing,
    drivers,
    profile,
)
from stammkunde.signals.frames import OTHER, Slice

__all__ = [
    "OTHER",
    "Abc",
    "MonthOfRevenue",
    "NoFacts",
    "NoMirror",
    "Product",
    "ProductList",
    "Rfm",
    "Rhythm",
    "Silence",
    "Slice",
    "SliceColumn",
    "TooLittle",
    "abc",
    "are_known",
    "at_once",
    "best_customers",
    "cohorts",
    "comebacks",
    "customers_behind",
    "customers_sharing",
    "drivers",
    "figures",
    "keep_shelf",
    "kept",
    "last_bought",
    "last_complete",
    "lifetime",
    "product",
    "products",
    "profile",
    "retention_series",
    "revenue_by_month",
    "rfm",
    "rhythm",
    "silence",
    "slices",
    "suggested_activity_days",
    "unallocated",
]
