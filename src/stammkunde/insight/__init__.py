"""
Figures on customer retention from plain tables: no Django, no database, no state.

    from stammkunde import insight
    facts = insight.purchases("orders.parquet", customer="CustomerID", date="InvoiceDate", revenue="Amount")
    insight.cohorts.matrix(facts)
"""

from stammkunde.insight import (
    buying,
    classes,
    errors,
    frames,
    kpis,
    lifetime,
    money,
    periods,
    recency,
    rfm,
    rhythm,
    slices,
)
from stammkunde.insight.frames import Facts, facts
from stammkunde.insight.kpis import Figure, figures
from stammkunde.insight.rhythm import suggest_activity_days

__all__ = [
    "Facts",
    "Figure",
    "buying",
    "classes",
    "errors",
    "facts",
    "figures",
    "frames",
    "kpis",
    "lifetime",
    "money",
    "periods",
    "recency",
    "rfm",
    "rhythm",
    "slices",
    "suggest_activity_days",
]
