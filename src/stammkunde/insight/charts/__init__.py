"""
Charts: Altair specifications as plain dictionaries, each with the table that says the same.

A specification knows data and marks; `dressed` gives it the colours and the size of where it stands: a notebook, a page
by day or by night, paper. Words come from `LABELS`, or from the caller, and so do the names of periods.
"""

from stammkunde.insight.charts._drawing import Chart, Column, Name, Table, Unit
from stammkunde.insight.charts.arms import arms, difference
from stammkunde.insight.charts.compared import forest
from stammkunde.insight.charts.expected import by_frequency, cumulative_tracking, frequency_recency_map, tracking
from stammkunde.insight.charts.look import DARK, FONT, LIGHT, Palette, config
from stammkunde.insight.charts.over_time import order_rhythm, retention, revenue_and_margin
from stammkunde.insight.charts.proof import calibration, lift
from stammkunde.insight.charts.shares import cohort_heat_map, pareto, product_bars
from stammkunde.insight.charts.staying import survival
from stammkunde.insight.charts.words import LABELS, Labels

__all__ = [
    "DARK",
    "FONT",
    "LABELS",
    "LIGHT",
    "Chart",
    "Column",
    "Labels",
    "Name",
    "Palette",
    "Table",
    "Unit",
    "arms",
    "by_frequency",
    "calibration",
    "cohort_heat_map",
    "config",
    "cumulative_tracking",
    "difference",
    "forest",
    "frequency_recency_map",
    "lift",
    "order_rhythm",
    "pareto",
    "product_bars",
    "retention",
    "revenue_and_margin",
    "survival",
    "tracking",
]
