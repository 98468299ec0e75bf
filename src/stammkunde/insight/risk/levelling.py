"""The level of all risks on an evening: who left a year ago, and what the model of purchases expects this time."""

from collections.abc import Callable
from datetime import date
from math import exp

import pyarrow as pa

from stammkunde.insight.frames import Facts
from stammkunde.insight.periods import day_number
from stammkunde.insight.risk.evenings import Question, states_of, whole_horizons, year_back
from stammkunde.insight.risk.level import FEWEST_OF_EACH, RiskLevel, model_target, step_to, year_target
from stammkunde.insight.value.bgnbd import BetaGeometric
from stammkunde.insight.value.counts import probability_of
from stammkunde.insight.value.history import Floats, History
from stammkunde.insight.value.level import Kind
from stammkunde.insight.value.levelling import judged, stretched
from stammkunde.insight.value.past import past_of
from stammkunde.insight.value.refusals import Purchases, try_purchases

Chance = Callable[[pa.Table], Floats]


def find_level(
    facts: Facts, question: Question, *, as_of: date, table: pa.Table, value: BetaGeometric | None, chance: Chance
) -> RiskLevel:
    """
    Find by how much all risks are to be moved together.

    Args:
        facts: the facts; of very many customers, give a sample.
        question: what is asked.
        as_of: the last day that counts.
        table: the customers of that evening, as `described`.
        value: the model of purchases of that evening, or None.
        chance: gives customers their probability, as learnt, by their signs.

    Returns:
        the level; nothing is moved where nobody is a customer, or there is neither a year ago nor a model of purchases.

    Source: `docs/methods/risk.md`.
    """
    if not table.num_rows:
        return RiskLevel()
    said = chance(table)
    kind, nothing = _nothing_bought(facts, table, value, as_of=as_of, horizon_days=question.horizon_days)
    then = year_back(facts, question, as_of=as_of)
    if then is not None and min(then.left.sum(), (~then.left).sum()) >= FEWEST_OF_EACH:
        return RiskLevel("year", step_to(said, year_target(said, chance(then.table), then.left, nothing)), kind)
    if nothing is None:
        return RiskLevel(purchases=kind)
    horizons = whole_horizons(facts, question, as_of=as_of)
    return RiskLevel("model", step_to(said, model_target(said, nothing, horizons=horizons)), kind)


def _nothing_bought(
    facts: Facts, table: pa.Table, value: BetaGeometric | None, *, as_of: date, horizon_days: int
) -> tuple[Kind, float | None]:
    """Average the chance that customers buy nothing, by the model of purchases at the level of the season."""
    past, on = past_of(facts.until(as_of)), day_number(as_of)
    if value is None or past is None:
        return "none", None
    known = past.known(on)
    kind, log_factor = judged(past, known, value, horizon_days, _fit)
    ahead = stretched(value, known.states, horizon_days, exp(log_factor))
    return kind, float(probability_of(value, 0, ahead, *states_of(table, on)).mean())


def _fit(seen: History) -> Purchases | None:
    return try_purchases(seen, ("bg_nbd", "mbg_nbd"))[0]
