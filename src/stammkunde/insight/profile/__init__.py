"""
The ideal customer: what the best kept and most profitable ones have in common, and who of a list resembles them.

    >>> from stammkunde.insight import profile
    >>> found = profile.fit(facts, as_of=today, activity_days=365, attributes=["industry", "region"])
    >>> profile.score("prospects.parquet", found.rule).table["score"].to_pylist()
    [75.0, 25.0]
"""

from stammkunde.insight.profile.best import Best, best_ids
from stammkunde.insight.profile.portrait import Profile, fit
from stammkunde.insight.profile.rule import Points, Rule, RuleRefusal, Scored, known_as, score

__all__ = ["Best", "Points", "Profile", "Rule", "RuleRefusal", "Scored", "best_ids", "fit", "known_as", "score"]
