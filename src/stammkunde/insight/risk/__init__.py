"""
Early warning: who will not buy again within the time in which she normally would, why, and how far to trust it.

    >>> from stammkunde.insight import risk
    >>> model = risk.fit(facts, as_of=today, activity_days=365)
    >>> risk.score(facts, model).column_names
    ['customer_id', 'probability', 'silence', 'reasons']
"""

from stammkunde.insight.risk.contracts import SnapshotModel, explain_snapshot, fit_snapshot
from stammkunde.insight.risk.features import features
from stammkunde.insight.risk.happened import REGISTERED, Sign
from stammkunde.insight.risk.horizon import HorizonSuggestion, suggest_horizon_days
from stammkunde.insight.risk.leaks import Refused, refused
from stammkunde.insight.risk.level import RiskLevel
from stammkunde.insight.risk.lights import Reach
from stammkunde.insight.risk.metrics import Quality, quality
from stammkunde.insight.risk.model import (
    Refusal,
    RiskModel,
    back_test,
    explain,
    fit,
    give_reasons,
    probability,
    score,
    signs,
)
from stammkunde.insight.risk.replay import BackTest, Counts, LiftPoint, Told, Warned

__all__ = [
    "REGISTERED",
    "BackTest",
    "Counts",
    "HorizonSuggestion",
    "LiftPoint",
    "Quality",
    "Reach",
    "Refusal",
    "Refused",
    "RiskLevel",
    "RiskModel",
    "Sign",
    "SnapshotModel",
    "Told",
    "Warned",
    "back_test",
    "explain",
    "explain_snapshot",
    "features",
    "fit",
    "fit_snapshot",
    "give_reasons",
    "probability",
    "quality",
    "refused",
    "score",
    "signs",
    "suggest_horizon_days",
]
