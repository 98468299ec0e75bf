"""The level of a company's purchases on an evening, from all its buying days, and how sure it is from past evenings."""

from collections.abc import Callable, Iterable

import numpy as np

from stammkunde.insight.value.history import Floats, History
from stammkunde.insight.value.level import (
    FEWEST_REPEATS,
    LATE_WEEKS,
    LEAST_PAST_DAYS,
    YEAR_BACK_DAYS,
    YEAR_WEEKS,
    Kind,
    Level,
    Weeks,
    YearAgo,
    level,
    spread,
)
from stammkunde.insight.value.past import Known, Past, expected_by_day
from stammkunde.insight.value.refusals import Purchases

Fit = Callable[[History], Purchases | None]

SHORTEST_DAYS = 60  # of past before an evening on which the rule is tried
MOST_CUSTOMERS = 20_000  # to ask how much all buy together, and to try the rule on
TRIED, APART_DAYS = 4, 91
MOST_STEPS = 12
FARTHEST = 20.0  # times as long as asked for, at most


def find_level(past: Past, now: Known, model: Purchases, *, horizon_days: int, fit: Fit) -> Level:
    """
    Find how much more (or less) than a model will come of all customers together.

    Args:
        past: buying days until the evening.
        now: the customers of the evening.
        model: fitted to them.
        horizon_days: how far ahead.
        fit: fits the same model to the customers of another evening, or gives None.

    Returns:
        the level, with how sure it is.

    Source: `docs/methods/levels.md`.
    """
    kind, log_factor = judged(past, now, model, horizon_days, fit)
    few = past.sample(MOST_CUSTOMERS)
    return Level(kind, log_factor, spread(kind, list(_misses(few, now.on, horizon_days, fit))))


def judged(past: Past, now: Known, model: Purchases, horizon_days: int, fit: Fit) -> tuple[Kind, float]:
    """
    Find the level alone, and not how sure it is.

    Args:
        past: as in `find_level`.
        now: as in `find_level`.
        model: as in `find_level`.
        horizon_days: as in `find_level`.
        fit: as in `find_level`.

    Returns:
        whence it is known, and its logarithm.

    Source: `docs/methods/levels.md`.
    """
    return level(weeks(past, now, model), year_ago(past, now.on, horizon_days, fit), horizon_days=horizon_days)


def year_ago(past: Past, on: int, horizon_days: int, fit: Fit) -> YearAgo | None:
    """
    See what was expected a year before an evening, and what came.

    Args:
        past: buying days until the evening.
        on: the evening.
        horizon_days: how far ahead it looks.
        fit: as in `find_level`.

    Returns:
        what is needed for the level, or None where too little was known then.
    """
    then = on - YEAR_BACK_DAYS
    if then - past.first < LEAST_PAST_DAYS:
        return None
    known = past.known(then)
    model = _fitted(known, fit)
    if model is None:
        return None
    days = min(horizon_days, YEAR_BACK_DAYS)
    return YearAgo(
        came=float(past.came(known, days=days).sum()),
        expected=float(model.expected_purchases(days, *known.states).sum()),
        weeks=weeks(past, known, model),
        past_days=then - past.first,
        repeats=known.repeats,
    )


def weeks(past: Past, known: Known, model: Purchases) -> Weeks:
    """
    Count repeat purchases by week before an evening, beside what a model expects of newcomers.

    Args:
        past: buying days.
        known: the customers of the evening.
        model: fitted to them.

    Returns:
        sixty weeks, the latest first; nothing came and nothing was expected before the first purchase.
    """
    wanted = YEAR_WEEKS + LATE_WEEKS
    came, expected = past.repeats(known, last=known.on), expected_by_day(known, model, last=known.on)
    return Weeks(*(_by_week(by_day, wanted) for by_day in (came.astype(np.float64), expected)))


def stretched(model: Purchases, states: tuple[Floats, Floats, Floats], horizon: float, factor: float) -> float:
    """
    Find the time in which a model expects so many times as much of all customers together.

    Args:
        model: the fitted model.
        states: frequency, recency and age of the customers, each of shape (n,).
        horizon: how far ahead, above 0.
        factor: how many times as much is to be expected, above 0.

    Returns:
        the time ahead to ask the model about instead of the horizon; at most twenty times as long.
    """
    if factor == 1.0:
        return horizon
    every = max(len(states[0]) // MOST_CUSTOMERS, 1)
    few = tuple(values[::every] for values in states)
    wanted = factor * float(model.expected_purchases(horizon, *few).sum())
    ahead = horizon
    for _ in range(MOST_STEPS if wanted > 0 else 0):
        step = wanted / float(model.expected_purchases(ahead, *few).sum())
        ahead = float(np.clip(ahead * step, horizon / FARTHEST, horizon * FARTHEST))
        if abs(step - 1) < 1e-6:
            break
    return ahead


def _misses(past: Past, on: int, horizon_days: int, fit: Fit) -> Iterable[tuple[float, float]]:
    """Apply the rule on past evenings as it would have been then, and give what came beside what it expected."""
    for place in range(TRIED):
        evening = on - horizon_days - APART_DAYS * place
        if evening - past.first < SHORTEST_DAYS:
            return
        known = past.known(evening)
        model = _fitted(known, fit)
        if model is None:
            return
        _, log_factor = judged(past, known, model, horizon_days, fit)
        expected = float(model.expected_purchases(horizon_days, *known.states).sum())
        yield float(past.came(known, days=horizon_days).sum()), expected * float(np.exp(log_factor))


def _fitted(known: Known, fit: Fit) -> Purchases | None:
    return fit(known.history) if known.repeats >= FEWEST_REPEATS else None


def _by_week(by_day: Floats, wanted: int) -> Floats:
    padded = np.concatenate([np.zeros(7 * wanted), by_day])[-7 * wanted :]
    found: Floats = padded.reshape(wanted, 7).sum(axis=1)[::-1]
    return found
