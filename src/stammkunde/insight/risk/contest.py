"""
The contest: every candidate learns from older evenings and is tried on a later one, as it would have been then.

The one with the lowest log loss wins; a simpler one is preferred where the winner's lead is within one standard error
of the customers' differences (Breiman et al. 1984, Classification and Regression Trees).
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.risk.calibration import Line, line
from stammkunde.insight.risk.candidates import RULES, Fitted, Rule, fit_candidate
from stammkunde.insight.risk.evenings import Evening
from stammkunde.insight.risk.metrics import Bools, Quality, average, losses, quality
from stammkunde.insight.value.history import Floats

MOST_TRIALS = 4
NOISE = 1.0  # standard errors


@dataclass(frozen=True, eq=False)
class Trial:
    """What each candidate, having learnt from older evenings, said of the customers of one evening."""

    evening: Evening
    said: Mapping[Rule, Floats]
    base_share: float  # that left on the evenings learnt from
    by: Literal["time", "customers"] = "time"  # customers: learnt from the other half of the same evening's customers
    fitted: Mapping[Rule, Fitted] = field(default_factory=dict)  # to older evenings; by customers there is none


@dataclass(frozen=True)
class Verdict:
    """Who is used, corrected how, and how all of them did."""

    rule: Rule
    line: Line = field(default_factory=Line)
    qualities: Mapping[Rule, Quality] = field(default_factory=dict)
    by: Literal["time", "customers", "nothing"] = "nothing"
    evenings: tuple[date, ...] = ()  # on which they were tried


def trials(evenings: Sequence[Evening], *, attributes: Sequence[str] = ()) -> list[Trial]:
    """
    Let every candidate learn from what was known before each evening, and say what it then said.

    Args:
        evenings: evenings with their outcome, latest first.
        attributes: columns of the customers that the additive model may use.

    Returns:
        one trial for every evening, latest first, none of which overlap; the oldest, which has none to learn from, is
        tried on each half of its customers after learning from the other.
    """
    found: list[Trial] = []
    for evening in evenings:
        older = [other for other in evenings if other.known_on <= evening.on]
        if found and evening.known_on > found[-1].evening.on:
            continue
        fitted = _fitted(older, attributes) if older else {}
        said = _said(fitted, evening.table) if older else _halves(evening, attributes)
        if said:
            base = float(np.concatenate([other.left for other in older or [evening]]).mean())
            found.append(Trial(evening, said, base, "time" if older else "customers", fitted))
    return found


def judge(tried: Sequence[Trial]) -> Verdict:
    """
    Choose a candidate and the correction of its probabilities.

    Args:
        tried: trials whose outcome is known, latest first; the latest four with enough of both sorts count, of those on
            which everybody spoke who spoke on the latest. Customers left out stand in for a later time only where there
            is no such trial.

    Returns:
        the verdict; without a trial to go by, silence alone and no correction.
    """
    enough = [trial for trial in tried if trial.evening.enough]
    telling = [trial for trial in enough if trial.by == "time"] or enough[-1:]
    if not telling:
        return Verdict("silence")
    telling = [trial for trial in telling if trial.said.keys() >= telling[0].said.keys()][:MOST_TRIALS]
    left = np.concatenate([trial.evening.left for trial in telling])
    said = {rule: np.concatenate([trial.said[rule] for trial in telling]) for rule in telling[0].said}
    rule = _winner(said, left)
    return Verdict(
        rule=rule,
        line=line(said[rule], left).drawn(sum(trial.by == "time" for trial in telling)),
        qualities={name: average([quality(t.said[name], t.evening.left) for t in telling]) for name in said},
        by=telling[0].by,
        evenings=tuple(trial.evening.on for trial in telling),
    )


def _winner(said: Mapping[Rule, Floats], left: Bools) -> Rule:
    lost = {rule: losses(p, left) for rule, p in said.items()}
    best = min(lost, key=lambda rule: float(lost[rule].mean()))
    return next(rule for rule in lost if _within_noise(lost[rule] - lost[best]))


def _within_noise(behind: Floats) -> bool:
    return float(behind.mean()) <= NOISE * float(behind.std()) / math.sqrt(len(behind))


def _halves(evening: Evening, attributes: Sequence[str]) -> dict[Rule, Floats]:
    odd = np.arange(len(evening.left)) % 2 == 1
    parts = [_part(evening, rows) for rows in (~odd, odd)]
    first, second = (_said(_fitted([parts[1 - n]], attributes), parts[n].table) for n in (0, 1))
    said = {rule: np.empty(len(odd)) for rule in RULES if rule in first and rule in second}
    for rule, chance in said.items():
        chance[~odd], chance[odd] = first[rule], second[rule]
    return said


def _part(evening: Evening, rows: Bools) -> Evening:
    return replace(evening, table=evening.table.filter(pa.array(rows)), left=evening.left[rows])


def _fitted(older: Sequence[Evening], attributes: Sequence[str]) -> dict[Rule, Fitted]:
    fitted: dict[Rule, Fitted] = {}
    for rule in RULES:
        with suppress(NotEnoughData):  # this candidate stays out of the contest
            fitted[rule] = fit_candidate(rule, older, attributes=attributes)
    return fitted


def _said(fitted: Mapping[Rule, Fitted], table: pa.Table) -> dict[Rule, Floats]:
    said = {rule: one.probability(table) for rule, one in fitted.items()}
    return {rule: found for rule, found in said.items() if not np.isnan(found).any()}
