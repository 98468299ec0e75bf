"""
Figures on customer retention from plain tables: no Django, no database, no state.

    from stammkunde import insight
    facts = insight.purchases("orders.parquet", customer="CustomerID", date="InvoiceDate", revenue="Amount")
    insight.cohorts.matrix(facts)
"""

from stammkunde.insight import (
    buying,
    charts,
    classes,
    cohorts,
    comeback,
    drivers,
    errors,
    frames,
    kpis,
    lifetime,
    money,
    periods,
    products,
    profile,
    recency,
    rfm,
    rhythm,
    slices,
)
from stammkunde.insight.doors import purchases
from stammkunde.insight.frames import Facts, facts
from stammkunde.insight.kpis import Figure, figures
from stammkunde.insight.rhythm import suggest_activity_days

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
    "facts",
    "figures",
    "frames",
    "kpis",
    "lifetime",
    "money",
    "periods",
    "products",
    "profile",
    "purchases",
    "recency",
    "rfm",
    "rhythm",
    "slices",
    "suggest_activity_days",
]
