"""
Who will not buy again within the time in which she normally would: fitted, tried on the company's own past, explained.

    >>> from stammkunde.insight import risk
    >>> model = risk.fit(facts, as_of=today, activity_days=365)
    >>> model.refusal is None, model.verdict.by
    (True, 'time')
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pyarrow as pa

from stammkunde.insight import rhythm
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts, rows
from stammkunde.insight.risk.additive import Additive
from stammkunde.insight.risk.bins import numbers
from stammkunde.insight.risk.candidates import Fitted, Rate, Rule, fit_candidate
from stammkunde.insight.risk.contest import Verdict, judge, trials
from stammkunde.insight.risk.evenings import (
    FEWEST_OF_EACH,
    Evening,
    Question,
    described,
    look_back,
    sampled,
    value_model,
)
from stammkunde.insight.risk.happened import REGISTERED, Sign
from stammkunde.insight.risk.horizon import HorizonSuggestion, suggest_horizon_days
from stammkunde.insight.risk.leaks import Refused, named, refused
from stammkunde.insight.risk.level import RiskLevel
from stammkunde.insight.risk.levelling import find_level
from stammkunde.insight.risk.reasons import CODES, Reason, added, silent, table_rows
from stammkunde.insight.risk.replay import BackTest, replay
from stammkunde.insight.threads import on_one_thread
from stammkunde.insight.value.bgnbd import BetaGeometric
from stammkunde.insight.value.history import Floats

EXPLAINED_SHARE = 0.2
LATE = 1.5  # usual gaps of silence: the rule where there is no past to learn from

RefusalCode = Literal["no_past", "too_few", "not_tried", "jump"]


@dataclass(frozen=True)
class Refusal:
    """
    Why probabilities are not to be had, or mean little, with the numbers, and in words.

    The candidates could not compete, and the rule of silence is used instead: no_past (horizon_days, needed_days),
    too_few (left, stayed). They could not on a later time: not_tried (evenings, horizon_days). What was learnt no
    longer holds: jump (horizon_days).
    """

    code: RefusalCode
    numbers: dict[str, int]
    text: str


@dataclass(frozen=True, eq=False)
class RiskModel:
    """A fitted early warning with its proof; `fitted` is None where the past has nothing to learn from."""

    as_of: date
    activity_days: int
    horizon_days: int
    suggestion: HorizonSuggestion | None  # None: the horizon was given, or there is no rhythm to suggest one from
    fitted: Fitted | None
    verdict: Verdict  # its line holds the level, too
    base_share: float | None  # that left on past evenings, at today's level
    evenings: tuple[date, ...]  # learnt from
    back_tests: tuple[BackTest, ...]
    attributes: tuple[str, ...]
    refused: tuple[Refused, ...]
    refusal: Refusal | None
    value: BetaGeometric | None
    level: RiskLevel
    signs: tuple[Sign, ...] = REGISTERED  # of happenings
    part: float = 1.0  # of all buyers that was learnt from, and tried on

    @property
    def rule(self) -> Rule:
        """Name the candidate that is used."""
        return self.verdict.rule


@on_one_thread
def fit(
    facts: Facts,
    *,
    as_of: date,
    activity_days: int,
    horizon_days: int | None = None,
    attributes: Sequence[str] = (),
    signs: Sequence[Sign] = REGISTERED,
) -> RiskModel:
    """
    Let all candidates learn from the company's own past, try them on it, and keep the best.

    Args:
        facts: the facts; later lines and happenings are left out.
        as_of: the day.
        activity_days: length of the activity window: whoever bought within it is a customer.
        horizon_days: how far ahead "will not buy again" looks; from the company's rhythm where None.
        attributes: columns of the customers to learn from, too. They are not dated, so what was noted after somebody
            left would leak: columns that know the answer are refused.
        signs: how happenings besides purchases are read: those of the library, and any of your own.

    Returns:
        the model, with its probabilities at the level of the season (`level`). Where the past is too short, silence
        against the own rhythm is used, and `refusal` says why.

    Raises:
        NotEnoughData: nobody has bought.
        InvalidInput: a length is below one day, an attribute is no column of the customers, or a sign has the name of
            another column or reason.
    """
    known = facts.until(as_of)
    _check(known, activity_days, horizon_days, attributes, signs)
    suggestion = None if horizon_days else _suggestion(known)
    horizon = horizon_days or (suggestion.horizon_days if suggestion else activity_days)
    small, question = sampled(known), Question(activity_days, horizon, tuple(attributes), tuple(signs))
    evenings = look_back(small, question, as_of=as_of)
    leaking = _leaking(evenings, attributes)
    kept = tuple(name for name in attributes if name not in {column.column for column in leaking})
    tried = trials(evenings, attributes=kept)
    verdict = judge(tried)
    fitted, verdict = _final(evenings, verdict, kept)
    model = RiskModel(
        as_of=as_of,
        activity_days=activity_days,
        horizon_days=horizon,
        suggestion=suggestion,
        fitted=fitted,
        verdict=verdict,
        base_share=float(np.concatenate([evening.left for evening in evenings]).mean()) if fitted else None,
        evenings=tuple(evening.on for evening in evenings),
        back_tests=tuple(replay(tried, small, replace(question, attributes=kept))),
        attributes=kept,
        refused=tuple(leaking),
        refusal=_refusal(evenings, verdict, fitted, horizon),
        value=value_model(small, as_of=as_of),
        level=RiskLevel(),
        signs=question.signs,
        part=_buyers(small) / _buyers(known),
    )
    return model if fitted is None else _levelled(small, question, model)


def score(
    facts: Facts,
    model: RiskModel,
    *,
    as_of: date | None = None,
    explained_share: float = EXPLAINED_SHARE,
) -> pa.Table:
    """
    Give every customer the probability of leaving, and the reasons to whoever is most at risk.

    Args:
        facts: the facts; later lines and happenings are left out.
        model: from `fit`.
        as_of: the evening; that of the fit where None.
        explained_share: whom to explain, from 0 to 1: the share with the highest probability.

    Returns:
        one row a customer, sorted: customer_id, probability (empty where there was no past to learn from), silence (in
        usual gaps: ranks where there is no probability), reasons (JSON: a list of at most five, each with code,
        odds_factor and numbers; empty where not explained).

    Raises:
        InvalidInput: the share is outside 0 to 1.
    """
    if not 0 <= explained_share <= 1:
        raise InvalidInput(f"The share to explain is {explained_share:g}; give 0 to 1.")
    table = signs(facts, model, as_of=as_of)
    chance = probability(model, table)
    silence = numbers(table["silence"])
    told: list[str | None] = [None] * table.num_rows
    most = np.argsort(-(silence if chance is None else chance), kind="stable")[: round(explained_share * len(silence))]
    for row, found in zip(most.tolist(), _reasons(model, table, most.tolist()), strict=True):
        told[row] = json.dumps(found)
    return pa.table(
        {
            "customer_id": table["customer_id"],
            "probability": pa.nulls(len(silence), pa.float64()) if chance is None else pa.array(chance),
            "silence": silence,
            "reasons": pa.array(told, pa.string()),
        }
    )


def explain(
    facts: Facts,
    model: RiskModel,
    *,
    customer_ids: Sequence[int],
    as_of: date | None = None,
) -> dict[int, list[Reason]]:
    """
    Give the reasons of chosen customers.

    Args:
        facts: the facts; later lines and happenings are left out.
        model: from `fit`.
        customer_ids: whom to explain; whoever is no customer that evening is left out.
        as_of: the evening; that of the fit where None.

    Returns:
        customer → at most five reasons, the strongest first.
    """
    table = signs(facts, model, as_of=as_of)
    ids = table["customer_id"].to_pylist()
    wanted = set(customer_ids)
    places = [row for row, customer in enumerate(ids) if customer in wanted]
    return {ids[row]: found for row, found in zip(places, _reasons(model, table, places), strict=True)}


def signs(facts: Facts, model: RiskModel, *, as_of: date | None = None) -> pa.Table:
    """
    Describe the customers of an evening by all that the model looks at: to score them, and to explain them later.

    Args:
        facts: the facts; later lines and happenings are left out.
        model: from `fit`.
        as_of: the evening; that of the fit where None.

    Returns:
        one row a customer, sorted by customer_id; see `features`.
    """
    question = Question(model.activity_days, model.horizon_days, model.attributes, model.signs)
    return described(facts, question, as_of=as_of or model.as_of, value=model.value)


def probability(model: RiskModel, table: pa.Table) -> Floats | None:
    """
    Give customers the probability of leaving.

    Args:
        model: from `fit`.
        table: their signs.

    Returns:
        probabilities, shape (n,), or None where there was no past to learn from.
    """
    return None if model.fitted is None else _chance(model, table)


def give_reasons(model: RiskModel, table: pa.Table) -> list[list[Reason]]:
    """
    Give the reasons of customers whose signs are known.

    Args:
        model: from `fit`.
        table: their signs, any number of rows of `signs`.

    Returns:
        at most five reasons a row, the strongest first.
    """
    return _reasons(model, table, list(range(table.num_rows)))


def back_test(
    facts: Facts,
    *,
    as_of: date,
    activity_days: int,
    horizon_days: int | None = None,
    signs: Sequence[Sign] = REGISTERED,
) -> list[BackTest]:
    """
    Say of past evenings what would have been said then, and see who left; `BackTest.warned` then warns.

    Args:
        facts: the facts.
        as_of: the last day that counts.
        activity_days: length of the activity window.
        horizon_days: how far ahead to look; from the company's rhythm where None.
        signs: as in `fit`.

    Returns:
        at most four back-tests, latest first.

    Raises:
        NotEnoughData: the past is too short for a single one.
        InvalidInput: a length is below one day, or a sign has a name that is taken.
    """
    known = facts.until(as_of)
    _check(known, activity_days, horizon_days, (), signs)
    suggestion = None if horizon_days else _suggestion(known)
    horizon = horizon_days or (suggestion.horizon_days if suggestion else activity_days)
    small, question = sampled(known), Question(activity_days, horizon, signs=tuple(signs))
    found = replay(trials(look_back(small, question, as_of=as_of)), small, question)
    if not found:
        raise NotEnoughData(f"A back-test needs at least two evenings, {horizon} days apart, with customers.")
    return found


def _buyers(facts: Facts) -> int:
    return int(rows(rhythm.own(facts).select(nw.len().alias("n")))[0]["n"])


def _check(
    known: Facts, activity_days: int, horizon_days: int | None, attributes: Sequence[str], signs: Sequence[Sign]
) -> None:
    if activity_days < 1 or (horizon_days is not None and horizon_days < 1):
        raise InvalidInput("Give an activity window and a horizon of at least one day.")
    taken = [sign.name for sign in signs if sign.name in CODES]
    if taken:
        raise InvalidInput(f"'{taken[0]}' is the code of another reason. Give the sign another name.")
    strange = [name for name in attributes if name not in known.attributes()]
    if strange:
        raise InvalidInput(f"'{strange[0]}' is no column of the customers. Choose from {known.attributes()}.")
    if not rows(rhythm.own(known).head(1).select("customer_id")):
        raise NotEnoughData("Nobody has bought yet, so there is nobody to lose.")


def _suggestion(known: Facts) -> HorizonSuggestion | None:
    try:
        return suggest_horizon_days(known)
    except NotEnoughData:
        return None


def _leaking(evenings: Sequence[Evening], attributes: Sequence[str]) -> list[Refused]:
    left = np.concatenate([np.zeros(0, dtype=bool), *(evening.left for evening in evenings)])
    if not attributes or min(left.sum(), (~left).sum()) < FEWEST_OF_EACH:  # too few to judge by more than names
        return [refusal for refusal in map(named, attributes) if refusal is not None]
    return refused(pa.concat_tables(evening.table for evening in evenings), left, columns=attributes)


def _final(evenings: list[Evening], verdict: Verdict, attributes: tuple[str, ...]) -> tuple[Fitted | None, Verdict]:
    """Let the chosen candidate learn from all evenings; where it then cannot, silence takes its place."""
    for chosen in (verdict, Verdict("silence")):
        try:
            return (fit_candidate(chosen.rule, evenings, attributes=attributes) if evenings else None), chosen
        except NotEnoughData:
            continue
    return None, Verdict("silence")


def _levelled(small: Facts, question: Question, model: RiskModel) -> RiskModel:
    """Move all probabilities together to the level of the season, and what they are measured by with them."""
    question = replace(question, attributes=model.attributes)
    table = described(small, question, as_of=model.as_of, value=model.value)
    level = find_level(
        small,
        question,
        as_of=model.as_of,
        table=table,
        value=model.value,
        chance=lambda table: _chance(model, table),
    )
    line = replace(model.verdict.line, offset=model.verdict.line.offset + level.log_odds)
    refusal = _jumped(model.horizon_days) if level.purchases == "jump" else model.refusal
    verdict = replace(model.verdict, line=line)
    return replace(model, level=level, verdict=verdict, base_share=level.share(model.base_share or 0), refusal=refusal)


def _jumped(horizon_days: int) -> Refusal:
    text = (
        "In the last eight weeks more than twice, or less than half, of what the past would say was bought, so its "
        f"probabilities for {horizon_days} days mean little. Rank by them at most."
    )
    return Refusal("jump", {"horizon_days": horizon_days}, text)


def _chance(model: RiskModel, table: pa.Table) -> Floats:
    assert model.fitted is not None
    return model.verdict.line.at(model.fitted.probability(table))


def _refusal(evenings: list[Evening], verdict: Verdict, fitted: Fitted | None, horizon: int) -> Refusal | None:
    if verdict.by == "time":
        return None
    instead = "Silence against the own rhythm is used instead."
    if not evenings:
        text = (
            f"The facts reach back less than {2 * horizon} days, so there is no past evening to learn from. {instead}"
        )
        return Refusal("no_past", {"horizon_days": horizon, "needed_days": 2 * horizon}, text)
    left, stayed = (int(sum(which(e.left).sum() for e in evenings)) for which in (np.asarray, np.logical_not))
    if fitted is None or not evenings[0].enough:
        text = f"On past evenings {left} left and {stayed} stayed; a contest needs 30 of each an evening. {instead}"
        return Refusal("too_few", {"left": left, "stayed": stayed}, text)
    text = (
        f"No two past evenings with an outcome lie {horizon} days apart, so what was learnt was tried on customers "
        "left out, and not on a later time."
    )
    return Refusal("not_tried", {"evenings": len(evenings), "horizon_days": horizon}, text)


def _reasons(model: RiskModel, table: pa.Table, places: list[int]) -> list[list[Reason]]:
    chosen = table.take(pa.array(places, pa.int64()))
    signs = table_rows(table, places)
    if isinstance(model.fitted, Additive):
        adds = model.fitted.contributions(chosen) * model.verdict.line.slope
        names = [column.column for column in model.fitted.columns]
        raised = (dict(zip(names, add, strict=True)) for add in adds.tolist())
        return [added(row, raises, signs=model.signs) for row, raises in zip(signs, raised, strict=True)]
    chance = probability(model, chosen)
    above = [row["silence"] > LATE for row in signs] if chance is None else (chance > (model.base_share or 0)).tolist()
    return [_by_rule(model, row) if raised else [] for row, raised in zip(signs, above, strict=True)]


def _by_rule(model: RiskModel, row: dict[str, Any]) -> list[Reason]:
    """Give the one reason that a simple rule has, and the silence that goes with it."""
    reasons = [silent(row)]
    if model.rule == "value":
        expected = round(float(row["expected_purchases"]), 2)
        reasons.append({"code": "few_expected", "expected": expected, "horizon_days": model.horizon_days})
    if isinstance(model.fitted, Rate):
        one = pa.table({name: [row[name]] for name in ("purchase_days", "silent_days")})
        cell = tuple(int(place[0]) for place in model.fitted.cells(one))
        share, customers = float(model.fitted.share[cell]), int(model.fitted.customers[cell])
        reasons.append({"code": "like_others", "left_share": round(share, 3), "customers": customers})
    return reasons
