"""What a customer is worth: models of how often customers buy, how long they stay and how much they spend."""

from stammkunde.insight.value.bgnbd import BetaGeometric, fit_bg_nbd, fit_mbg_nbd
from stammkunde.insight.value.contracts import RetentionCurve, fit_retention
from stammkunde.insight.value.gammagamma import GammaGamma, fit_gamma_gamma
from stammkunde.insight.value.history import History, history
from stammkunde.insight.value.paretonbd import ParetoNbd, fit_pareto_nbd

__all__ = [
    "BetaGeometric",
    "GammaGamma",
    "History",
    "ParetoNbd",
    "RetentionCurve",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_mbg_nbd",
    "fit_pareto_nbd",
    "fit_retention",
    "history",
]
