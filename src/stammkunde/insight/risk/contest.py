"""
The contest: every candidate learns from older evenings and is tried on a later one, as it would have been then.

The one with the lowest log loss wins; a simpler one is preferred where the winner's lead is within one standard error of
the customers' differences (Breiman et al. 1984, Classification and Regression Trees).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.risk.calibration import Line, line
from stammkunde.insight.risk.candidates import RULES, Rule, fit_candidate
from stammkunde.insight.risk.evenings import Evening
from stammkunde.insight.risk.metrics import Bools, Quality, losses, quality
from stammkunde.insight.value.history import Floats

MOST_TRIALS = 4
NOISE = 1.0  # standard errors


@dataclass(frozen=True, eq=False)
class Trial:
    """What each candidate, having learnt from older evenings, said of the customers of one evening."""

    evening: Evening
    said: Mapping[Rule, Floats]


@dataclass(frozen=True)
class Verdict:
    """Who is used, corrected how, and how all of them did."""

    rule: Rule
    line: Line = field(default_factory=Line)
    qualities: Mapping[Rule, Quality] = field(default_factory=dict)
    trials: int = 0


def trials(evenings: Sequence[Evening], *, attributes: Sequence[str] = ()) -> list[Trial]:
    """
    Let every candidate learn from what was known before each evening, and say what it then said.

    Args:
        evenings: evenings with their outcome, latest first.
        attributes: columns of the customers that the additive model may use.

    Returns:
        one trial for every evening that has older ones to learn from, latest first.
    """
    pairs = ((evening, evenings[number + 1 :]) for number, evening in enumerate(evenings))
    found = [Trial(evening, _said(evening, older, attributes)) for evening, older in pairs if older]
    return [trial for trial in found if trial.said]


def judge(tried: Sequence[Trial]) -> Verdict:
    """
    Choose a candidate and the correction of its probabilities.

    Args:
        tried: trials whose outcome is known, latest first; the latest four with enough of both sorts count.

    Returns:
        the verdict; without a trial to go by, silence alone and no correction.
    """
    telling = [trial for trial in tried if trial.evening.enough][:MOST_TRIALS]
    if not telling:
        return Verdict("silence")
    left = np.concatenate([trial.evening.left for trial in telling])
    said = {
        rule: np.concatenate([trial.said[rule] for trial in telling])
        for rule in RULES
        if all(rule in trial.said for trial in telling)
    }
    rule = _winner(said, left)
    return Verdict(rule, line(said[rule], left), {name: quality(p, left) for name, p in said.items()}, len(telling))


def _winner(said: Mapping[Rule, Floats], left: Bools) -> Rule:
    lost = {rule: losses(p, left) for rule, p in said.items()}
    best = min(lost, key=lambda rule: float(lost[rule].mean()))
    return next(rule for rule in lost if _within_noise(lost[rule] - lost[best]))


def _within_noise(behind: Floats) -> bool:
    return float(behind.mean()) <= NOISE * float(behind.std()) / math.sqrt(len(behind))


def _said(evening: Evening, older: Sequence[Evening], attributes: Sequence[str]) -> dict[Rule, Floats]:
    said: dict[Rule, Floats] = {}
    for rule in RULES:
        try:
            found = fit_candidate(rule, older, attributes=attributes).probability(evening.table)
        except NotEnoughData:
            continue  # this candidate stays out of the contest
        if not np.isnan(found).any():
            said[rule] = found
    return said
