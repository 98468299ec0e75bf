"""
Figures on customer retention from plain tables: no Django, no database, no state.

    >>> from stammkunde import insight
    >>> facts = insight.purchases("orders.parquet", customer="CustomerID", date="InvoiceDate", revenue="Amount")
    >>> insight.cohorts.matrix(facts, grain="quarter").shares[0][0]
    1.0
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from stammkunde.insight import (
    buying,
    classes,
    cohorts,
    comeback,
    errors,
    frames,
    kpis,
    lifetime,
    margins,
    money,
    outcomes,
    periods,
    products,
    recency,
    retention,
    rfm,
    rhythm,
    rules,
    slices,
)
from stammkunde.insight.doors import named, purchases
from stammkunde.insight.frames import Facts, facts
from stammkunde.insight.kpis import Figure, figures
from stammkunde.insight.rhythm import suggest_activity_days

if TYPE_CHECKING:
    from stammkunde.insight import charts, drivers, experiments, profile, risk, uplift, value

__all__ = [
    "Facts",
    "Figure",
    "buying",
    "charts",
    "classes",
    "cohorts",
    "comeback",
    "drivers",
    "errors",
    "experiments",
    "facts",
    "figures",
    "frames",
    "kpis",
    "lifetime",
    "margins",
    "money",
    "named",
    "outcomes",
    "periods",
    "products",
    "profile",
    "purchases",
    "recency",
    "retention",
    "rfm",
    "rhythm",
    "risk",
    "rules",
    "slices",
    "suggest_activity_days",
    "uplift",
    "value",
]

LATE = (
    "charts",
    "drivers",
    "experiments",
    "profile",
    "risk",
    "uplift",
    "value",
)  # bring Altair or scipy: loaded when asked for


def __getattr__(name: str) -> ModuleType:
    if name in LATE:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
