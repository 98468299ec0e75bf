"""
What a customer is worth: models of how often customers buy, how long they stay and how much they spend.

    >>> from stammkunde.insight import value
    >>> worth = value.worth.fit(facts, as_of=today)
    >>> value.worth.customers(facts, worth).column_names[:3]
    ['customer_id', 'alive', 'expected_purchases']
"""

from stammkunde.insight.value import summaries, worth
from stammkunde.insight.value.bgnbd import BetaGeometric, fit_bg_nbd, fit_mbg_nbd
from stammkunde.insight.value.contracts import RetentionCurve, fit_retention
from stammkunde.insight.value.counts import probability_of
from stammkunde.insight.value.gammagamma import GammaGamma, fit_gamma_gamma
from stammkunde.insight.value.history import History, history
from stammkunde.insight.value.intervals import Bounds, interval
from stammkunde.insight.value.level import Level
from stammkunde.insight.value.matrix import Cell, frequency_recency
from stammkunde.insight.value.nbd import Nbd, fit_nbd
from stammkunde.insight.value.paretonbd import ParetoNbd, fit_pareto_nbd
from stammkunde.insight.value.trial import BackTest, Frequent, Tracked, back_test, by_frequency, tracking

__all__ = [
    "BackTest",
    "BetaGeometric",
    "Bounds",
    "Cell",
    "Frequent",
    "GammaGamma",
    "History",
    "Level",
    "Nbd",
    "ParetoNbd",
    "RetentionCurve",
    "Tracked",
    "back_test",
    "by_frequency",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_mbg_nbd",
    "fit_nbd",
    "fit_pareto_nbd",
    "fit_retention",
    "frequency_recency",
    "history",
    "interval",
    "probability_of",
    "summaries",
    "tracking",
    "worth",
]
