"""
What retention is worth here: by this company's own figures, and what the literature says elsewhere.

    >>> from stammkunde.insight import retention
    >>> base = retention.Base(customers=1000, kept=800, each_cents=10_000, error_cents=200, like=0.5, like_error=0.05)
    >>> worth = retention.point(base, points=1)
    >>> (worth.customers, round(worth.year.cents), round(worth.lifetime.cents))
    (10.0, 50000, 183333)
    >>> retention.costs(base, won=150, winning_cents=900_000, keeping_cents=None).times is None  # not known
    True
"""

from stammkunde.insight.retention.costs import Costs, costs
from stammkunde.insight.retention.here import base
from stammkunde.insight.retention.literature import CLAIMS, Claim, Evidence
from stammkunde.insight.retention.point import DISCOUNT, LEAST_CUSTOMERS, Amount, Base, Worth, point

__all__ = [
    "CLAIMS",
    "DISCOUNT",
    "LEAST_CUSTOMERS",
    "Amount",
    "Base",
    "Claim",
    "Costs",
    "Evidence",
    "Worth",
    "base",
    "costs",
    "point",
]
