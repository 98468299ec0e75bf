"""
Figures on customer retention from plain tables: no Django, no database, no state.

    from stammkunde import insight
    facts = insight.purchases("orders.parquet", customer="CustomerID", date="InvoiceDate", revenue="Amount")
    insight.cohorts.matrix(facts)
"""

from stammkunde.insight import buying, errors, frames, kpis, lifetime, money, periods, slices
from stammkunde.insight.frames import Facts, facts
from stammkunde.insight.kpis import Figure, figures

__all__ = [
    "Facts",
    "Figure",
    "buying",
    "errors",
    "facts",
    "figures",
    "frames",
    "kpis",
    "lifetime",
    "money",
    "periods",
    "slices",
]
