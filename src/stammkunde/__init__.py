"""Stammkunde: keep the customers you have. `stammkunde.insight` is useful alone; the rest is the product."""

__version__ = "0.1.0"
