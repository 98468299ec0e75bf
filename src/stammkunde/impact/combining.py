"""Rounds of a play put together: each is estimated by itself, as draws are, and none is pooled with another."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from stammkunde.impact import adding
from stammkunde.impact.models import Verdict


@dataclass(frozen=True, kw_only=True)
class Combined:
    """What rounds show together, per customer, with the widest interval that one of them was told with."""

    rounds: tuple[Verdict, ...]  # the first one first
    effect: float
    low: float
    high: float
    treated: int
    held_out: int


def by_trial() -> dict[int, list[dict[str, Any]]]:
    """Give what the last look of each round has shown, by trial."""
    last: dict[tuple[int, int], dict[str, Any]] = {}
    for verdict in adding.of_plays().order_by("round", "look"):
        last[verdict.trial_id, verdict.round] = verdict.numbers["margin"]
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for (trial, _round), effect in last.items():
        found[trial].append(effect)
    return found


def weighed(rounds: Sequence[dict[str, Any]]) -> tuple[float, float] | None:
    """Put rounds together by their numbers of customers: the effect, and its standard error."""
    customers = [one["treated"] + one["held_out"] for one in rounds]
    whole = sum(customers)
    if not whole:
        return None
    parts = [(n / whole, one) for n, one in zip(customers, rounds, strict=True)]
    return sum(w * one["effect"] for w, one in parts), sqrt(sum((w * one["se"]) ** 2 for w, one in parts))


def over(verdicts: Sequence[Verdict]) -> Combined | None:
    """
    Put together the rounds that are over; None: fewer than two are, or they count different things.

    A round that still runs takes no part: its looks are planned, and another figure of it would be another look.
    """
    ended = sorted((one for one in verdicts if one.look == one.of and _tells(one)), key=lambda one: one.round)
    if len(ended) < 2 or len({one.numbers.get("basis") for one in ended}) > 1:
        return None
    effects = [one.numbers["margin"] for one in ended]
    together = weighed(effects)
    if together is None:
        return None
    effect, se = together
    multiple = max((one["high"] - one["effect"]) / one["se"] if one["se"] else 0.0 for one in effects)
    return Combined(
        rounds=tuple(ended),
        effect=effect,
        low=effect - multiple * se,
        high=effect + multiple * se,
        treated=sum(one["treated"] for one in effects),
        held_out=sum(one["held_out"] for one in effects),
    )


def _tells(one: Verdict) -> bool:
    return bool(one.numbers.get("margin")) and one.code != Verdict.Code.WRONG_SPLIT
