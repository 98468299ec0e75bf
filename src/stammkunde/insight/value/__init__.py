"""What a customer is worth: models of how often customers buy, how long they stay and how much they spend."""

from stammkunde.insight.value.bgnbd import BetaGeometric, fit_bg_nbd, fit_mbg_nbd
from stammkunde.insight.value.history import History, history

__all__ = ["BetaGeometric", "History", "fit_bg_nbd", "fit_mbg_nbd", "history"]
